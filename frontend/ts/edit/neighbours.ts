/** The other features of the layer around the window, as faint lines to snap to; never more than a few hundred. */

import { debounce } from "../dom.ts";
import { fetchWithin } from "./api.ts";

const MOST = 300;
const FIRST_ZOOM = 15;
const STYLE = { className: "edit-neighbour", weight: 1.5, fill: false, interactive: false };

export class Neighbours {
  private readonly lines = L.layerGroup();
  private asking: AbortController | null = null;
  private of: { collection: string; except: number | null; snap: boolean } | null = null;
  private readonly soon = debounce(300, () => void this.load());

  constructor(private readonly map: L.Map) {
    map.on("moveend", () => this.of && this.soon());
  }

  /** `except`: the feature that is edited itself. `snap`: whether the lines draw corners to them. */
  show(collection: string, except: number | null, snap = true): void {
    this.of = { collection, except, snap };
    this.lines.addTo(this.map);
    void this.load();
  }

  hide(): void {
    this.asking?.abort();
    this.of = null;
    this.lines.clearLayers().remove();
  }

  /** What cannot be fetched is not snapped to; drawing goes on without. */
  private async load(): Promise<void> {
    const asked = this.of;
    this.asking?.abort();
    if (!asked || this.map.getZoom() < FIRST_ZOOM) return void this.lines.clearLayers();
    this.asking = new AbortController();
    const bounds = this.map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const;
    const found = await fetchWithin(asked.collection, [...box], MOST, this.asking.signal).catch(() => null);
    if (!found || this.of !== asked) return;
    this.lines.clearLayers();
    for (const feature of found) {
      if (feature.geometry && Number(feature.id) !== asked.except) L.geoJSON(feature.geometry, { ...STYLE, snapIgnore: !asked.snap } as L.GeoJSONOptions).eachLayer((layer) => this.lines.addLayer(layer));
    }
  }
}
