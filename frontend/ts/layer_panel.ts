/** The layer switch: layers by group, each with its legend while it is on. */

import type { LayerInfo, LegendEntry, Thinning } from "./catalogue.ts";
import { element } from "./dom.ts";
import { ZOOM_OFFSET } from "./symbols.ts";
import { TimeSlider } from "./time_slider.ts";
import { language, say } from "./words.ts";

const GROUP_ORDER = ["green", "waste", "administration", "street", "air"];
const NOT_THINNED: Thinning = { rule: "none", until_zoom: null };
const SVG = "http://www.w3.org/2000/svg";

/** Builds the switch into `container`; `onChange` gets the ids that are on, in drawing order, `onTime` the moment that is
 * chosen for a raster. */
export class LayerPanel {
  private readonly boxes = new Map<string, HTMLInputElement>();
  private readonly rows = new Map<string, HTMLElement>();
  private readonly hints = new Map<string, HTMLElement>();
  private readonly sliders = new Map<string, TimeSlider>();

  constructor(
    container: HTMLElement,
    private readonly layers: readonly LayerInfo[],
    on: ReadonlySet<string>,
    private readonly onChange: (ids: string[]) => void,
    private readonly onTime: (id: string, time: string) => void,
  ) {
    for (const [group, members] of groupsOf(layers)) container.append(this.group(group, members, on));
  }

  /** In drawing order, bottom first. */
  get selected(): string[] {
    return this.layers.map((layer) => layer.id).filter((id) => this.boxes.get(id)?.checked);
  }

  turnOn(id: string): void {
    const box = this.boxes.get(id);
    if (!box || box.checked) return;
    box.checked = true;
    this.changed(id);
  }

  /** Says by each layer what this zoom withholds of it. */
  showZoom(zoom: number): void {
    for (const layer of this.layers) {
      const hint = hintAt(layer, zoom);
      this.rows.get(layer.id)?.classList.toggle("too-far", hint === "zoomIn");
      (this.hints.get(layer.id) as HTMLElement).textContent = hint && say(hint);
    }
  }

  /** The moments that there are pictures of now. */
  offerTimes(layers: readonly LayerInfo[]): void {
    for (const layer of layers) this.sliders.get(layer.id)?.offer(layer.times ?? []);
  }

  private group(title: string, members: LayerInfo[], on: ReadonlySet<string>): HTMLElement {
    const items = members.map((layer) => this.row(layer, on.has(layer.id)));
    return element("fieldset", { class: "layer-group" }, element("legend", {}, title), element("ul", { role: "list" }, ...items));
  }

  private row(layer: LayerInfo, checked: boolean): HTMLElement {
    const hint = element("p", { class: "zoom-hint", id: `hint-${layer.id}` });
    this.hints.set(layer.id, hint);
    const box = element("input", { type: "checkbox", id: `layer-${layer.id}`, value: layer.id, checked, "aria-describedby": hint.id });
    box.addEventListener("change", () => this.changed(layer.id));
    this.boxes.set(layer.id, box);
    const label = element(
      "label",
      { for: box.id },
      box,
      element("span", { class: "switch", "aria-hidden": "true" }),
      element("span", { class: "layer-title" }, layer.title),
      layer.synthetic && element("span", { class: "tag synthetic" }, say("synthetic")),
      layer.legend.length === 1 && swatch(layer.legend[0] as LegendEntry),
    );
    const row = element("li", { class: "layer-row", "data-layer": layer.id }, label, hint, legendOf(layer), feedLink(layer), this.sliderOf(layer));
    row.classList.toggle("on", checked);
    this.rows.set(layer.id, row);
    return row;
  }

  private sliderOf(layer: LayerInfo): HTMLElement | null {
    if (!layer.raster) return null;
    const slider = new TimeSlider(layer.title, layer.times ?? [], (time) => this.onTime(layer.id, time));
    this.sliders.set(layer.id, slider);
    return slider.element;
  }

  private changed(id: string): void {
    this.rows.get(id)?.classList.toggle("on", this.boxes.get(id)?.checked ?? false);
    this.onChange(this.selected);
  }
}

/** The key of what to say of a layer at a zoom of the map; empty for nothing. */
export function hintAt(layer: Pick<LayerInfo, "raster" | "min_zoom" | "max_zoom" | "thinning">, zoom: number): string {
  const tileZoom = zoom - (layer.raster ? 0 : ZOOM_OFFSET);
  if (tileZoom < layer.min_zoom) return "zoomIn";
  const { rule, until_zoom } = layer.thinning ?? NOT_THINNED;
  if (rule === "none" || until_zoom === null || Math.min(tileZoom, layer.max_zoom) > until_zoom) return "";
  return rule === "clusters" ? "clustered" : "thinned";
}

/** In the order of the switch. */
export function inPanelOrder<L extends Pick<LayerInfo, "group">>(layers: readonly L[]): L[] {
  const rank = ({ group }: L) => (group === "base" ? GROUP_ORDER.length + 1 : (GROUP_ORDER.indexOf(group) + 1 || GROUP_ORDER.length + 1) - 1);
  return layers.toSorted((a, b) => rank(a) - rank(b));
}

/** By group title; a group that is not in GROUP_ORDER comes before the base map. */
function groupsOf(layers: readonly LayerInfo[]): Map<string, LayerInfo[]> {
  const titles = new Map(layers.map((layer) => [layer.group, layer.group_title]));
  const others = [...titles.keys()].filter((group) => !GROUP_ORDER.includes(group) && group !== "base");
  const ordered = [...GROUP_ORDER, ...others, "base"].filter((group) => titles.has(group));
  return new Map(ordered.map((group) => [titles.get(group) as string, layers.filter((layer) => layer.group === group)]));
}

function legendOf(layer: LayerInfo): HTMLElement | null {
  if (layer.legend.length < 2) return null;
  const entries = layer.legend.map((entry) => element("li", {}, swatch(entry), element("bdi", {}, entry.label)));
  return element("ul", { class: layer.legend.length > 5 ? "legend long" : "legend", "aria-label": say("legendOf", { title: layer.title }) }, ...entries);
}

function feedLink({ feed }: LayerInfo): HTMLElement | null {
  return feed ? element("p", { class: "layer-feed" }, element("a", { href: `${feed}?lang=${language}`, type: "application/atom+xml" }, say("subscribe"))) : null;
}

/** The colour as an SVG attribute, since the page's policy allows no inline styles. */
export function swatch(entry: LegendEntry): SVGElement {
  const picture = svg("svg", { class: "swatch", viewBox: "0 0 18 14", "aria-hidden": "true", width: "18", height: "14" });
  const shapes: Record<string, () => SVGElement> = {
    line: () => svg("path", { d: "M1 11 C6 2 11 13 17 4", fill: "none", stroke: entry.color, "stroke-width": "3", "stroke-linecap": "round" }),
    circle: () => svg("circle", { cx: "9", cy: "7", r: "5.2", fill: entry.color, stroke: "#fff" }),
  };
  const fill = () => svg("rect", { x: "1", y: "1", width: "16", height: "12", rx: "3", fill: entry.color, stroke: "#00000026" });
  picture.append((shapes[entry.shape] ?? fill)());
  return picture;
}

function svg(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
