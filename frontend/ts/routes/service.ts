/** Route plans as the service keeps them: plans, routes, stops and streets are features, what is done to them processes. */

import { fetchJson, ServiceError, type Feature } from "../catalogue.ts";
import { nameOf } from "../expression.ts";
import { csrfToken } from "../process_form.ts";
import { tellText } from "../rules_told.ts";
import { language, say } from "../words.ts";

export type Status = "draft" | "published" | "replaced";
export type Kind = "containers" | "kerbside";

export interface LeftOut {
  id: string;
  code: string;
  reason: string;
  /** What was foreseen of a container that is not worth its detour: on the day, and until its next service. */
  fill_pct?: number;
  risk?: number;
  full_on?: string | null;
  /** The closed streets that keep trucks away. */
  closures?: Closure[];
}

/** Why a street is closed, and the road conditions that shut it; the times of a gate are when it is open. */
export interface Closure {
  street: string;
  reason: string;
  conditions: { id: string; kind: string; from_time: string; until_time: string }[];
}

/** Whether a container was left because it is not worth its detour yet. */
export const mayWait = ({ risk }: Pick<LeftOut, "risk">): boolean => risk !== undefined;

/** What a forecast did for a plan; overflows are expected numbers. */
export interface ForecastFigures {
  due: number;
  optional: number;
  optional_taken: number;
  overflows_prevented: number;
  overflows_expected: number;
}

/** What would let crews serve what is left out for one reason; in English. */
export interface Cure {
  code: string;
  tasks: number;
  cure: string;
}

export interface PlanFacts {
  external_id: string;
  created_at: string;
  title: string;
  kind: Kind;
  fraction: string;
  service_date: string;
  districts: string[] | null;
  status: Status;
  based_on: string | null;
  /** The same for all plans of a week. */
  job: string;
  vehicles: number;
  served: number;
  unserved: number;
  distance_km: number;
  duration_h: number;
  overtime_h: number | null;
  spread_h: number | null;
  litres: number | null;
  co2_kg: number | null;
  load_t: number | null;
  cost: number | null;
  baseline_served: number | null;
  baseline_distance_km: number | null;
  baseline_duration_h: number | null;
  baseline_cost: number | null;
  checked_at: string | null;
  check_faults: number | null;
  left_out: LeftOut[] | Record<string, Omit<LeftOut, "id">> | null;
  rule: (Record<string, unknown> & { forecast_figures?: ForecastFigures; cures?: Cure[] }) | null;
  inputs: unknown;
}

/** One crew's day. */
export interface RouteFacts {
  external_id: string;
  vehicle: string;
  district: string;
  starts_at: string | null;
  ends_at: string | null;
  stops: number;
  tips: number;
  distance_km: number;
  duration_min: number;
  load_kg: number;
  litres: number | null;
  co2_kg: number | null;
  overtime_min: number | null;
  rest_at: string | null;
  color_index: number;
}

/** One entry of a route in driving order: a stop, or a street or one side of it. */
export interface Visit {
  /** What price-move, move-tasks and explain-task call it; null for what cannot move: start, tip, rest, end. */
  task: string | null;
  name: string;
  kind: string;
  /** Of a street: both, left or right. */
  side: string | null;
  route: string;
  sequence: number;
  arrives_at: string | null;
  load_kg: number;
  length_m: number | null;
  geometry: GeoJSON.Geometry | null;
}

export interface CrewRoute {
  id: number | string;
  facts: RouteFacts;
  geometry: GeoJSON.Geometry | null;
  visits: Visit[];
}

export interface Plan {
  id: string;
  feature: number | string;
  facts: PlanFacts;
}

/** A plan with all that the page shows of it. */
export interface WholePlan extends Plan {
  routes: CrewRoute[];
}

export interface Price {
  cost: number;
  distance_km: number;
  duration_min: number;
  forbidden: { code: string; reason: string } | null;
}

export interface Alternative {
  vehicle: string;
  cost: number | null;
  distance_km: number | null;
  forbidden: { code: string; reason: string } | null;
}

export interface Explanation {
  vehicle: string | null;
  position: number | null;
  alternatives: Alternative[];
}

const PAGE = 5000;

