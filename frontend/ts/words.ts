/** The page's language: its texts (from gettext, in a JSON block of the page), numbers and dates. */

import type { FieldSchema } from "./catalogue.ts";

/** `ar` alone would group numbers as in the Levant; Morocco writes 12.345,6 with Latin digits. */
const LOCALES: Record<string, string> = { fr: "fr-FR", ar: "ar-MA", en: "en-GB" };

interface PageSettings {
  language: string;
  timeZone: string;
  texts: Record<string, string>;
}

/** Texts that one page has more than the others stand in a block of their own. */
function readSettings(): PageSettings {
  const settings = readBlock<PageSettings>("page-settings") ?? { language: "en", timeZone: "UTC", texts: {} };
  const blocks = ["editor-texts", "route-texts", "scenario-texts", "site-texts"].map((id) => readBlock<Record<string, string>>(id));
  return { ...settings, texts: Object.assign({}, settings.texts, ...blocks) };
}

function readBlock<T>(id: string): T | undefined {
  const block = globalThis.document?.getElementById(id);
  return block?.textContent ? (JSON.parse(block.textContent) as T) : undefined;
}

const settings = readSettings();
export const language = settings.language;
export const timeZone = settings.timeZone;
export const locale = LOCALES[language] ?? language;

/** The text of a key, with `{name}` replaced. A key without a text shows itself: it is then a fault to mend. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = settings.texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ""));
}

/** Whether there is a text, of keys that end with a code of the service. */
export const knows = (key: string): boolean => key in settings.texts;

/** Of keys `key.zero`, `key.one`, … as the language's plural rules say; `key.other` is always there. */
export function sayCount(key: string, count: number): string {
  const form = new Intl.PluralRules(locale).select(count);
  const exact = `${key}.${form}`;
  return say(exact in settings.texts ? exact : `${key}.other`, { count: formatNumber(count) });
}

/** Keeps its own direction inside a sentence of the other one. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;

export function formatNumber(value: number, in_locale = locale): string {
  const maximumFractionDigits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return new Intl.NumberFormat(in_locale, { maximumFractionDigits }).format(value);
}

/** Short enough for a small circle: 1.2K, 1,2 k, 1,2 ألف. */
export function formatCompact(value: number, in_locale = locale): string {
  return new Intl.NumberFormat(in_locale, { notation: "compact", maximumFractionDigits: value < 10_000 ? 1 : 0 }).format(value);
}

/** A year is a number without groups; it is recognised by its field. */
function isYear(name: string): boolean {
  return name.endsWith("_year");
}

function formatTime(value: string, field: FieldSchema): string | undefined {
  if (field.format !== "date" && field.format !== "date-time") return undefined;
  const moment = new Date(value);
  if (Number.isNaN(moment.valueOf())) return undefined;
  const style = field.format === "date" ? { timeZone: "UTC" } : { timeStyle: "short" as const, timeZone: settings.timeZone };
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", ...style }).format(moment);
}

/** A property as a person reads it: choice title, unit, local number or date. Empty for "nothing is known". */
export function formatValue(name: string, value: unknown, field: FieldSchema = {}): string {
  if (value === null || value === undefined || value === "") return "";
  const choice = field.oneOf?.find((option) => option.const === value);
  if (choice) return choice.title;
  if (Array.isArray(value)) return value.map((item) => formatValue(name, item, {})).join(language === "ar" ? "، " : ", ");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value === "number") return formatQuantity(name, value, field["x-unit-label"]);
  if (typeof value === "object") return JSON.stringify(value);
  return formatTime(String(value), field) ?? String(value);
}

export function formatQuantity(name: string, value: number, unit: string | undefined): string {
  if (isYear(name)) return String(value);
  return unit ? `${formatNumber(value)}\u00a0${unit}` : formatNumber(value);
}

/** A moment in the city's zone: its time of day, or its day and time. */
export function formatMoment(moment: Date, parts: "time" | "both"): string {
  const style: Intl.DateTimeFormatOptions = parts === "both" ? { dateStyle: "medium", timeStyle: "short" } : { timeStyle: "short" };
  return new Intl.DateTimeFormat(locale, { ...style, timeZone }).format(moment);
}
