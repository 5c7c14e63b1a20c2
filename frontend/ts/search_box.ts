/** Search by name: the combobox pattern of the ARIA practices, over GET /search. */

import { searchFeatures, type Feature } from "./catalogue.ts";
import { announce, debounce, element } from "./dom.ts";
import { nameOf } from "./expression.ts";
import { language, say, sayCount } from "./words.ts";

const WAIT_MS = 200;

export class SearchBox {
  private found: Feature[] = [];
  private active = -1;
  private asking: AbortController | null = null;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
    private readonly titleOf: (collection: string) => string,
    private readonly onChoose: (feature: Feature) => void,
  ) {
    const ask = debounce(WAIT_MS, () => void this.ask());
    input.addEventListener("input", ask);
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("focus", () => this.found.length && this.open());
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  private async ask(): Promise<void> {
    this.asking?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) return this.show([]);
    this.asking = new AbortController();
    try {
      this.show(await searchFeatures(text, this.asking.signal), text);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.tell(say("searchFailed", { reason: (error as Error).message }));
    }
  }

  private show(found: Feature[], text = ""): void {
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((feature, index) => this.option(feature, index)));
    if (found.length) this.open();
    else if (text) return this.tell(say("nothingFound", { text }));
    else this.close();
    if (text) announce(sayCount("found", found.length));
  }

  private tell(message: string): void {
    this.list.replaceChildren(element("li", { role: "option", "aria-disabled": "true", class: "none" }, message));
    this.open();
    announce(message);
  }

  private option(feature: Feature, index: number): HTMLElement {
    const { properties } = feature;
    const kind = String(properties.collection_title ?? this.titleOf(String(properties.collection)));
    const option = element(
      "li",
      { role: "option", id: `search-option-${index}`, "aria-selected": "false" },
      element("bdi", { class: "name" }, nameOf(properties, language) ?? kind),
      element("span", { class: "kind" }, kind),
    );
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => this.choose(index));
    return option;
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move && this.found.length) {
      event.preventDefault();
      this.open();
      this.activate((this.active + move + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && this.found.length) {
      event.preventDefault();
      this.choose(Math.max(this.active, 0));
    } else if (event.key === "Escape") {
      if (this.list.hidden) this.input.value = "";
      this.close();
    }
  }

  private activate(index: number): void {
    this.active = index;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    this.input.setAttribute("aria-activedescendant", `search-option-${index}`);
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  private choose(index: number): void {
    const feature = this.found[index];
    if (!feature) return;
    this.input.value = nameOf(feature.properties, language) ?? "";
    this.close();
    this.onChoose(feature);
  }

  private open(): void {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private close(): void {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