/** All features of a collection that meet `query`, page by page. */
export async function fetchAll(collection: string, query: Record<string, string> = {}): Promise<Feature[]> {
  const found: Feature[] = [];
  let address: string | undefined = `/collections/${collection}/items?${new URLSearchParams({ limit: String(PAGE), ...query })}`;
  while (address) {
    const page: FeaturePage = await fetchJson<FeaturePage>(address);
    found.push(...page.features);
    const next = page.links?.find((link) => link.rel === "next")?.href;
    address = next && pathOf(next);
  }
  return found;
}

interface FeaturePage {
  features: Feature[];
  links?: { rel: string; href: string }[];
}

/** Links are absolute; behind a proxy only their path is surely ours. */
function pathOf(href: string): string {
  const { pathname, search } = new URL(href, location.href);
  return pathname + search;
}

const asPlan = (feature: Feature): Plan => {
  const facts = feature.properties as unknown as PlanFacts;
  return { id: facts.external_id, feature: feature.id, facts };
};

/** What the plan does not serve, by container or street. */
export function leftOutOf({ left_out }: PlanFacts): LeftOut[] {
  if (!left_out || Array.isArray(left_out)) return left_out ?? [];
  return Object.entries(left_out).map(([id, why]) => ({ ...why, id }));
}

/** What tells plans apart; the rest of a plan names every container, and is asked for of one plan only. */
const PLAN_FIELDS: readonly (keyof PlanFacts)[] = [
  "external_id", "created_at", "job", "title", "kind", "fraction", "service_date", "districts", "status", "based_on", "vehicles", "served", "unserved",
  "distance_km", "duration_h", "overtime_h", "spread_h", "litres", "co2_kg", "load_t", "cost",
  "baseline_served", "baseline_distance_km", "baseline_duration_h", "baseline_cost", "checked_at", "check_faults",
];
const WHOLE_PLAN_FIELDS: readonly (keyof PlanFacts)[] = [...PLAN_FIELDS, "left_out", "rule", "inputs"];

/** The newest first, without what they leave out, their rules and inputs. */
export async function fetchPlans(): Promise<Plan[]> {
  return (await fetchAll("route-plans", { sortby: "-id", properties: PLAN_FIELDS.join(",") })).map(asPlan);
}

const ROUTE_FIELDS: readonly (keyof RouteFacts)[] = [
  "external_id", "vehicle", "district", "starts_at", "ends_at", "stops", "tips", "distance_km", "duration_min", "load_kg",
  "litres", "co2_kg", "overtime_min", "rest_at", "color_index",
];

/** Throws ServiceError where there is no such plan, or not for this person. */
export async function fetchWholePlan(id: string): Promise<WholePlan> {
  const [plans, routes, stops, streets] = await Promise.all([
    fetchAll("route-plans", { external_id: id, properties: WHOLE_PLAN_FIELDS.join(",") }),
    fetchAll("collection-routes", { plan: id, sortby: "vehicle", properties: ROUTE_FIELDS.join(",") }),
    fetchAll("route-stops", { plan: id, sortby: "route,sequence" }),
    fetchAll("route-streets", { plan: id, sortby: "route,sequence" }),
  ]);
  const [plan] = plans;
  if (!plan) throw new ServiceError(say("routes.plan.missing"));
  const visits = [...stops.map(asStop), ...streets.map(asStreet)].sort((one, other) => one.sequence - other.sequence);
  return { ...asPlan(plan), routes: routes.map((feature) => withVisits(feature, visits)) };
}

function withVisits(feature: Feature, visits: readonly Visit[]): CrewRoute {
  const facts = feature.properties as unknown as RouteFacts;
  return { id: feature.id, facts, geometry: feature.geometry, visits: visits.filter(({ route }) => route === facts.external_id) };
}

function asStop({ properties, geometry }: Feature): Visit {
  const task = properties.kind === "container" ? String(properties.container) : null;
  return { ...common(properties), task, kind: String(properties.kind), side: null, name: task ?? "", length_m: null, geometry };
}

function asStreet({ properties, geometry }: Feature): Visit {
  const [street, side] = [String(properties.street), String(properties.side)];
  return { ...common(properties), task: taskOf(street, side), kind: "street", side, name: street, length_m: properties.length_m ? Number(properties.length_m) : null, geometry };
}

function common(properties: Feature["properties"]): Pick<Visit, "route" | "sequence" | "arrives_at" | "load_kg"> {
  const arrives_at = properties.arrives_at ? String(properties.arrives_at) : null;
  return { route: String(properties.route), sequence: Number(properties.sequence), arrives_at, load_kg: Number(properties.load_kg ?? 0) };
}

