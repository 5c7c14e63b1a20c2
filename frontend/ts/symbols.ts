/** Draws MapLibre's fill, line, circle and symbol layers on protomaps-leaflet's canvases. */

import Point from "@mapbox/point-geometry";
import type { Bbox, Feature, Label, LabelSymbolizer, Layout, PaintSymbolizer } from "protomaps-leaflet";
import { GeomType } from "protomaps-leaflet";
import type { StyleLayer } from "./catalogue.ts";
import { compile, type Evaluate } from "./expression.ts";

/** MapLibre's zoom counts 512 px tiles, Leaflet's 256 px: style zoom = display zoom - 1. */
export const ZOOM_OFFSET = 1;
const NO_DATA = "#9aa0a6";

export const LABEL_FONT = '"Cairo Variable", "Cairo", sans-serif';

interface Paint {
  (key: string, otherwise: unknown): Evaluate;
}

function paintOf(style: StyleLayer, language: string): Paint {
  const values = { ...style.layout, ...style.paint };
  return (key, otherwise) => compile(key in values ? values[key] : otherwise, language);
}

function tracePath(ctx: CanvasRenderingContext2D, geom: Point[][]): void {
  ctx.beginPath();
  for (const part of geom) {
    part.forEach((point, index) => (index ? ctx.lineTo(point.x, point.y) : ctx.moveTo(point.x, point.y)));
  }
}

/** A fill; features without a value stay empty, so that "no data" is not taken for a class. */
export function fillPainter(style: StyleLayer, language: string): PaintSymbolizer {
  const paint = paintOf(style, language);
  const color = paint("fill-color", "#000000");
  const opacity = paint("fill-opacity", 1);
  return {
    draw(ctx, geom, z, feature) {
      const fill = color(z - ZOOM_OFFSET, feature.props);
      if (!fill || feature.geomType !== GeomType.Polygon) return;
      ctx.globalAlpha = Number(opacity(z - ZOOM_OFFSET, feature.props));
      ctx.fillStyle = String(fill);
      tracePath(ctx, geom);
      ctx.fill("evenodd");
    },
  };
}

export function linePainter(style: StyleLayer, language: string): PaintSymbolizer {
  const paint = paintOf(style, language);
  const color = paint("line-color", "#000000");
  const width = paint("line-width", 1);
  const opacity = paint("line-opacity", 1);
  const dashes = style.paint?.["line-dasharray"] as number[] | undefined; // in line widths
  return {
    draw(ctx, geom, z, feature) {
      const width_px = Number(width(z - ZOOM_OFFSET, feature.props));
      if (!(width_px > 0)) return;
      ctx.globalAlpha = Number(opacity(z - ZOOM_OFFSET, feature.props));
      ctx.strokeStyle = String(color(z - ZOOM_OFFSET, feature.props) ?? NO_DATA);
      ctx.lineWidth = width_px;
      ctx.lineCap = dashes ? "butt" : "round";
      ctx.lineJoin = "round";
      ctx.setLineDash(dashes ? dashes.map((dash) => dash * width_px) : []);
      tracePath(ctx, geom);
      ctx.stroke();
    },
  };
}

export function circlePainter(style: StyleLayer, language: string): PaintSymbolizer {
  const paint = paintOf(style, language);
  const color = paint("circle-color", "#000000");
  const radius = paint("circle-radius", 5);
  const opacity = paint("circle-opacity", 1);
  const ring = paint("circle-stroke-color", "#ffffff");
  const ringWidth = paint("circle-stroke-width", 0);
  return {
    draw(ctx, geom, z, feature) {
      const zoom = z - ZOOM_OFFSET;
      const radius_px = Number(radius(zoom, feature.props));
      const ring_px = Number(ringWidth(zoom, feature.props));
      ctx.globalAlpha = Number(opacity(zoom, feature.props));
      for (const point of geom.flat()) {
        ctx.beginPath();
        ctx.arc(point.x, point.y, radius_px + ring_px, 0, 2 * Math.PI);
        ctx.fillStyle = String(ring(zoom, feature.props));
        if (ring_px > 0) ctx.fill();
        ctx.beginPath();
        ctx.arc(point.x, point.y, radius_px, 0, 2 * Math.PI);
        ctx.fillStyle = String(color(zoom, feature.props) ?? NO_DATA);
        ctx.fill();
      }
    },
  };
}

