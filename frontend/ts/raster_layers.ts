/** The raster layers of the map: pictures of one moment each, exchanged without a blank between two. */

import type { LayerInfo } from "./catalogue.ts";
import { ZOOM_OFFSET } from "./symbols.ts";

const FADING_MS = 250; // Leaflet fades each tile in, for 200 ms

export class RasterLayers {
  private layers = new Map<string, LayerInfo>();
  private readonly times = new Map<string, string>(); // as chosen
  private readonly pictures = new Map<string, L.TileLayer>();

  constructor(
    private readonly map: L.Map,
    layers: readonly LayerInfo[],
  ) {
    this.describe(layers);
  }

  /** What of these layers is on, from the bottom up. */
  show(ids: readonly string[]): void {
    for (const [id, picture] of this.pictures) if (!ids.includes(id)) (picture.remove(), this.pictures.delete(id));
    for (const id of ids) if (this.layers.has(id) && !this.pictures.has(id)) this.exchange(id);
  }

  has(collection: string): boolean {
    return [...this.layers.values()].some((layer) => layer.collection === collection);
  }

  /** As they are now: other files stand behind them. */
  update(layers: readonly LayerInfo[]): void {
    this.describe(layers);
    for (const id of this.pictures.keys()) this.exchange(id);
  }

  showTime(id: string, time: string): void {
    this.times.set(id, time);
    if (this.pictures.has(id)) this.exchange(id);
  }

  /** The layers that are on, each with the moment that was chosen for it; undefined: the newest. */
  get shown(): { layer: LayerInfo; time: string | undefined }[] {
    return [...this.pictures.keys()].flatMap((id) => {
      const layer = this.layers.get(id);
      return layer ? [{ layer, time: this.timeOf(layer) }] : [];
    });
  }

  private describe(layers: readonly LayerInfo[]): void {
    this.layers = new Map(layers.filter((layer) => layer.raster && layer.tiles).map((layer) => [layer.id, layer]));
  }

  private timeOf({ id, times = [] }: LayerInfo): string | undefined {
    const chosen = this.times.get(id);
    return chosen !== undefined && chosen !== times.at(-1) && times.includes(chosen) ? chosen : undefined;
  }

  /** The old picture goes when the new one is whole. */
  private exchange(id: string): void {
    const layer = this.layers.get(id);
    const old = this.pictures.get(id);
    if (!layer) return;
    const opacity = Number(layer.style[0]?.paint?.["raster-opacity"] ?? 1);
    const options = { opacity: old ? 0 : opacity, maxNativeZoom: layer.max_zoom + ZOOM_OFFSET, maxZoom: 22, zIndex: 1 }; // under the streets and names
    const picture = L.tileLayer(addressAt(layer.tiles as string, this.timeOf(layer)), options);
    this.pictures.set(id, picture);
    picture.once("load", () => {
      picture.setOpacity(opacity);
      if (old) setTimeout(() => old.remove(), FADING_MS);
    });
    picture.once("remove", () => old?.remove());
    picture.addTo(this.map);
  }
}

/** `{time}` where the address has a place for it, else as a parameter. */
export function addressAt(template: string, time: string | undefined): string {
  const told = encodeURIComponent(time ?? "current");
  if (template.includes("{time}")) return template.replace("{time}", told);
  return time === undefined ? template : `${template}${template.includes("?") ? "&" : "?"}time=${told}`;
}