/** The features of a collection that have these keys for their external_id. */
async function fetchByKeys(collection: string, keys: readonly string[], query: Record<string, string> = {}): Promise<Feature[]> {
  const found: Feature[] = [];
  for (let start = 0; start < keys.length; start += 50) {
    const quoted = keys.slice(start, start + 50).map((key) => `'${key.replaceAll("'", "''")}'`);
    found.push(...(await fetchAll(collection, { ...query, filter: `external_id IN (${quoted.join(",")})` })));
  }
  return found;
}

export async function fetchPlaces(collection: string, keys: readonly string[]): Promise<Map<string, GeoJSON.Geometry>> {
  const found = await fetchByKeys(collection, keys);
  return new Map(found.flatMap(({ properties, geometry }) => (geometry ? [[String(properties.external_id), geometry]] : [])));
}

/** Gives a crew's streets their names; one without a name keeps its identifier. */
export async function nameStreets({ visits }: CrewRoute): Promise<void> {
  const unnamed = visits.filter(({ side, task, name }) => side && task === taskOf(name, side));
  const streets = await fetchByKeys("streets", [...new Set(unnamed.map(({ name }) => name))], { properties: "external_id,name_fr,name_ar,name_en" });
  const names = new Map(streets.map(({ properties }) => [String(properties.external_id), nameOf(properties, language)]));
  for (const visit of unnamed) visit.name = names.get(visit.name) ?? visit.name;
}

const taskOf = (street: string, side: string): string => (side === "both" ? street : `${street}:${side}`);

export interface JobStatus {
  jobID: string;
  status: "accepted" | "running" | "successful" | "failed" | "dismissed";
  paused?: boolean;
  progress?: number;
  message?: string;
  live?: { cost?: [number, number][] } | null;
  problem?: { detail?: string };
}

const ENDED = new Set(["successful", "failed", "dismissed"]);
export const hasEnded = ({ status }: JobStatus): boolean => ENDED.has(status);

export const fetchJob = (id: string): Promise<JobStatus> => fetchJson<JobStatus>(`/jobs/${id}`);
/** What an ended job gave. Throws ServiceError with the reason why it gave nothing. */
export async function fetchOutputs<T>({ jobID, status, problem, message }: JobStatus): Promise<T> {
  if (status !== "successful") throw new ServiceError(await tellText(problem?.detail ?? message ?? status));
  return fetchJson<T>(`/jobs/${jobID}/results`);
}
export const cancelJob = (id: string): Promise<JobStatus> =>
  fetchJson<JobStatus>(`/jobs/${id}`, { method: "DELETE", headers: { "X-CSRFToken": csrfToken() } });

/** Asks a search to be content with the best plan that it has. */
export const finishJob = (id: string): Promise<JobStatus> =>
  fetchJson<JobStatus>(`/jobs/${id}/finish`, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });

/** Starts a process; the answer is the job that runs it. Throws ServiceError with the reason of a refusal. */
export const startProcess = (process: string, inputs: Record<string, unknown>): Promise<JobStatus> =>
  execute<JobStatus>(process, inputs, { Prefer: "respond-async" });

/** Runs a process to its outputs, at once where it is a quick one, else as soon as its job has ended. */
export async function runProcess<T>(process: string, inputs: Record<string, unknown>): Promise<T> {
  const answer = await execute<T | JobStatus>(process, inputs, {});
  if (!(answer as Partial<JobStatus>).jobID) return answer as T;
  let status = answer as JobStatus;
  for (; !hasEnded(status); status = await fetchJob(status.jobID)) await waited(400);
  return fetchOutputs<T>(status);
}

function execute<T>(process: string, inputs: Record<string, unknown>, headers: Record<string, string>): Promise<T> {
  const init = { method: "POST", body: JSON.stringify({ inputs }), headers: { ...headers, "Content-Type": "application/json", "X-CSRFToken": csrfToken() } };
  return fetchJson<T>(`/processes/${process}/execution`, init).catch(refused);
}

/** The refusal again, in the page's language. */
async function refused(error: unknown): Promise<never> {
  throw error instanceof ServiceError ? new ServiceError(await tellText(error.message)) : error;
}

export const waited = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
