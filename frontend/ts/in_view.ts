/** The list of features in the window: the way to read the map without seeing it. */

import { fetchSchema } from "./catalogue.ts";
import { announce, element } from "./dom.ts";
import { nameOf } from "./expression.ts";
import { labelOf } from "./feature_popup.ts";
import type { Hit, VectorMap } from "./vector_map.ts";
import { formatValue, language, say, sayCount } from "./words.ts";

const MOST = 50;

export class InView {
  constructor(
    private readonly panel: HTMLDetailsElement,
    private readonly list: HTMLElement,
    private readonly summary: HTMLElement,
    private readonly vectors: VectorMap,
    private readonly onChoose: (hit: Hit) => void,
  ) {
    panel.addEventListener("toggle", () => void this.refresh());
  }

  /** Does nothing while the list is folded. */
  async refresh(): Promise<void> {
    if (!this.panel.open) return;
    const { total, nearest } = this.vectors.inView(MOST);
    const labels = await Promise.all(nearest.map(describe));
    const text = total > MOST ? say("nearestOf", { shown: MOST, total }) : sayCount("inView", total);
    this.summary.textContent = text;
    announce(text);
    this.list.replaceChildren(...nearest.map((hit, index) => this.item(hit, labels[index] as string)));
  }

  private item(hit: Hit, label: string): HTMLElement {
    const button = element("button", { type: "button" }, element("bdi", {}, label));
    button.addEventListener("click", () => this.onChoose(hit));
    return element("li", {}, button);
  }
}

/** The name, or the layer with the first of its choices: "Street furniture · Bench". */
async function describe(hit: Hit): Promise<string> {
  if (nameOf(hit.feature.props, language)) return labelOf(hit);
  const schema = await fetchSchema(hit.layer.collection).catch(() => ({}) as Record<string, never>);
  const [key, value] = Object.entries(hit.feature.props).find(([name]) => schema[name]?.oneOf) ?? [];
  return key ? `${hit.layer.title} · ${formatValue(key, value, schema[key])}` : hit.layer.title;
}
