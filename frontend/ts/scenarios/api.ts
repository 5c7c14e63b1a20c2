/** Asks the processes what-if, save-scenario and share-scenario, and reads the collection of scenarios. */

import { fetchJson } from "../catalogue.ts";
import { csrfToken } from "../process_form.ts";
import type { Operation } from "./operations.ts";

export interface Figure {
  id: string;
  unit: string;
  before: number | null;
  after: number | null;
}

export interface District {
  external_id: string;
  name_fr: string;
  name_ar: string;
  name_en: string;
  indicators: Figure[];
}

export interface Answer {
  city: Figure[];
  districts: District[];
  parcels: { changed: number; green_m2_before: number; green_m2_after: number };
  without_effect?: { operation: number }[];
  rule: Record<string, string>;
  computed_at: string;
  took_ms: number;
}

export interface SavedScenario {
  id: number;
  scenario: string;
  name: string;
  author: string;
  computed_at: string;
  version: number;
  share_key: string | null;
  operations: Operation[];
  results: Answer;
}

interface Item {
  id: number;
  properties: Omit<SavedScenario, "id" | "scenario"> & { external_id: string };
}

const LISTED = "external_id,name,author,computed_at,version,share_key";

function execute<T>(process: string, inputs: Record<string, unknown>, signal?: AbortSignal): Promise<T> {
  return fetchJson<T>(`/processes/${process}/execution`, {
    method: "POST",
    body: JSON.stringify({ inputs }),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    signal: signal ?? null,
  });
}

export const askWhatIf = (operations: Operation[], signal: AbortSignal): Promise<Answer> => execute("what-if", { operations }, signal);

/** A saved one is changed in place when `into` is given; the service refuses when somebody else saved it since. */
export function saveScenario(name: string, operations: Operation[], into?: SavedScenario): Promise<{ scenario: string }> {
  const place = into ? { scenario: into.scenario, version: into.version } : {};
  return execute("save-scenario", { name, operations, ...place });
}

export const shareScenario = (scenario: string, shared: boolean): Promise<{ share_key: string | null }> => execute("share-scenario", { scenario, shared });

export async function listScenarios(): Promise<SavedScenario[]> {
  const { features } = await fetchJson<{ features: Item[] }>(`/collections/scenarios/items?limit=100&sortby=-updated_at&properties=${LISTED}`);
  return features.map(scenarioOf);
}

export const readScenario = async (id: number): Promise<SavedScenario> => scenarioOf(await fetchJson<Item>(`/collections/scenarios/items/${id}`));

const scenarioOf = ({ id, properties: { external_id, ...rest } }: Item): SavedScenario => ({ ...rest, id, scenario: external_id });
