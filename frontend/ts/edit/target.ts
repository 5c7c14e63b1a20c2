/** The layer that is being edited: its kind of shape and the fields of its form, from its schema. */

import { fetchJson } from "../catalogue.ts";
import type { EditableLayer } from "../edit_door.ts";
import { nameOf } from "../expression.ts";
import { language, say } from "../words.ts";
import type { Kind } from "./shapes.ts";
import type { Values } from "./state.ts";
import type { EditableField } from "./values.ts";

export interface Target extends EditableLayer {
  kind: Kind;
  fields: ReadonlyMap<string, EditableField>;
  required: ReadonlySet<string>;
}

const KINDS: Record<string, Kind> = {
  "geometry-point": "Point",
  "geometry-linestring": "LineString",
  "geometry-multipolygon": "MultiPolygon",
};
const NOT_IN_THE_FORM = new Set(["id", "geometry"]);

interface SchemaDocument {
  properties: Record<string, EditableField>;
  required?: string[];
}

export async function loadTarget(layer: EditableLayer): Promise<Target> {
  const schema = await fetchJson<SchemaDocument>(`/collections/${encodeURIComponent(layer.collection)}/schema`);
  const fields = Object.entries(schema.properties).filter(([name, field]) => !NOT_IN_THE_FORM.has(name) && !field["x-on-request"]);
  return {
    ...layer,
    kind: KINDS[schema.properties.geometry?.format ?? ""] ?? "Point",
    fields: new Map(fields),
    required: new Set(schema.required ?? []),
  };
}

export const titleOfField = (target: Target, name: string): string =>
  name === "geometry" ? say("edit.shape") : (target.fields.get(name)?.title ?? name);

/** How a feature is called: by its name, its reference, its identifier, else by its number. */
export function calledBy(values: Values, id: number | null): string {
  const known = nameOf(values, language) ?? values.reference ?? values.external_id;
  if (known) return String(known);
  return id === null ? say("edit.new") : say("edit.number", { id });
}
