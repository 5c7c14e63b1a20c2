/** The chosen sites in their order with what each adds, and the candidates that were not chosen. */

import { element } from "../dom.ts";
import { formatArea } from "../scenarios/operations.ts";
import { formatNumber, locale, say } from "../words.ts";
import { chosenSites, nameOf, type Found, type Site } from "./search.ts";

export type Money = (amount: number) => string;

/** Short enough for a table: 6.2M MAD. A city file without a currency gives bare numbers. */
export function moneyIn(currency: string): Money {
  const style: Intl.NumberFormatOptions = currency ? { style: "currency", currency, currencyDisplay: "code" } : {};
  const format = new Intl.NumberFormat(locale, { ...style, notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 });
  return (amount) => format.format(amount);
}

const SHARE = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function chosenTable(found: Found, money: Money, onPick: (parcel: number) => void): HTMLElement {
  const steps = new Map(found.chosen.sites.map((step) => [step.parcel, step]));
  const rows = chosenSites(found).flatMap(({ properties: site }) => {
    const step = steps.get(site.parcel);
    if (!step) return [];
    const together = element("td", { class: "together" }, formatNumber(step.together), element("small", {}, `${SHARE.format(step.share_pct)} %`));
    together.style.setProperty("--share", `${(100 * step.together) / found.chosen.newly_served}%`);
    return [row(site, onPick, cell(`+${formatNumber(step.added)}`), cell(money(site.cost)), cell(formatNumber((1e6 * step.added) / site.cost)), together)];
  });
  return table("sites.chosen", ["sites.site", "sites.adds", "sites.cost", "sites.perMillion", "sites.together"], rows);
}

export function otherTable(found: Found, money: Money, onPick: (parcel: number) => void): HTMLElement {
  const others = found.sites.features.map(({ properties }) => properties).filter(({ chosen }) => chosen === null);
  const rows = others.map((site) => row(site, onPick, cell(formatNumber(site.newly_served)), cell(money(site.cost)), cell(formatNumber(site.served_per_million))));
  return table("sites.others", ["sites.site", "sites.alone", "sites.cost", "sites.perMillion"], rows);
}

/** Marks the row of a site, wherever it is, and no other. */
export function markRow(parcel: number): void {
  for (const found of document.querySelectorAll<HTMLElement>("tr[data-parcel]")) {
    const picked = found.dataset.parcel === String(parcel);
    found.classList.toggle("picked", picked);
    found.querySelector("button")?.setAttribute("aria-pressed", String(picked));
    if (picked) found.scrollIntoView({ block: "nearest" });
  }
}

function row(site: Site, onPick: (parcel: number) => void, ...cells: HTMLElement[]): HTMLElement {
  const number = site.chosen === null ? null : element("span", { class: "site-number" }, String(site.chosen));
  const about = element("span", {}, element("bdi", {}, nameOf(site)), element("small", {}, formatArea(site.area_m2)));
  const button = element("button", { type: "button", class: "site-name", "aria-pressed": "false" }, number, about);
  button.addEventListener("click", () => onPick(site.parcel));
  return element("tr", { "data-parcel": String(site.parcel) }, element("th", { scope: "row" }, button), ...cells);
}

const cell = (text: string): HTMLElement => element("td", {}, element("bdi", {}, text));

function table(caption: string, head: readonly string[], rows: HTMLElement[]): HTMLElement {
  const heads = head.map((key) => element("th", { scope: "col" }, say(key)));
  const made = element("table", { class: "figures sites" }, element("caption", { class: "visually-hidden" }, say(caption)), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "table-holder", role: "region", tabindex: "0", "aria-label": say(caption) }, made);
}
