/** Points that a tile shows as one: a circle with their number in it. */

import Point from "@mapbox/point-geometry";
import type { Bbox, Feature, Label, LabelSymbolizer, Layout, PaintSymbolizer } from "protomaps-leaflet";
import type { LayerInfo } from "./catalogue.ts";
import { compile, type Properties } from "./expression.ts";
import { LABEL_FONT } from "./symbols.ts";
import { formatCompact, language } from "./words.ts";

const RING_PX = 2;
/** Of the circle without its ring, from this many points on. */
const RADII_PX = [[2, 12], [10, 14], [100, 17], [1000, 21], [10_000, 25]] as const;
/** For a layer whose colours all mean something: a mixture is none of them. */
const NEUTRAL = "#4f5f6d";

/** How many things a tile's feature stands for. */
export function countOf({ props }: { props: Properties }): number {
  return Math.max(1, Number(props.point_count) || 1);
}

export function isCluster(feature: { props: Properties }): boolean {
  return countOf(feature) > 1;
}

/** With the ring. */
export function clusterRadius(count: number): number {
  return (RADII_PX.findLast(([from]) => count >= from)?.[1] ?? RADII_PX[0][1]) + RING_PX;
}

/** Moved so that its circle lies in its own tile, whole; undefined for what another tile draws. A circle is wider than
 * the tiles' buffer, so at their borders it would be cut. */
export function settled<F extends { props: Properties; geom: Point[][] }>(cluster: F, tileSize: number): (F & { bbox: Bbox }) | undefined {
  const [at] = cluster.geom.flat();
  if (!at || [at.x, at.y].some((place) => place < 0 || place >= tileSize)) return undefined;
  const radius = clusterRadius(countOf(cluster));
  const inward = (place: number) => Math.min(Math.max(place, radius), tileSize - radius);
  const [x, y] = [inward(at.x), inward(at.y)];
  return { ...cluster, geom: [[new Point(x, y)]], bbox: around({ x, y }, radius) };
}

function around({ x, y }: { x: number; y: number }, radius: number): Bbox {
  return { minX: x - radius, minY: y - radius, maxX: x + radius, maxY: y + radius };
}

export function clusterPainter(layer: LayerInfo): PaintSymbolizer {
  const color = mainColor(layer);
  const ink = inkOn(color);
  return {
    draw(ctx, geom, _z, feature) {
      const [at] = geom.flat() as [Point];
      const count = countOf(feature);
      const radius = clusterRadius(count);
      ctx.globalAlpha = 1;
      disc(ctx, at, radius, "#ffffff");
      disc(ctx, at, radius - RING_PX, color);
      ctx.font = `700 ${radius > 16 ? 12 : 11}px ${LABEL_FONT}`;
      ctx.direction = language === "ar" ? "rtl" : "ltr"; // "1,2 ألف" reads from the right
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillStyle = ink;
      ctx.fillText(formatCompact(count), at.x, at.y + 0.5);
    },
  };
}

function disc(ctx: CanvasRenderingContext2D, at: Point, radius: number, color: string): void {
  ctx.beginPath();
  ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = color;
  ctx.fill();
}

/** Draws nothing, but keeps the names of streets and parks from being written over the numbers. */
export const CLUSTER_ROOM: LabelSymbolizer = {
  place(_layout: Layout, geom: Point[][], feature: Feature): Label[] {
    const [anchor] = geom.flat() as [Point];
    return [{ anchor, bboxes: [around(anchor, clusterRadius(countOf(feature)))], draw: () => undefined }];
  },
};

/** The colour of what belongs to no class, which says nothing of its members. */
export function mainColor(layer: Pick<LayerInfo, "style">): string {
  const circle = layer.style.find((style) => style.type === "circle");
  return String(compile(circle?.paint?.["circle-color"], language)(0, {}) ?? NEUTRAL);
}

/** Black or white, whichever is told more easily from `color` (#rrggbb), as WCAG counts contrast. */
export function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}
