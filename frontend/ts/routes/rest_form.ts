/** The form for the rest of a day: what time it is, how far each crew has come, and which trucks are out of service. */

import { element } from "../dom.ts";
import { formatNumber, say, timeZone } from "../words.ts";
import { checkable, group, input, labelled, select, sideForm, textIn } from "./fields.ts";
import { clock } from "./figures.ts";
import { planAddress, planName } from "./plan_list.ts";
import { nameStreets, type CrewRoute, type Visit, type WholePlan } from "./service.ts";

const DAY_MIN = 24 * 60;
const NOTHING = "";

interface Row {
  route: CrewRoute;
  visits: readonly Visit[];
  last: HTMLSelectElement;
  out: HTMLInputElement;
}

/** `onOrder` may throw: its reason is shown, what was chosen stays. */
export function restForm(plan: WholePlan, onOrder: (inputs: Record<string, unknown>) => Promise<void>): HTMLElement {
  const now = input("time", { value: timeOfCity(), required: true });
  const rows = plan.routes.map(crewRow);
  const follow = () => rows.forEach((row) => (row.last.value = String(doneBy(row, textIn(now)))));
  now.addEventListener("change", follow);
  follow();
  const crews = rows.map(({ route, last, out }) => group(route.facts.vehicle, labelled(say("routes.rest.last"), last), checkable(say("routes.rest.out"), out)));
  const groups = [element("p", { class: "about" }, say("routes.rest.about")), labelled(say("routes.rest.now"), now, say("routes.rest.nowHelp")), ...crews];
  return sideForm(say("routes.rest.title", { plan: planName(plan.facts) }), groups, say("routes.rest.do"), planAddress(plan.id), () =>
    onOrder({ plan: plan.id, now: textIn(now), done: rows.flatMap(doneOf), out: rows.filter(({ out }) => out.checked).map(({ route }) => route.facts.vehicle) }),
  );
}

function crewRow(route: CrewRoute): Row {
  const visits = route.visits.filter(({ task }) => task);
  const last = select([{ value: NOTHING, label: say("routes.rest.nothing") }, ...visits.map((visit, at) => ({ value: String(at), label: labelOf(visit, at) }))]);
  void nameStreets(route).then(() => visits.forEach((visit, at) => last.options[at + 1]?.replaceChildren(labelOf(visit, at))), () => undefined);
  return { route, visits, last, out: input("checkbox") };
}

const labelOf = ({ name, arrives_at }: Visit, at: number): string => `${formatNumber(at + 1)} · ${clock(arrives_at)} · ${name}`;

const doneOf = ({ visits, last }: Row): (string | null)[] => (last.value === NOTHING ? [] : visits.slice(0, Number(last.value) + 1).map(({ task }) => task));

/** The number of the last visit that the plan has before `now`, or NOTHING. */
function doneBy({ route, visits }: Row, now: string | undefined): number | string {
  const { starts_at, ends_at } = route.facts;
  if (!now || !starts_at || !ends_at) return NOTHING;
  const since = (time: string) => (minutes(time) - minutes(starts_at) + DAY_MIN) % DAY_MIN;
  const [gone, whole] = [since(now), since(ends_at)];
  if (gone > (whole + DAY_MIN) / 2) return NOTHING; // nearer to its beginning than to its end: it has not left yet
  const open = visits.findIndex(({ arrives_at }) => arrives_at && since(arrives_at) >= gone);
  if (open === 0 || !visits.length) return NOTHING;
  return (open < 0 ? visits.length : open) - 1;
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const timeOfCity = (): string => new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(new Date());
