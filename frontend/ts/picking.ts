/** Which of a tile's features lie under a point: points before lines before polygons, the smallest polygon first. */

import type Point from "@mapbox/point-geometry";
import { GeomType, pointInPolygon, pointMinDistToLines, pointMinDistToPoints } from "protomaps-leaflet";
import type { TileFeature } from "./tile_source.ts";

/** Rank of a hit; smaller is better. Undefined: not hit. `reach` is in the tile's pixels. */
export function rankOf(feature: TileFeature, at: Point, reach: number): number | undefined {
  if (outside(feature, at, reach)) return undefined;
  if (feature.geomType === GeomType.Polygon) {
    return pointInPolygon(at, feature.geom) ? 2e9 + Math.min(areaOf(feature.geom), 1e9) : undefined;
  }
  const isPoint = feature.geomType === GeomType.Point;
  const distance = isPoint ? pointMinDistToPoints(at, feature.geom) : pointMinDistToLines(at, feature.geom);
  if (distance > reach) return undefined;
  return (isPoint ? 0 : 1e9) + distance;
}

function outside({ bbox }: TileFeature, at: Point, reach: number): boolean {
  return at.x < bbox.minX - reach || at.x > bbox.maxX + reach || at.y < bbox.minY - reach || at.y > bbox.maxY + reach;
}

/** Square pixels; holes, wound the other way, are subtracted. */
export function areaOf(rings: Point[][]): number {
  let doubled = 0;
  for (const ring of rings) {
    ring.forEach((from, index) => {
      const to = ring[(index + 1) % ring.length] as Point;
      doubled += from.x * to.y - to.x * from.y;
    });
  }
  return Math.abs(doubled / 2);
}
