/** Between a property's JSON value and what stands in a form's control. Pure. */

import type { FieldSchema } from "../catalogue.ts";

export type Control = "text" | "integer" | "number" | "choice" | "yes-no" | "date" | "date-time" | "days" | "list" | "shown";

export interface EditableField extends FieldSchema {
  readOnly?: boolean;
  items?: { type?: string };
}

const ARABIC_ZEROS = [0x0660, 0x06f0];

export function controlOf(name: string, field: EditableField): Control {
  if (field.oneOf) return "choice";
  if (field.format === "date" || field.format === "date-time") return field.format;
  const simple: Record<string, Control> = { integer: "integer", number: "number", boolean: "yes-no", string: "text" };
  if (field.type === "array") return name === "collection_days" ? "days" : "list";
  return simple[String(field.type)] ?? "shown";
}

/** A number in any of the page's scripts: ١٢٫٥, 12,5 and 12.5 are the same. NaN when it is none. */
export function parseNumber(text: string): number {
  const latin = [...text.trim()].map(latinDigit).join("").replace(/[\s\u00a0\u202f\u066c']/g, "").replace(/[,\u066b]/, ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(latin) ? Number(latin) : NaN;
}

function latinDigit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const zero = ARABIC_ZEROS.find((first) => code >= first && code <= first + 9);
  return zero === undefined ? character : String(code - zero);
}

/** What was typed, as a value. What cannot be read stays as it was typed: the service says what is wrong with it. */
export function readControl(control: Control, text: string, zone: string, field: EditableField = {}): unknown {
  const typed = text.trim();
  if (control === "text") return text;
  if (control === "list") return typed.split(/[,،]/).map((part) => part.trim()).filter(Boolean).map((part) => listItem(part, field));
  if (typed === "") return null;
  if (control === "integer" || control === "number") return Number.isNaN(parseNumber(typed)) ? typed : parseNumber(typed);
  if (control === "yes-no") return typed === "true";
  if (control === "date-time") return isoOfLocal(typed, zone) ?? typed;
  return typed;
}

function listItem(part: string, field: EditableField): unknown {
  const isNumber = field.items?.type === "integer" || field.items?.type === "number";
  return isNumber && !Number.isNaN(parseNumber(part)) ? parseNumber(part) : part;
}

/** What stands in the control for a value. Numbers with a point, as they are typed. */
export function writeControl(control: Control, value: unknown, zone: string): string {
  if (value === null || value === undefined) return "";
  if (control === "date-time") return localOfIso(String(value), zone);
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

const parts = (zone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** "2026-11-24T10:30" in the city's zone, of a moment; empty when it is none. */
export function localOfIso(iso: string, zone: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.valueOf())) return "";
  const part = Object.fromEntries(parts(zone).formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** The moment of a local time in the city's zone, in UTC; null when it is none. */
export function isoOfLocal(local: string, zone: string): string | null {
  const asked = Date.parse(`${local}Z`);
  if (Number.isNaN(asked)) return null;
  let moment = asked;
  for (let round = 0; round < 2; round++) moment += asked - Date.parse(`${localOfIso(new Date(moment).toISOString(), zone)}Z`);
  return new Date(moment).toISOString();
}

/** A text that is emptied goes back to nothing where nothing stood, or where two empty ones would collide. */
export function emptied(name: string, before: unknown): null | "" {
  return name === "external_id" || before === null || before === undefined ? null : "";
}
