/** The one canvas layer that draws all vector layers of the map, and answers what lies where in it. */

import Point from "@mapbox/point-geometry";
import { leafletLayer, TileCache, toIndex, View, type Feature, type Labelers, type LabelRule, type PaintRule, type Zxy } from "protomaps-leaflet";
import type { LayerInfo } from "./catalogue.ts";
import { clusterRadius, countOf, isCluster } from "./clusters.ts";
import { rankOf } from "./picking.ts";
import { renew } from "./renewal.ts";
import { circleRadius, labelRules, paintRules } from "./rules.ts";
import { insideOf, ZOOM_OFFSET } from "./symbols.ts";
import { meetsTile, type Box } from "./tile_boxes.ts";
import { LayerTiles, type TileFeature } from "./tile_source.ts";

export interface Hit {
  layer: LayerInfo;
  feature: TileFeature;
  latlng: L.LatLng;
}

interface DataTile {
  features: TileFeature[];
  origin: Point; // in pixels of the whole world at the display zoom
  scale: number; // display pixels for each of the data tile's pixels
}

export class VectorMap {
  private readonly views: Map<string, View>;
  private readonly collectionOf: Map<string, string>;
  private readonly canvas;
  private visible: LayerInfo[] = [];
  private hidden: { collection: string; id: number } | null = null;

  constructor(
    private readonly map: L.Map,
    layers: readonly LayerInfo[],
    private readonly language: string,
    fonts: Promise<unknown>,
    onFailure: (reason: string) => void,
  ) {
    const vectors = layers.filter((layer) => !layer.raster && layer.tiles);
    this.views = new Map(vectors.map((layer) => [layer.id, viewOf(layer, onFailure)]));
    this.collectionOf = new Map(vectors.map((layer) => [layer.id, layer.collection]));
    this.canvas = leafletLayer({ sources: {}, attribution: "", tasks: [fonts as Promise<never>], lang: language, zIndex: 2 });
    (this.canvas as unknown as L.Layer).addTo(map);
  }

  /** Draws these layers, in their given order, and asks for no tile of any other. What was not shown was not kept up to
   * date either: its tiles are forgotten. */
  show(layers: readonly LayerInfo[]): void {
    this.visible = layers.filter((layer) => this.views.has(layer.id));
    const before = this.canvas.views as ReadonlyMap<string, View>;
    const now = new Map(this.visible.map((layer) => [layer.id, this.views.get(layer.id)]));
    for (const [id, { tileCache }] of this.views) if (!before.has(id) || !now.has(id)) tileCache.cache.clear();
    this.canvas.views = now;
    this.repaint();
  }

  /** Leaves one feature out of the picture, while it is drawn by other means; null: nothing. */
  hide(hidden: { collection: string; id: number } | null): void {
    if (this.hidden?.collection === hidden?.collection && this.hidden?.id === hidden?.id) return;
    this.hidden = hidden;
    this.repaint();
  }

  /** Asks anew for the tiles of a collection that meet the boxes and were asked for before `since`; done when those in
   * the window are there and being painted. Throws an Error when some did not come. */
  async refresh(collection: string, boxes: readonly Box[], since = performance.now()): Promise<void> {
    const touched = (key: string) => boxes.some((box) => meetsTile(box, key));
    const layers = [...this.views].filter(([id]) => this.collectionOf.get(id) === collection);
    const renewed = await Promise.all(layers.map(([id, view]) => renew(view, touched, since, this.paintedTiles(id, view))));
    const keys = renewed.flatMap(({ arrived }, index) => arrived.map((key) => `${key}:${layers[index]?.[0]}`));
    this.forgetLabels(new Set(keys));
    this.repaintAround(keys);
    if (renewed.some(({ failed }) => failed)) throw new Error(`Tiles of ${collection} could not be loaded.`);
  }

  /** The data tiles under what Leaflet holds of a layer: the window and a little around it. */
  private paintedTiles(id: string, view: View): Zxy[] {
    if (!this.canvas.views.has(id)) return [];
    return this.displayTiles().map((coords) => view.dataTileForDisplayTile(coords).dataTile);
  }

  private displayTiles(): L.Coords[] {
    const held = Object.values(this.canvas._tiles as Record<string, { coords: L.Coords }>);
    return held.map(({ coords }) => coords).filter(({ z }) => z === this.map.getZoom());
  }

  /** Of tiles that came anew or are gone, so that they are placed again. Keys are "x:y:z:layer". */
  private forgetLabels(renewed: ReadonlySet<string>): void {
    const { labelers } = this.canvas.labelers as Labelers;
    for (const [zoom, { index }] of labelers) {
      for (const key of [...index.keys()]) {
        const [x, y, z, id = ""] = key.split(":");
        if (renewed.has(key) || !this.views.get(id)?.tileCache.cache.has(`${x}:${y}:${z}`)) index.pruneKey(key);
      }
      if (!index.size()) labelers.delete(zoom);
    }
  }

  /** What lies on these data tiles, and the tiles beside them, into which labels reach. */
  private repaintAround(renewed: readonly string[]): void {
    for (const coords of this.displayTiles()) {
      const near = renewed.some((key) => {
        const [x = NaN, y = NaN, z = NaN] = key.split(":").map(Number);
        const width = 2 ** (coords.z - z);
        const beside = (place: number, tile: number) => place >= tile * width - 1 && place < (tile + 1) * width + 1;
        return beside(coords.x, x) && beside(coords.y, y);
      });
      if (near) this.canvas.rerenderTile(toIndex(coords));
    }
  }

