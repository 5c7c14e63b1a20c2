/** Fetches one layer's vector tiles and decodes them to the shape that protomaps-leaflet draws. */

import { VectorTile } from "@mapbox/vector-tile";
import Pbf from "pbf";
import { toIndex, type Feature, type TileSource, type Zxy } from "protomaps-leaflet";
import { isCluster, settled } from "./clusters.ts";
import { extent } from "./symbols.ts";

export type TileFeature = Feature & { readonly id: number };

interface Asking {
  tile: Zxy;
  controller: AbortController;
  asked: number;
  answer: Promise<Map<string, Feature[]>>;
}

/** A tile below the layer's first zoom is empty without a request; 204 and 404 are empty tiles too. */
export class LayerTiles implements TileSource {
  private readonly running = new Map<string, Asking>();
  private readonly asked = new WeakMap<Map<string, Feature[]>, number>();

  constructor(
    private readonly url: string,
    private readonly minZoom: number,
    private readonly onFailure: (reason: string) => void,
  ) {}

  /** One request for a tile that is asked twice at a time. */
  get(tile: Zxy, tileSize: number): Promise<Map<string, Feature[]>> {
    if (tile.z < this.minZoom) return Promise.resolve(this.stamped(new Map(), Infinity));
    this.abortOtherZooms(tile.z);
    const key = toIndex(tile);
    const running = this.running.get(key);
    if (running && !running.controller.signal.aborted) return running.answer;
    const asking = { tile, controller: new AbortController(), asked: 0 } as Asking;
    this.running.set(key, asking);
    const ended = () => this.running.get(key) === asking && this.running.delete(key);
    return (asking.answer = this.ask(asking, tileSize).finally(ended));
  }

  /** Whether the tile was asked for at `since` or later, so that it shows what was stored before. */
  knows(tile: Map<string, Feature[]>, since: number): boolean {
    return (this.asked.get(tile) ?? 0) >= since;
  }

  /** What is on its way and was asked for before `since` will be asked for once more. */
  distrust(touched: (key: string) => boolean, since: number): void {
    for (const [key, asking] of this.running) if (asking.asked < since && touched(key)) asking.asked = 0;
  }

  private async ask(asking: Asking, tileSize: number): Promise<Map<string, Feature[]>> {
    try {
      for (;;) {
        const asked = (asking.asked = performance.now());
        const decoded = await this.fetch(asking, tileSize);
        if (asking.asked === asked) return this.stamped(decoded, asked);
      }
    } catch (error) {
      if (!asking.controller.signal.aborted) this.onFailure(String(error));
      throw error;
    }
  }

  private async fetch({ tile, controller }: Asking, tileSize: number): Promise<Map<string, Feature[]>> {
    const response = await fetch(addressOf(this.url, tile), { signal: controller.signal });
    if (response.status === 204 || response.status === 404) return new Map();
    if (!response.ok) throw new Error(`${response.status} ${response.url}`);
    return decode(new Uint8Array(await response.arrayBuffer()), tileSize);
  }

  private stamped(tile: Map<string, Feature[]>, asked: number): Map<string, Feature[]> {
    this.asked.set(tile, asked);
    return tile;
  }

  private abortOtherZooms(zoom: number): void {
    for (const { tile, controller } of this.running.values()) if (tile.z !== zoom) controller.abort();
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
      const read = { id: feature.id ?? 0, props: feature.properties, geomType: feature.type as number, geom };
      const drawn = isCluster(read) ? settled(read, tileSize) : { ...read, bbox: extent(geom) };
      if (drawn) features.push({ ...drawn, numVertices: geom.reduce((sum, part) => sum + part.length, 0) });
    }
    decoded.set(name, features);
  }
  return decoded;
}
