/** From the layers that GET /layers describes to the paint and label rules of protomaps-leaflet. */

import { LineLabelPlacement, LineLabelSymbolizer, type Feature, type LabelRule, type PaintRule, type PaintSymbolizer } from "protomaps-leaflet";
import type { LayerInfo, StyleLayer } from "./catalogue.ts";
import { CLUSTER_ROOM, clusterPainter, isCluster } from "./clusters.ts";
import { compile, nameKeys, type Evaluate } from "./expression.ts";
import { circlePainter, fillPainter, LABEL_FONT, linePainter, TextLabel, ZOOM_OFFSET } from "./symbols.ts";

const PAINTERS: Record<string, (style: StyleLayer, language: string) => PaintSymbolizer> = {
  fill: fillPainter,
  line: linePainter,
  circle: circlePainter,
};

/** In drawing order, bottom first; the numbers of clusters over all that is drawn. */
export function paintRules(layers: readonly LayerInfo[], language: string): PaintRule[] {
  const painted = layers.flatMap((layer) =>
    layer.style.flatMap((style) => {
      const painter = PAINTERS[style.type];
      return painter ? [{ ...placeOf(layer, style), symbolizer: painter(style, language) }] : [];
    }),
  );
  return [...painted, ...layers.filter(circleOf).map((layer) => ({ ...clustersOf(layer), symbolizer: clusterPainter(layer) }))];
}

/** The topmost layer first: protomaps gives earlier rules the room when labels collide. */
export function labelRules(layers: readonly LayerInfo[], language: string): LabelRule[] {
  const clusters = layers.filter(circleOf).map((layer) => ({ ...clustersOf(layer), symbolizer: CLUSTER_ROOM }));
  const labels = layers.toReversed().flatMap((layer) =>
    layer.style
      .filter((style) => style.type === "symbol")
      .map((style) => ({ ...placeOf(layer, style), symbolizer: labelOf(layer, style, language) })),
  );
  return [...clusters, ...labels];
}

function placeOf(layer: LayerInfo, style: StyleLayer): Omit<PaintRule, "symbolizer"> {
  const minzoom = Math.max(layer.min_zoom, style.minzoom ?? 0) + ZOOM_OFFSET;
  const until = style.maxzoom === undefined ? {} : { maxzoom: style.maxzoom + ZOOM_OFFSET };
  const filter = (_zoom: number, feature: Feature) => !isCluster(feature);
  return { id: `${layer.id}/${style.id}`, dataSource: layer.id, dataLayer: layer.id, minzoom, ...until, filter };
}

function clustersOf(layer: LayerInfo): Omit<PaintRule, "symbolizer"> {
  const filter = (_zoom: number, feature: Feature) => isCluster(feature);
  return { id: `${layer.id}/clusters`, dataSource: layer.id, dataLayer: layer.id, minzoom: layer.min_zoom + ZOOM_OFFSET, filter };
}

const circleOf = (layer: LayerInfo): StyleLayer | undefined => layer.style.find((style) => style.type === "circle");

function labelOf(layer: LayerInfo, style: StyleLayer, language: string) {
  if (style.layout?.["symbol-placement"] === "line") return lineLabel(style, language);
  return new TextLabel(style, language, circleRadius(layer, language));
}

/** The radius of the layer's circle with its ring; null when it has none. */
export function circleRadius(layer: LayerInfo, language: string): Evaluate | null {
  const circle = circleOf(layer);
  if (!circle) return null;
  const radius = compile(circle.paint?.["circle-radius"] ?? 5, language);
  const ring = compile(circle.paint?.["circle-stroke-width"] ?? 0, language);
  return (zoom, properties) => Number(radius(zoom, properties)) + Number(ring(zoom, properties));
}

function lineLabel(style: StyleLayer, language: string): LineLabelSymbolizer {
  const keys = nameKeys(language);
  const size = compile(style.layout?.["text-size"] ?? 12, language);
  return new LineLabelSymbolizer({
    labelProps: (_z, f) => keys.filter((key) => f?.props[key]).slice(0, 1),
    fontFamily: LABEL_FONT,
    fontWeight: 500,
    fontSize: (z, f) => Number(size(z - ZOOM_OFFSET, f?.props ?? {})),
    fill: String(style.paint?.["text-color"] ?? "#000000"),
    stroke: String(style.paint?.["text-halo-color"] ?? "#ffffff"),
    width: 2 * Number(style.paint?.["text-halo-width"] ?? 0),
    position: LineLabelPlacement.Center,
  });
}