  /** Labels keep their old place unless the layout is forgotten. */
  private repaint(): void {
    const filter = (feature: Feature, source: string) =>
      this.hidden?.id !== (feature as TileFeature).id || this.hidden.collection !== this.collectionOf.get(source);
    const shown = <R extends PaintRule | LabelRule>(rule: R) => ({
      ...rule,
      filter: (zoom: number, feature: Feature | undefined) =>
        !feature || ((rule.filter?.(zoom, feature) ?? true) && filter(feature, rule.dataSource ?? "")),
    });
    this.canvas.paintRules = paintRules(this.visible, this.language).map(shown);
    this.canvas.labelRules = labelRules(this.visible, this.language).map(shown);
    this.canvas.clearLayout();
    this.canvas.rerenderTiles();
  }

  /** What is drawn at a place, of what is `wanted`, the most exact hit first. `reach_px` is the finger's or pointer's width. */
  pick(latlng: L.LatLng, reach_px: number, wanted: (feature: TileFeature) => boolean = () => true): Hit[] {
    const at = this.worldPoint(latlng);
    const ranked = this.visible.flatMap((layer, order) => {
      const tile = this.dataTile(layer, new Point(Math.floor(at.x / 256), Math.floor(at.y / 256)));
      if (!tile) return [];
      const local = at.sub(tile.origin).div(tile.scale);
      return tile.features.filter(wanted).flatMap((feature) => {
        const rank = rankOf(feature, local, (this.drawnRadius(layer, feature) + reach_px) / tile.scale);
        const place = isCluster(feature) ? this.hitOf(layer, tile, feature).latlng : latlng;
        return rank === undefined ? [] : [{ layer, feature, latlng: place, rank, order }];
      });
    });
    return distinct(ranked.sort((a, b) => a.rank - b.rank || b.order - a.order));
  }

  /** Features in the window, nearest to its middle first; the base map is not listed. `total` counts the points of
   * clusters, `listed` each cluster as one. */
  inView(limit: number): { total: number; listed: number; nearest: Hit[] } {
    const bounds = this.map.getBounds();
    const middle = this.worldPoint(this.map.getCenter());
    const hits = this.visible
      .filter((layer) => layer.group !== "base")
      .flatMap((layer) => this.tilesInView(layer).flatMap((tile) => tile.features.map((feature) => this.hitOf(layer, tile, feature))))
      .filter((hit) => bounds.contains(hit.latlng));
    const all = distinct(hits);
    const distance = (hit: Hit) => this.worldPoint(hit.latlng).distSqr(middle);
    const total = all.reduce((sum, { feature }) => sum + countOf(feature), 0);
    return { total, listed: all.length, nearest: all.sort((a, b) => distance(a) - distance(b)).slice(0, limit) };
  }

  private hitOf(layer: LayerInfo, tile: DataTile, feature: TileFeature): Hit {
    const inside = feature.geomType === 3 ? insideOf(feature.geom) : undefined;
    const line = feature.geom[0] ?? [];
    const anchor = inside ?? line[Math.floor(line.length / 2)] ?? new Point(0, 0);
    const world = anchor.mult(tile.scale).add(tile.origin);
    return { layer, feature, latlng: this.map.unproject([world.x, world.y], this.map.getZoom()) };
  }

  private drawnRadius(layer: LayerInfo, feature: TileFeature): number {
    if (isCluster(feature)) return clusterRadius(countOf(feature));
    const radius = circleRadius(layer, this.language);
    return radius ? Number(radius(this.map.getZoom() - ZOOM_OFFSET, feature.props)) : 0;
  }

  private worldPoint(latlng: L.LatLng): Point {
    const { x, y } = this.map.project(latlng);
    return new Point(x, y);
  }

  private tilesInView(layer: LayerInfo): DataTile[] {
    const tiles = new Map<string, DataTile>();
    for (const address of this.addressesInView()) {
      const tile = this.dataTile(layer, address);
      if (tile) tiles.set(`${tile.origin.x}/${tile.origin.y}`, tile);
    }
    return [...tiles.values()];
  }

  /** Columns and rows of the display tiles in the window. */
  private addressesInView(): Point[] {
    const { min, max } = this.map.getPixelBounds() as { min: L.Point; max: L.Point };
    const addresses: Point[] = [];
    for (let x = Math.floor(min.x / 256); x * 256 < max.x; x++) {
      for (let y = Math.floor(min.y / 256); y * 256 < max.y; y++) addresses.push(new Point(x, y));
    }
    return addresses;
  }

  /** The features that the display tile at this address is drawn from, if they have arrived. */
  private dataTile(layer: LayerInfo, address: Point): DataTile | undefined {
    const view = this.views.get(layer.id) as View;
    const display: Zxy = { z: this.map.getZoom(), x: address.x, y: address.y };
    if (display.z < layer.min_zoom + ZOOM_OFFSET) return undefined;
    const { dataTile, origin, scale } = view.dataTileForDisplayTile(display);
    const features = view.tileCache.cache.get(toIndex(dataTile))?.data.get(layer.id);
    return features && { features: features as TileFeature[], origin, scale };
  }
}

function viewOf(layer: LayerInfo, onFailure: (reason: string) => void): View {
  const source = new LayerTiles(layer.tiles as string, layer.min_zoom, onFailure);
  return new View(new TileCache(source, 256 << ZOOM_OFFSET), layer.max_zoom, ZOOM_OFFSET);
}

/** What tells a hit from the others; a feature has the same key in every layer and tile, a cluster is its place. */
export function keyOf({ layer, feature, latlng }: Hit): string {
  return isCluster(feature) ? `${layer.collection}@${latlng}` : `${layer.collection}/${feature.id}`;
}

/** A feature on a tile's border is in several tiles; a collection shown twice counts once. */
function distinct<T extends Hit>(hits: T[]): T[] {
  return [...new Map(hits.toReversed().map((hit) => [keyOf(hit), hit])).values()].toReversed();
}
