/** What was changed lately in a layer, by whom and why; from here a deleted feature is found again. */

import { element } from "../dom.ts";
import { formatMoment, formatNumber, say } from "../words.ts";
import { fetchBatch, fetchBatches, type Batch } from "./api.ts";
import { textButton } from "./controls.ts";
import { explain } from "./trouble.ts";

const MOST_SHOWN = 20;

/** Asks the service when it is unfolded. `onHistory` opens the history of one feature. */
export function changesList(collection: string, onHistory: (id: number, name: string) => void): HTMLElement {
  const list = element("ol", { class: "changes", role: "list" });
  const details = element("details", { class: "edit-changes" }, element("summary", {}, say("edit.changes")), list);
  details.addEventListener("toggle", () => details.open && void load());
  return details;

  async function load(): Promise<void> {
    list.replaceChildren(element("li", {}, say("loading")));
    try {
      const batches = await fetchBatches(collection);
      const items = batches.map((batch) => batchItem(collection, batch, onHistory));
      list.replaceChildren(...(items.length ? items : [element("li", {}, say("edit.noChanges"))]));
    } catch (error) {
      list.replaceChildren(element("li", { role: "alert" }, explain(error)));
    }
  }
}

function batchItem(collection: string, batch: Batch, onHistory: (id: number, name: string) => void): HTMLElement {
  const counts = Object.entries(batch.counts[collection] ?? {}).map(([operation, count]) => say(`edit.operation.${operation}`) + (count > 1 ? ` × ${formatNumber(count)}` : ""));
  const features = element("ul", { class: "changed-features", hidden: true });
  const head = element(
    "button",
    { type: "button", class: "version", "aria-expanded": "false" },
    element("span", { class: "version-what" }, counts.join(" · ")),
    element("span", { class: "version-who" }, element("bdi", {}, batch.actor || say("edit.byDatabase")), " · ", element("time", { datetime: batch.at }, formatMoment(new Date(batch.at), "both"))),
    batch.comment ? element("q", { dir: "auto" }, batch.comment) : null,
  );
  head.addEventListener("click", () => {
    features.hidden = !features.hidden;
    head.setAttribute("aria-expanded", String(!features.hidden));
    if (!features.hidden) void fill();
  });
  return element("li", {}, head, features);

  async function fill(): Promise<void> {
    try {
      const changes = (await fetchBatch(batch.batch)).filter((change) => change.collection === collection).slice(0, MOST_SHOWN);
      const items = changes.map(({ id, external_id, operation }) => {
        const name = external_id ?? say("edit.number", { id });
        return element("li", {}, `${say(`edit.operation.${operation}`)} · `, textButton(name, "link", () => onHistory(id, name)));
      });
      features.replaceChildren(...items);
    } catch (error) {
      features.replaceChildren(element("li", { role: "alert" }, explain(error)));
    }
  }
}
