/** A stored plan checked again by the data of today: which rules it breaks, and what is other than stored. */

import { element } from "../dom.ts";
import { AS_STORED, tellRules, type Telling } from "../rules_told.ts";
import { formatNumber, say } from "../words.ts";
import { runProcess } from "./service.ts";

interface Checked {
  faults: string[];
  changed: string[];
}

const MOST = 100;

export function checkAgain(plan: string): HTMLElement {
  const told = element("div", { role: "status" });
  const button = element("button", { type: "button", class: "button quiet small" }, say("routes.check.do"));
  button.addEventListener("click", () => {
    button.disabled = true;
    told.replaceChildren(say("loading"));
    found(plan)
      .then((nodes) => told.replaceChildren(...nodes))
      .catch((error: Error) => told.replaceChildren(element("p", { class: "alert", dir: "auto" }, error.message)))
      .finally(() => (button.disabled = false));
  });
  return element("div", {}, button, told);
}

async function found(plan: string): Promise<Node[]> {
  const { faults, changed } = await runProcess<Checked>("check-plan", { plan });
  const [broken, other] = [faults.slice(0, MOST), changed.slice(0, MOST)];
  const telling = await tellRules(broken, other).catch(() => AS_STORED);
  const verdict = faults.length ? null : element("p", { class: "good-news" }, say("routes.check.kept"));
  return [verdict, listed("routes.check.broken", faults.length, broken, telling), listed("routes.check.changed", changed.length, other, telling)].filter((node) => node !== null);
}

function listed(title: string, count: number, texts: readonly string[], telling: Telling): HTMLElement | null {
  if (!count) return null;
  const items = texts.map((text) => element("li", {}, ...telling.text(text)));
  return element("section", {}, element("h3", {}, `${say(title)} (${formatNumber(count)})`), element("ul", {}, ...items));
}
