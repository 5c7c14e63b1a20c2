/** Writes features and reads their history: OGC API Features Part 4 with preconditions. What is refused keeps its problem. */

import { featurePath, fetchJson, ServiceError, type Feature } from "../catalogue.ts";
import type { Box, Shape } from "./shapes.ts";
import type { MergePatch } from "./state.ts";

export interface RuleBroken {
  field: string;
  rule: string;
  value?: unknown;
  cure: string;
  location?: GeoJSON.Point;
  proposal?: Shape;
}

/** What a refusal says beyond its words (RFC 9457): broken rules of a 422, the three sides of a 412. */
export interface Problem {
  detail?: string;
  title?: string;
  errors?: RuleBroken[];
  version?: number;
  base?: Feature | null;
  theirs?: Feature | null;
  changed_by?: string;
  changed_at?: string | null;
  comment?: string;
  unconditional?: boolean;
}

export class Refusal extends ServiceError {
  constructor(readonly status: number, readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? String(status));
  }
}

/** No answer came: the network or the service is away. */
export class Unreachable extends ServiceError {}

export interface Saved {
  feature: Feature;
  version: number;
  /** Nothing was written: this is what already stood. */
  unchanged?: boolean;
}

export interface Version {
  version: number;
  operation: "create" | "update" | "delete";
  at: string;
  actor: string;
  comment: string;
  door: string;
  unconditional: boolean;
}

export interface FieldChange {
  name: string;
  title: string;
  before: unknown;
  after: unknown;
}

export interface Diff {
  from: number | null;
  to: number;
  fields: FieldChange[];
  geometry: null | { before: Shape | null; after: Shape | null; added: Shape | null; removed: Shape | null; area_m2?: Measure; length_m?: Measure };
}

export interface Measure {
  before: number | null;
  after: number | null;
}

export interface Batch {
  batch: string;
  at: string;
  actor: string;
  comment: string;
  door: string;
  counts: Record<string, Record<string, number>>;
}

export interface BatchChange {
  collection: string;
  id: number;
  external_id: string | null;
  version: number;
  operation: Version["operation"];
}

/** The cookie's token is the newest one: after signing in again in another tab, that of the page would be refused. */
function csrfToken(): string {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  return cookie?.slice("csrftoken=".length) ?? field?.value ?? "";
}

interface Sending {
  body?: unknown;
  type?: string;
  version?: number;
  comment?: string;
}

/** Throws Refusal with the service's problem, Unreachable when nobody answered. */
async function send(method: string, path: string, { body, type, version, comment }: Sending): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/geo+json, application/json, application/problem+json",
    Prefer: "return=representation",
    "X-CSRFToken": csrfToken(),
    ...(type && { "Content-Type": type }),
    ...(version !== undefined && { "If-Match": `"${version}"` }),
    ...(comment && { "Change-Comment": encodeURIComponent(comment) }),
  };
  const init: RequestInit = { method, headers, credentials: "same-origin", body: body === undefined ? null : JSON.stringify(body) };
  const response = await fetch(path, init).catch((error: Error) => {
    throw new Unreachable(error.message);
  });
  if (response.ok) return response;
  throw new Refusal(response.status, (await response.json().catch(() => ({}))) as Problem);
}

async function saved(response: Response): Promise<Saved> {
  const feature = (await response.json()) as Feature;
  return { feature, version: Number(feature.properties.version) };
}

const itemsPath = (collection: string) => `/collections/${encodeURIComponent(collection)}/items`;
export const versionsPath = (collection: string, id: number) => `${featurePath(collection, id)}/versions`;

export async function createFeature(collection: string, geometry: Shape | null, properties: object, comment: string): Promise<Saved> {
  const body = { type: "Feature", geometry, properties };
  return saved(await send("POST", itemsPath(collection), { body, type: "application/geo+json", comment }));
}

export async function patchFeature(collection: string, id: number, version: number, patch: MergePatch, comment: string): Promise<Saved> {
  const sending = { body: patch, type: "application/merge-patch+json", version, comment };
  return saved(await send("PATCH", featurePath(collection, id), sending));
}

export async function deleteFeature(collection: string, id: number, version: number, comment: string): Promise<void> {
  await send("DELETE", featurePath(collection, id), { version, comment });
}

/** `seen`: the version that stands now; undefined for a feature that is deleted and comes back. */
export async function restoreVersion(collection: string, id: number, number: number, seen?: number, comment = ""): Promise<Saved> {
  const sending = { comment, ...(seen !== undefined && { version: seen }) };
  return saved(await send("POST", `${versionsPath(collection, id)}/${number}/restore`, sending));
}

export async function fetchVersions(collection: string, id: number, limit = 50): Promise<Version[]> {
  return (await fetchJson<{ versions: Version[] }>(`${versionsPath(collection, id)}?limit=${limit}`)).versions;
}

export const fetchDiff = (collection: string, id: number, number: number): Promise<Diff> =>
  fetchJson<Diff>(`${versionsPath(collection, id)}/${number}/diff`);

export async function fetchBatches(collection: string): Promise<Batch[]> {
  const query = new URLSearchParams({ collection, limit: "20" });
  return (await fetchJson<{ batches: Batch[] }>(`/batches?${query}`)).batches;
}

export async function fetchBatch(batch: string): Promise<BatchChange[]> {
  return (await fetchJson<{ changes: BatchChange[] }>(`/batches/${encodeURIComponent(batch)}`)).changes;
}

/** What lies in a box, nearest pages first come; at most `limit`. */
export async function fetchWithin(collection: string, box: Box, limit: number, signal: AbortSignal): Promise<Feature[]> {
  const query = new URLSearchParams({ bbox: box.join(","), limit: String(limit) });
  return (await fetchJson<{ features: Feature[] }>(`${itemsPath(collection)}?${query}`, { signal })).features;
}