/** A horizontal text at a point, or inside a polygon that is large enough for it. */
export class TextLabel implements LabelSymbolizer {
  private readonly text: Evaluate;
  private readonly size: Evaluate;
  private readonly color: Evaluate;
  private readonly halo: Evaluate;
  private readonly haloWidth: Evaluate;

  /** `below_px`: how far under the point the text starts, to clear its circle. */
  constructor(style: StyleLayer, language: string, private readonly below_px: Evaluate | null) {
    const paint = paintOf(style, language);
    this.text = paint("text-field", "");
    this.size = paint("text-size", 12);
    this.color = paint("text-color", "#000000");
    this.halo = paint("text-halo-color", "#ffffff");
    this.haloWidth = paint("text-halo-width", 0);
  }

  place(layout: Layout, geom: Point[][], feature: Feature): Label[] | undefined {
    const zoom = layout.zoom - ZOOM_OFFSET;
    const text = this.text(zoom, feature.props);
    const anchor = anchorOf(geom, feature);
    if (text === undefined || text === null || text === "" || !anchor) return undefined;
    const size_px = Number(this.size(zoom, feature.props));
    layout.scratch.font = `600 ${size_px}px ${LABEL_FONT}`;
    const lines = breakLines(String(text), 9 * size_px, (line) => layout.scratch.measureText(line).width);
    const width = Math.max(...lines.map((line) => layout.scratch.measureText(line).width));
    if (feature.geomType === GeomType.Polygon && extent(geom).width < 0.7 * width) return undefined;
    const leading = size_px * 1.25;
    const height = lines.length * leading;
    const top = this.below_px ? Number(this.below_px(zoom, feature.props)) + 3 : -height / 2;
    return [
      {
        anchor,
        bboxes: [{ minX: anchor.x - width / 2, maxX: anchor.x + width / 2, minY: anchor.y + top, maxY: anchor.y + top + height }],
        draw: (ctx) => this.draw(ctx, lines, top, leading, size_px, zoom, feature),
        ...(feature.geomType === GeomType.Polygon && { deduplicationKey: String(text), deduplicationDistance: 700 }),
      },
    ];
  }

  private draw(ctx: CanvasRenderingContext2D, lines: string[], top: number, leading: number, size_px: number, zoom: number, feature: Feature): void {
    ctx.globalAlpha = 1;
    ctx.font = `600 ${size_px}px ${LABEL_FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 2 * Number(this.haloWidth(zoom, feature.props));
    ctx.strokeStyle = String(this.halo(zoom, feature.props));
    ctx.fillStyle = String(this.color(zoom, feature.props));
    lines.forEach((line, index) => {
      const y = top + (index + 0.5) * leading;
      if (ctx.lineWidth > 0) ctx.strokeText(line, 0, y);
      ctx.fillText(line, 0, y);
    });
  }
}

/** Splits at spaces so that no line is wider than `limit`, as far as the words allow. */
export function breakLines(text: string, limit: number, widthOf: (line: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && widthOf(longer) <= limit) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function anchorOf(geom: Point[][], feature: Feature): Point | undefined {
  if (feature.geomType === GeomType.Point) return geom[0]?.[0];
  if (feature.geomType === GeomType.Polygon) return insideOf(geom);
  return undefined;
}

export function extent(geom: Point[][]): Bbox & { width: number } {
  const xs = geom.flat().map((point) => point.x);
  const ys = geom.flat().map((point) => point.y);
  const box = { minX: Math.min(...xs), maxX: Math.max(...xs), minY: Math.min(...ys), maxY: Math.max(...ys) };
  return { ...box, width: box.maxX - box.minX };
}

/** A point inside a polygon: the middle of its widest span at the half of its height. */
export function insideOf(rings: Point[][]): Point | undefined {
  const box = extent(rings);
  const y = (box.minY + box.maxY) / 2 + 0.01;
  const crossings = rings.flatMap((ring) =>
    ring.flatMap((from, index) => {
      const to = ring[(index + 1) % ring.length] as Point;
      return from.y > y === to.y > y ? [] : [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)];
    }),
  );
  crossings.sort((a, b) => a - b);
  let widest: [number, number] | undefined;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const span: [number, number] = [crossings[i] as number, crossings[i + 1] as number];
    if (!widest || span[1] - span[0] > widest[1] - widest[0]) widest = span;
  }
  return widest && new Point((widest[0] + widest[1]) / 2, y);
}
