/** Several shapes in one small picture, each with its own line and its own mark, so that colour alone says nothing. */

import { element } from "../dom.ts";
import { svgElement } from "./icons.ts";
import { boxOf, pathsOf, type Box, type Position, type Shape } from "./shapes.ts";

export interface Pictured {
  shape: Shape | null;
  /** "base", "theirs" or "mine": its class in the style sheet, its mark for points. */
  side: string;
  label: string;
}

const WIDTH = 320;
const HEIGHT = 200;
const ROOM = 16;

export function miniMap(pictured: readonly Pictured[], label: string): HTMLElement {
  const drawn = pictured.filter((one): one is Pictured & { shape: Shape } => one.shape !== null);
  const place = projection(drawn.map(({ shape }) => boxOf(shape)));
  const paths = drawn.map(({ shape, side }) => svgElement("path", { class: `side-${side}`, d: outline(shape, side, place) }));
  const picture = svgElement("svg", { class: "mini-map", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, ...paths);
  const keys = drawn.map(({ side, label: name }) => {
    const sample = svgElement("svg", { viewBox: "0 0 32 12", width: "32", height: "12", "aria-hidden": "true" }, svgElement("path", { class: `side-${side}`, d: "M2 6H30" }));
    return element("li", {}, sample, name);
  });
  return element("figure", { class: "mini-map-frame" }, picture, element("ul", { class: "mini-map-key" }, ...keys));
}

type Project = (position: Position) => [number, number];

/** All boxes fit, with room around them; a degree of longitude is as long as it is on the ground. */
export function projection(boxes: readonly Box[]): Project {
  const [west, south, east, north] = [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...boxes.map((box) => box[side] as number))) as [number, number, number, number];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [wide, high] = [Math.max((east - west) * narrow, 1e-5), Math.max(north - south, 1e-5)];
  const scale = Math.min((WIDTH - 2 * ROOM) / wide, (HEIGHT - 2 * ROOM) / high);
  const [x0, y0] = [(west + east) / 2, (south + north) / 2];
  return ([x, y]) => [WIDTH / 2 + (x - x0) * narrow * scale, HEIGHT / 2 - (y - y0) * scale];
}

function outline(shape: Shape, side: string, place: Project): string {
  if (shape.type === "Point") return mark(side, place(shape.coordinates as Position));
  const close = shape.type === "LineString" ? "" : "Z";
  return pathsOf(shape)
    .map((path) => `M${path.map((at) => place(at).map((n) => n.toFixed(1)).join(" ")).join("L")}${close}`)
    .join("");
}

/** A cross for what was, a square for theirs, a ring for mine. */
function mark(side: string, [x, y]: [number, number]): string {
  if (side === "base") return `M${x - 7} ${y - 7}l14 14m0-14l-14 14`;
  if (side === "theirs") return `M${x - 7} ${y - 7}h14v14h-14z`;
  return `M${x - 8} ${y}a8 8 0 1 0 16 0a8 8 0 1 0-16 0z`;
}
