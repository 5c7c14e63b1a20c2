/** One row per crew: its figures, how its hours compare with the longest shift; a task may be dropped on it. */

import { element } from "../dom.ts";
import { language, say } from "../words.ts";
import { DROP_ATTRIBUTE } from "./drag.ts";
import { CREW_FIGURES, clock, figureName, written } from "./figures.ts";
import type { ColourOf } from "./plan_map.ts";
import { featurePath } from "../catalogue.ts";
import type { CrewRoute } from "./service.ts";

export interface CrewTableHost {
  colourOf: ColourOf;
  onCrew(route: CrewRoute): void;
}

export function crewTable(routes: readonly CrewRoute[], chosen: string | null, host: CrewTableHost): HTMLElement {
  const longest_min = Math.max(...routes.map(({ facts }) => facts.duration_min), 1);
  const heads = [
    say("routes.crew"),
    ...CREW_FIGURES.map(({ id }) => figureName(id)),
    say("routes.crew.shift"),
    say("routes.crew.balance"),
    say("routes.crew.roadbook"),
  ];
  const table = element(
    "table",
    { class: "crews" },
    element("caption", { class: "visually-hidden" }, say("routes.crew.caption")),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...routes.map((route) => crewRow(route, chosen, longest_min, host))),
  );
  return element("div", { class: "table-holder", role: "region", "aria-label": say("routes.crew.caption"), tabindex: "0" }, table);
}

function crewRow(route: CrewRoute, chosen: string | null, longest_min: number, { colourOf, onCrew }: CrewTableHost): HTMLElement {
  const { facts } = route;
  const swatch = element("span", { class: "swatch-dot", "aria-hidden": "true" });
  swatch.style.backgroundColor = colourOf(route);
  const pick = element("button", { type: "button", class: "link crew-pick", "aria-pressed": String(facts.vehicle === chosen) }, swatch, element("bdi", {}, facts.vehicle));
  pick.addEventListener("click", () => onCrew(route));
  const figures = CREW_FIGURES.map(({ value, unit }) => element("td", { class: "number" }, written(value(facts), unit)));
  return element(
    "tr",
    { [DROP_ATTRIBUTE]: facts.vehicle, class: facts.vehicle === chosen ? "chosen" : undefined },
    element("th", { scope: "row" }, pick),
    ...figures,
    element("td", { class: "number" }, element("bdi", { dir: "ltr" }, `${clock(facts.starts_at)}–${clock(facts.ends_at)}`)),
    element("td", {}, balanceBar(facts.duration_min / longest_min)),
    element("td", {}, roadbookLink(route)),
  );
}

/** The hours of a crew as a share of the longest shift. */
function balanceBar(share: number): HTMLElement {
  const percent = Math.round(100 * share);
  const full = element("span", { class: "balance-full" });
  full.style.inlineSize = `${percent}%`;
  return element("span", { class: "balance", role: "img", "aria-label": say("routes.crew.share", { share: `${percent} %` }) }, full);
}

function roadbookLink({ id, facts }: CrewRoute): HTMLElement {
  const href = `${featurePath("collection-routes", id)}/roadbook?f=html&lang=${language}`;
  const open = say("routes.crew.open");
  return element("a", { href, "aria-label": `${open}: ${say("routes.crew.roadbookOf", { vehicle: facts.vehicle })}` }, open);
}
