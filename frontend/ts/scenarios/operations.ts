/** What a planner imagines, as the process what-if takes it; and in words. Pure. */

import { formatNumber, isolated, say } from "../words.ts";

export type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;
export type Places = GeoJSON.MultiPoint;
export type Operation =
  | { op: "draw"; geometry: Area; access: "public" | "restricted" | "private" }
  | { op: "erase"; geometry: Area }
  | { op: "remove"; green: number }
  | { op: "convert"; green: number; access: "public" | "restricted" | "private" }
  | { op: "plant"; geometry: Places }
  | { op: "open"; geometry: Places };

/** An operation with what only the page knows of it: the name and shape of the green space it is about. */
export interface Step {
  operation: Operation;
  name?: string;
  shape?: GeoJSON.Geometry;
}

/** What the process takes at once. */
export const MOST_STEPS = 200;
const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;
const M2_PER_HA = 10_000;

export function wordsOf({ operation, name }: Step): string {
  switch (operation.op) {
    case "draw":
      return say(operation.access === "public" ? "op.draw" : "op.drawPrivate", { area: formatArea(areaOf(operation.geometry)) });
    case "erase":
      return say("op.erase", { area: formatArea(areaOf(operation.geometry)) });
    case "remove":
      return say("op.remove", { name: name ?? say("op.green", { id: operation.green }) });
    case "convert":
      return say(operation.access === "public" ? "op.makePublic" : "op.makePrivate", { name: name ?? say("op.green", { id: operation.green }) });
    case "plant":
      return say("op.plant", { count: formatNumber(operation.geometry.coordinates.length) });
    case "open":
      return say("op.open");
  }
}

/** The shape to show on the map: an operation's own, or that of the green space it is about. */
export const shapeOf = ({ operation, shape }: Step): GeoJSON.Geometry | undefined => ("geometry" in operation ? operation.geometry : shape);

/** Steps with one more: trees planted one after another are one step. */
export function withStep(steps: readonly Step[], step: Step): Step[] {
  const last = steps.at(-1);
  if (last?.operation.op !== "plant" || step.operation.op !== "plant") return [...steps, step];
  const coordinates = [...last.operation.geometry.coordinates, ...step.operation.geometry.coordinates];
  return [...steps.slice(0, -1), { operation: { op: "plant", geometry: { type: "MultiPoint", coordinates } } }];
}

/** On the sphere, m²; good to half a percent, for words only: the process measures. */
export function areaOf(shape: Area): number {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  return polygons.reduce((sum, [outer = [], ...holes]) => sum + ringArea(outer) - holes.reduce((rest, hole) => rest + ringArea(hole), 0), 0);
}

function ringArea(ring: GeoJSON.Position[]): number {
  let sum = 0;
  for (const [place, corner] of ring.entries()) {
    const [x1 = 0, y1 = 0] = corner;
    const [x2 = 0, y2 = 0] = ring[(place + 1) % ring.length] ?? corner;
    sum += (x2 - x1) * RADIANS * (2 + Math.sin(y1 * RADIANS) + Math.sin(y2 * RADIANS));
  }
  return Math.abs((sum * EARTH_M * EARTH_M) / 2);
}

export function formatArea(m2: number): string {
  return isolated(m2 >= M2_PER_HA / 2 ? `${formatNumber(m2 / M2_PER_HA)} ha` : `${formatNumber(m2)} m²`);
}

/** A square of one hectare around a place: what the keyboard draws. */
export function hectareAround(lon: number, lat: number): GeoJSON.Polygon {
  const dy = 50 / (EARTH_M * RADIANS);
  const dx = dy / Math.cos(lat * RADIANS);
  const corner = (x: number, y: number): GeoJSON.Position => [round(lon + x * dx), round(lat + y * dy)];
  return { type: "Polygon", coordinates: [[corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1), corner(-1, -1)]] };
}

export const pointAt = (lon: number, lat: number): Places => ({ type: "MultiPoint", coordinates: [[round(lon), round(lat)]] });

const round = (degrees: number): number => Number(degrees.toFixed(7));
