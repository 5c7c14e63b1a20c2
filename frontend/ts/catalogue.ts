/** What the service answers: layers, features, fields. The map page has no other source of facts. */

import type { Properties } from "./expression.ts";

export interface StyleLayer {
  id: string;
  type: "fill" | "line" | "circle" | "symbol" | "raster";
  minzoom?: number;
  maxzoom?: number;
  paint?: Record<string, unknown>;
  layout?: Record<string, unknown>;
}

export interface LegendEntry {
  label: string;
  color: string;
  shape: string;
}

/** One entry of GET /layers, in drawing order from the bottom up. Zooms are those of 512 px tiles, as in MapLibre. */
export interface LayerInfo {
  id: string;
  title: string;
  group: string;
  group_title: string;
  min_zoom: number;
  max_zoom: number;
  visible: boolean;
  raster: boolean;
  style: StyleLayer[];
  legend: LegendEntry[];
  tiles: string | null;
  collection: string;
  attribution: string | null;
  synthetic: boolean;
  thinning?: Thinning;
  /** The Atom feed of its collection, to subscribe to. */
  feed?: string | null;
  /** The instants that a raster has pictures of, the newest last. */
  times?: string[];
}

/** What tiles leave out or put together, up to `until_zoom`; null: at no zoom anything that could be seen. */
export interface Thinning {
  rule: "small-areas" | "first-zooms" | "clusters" | "none";
  until_zoom: number | null;
}

export interface Feature {
  type: "Feature";
  id: number | string;
  bbox?: [number, number, number, number];
  geometry: GeoJSON.Geometry | null;
  properties: Properties;
}

export interface FieldSchema {
  title?: string;
  type?: string | string[];
  format?: string;
  "x-ogc-unit"?: string;
  "x-unit-label"?: string;
  "x-on-request"?: boolean;
  oneOf?: { const: unknown; title: string }[];
}

export type Schema = Record<string, FieldSchema>;

export class ServiceError extends Error {}

/** Throws ServiceError with the problem's own words. */
export async function fetchJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const headers = { Accept: "application/geo+json, application/json, application/problem+json", ...init.headers };
  const response = await fetch(url, { credentials: "same-origin", ...init, headers });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
    throw new ServiceError(problem.detail ?? problem.title ?? `${response.status} ${response.statusText}`);
  }
  return (await response.json()) as T;
}

export const fetchLayers = (): Promise<LayerInfo[]> => fetchJson<LayerInfo[]>("/layers");

export function featurePath(collection: string, id: number | string): string {
  return `/collections/${encodeURIComponent(collection)}/items/${encodeURIComponent(id)}`;
}

export const fetchFeature = (collection: string, id: number | string): Promise<Feature> =>
  fetchJson<Feature>(featurePath(collection, id));

const schemas = new Map<string, Promise<Schema>>();

/** The fields of a collection in the language of the page; asked once. */
export function fetchSchema(collection: string): Promise<Schema> {
  const known = schemas.get(collection);
  if (known) return known;
  const asked = fetchJson<{ properties: Schema }>(`/collections/${encodeURIComponent(collection)}/schema`).then(
    (schema) => schema.properties,
  );
  asked.catch(() => schemas.delete(collection));
  schemas.set(collection, asked);
  return asked;
}

export async function searchFeatures(text: string, signal: AbortSignal): Promise<Feature[]> {
  const query = new URLSearchParams({ q: text, limit: "10" });
  return (await fetchJson<{ features: Feature[] }>(`/search?${query}`, { signal })).features;
}
