/** What the choices of plans, stops and streets are called: the titles of the collections' own schemas, read once. */

import { fetchSchema, type Schema } from "../catalogue.ts";

const COLLECTIONS = ["route-plans", "route-stops", "route-streets"] as const;
type Collection = (typeof COLLECTIONS)[number];

const schemas = new Map<Collection, Schema>();

export async function loadTitles(): Promise<void> {
  await Promise.all(COLLECTIONS.map(async (collection) => schemas.set(collection, await fetchSchema(collection))));
}

/** The value itself where the schema has no title for it. */
export function choiceTitle(collection: Collection, field: string, value: string): string {
  return schemas.get(collection)?.[field]?.oneOf?.find((choice) => choice.const === value)?.title ?? value;
}
