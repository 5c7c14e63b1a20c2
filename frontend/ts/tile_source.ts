/** Fetches one layer's vector tiles and decodes them to the shape that protomaps-leaflet draws. */

import { VectorTile } from "@mapbox/vector-tile";
import Pbf from "pbf";
import type { Bbox, Feature, TileSource, Zxy } from "protomaps-leaflet";
import { extent } from "./symbols.ts";

export type TileFeature = Feature & { readonly id: number };

/** A tile below the layer's first zoom is empty without a request; 204 and 404 are empty tiles too. */
export class LayerTiles implements TileSource {
  private running = new Map<AbortController, number>();

  constructor(
    private readonly url: string,
    private readonly minZoom: number,
    private readonly onFailure: (reason: string) => void,
  ) {}

  async get(tile: Zxy, tileSize: number): Promise<Map<string, Feature[]>> {
    if (tile.z < this.minZoom) return new Map();
    this.abortOtherZooms(tile.z);
    const controller = new AbortController();
    this.running.set(controller, tile.z);
    try {
      const response = await fetch(addressOf(this.url, tile), { signal: controller.signal });
      if (response.status === 204 || response.status === 404) return new Map();
      if (!response.ok) throw new Error(`${response.status} ${response.url}`);
      return decode(new Uint8Array(await response.arrayBuffer()), tileSize);
    } catch (error) {
      if (!controller.signal.aborted) this.onFailure(String(error));
      throw error;
    } finally {
      this.running.delete(controller);
    }
  }

  private abortOtherZooms(zoom: number): void {
    for (const [controller, other] of this.running) if (other !== zoom) controller.abort();
  }
}

function addressOf(url: string, tile: Zxy): string {
  return url.replace("{z}", String(tile.z)).replace("{x}", String(tile.x)).replace("{y}", String(tile.y));
}

/** Coordinates in pixels of a tile that is `tileSize` wide. */
export function decode(bytes: Uint8Array, tileSize: number): Map<string, Feature[]> {
  const decoded = new Map<string, Feature[]>();
  for (const [name, layer] of Object.entries(new VectorTile(new Pbf(bytes)).layers)) {
    const features: TileFeature[] = [];
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      const geom = feature.loadGeometry();
      for (const point of geom.flat()) point._mult(tileSize / layer.extent);
      const bbox: Bbox = extent(geom);
      features.push({
        id: feature.id ?? 0,
        props: feature.properties,
        geomType: feature.type as number,
        geom,
        bbox,
        numVertices: geom.reduce((sum, part) => sum + part.length, 0),
      });
    }
    decoded.set(name, features);
  }
  return decoded;
}
