/** The list of features in the window: the way to read the map without seeing it. */

import { fetchSchema } from "./catalogue.ts";
import { countOf, isCluster } from "./clusters.ts";
import { announce, element } from "./dom.ts";
import { nameOf } from "./expression.ts";
import { labelOf } from "./feature_popup.ts";
import { keyOf, type Hit, type VectorMap } from "./vector_map.ts";
import { formatNumber, formatValue, language, say, sayCount } from "./words.ts";

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

  /** Does nothing while the list is folded. `quietly`: nobody asked for it, so nothing is said. */
  async refresh(quietly = false): Promise<void> {
    if (!this.panel.open) return;
    const { total, listed, nearest } = this.vectors.inView(MOST);
    const labels = await Promise.all(nearest.map(describe));
    const text = listed > MOST ? say("nearestOf", { shown: MOST, total: formatNumber(total) }) : sayCount("inView", total);
    this.summary.textContent = text;
    if (!quietly) announce(text);
    this.fill(new Map(nearest.map((hit, index) => [keyOf(hit), this.item(hit, labels[index] as string)])));
  }

  /** The focus stays on what had it, or in the list. */
  private fill(items: ReadonlyMap<string, HTMLElement>): void {
    const focused = document.activeElement?.closest("li");
    const key = focused && this.list.contains(focused) ? focused.dataset.key : undefined;
    this.list.replaceChildren(...items.values());
    if (key === undefined) return;
    const heir = (items.get(key) ?? this.list).querySelector("button") ?? this.panel.querySelector("summary");
    heir?.focus({ preventScroll: true });
  }

  private item(hit: Hit, label: string): HTMLElement {
    const button = element("button", { type: "button" }, element("bdi", {}, label));
    button.addEventListener("click", () => this.onChoose(hit));
    return element("li", { "data-key": keyOf(hit) }, button);
  }
}

/** The name, or the layer with the first of its choices: "Street furniture · Bench". */
async function describe(hit: Hit): Promise<string> {
  if (isCluster(hit.feature)) return say("clusterHere", { title: hit.layer.title, count: formatNumber(countOf(hit.feature)) });
  if (nameOf(hit.feature.props, language)) return labelOf(hit);
  const schema = await fetchSchema(hit.layer.collection).catch(() => ({}) as Record<string, never>);
  const [key, value] = Object.entries(hit.feature.props).find(([name]) => schema[name]?.oneOf) ?? [];
  return key ? `${hit.layer.title} · ${formatValue(key, value, schema[key])}` : hit.layer.title;
}
