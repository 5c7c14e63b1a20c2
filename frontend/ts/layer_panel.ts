/** The layer switch: layers by group, each with its legend while it is on. */

import type { LayerInfo, LegendEntry } from "./catalogue.ts";
import { element } from "./dom.ts";
import { ZOOM_OFFSET } from "./symbols.ts";
import { say } from "./words.ts";

const GROUP_ORDER = ["green", "waste", "administration", "street", "air"];
const SVG = "http://www.w3.org/2000/svg";

/** Builds the switch into `container`; `onChange` gets the ids that are on, in drawing order. */
export class LayerPanel {
  private readonly boxes = new Map<string, HTMLInputElement>();
  private readonly rows = new Map<string, HTMLElement>();

  constructor(
    container: HTMLElement,
    private readonly layers: readonly LayerInfo[],
    on: ReadonlySet<string>,
    private readonly onChange: (ids: string[]) => void,
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

  /** Says by each layer that is on whether this zoom is too far out for it. */
  showZoom(zoom: number): void {
    for (const layer of this.layers) {
      this.rows.get(layer.id)?.classList.toggle("too-far", zoom < layer.min_zoom + (layer.raster ? 0 : ZOOM_OFFSET));
    }
  }

  private group(title: string, members: LayerInfo[], on: ReadonlySet<string>): HTMLElement {
    const items = members.map((layer) => this.row(layer, on.has(layer.id)));
    return element("fieldset", { class: "layer-group" }, element("legend", {}, title), element("ul", { role: "list" }, ...items));
  }

  private row(layer: LayerInfo, checked: boolean): HTMLElement {
    const box = element("input", { type: "checkbox", id: `layer-${layer.id}`, value: layer.id, checked });
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
    const hint = element("p", { class: "zoom-hint" }, say("zoomIn"));
    const row = element("li", { class: "layer-row", "data-layer": layer.id }, label, hint, legendOf(layer));
    row.classList.toggle("on", checked);
    this.rows.set(layer.id, row);
    return row;
  }

  private changed(id: string): void {
    this.rows.get(id)?.classList.toggle("on", this.boxes.get(id)?.checked ?? false);
    this.onChange(this.selected);
  }
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
