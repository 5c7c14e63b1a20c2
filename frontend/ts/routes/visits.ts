/** What a visit is called, and the list of a crew's visits in driving order. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { draggable } from "./drag.ts";
import { clock, written } from "./figures.ts";
import type { CrewRoute, Visit } from "./service.ts";
import { choiceTitle } from "./titles.ts";

export const visitTitle = (visit: Visit): string => [visitKind(visit), visit.name].filter(Boolean).join(" ");

/** "Container", "Break", or the side of the street. */
const visitKind = ({ kind, side }: Visit): string => (side ? choiceTitle("route-streets", "side", side) : choiceTitle("route-stops", "kind", kind));

export interface VisitEvents {
  onVisit(route: CrewRoute, visit: Visit): void;
  onDrop(visit: Visit, vehicle: string): void;
}

/** Every task is a button: chosen, it tells why it is here and where else it could go. */
export function visitList(route: CrewRoute, chosen: string | null, { onVisit, onDrop }: VisitEvents): HTMLElement {
  const rows = route.visits.map((visit) => {
    const parts = [
      element("span", { class: "visit-time" }, clock(visit.arrives_at)),
      element("span", { class: "visit-name" }, element("bdi", {}, visit.name || visitKind(visit)), visit.side && ` · ${visitKind(visit)}`),
      visit.task && element("span", { class: "visit-load" }, visit.length_m ? written(visit.length_m, "m") : written(visit.load_kg, "kg")),
    ];
    if (!visit.task) return element("li", { class: `visit place-${visit.kind}` }, ...parts);
    const button = element("button", { type: "button", class: "visit", "data-task": visit.task, "aria-pressed": String(visit.task === chosen) }, ...parts);
    button.addEventListener("click", () => onVisit(route, visit));
    draggable(button, () => visitTitle(visit), (vehicle) => onDrop(visit, vehicle));
    return element("li", {}, button);
  });
  const title = element("h3", { id: "visits-title" }, say("routes.visits.of", { vehicle: route.facts.vehicle }));
  return element("section", { class: "visits", "aria-labelledby": "visits-title" }, title, element("p", { class: "about" }, say("routes.visits.hint")), element("ol", {}, ...rows));
}
