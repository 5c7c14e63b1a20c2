/** The scenarios that are saved: open one, tick two to see them side by side. */

import { byId, element } from "../dom.ts";
import { isolated, locale, say } from "../words.ts";
import { listScenarios, readScenario, type SavedScenario } from "./api.ts";
import { comparisonTable, onOneCity } from "./figures.ts";

export class SavedList {
  private ticked: number[] = [];

  constructor(private readonly open: (id: number) => void, private readonly failed: (error: Error) => void) {}

  async refresh(): Promise<void> {
    const found = await listScenarios();
    this.ticked = this.ticked.filter((id) => found.some((scenario) => scenario.id === id));
    byId("saved-list").replaceChildren(...found.map((scenario) => this.row(scenario)));
    byId("comparison").replaceChildren(element("p", { class: "hint" }, say(found.length ? "saved.two" : "saved.none")));
    if (this.ticked.length === 2) await this.compare();
  }

  private row(scenario: SavedScenario): HTMLElement {
    const opener = element("button", { type: "button", class: "link", "aria-label": say("saved.open", { name: scenario.name }) }, element("bdi", {}, scenario.name));
    opener.addEventListener("click", () => this.open(scenario.id));
    const tick = element("input", { type: "checkbox", "aria-label": say("saved.compare", { name: scenario.name }), checked: this.ticked.includes(scenario.id) });
    tick.addEventListener("change", () => this.tick(scenario.id, tick.checked));
    return element("li", {}, tick, element("span", {}, opener, element("small", {}, say("saved.by", { author: isolated(scenario.author), date: isolated(dateOf(scenario)) }))));
  }

  /** A third tick takes the place of the first. */
  private tick(id: number, on: boolean): void {
    this.ticked = on ? [...this.ticked, id].slice(-2) : this.ticked.filter((other) => other !== id);
    this.refresh().catch(this.failed);
  }

  private async compare(): Promise<void> {
    const [first, second] = (await Promise.all(this.ticked.map(readScenario))) as [SavedScenario, SavedScenario];
    const table = comparisonTable(first, second, `${first.name} / ${second.name}`);
    const warning = element("p", { class: "alert note" }, say("saved.otherCity", { first: isolated(momentOf(first)), second: isolated(momentOf(second)) }));
    byId("comparison").replaceChildren(...(onOneCity(first, second) ? [table] : [warning, table]));
  }
}

export const dateOf = ({ computed_at }: { computed_at: string }): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(computed_at));

export const momentOf = ({ computed_at }: { computed_at: string }): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(computed_at));
