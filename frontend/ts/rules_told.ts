/** Rules, which are stored in English, as the server tells them in the language of the page. */

import { fetchJson } from "./catalogue.ts";
import { element } from "./dom.ts";
import { csrfToken } from "./process_form.ts";
import { language } from "./words.ts";

interface Piece {
  text: string;
  known: boolean;
}

interface Told {
  names: Record<string, string>;
  texts: Record<string, Piece[]>;
}

/** Names of rules, and texts of rules as nodes. */
export interface Telling {
  name(name: string): string;
  text(text: string): Node[];
}

/** As they are stored: what is shown until the server has answered, and if it does not. */
export const AS_STORED: Telling = { name: (name) => name, text: (text) => [element("bdi", {}, text)] };

const asked = new Map<string, Promise<Told>>();

/** Whatever names and texts of several words stand in the values, however deep. */
export async function tellRules(...values: unknown[]): Promise<Telling> {
  const found = { names: new Set<string>(), texts: new Set<string>() };
  values.forEach((value) => collect(value, found));
  const body = JSON.stringify({ names: [...found.names], texts: [...found.texts] });
  const { names, texts } = await askOnce(body);
  return { name: (name) => names[name] ?? name, text: (text) => (texts[text] ?? [{ text, known: false }]).flatMap(shown) };
}

/** One text as plain words: in the page's language where it is known; as it is where it is not, or nobody answers. */
export async function tellText(text: string): Promise<string> {
  if (language === "en" || !text.includes(" ")) return text;
  const told = await askOnce(JSON.stringify({ names: [], texts: [text] })).catch(() => null);
  return told?.texts[text]?.map((piece) => piece.text).join(" ") ?? text;
}

/** A scenario shows the same rules after every step. */
function askOnce(body: string): Promise<Told> {
  const known = asked.get(body);
  if (known) return known;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const answer = fetchJson<Told>("/rules", { method: "POST", headers, body });
  answer.catch(() => asked.delete(body));
  asked.set(body, answer);
  return answer;
}

/** What nobody translated is English, or a name. */
function shown({ text, known }: Piece, at: number): Node[] {
  const part = known ? document.createTextNode(text) : text.includes(" ") ? element("span", { lang: "en", dir: "ltr" }, text) : element("bdi", {}, text);
  return at ? [document.createTextNode(" "), part] : [part];
}

function collect(value: unknown, found: { names: Set<string>; texts: Set<string> }): void {
  if (typeof value === "string") void (value.includes(" ") && found.texts.add(value));
  else if (Array.isArray(value)) value.forEach((item) => collect(item, found));
  else if (value && typeof value === "object")
    for (const [name, part] of Object.entries(value)) {
      found.names.add(name);
      collect(part, found);
    }
}
