/** The history of one feature: its versions, what each changed, in words and on the map, and the way back. */

import { element } from "../dom.ts";
import { formatMoment, say } from "../words.ts";
import { fetchDiff, type Diff, type Version } from "./api.ts";
import { textButton } from "./controls.ts";
import { icon } from "./icons.ts";
import { diffTable } from "./diff_table.ts";
import type { Target } from "./target.ts";
import { explain } from "./trouble.ts";

export interface HistoryActions {
  back(): void;
  /** `standing`: the newest version, undefined when the feature is deleted. */
  restore(version: Version, standing: number | undefined): void;
  showChange(change: Diff["geometry"]): void;
}

export class HistoryView {
  readonly element: HTMLElement;
  private readonly list = element("ol", { class: "versions", role: "list" });
  private readonly heading: HTMLElement;

  /** `versions`: the newest first. */
  constructor(
    private readonly target: Target,
    private readonly id: number,
    name: string,
    versions: readonly Version[],
    private readonly actions: HistoryActions,
  ) {
    this.heading = element("h2", { tabindex: "-1" }, say("edit.historyOf", { name }));
    const back = textButton("", "link back", () => actions.back());
    back.append(icon("back"), say("edit.back"));
    const key = ["before", "added", "removed", "after"].map((part) => element("li", { class: `key-${part}` }, element("span", { class: `key-sample diff-${part}`, "aria-hidden": "true" }), say(`edit.key.${part}`)));
    this.element = element("section", { class: "history-view edit-body" }, back, element("p", { class: "kind" }, target.title), this.heading, element("ul", { class: "diff-key", "aria-label": say("edit.key") }, ...key), this.list);
    const newest = versions[0];
    const standing = newest && newest.operation !== "delete" ? newest.version : undefined;
    this.list.append(...versions.map((version) => this.item(version, version === newest, standing)));
  }

  /** Opens the newest change at once: that is what people come for. */
  begin(): void {
    this.heading.focus({ preventScroll: true });
    this.list.querySelector("button")?.click();
  }

  private item(version: Version, isNewest: boolean, standing: number | undefined): HTMLElement {
    const who = version.actor || say(version.door === "database" ? "edit.byDatabase" : "edit.bySomebody");
    const detail = element("div", { class: "version-detail", hidden: true });
    const head = element(
      "button",
      { type: "button", class: "version", "aria-expanded": "false" },
      element("span", { class: "version-what" }, say(`edit.operation.${version.operation}`), element("span", { class: "version-number" }, say("edit.version", { number: version.version }))),
      element("span", { class: "version-who" }, element("bdi", {}, who), " · ", element("time", { datetime: version.at }, formatMoment(new Date(version.at), "both"))),
      version.comment ? element("q", { dir: "auto" }, version.comment) : null,
    );
    head.addEventListener("click", () => void this.toggle(head, detail, version, isNewest, standing));
    const mark = version.unconditional ? element("p", { class: "tag unconditional" }, say("edit.unconditional")) : null;
    return element("li", {}, head, mark, detail);
  }

  private async toggle(head: HTMLElement, detail: HTMLElement, version: Version, isNewest: boolean, standing: number | undefined): Promise<void> {
    const opens = detail.hidden;
    for (const other of this.list.querySelectorAll(".version-detail")) (other as HTMLElement).hidden = true;
    for (const other of this.list.querySelectorAll(".version")) other.setAttribute("aria-expanded", "false");
    this.actions.showChange(null);
    if (!opens) return;
    detail.hidden = false;
    head.setAttribute("aria-expanded", "true");
    detail.replaceChildren(element("p", { class: "loading" }, say("loading")));
    try {
      const diff = await fetchDiff(this.target.collection, this.id, version.version);
      if (detail.hidden) return;
      const mayRestore = version.operation !== "delete" && !(isNewest && standing !== undefined);
      const restore = mayRestore ? textButton(say("edit.restore"), "button quiet small", () => this.actions.restore(version, standing)) : null;
      detail.replaceChildren(diffTable(this.target, diff), ...(restore ? [restore] : []));
      this.actions.showChange(diff.geometry);
    } catch (error) {
      detail.replaceChildren(element("p", { role: "alert" }, explain(error)));
    }
  }
}
