/** The figures of plans and crews: which there are, how they are written, and which way is better. */

import { formatNumber, formatQuantity, say } from "../words.ts";
import type { PlanFacts, RouteFacts } from "./service.ts";

export interface Figure<T> {
  /** The last part of the key of its text. */
  id: string;
  unit?: string;
  value(of: T): number | null;
  /** False where neither more nor less is better. */
  lessIsBetter: boolean;
  digits?: number;
}

export const PLAN_FIGURES: readonly Figure<PlanFacts>[] = [
  { id: "cost", value: (p) => p.cost, lessIsBetter: true },
  { id: "distance", unit: "km", value: (p) => p.distance_km, lessIsBetter: true },
  { id: "duration", unit: "h", value: (p) => p.duration_h, lessIsBetter: true },
  { id: "overtime", unit: "h", value: (p) => p.overtime_h, lessIsBetter: true },
  { id: "spread", unit: "h", value: (p) => p.spread_h, lessIsBetter: true },
  { id: "litres", unit: "l", value: (p) => p.litres, lessIsBetter: true },
  { id: "co2", unit: "kg", value: (p) => p.co2_kg, lessIsBetter: true },
  { id: "load", unit: "t", value: (p) => p.load_t, lessIsBetter: false },
  { id: "vehicles", value: (p) => p.vehicles, lessIsBetter: true, digits: 0 },
  { id: "served", value: (p) => p.served, lessIsBetter: false, digits: 0 },
  { id: "unserved", value: (p) => p.unserved, lessIsBetter: true, digits: 0 },
];

/** What is known of the nearest-neighbour plan. */
export const BASELINE_FIGURES: Readonly<Record<string, (plan: PlanFacts) => number | null>> = {
  cost: (p) => p.baseline_cost,
  distance: (p) => p.baseline_distance_km,
  duration: (p) => p.baseline_duration_h,
  served: (p) => p.baseline_served,
};

/** Change against the nearest-neighbour plan in hundredths, for each task served: one that serves less drives less. */
export function changeOfBaseline(id: string, plan: PlanFacts): number | null {
  const before = BASELINE_FIGURES[id]?.(plan) ?? null;
  const after = PLAN_FIGURES.find((figure) => figure.id === id)?.value(plan) ?? null;
  if (before === null || after === null || !plan.served || !plan.baseline_served) return null;
  return changePct(before / plan.baseline_served, after / plan.served);
}

export const CREW_FIGURES: readonly Figure<RouteFacts>[] = [
  { id: "distance", unit: "km", value: (r) => r.distance_km, lessIsBetter: true },
  { id: "hours", unit: "h", value: (r) => r.duration_min / 60, lessIsBetter: true },
  { id: "overtime", unit: "min", value: (r) => r.overtime_min, lessIsBetter: true },
  { id: "litres", unit: "l", value: (r) => r.litres, lessIsBetter: true },
  { id: "co2", unit: "kg", value: (r) => r.co2_kg, lessIsBetter: true },
  { id: "load", unit: "t", value: (r) => r.load_kg / 1000, lessIsBetter: false },
  { id: "tasks", value: (r) => r.stops, lessIsBetter: false, digits: 0 },
  { id: "tips", value: (r) => r.tips, lessIsBetter: false, digits: 0 },
];

export const figureName = (id: string): string => say(`routes.figure.${id}`);

/** With its unit; a dash for what is not known. */
export function written(value: number | null | undefined, unit?: string): string {
  return value === null || value === undefined ? "–" : formatQuantity("", value, unit && say(`routes.unit.${unit}`));
}

/** With its sign, which is a true minus; "±0" for what the eye would read as nought. */
export function signed(value: number, unit?: string): string {
  const size = formatNumber(Math.abs(value));
  if (size === formatNumber(0)) return "±0";
  const number = isolated(`${value > 0 ? "+" : "−"}${size}`);
  return unit ? `${number}\u00a0${say(`routes.unit.${unit}`)}` : number;
}

export type Verdict = "better" | "worse" | "same" | "other";

/** Of `value` against `reference`; a thousandth is no difference. */
export function verdict(value: number, reference: number, lessIsBetter: boolean | null): Verdict {
  if (Math.abs(value - reference) <= Math.max(Math.abs(value), Math.abs(reference)) / 1000) return "same";
  if (lessIsBetter === null) return "other";
  return value < reference === lessIsBetter ? "better" : "worse";
}

/** Change in hundredths, from `before`; null where there was nothing. */
export const changePct = (before: number | null, after: number | null): number | null =>
  before && after !== null ? Math.round((1000 * (after - before)) / before) / 10 : null;

export const writtenPct = (percent: number): string => isolated(`${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${formatNumber(Math.abs(percent))} %`);

/** From right to left, a sign would stand behind its number. */
const isolated = (text: string): string => (globalThis.document?.dir === "rtl" ? `\u2066${text}\u2069` : text);

/** 07:05:00 -> 07:05. */
export const clock = (time: string | null): string => time?.slice(0, 5) ?? "–";
