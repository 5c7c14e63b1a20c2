/** What a visit is called, and the list of a crew's visits in driving order. */

import { element } from "../dom.ts";
import { say, sayCount } from "../words.ts";
import { draggable } from "./drag.ts";
import { select } from "./fields.ts";
import { clock, written } from "./figures.ts";
import type { CrewRoute, Visit } from "./service.ts";
import { choiceTitle } from "./titles.ts";

export const visitTitle = (visit: Visit): string => [visitKind(visit), visit.name].filter(Boolean).join(" ");

/** "Container", "Break", or the side of the street. */
const visitKind = ({ kind, side }: Visit): string => (side ? choiceTitle("route-streets", "side", side) : choiceTitle("route-stops", "kind", kind));

/** The one visit, or how many there are. */
export const visitsTitle = (visits: readonly [Visit, ...Visit[]]): string => (visits.length > 1 ? sayCount("routes.stops", visits.length) : visitTitle(visits[0]));

export interface VisitEvents {
  onVisit(route: CrewRoute, visit: Visit): void;
  /** A visit is carried along with the other ticked ones if it is ticked itself. */
  onDrop(visit: Visit, vehicle: string): void;
  /** Ticks a visit or takes its tick away; `through`: and all between it and the one that was ticked before. */
  onTick(route: CrewRoute, visit: Visit, through: boolean): void;
  onTickNone(): void;
  /** Where the ticked ones shall go, not yet asked for. */
  onAim(vehicle: string): void;
  onMoveTicked(vehicle: string): void;
}

export interface VisitState {
  /** The task whose place is explained. */
  task: string | null;
  ticked: ReadonlySet<string>;
  /** Crews that the ticked ones may go to. */
  others: readonly string[];
  aim: string | null;
}

/** The ticks after one more; `since`: the one before it, from which all up to it get the tick that it gets. */
export function ticksAfter(visits: readonly Visit[], ticked: ReadonlySet<string>, visit: Visit, since: string | null): ReadonlySet<string> {
  const on = !ticked.has(visit.task as string);
  const place = (task: string | null): number => visits.findIndex((other) => other.task === task);
  const ends = [place(visit.task), since === null ? place(visit.task) : place(since)];
  const after = new Set(ticked);
  for (const { task } of visits.slice(Math.min(...ends), Math.max(...ends) + 1)) {
    if (task) on ? after.add(task) : after.delete(task);
  }
  return after;
}

/** Every task is a button: chosen, it tells why it is here and where else it could go; several are ticked to move together. */
export function visitList(route: CrewRoute, state: VisitState, events: VisitEvents): HTMLElement {
  const rows = route.visits.map((visit) => (visit.task ? taskRow(route, visit, visit.task, state, events) : element("li", { class: `visit place-${visit.kind}` }, ...partsOf(visit))));
  const title = element("h3", { id: "visits-title" }, say("routes.visits.of", { vehicle: route.facts.vehicle }));
  const about = element("p", { class: "about" }, say("routes.visits.hint"));
  return element("section", { class: "visits", "aria-labelledby": "visits-title" }, title, about, element("ol", {}, ...rows), state.ticked.size > 0 && tickedBar(route, state, events));
}

const partsOf = (visit: Visit): (Node | null)[] => [
  element("span", { class: "visit-time" }, clock(visit.arrives_at)),
  element("span", { class: "visit-name" }, element("bdi", {}, visit.name || visitKind(visit)), visit.side && ` · ${visitKind(visit)}`),
  visit.task ? element("span", { class: "visit-load" }, visit.length_m ? written(visit.length_m, "m") : written(visit.load_kg, "kg")) : null,
];

function taskRow(route: CrewRoute, visit: Visit, task: string, state: VisitState, events: VisitEvents): HTMLElement {
  const tick = element("input", { type: "checkbox", "data-tick": task, checked: state.ticked.has(task), "aria-label": say("routes.visits.tick", { task: visitTitle(visit) }) });
  tick.addEventListener("click", ({ shiftKey }) => events.onTick(route, visit, shiftKey));
  const button = element("button", { type: "button", class: "visit", "data-task": task, "aria-pressed": String(task === state.task) }, ...partsOf(visit));
  button.addEventListener("click", ({ shiftKey, ctrlKey, metaKey }) => (shiftKey || ctrlKey || metaKey ? events.onTick(route, visit, shiftKey) : events.onVisit(route, visit)));
  draggable(button, () => (state.ticked.has(task) ? sayCount("routes.stops", state.ticked.size) : visitTitle(visit)), (vehicle) => events.onDrop(visit, vehicle));
  return element("li", { class: "visit-row" }, element("label", { class: "visit-tick" }, tick), button);
}

/** What is done with the ticked ones. */
function tickedBar(route: CrewRoute, { ticked, others, aim }: VisitState, { onAim, onMoveTicked, onTickNone }: VisitEvents): HTMLElement {
  const kg = route.visits.reduce((sum, { task, load_kg }) => sum + (task && ticked.has(task) ? load_kg : 0), 0);
  const crew = select(others.map((vehicle) => ({ value: vehicle, label: vehicle })), aim && others.includes(aim) ? aim : others[0]);
  crew.id = "visits-crew";
  crew.setAttribute("aria-label", say("routes.visits.to"));
  const move = element("button", { type: "button", class: "button small", id: "visits-move", disabled: !others.length }, say("routes.why.move"));
  const none = element("button", { type: "button", class: "link", id: "visits-none" }, say("routes.visits.none"));
  crew.addEventListener("change", () => onAim(crew.value));
  move.addEventListener("click", () => onMoveTicked(crew.value));
  none.addEventListener("click", onTickNone);
  const told = element("strong", {}, `${sayCount("routes.stops", ticked.size)} · `, element("bdi", {}, written(kg, "kg")));
  return element("div", { class: "ticked-bar", role: "group", "aria-label": say("routes.visits.ticked") }, told, none, crew, move);
}
