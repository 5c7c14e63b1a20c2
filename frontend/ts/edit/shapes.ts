/** GeoJSON geometries as an editor sees them: paths of corners. Pure; positions are [longitude, latitude] in degrees. */

export type Position = [number, number];
export type Kind = "Point" | "LineString" | "MultiPolygon";
export type Shape = GeoJSON.Geometry;
export type Box = [west: number, south: number, east: number, north: number];

/** As many decimals as the service keeps: about a centimetre. */
export const DIGITS = 7;
const FEWEST: Record<Kind, number> = { Point: 1, LineString: 2, MultiPolygon: 3 };

const position = (given: GeoJSON.Position): Position => [round(given[0] ?? 0), round(given[1] ?? 0)];

export function round(degrees: number): number {
  return Number(degrees.toFixed(DIGITS));
}

export function kindOf(shape: Shape): Kind {
  if (shape.type === "Point" || shape.type === "LineString") return shape.type;
  return "MultiPolygon";
}

/** Every path of the shape; a ring is without its repeated last corner. */
export function pathsOf(shape: Shape): Position[][] {
  switch (shape.type) {
    case "Point":
      return [[position(shape.coordinates)]];
    case "LineString":
      return [shape.coordinates.map(position)];
    case "Polygon":
      return shape.coordinates.map(openRing);
    case "MultiPolygon":
      return shape.coordinates.flatMap((part) => part.map(openRing));
    default:
      throw new Error(`A ${shape.type} cannot be edited here.`);
  }
}

function openRing(ring: GeoJSON.Position[]): Position[] {
  const corners = ring.map(position);
  const [first, last] = [corners[0], corners.at(-1)];
  return corners.length > 1 && first && last && first[0] === last[0] && first[1] === last[1] ? corners.slice(0, -1) : corners;
}

/** The shape with its paths replaced, in the order of pathsOf; polygons come out as MultiPolygon. */
function rebuilt(shape: Shape, paths: Position[][]): Shape {
  const closed = (path: Position[] = []) => [...path, path[0] as Position];
  switch (shape.type) {
    case "Point":
      return { type: "Point", coordinates: paths[0]?.[0] as Position };
    case "LineString":
      return { type: "LineString", coordinates: paths[0] as Position[] };
    case "Polygon":
      return { type: "MultiPolygon", coordinates: [paths.map(closed)] };
    default: {
      let next = 0;
      const parts = (shape as GeoJSON.MultiPolygon).coordinates;
      return { type: "MultiPolygon", coordinates: parts.map((part) => part.map(() => closed(paths[next++]))) };
    }
  }
}

/** As the service stores it: seven decimals, a Polygon as a MultiPolygon. */
export function normalised(shape: Shape): Shape {
  return rebuilt(shape, pathsOf(shape));
}

export function sameShape(one: Shape | null, other: Shape | null): boolean {
  if (!one || !other) return one === other;
  return JSON.stringify(normalised(one)) === JSON.stringify(normalised(other));
}

export function moveCorner(shape: Shape, path: number, corner: number, to: Position): Shape {
  return changed(shape, path, (corners) => replaced(corners, corner, 1, position(to)));
}

/** A new corner half way to the next one; at the end of a line, as far again as the last side is long. */
export function insertCorner(shape: Shape, path: number, after: number): Shape {
  return changed(shape, path, (corners) => {
    const from = corners[after] as Position;
    const isEnd = shape.type === "LineString" && after === corners.length - 1;
    const to = (isEnd ? corners[after - 1] : corners[(after + 1) % corners.length]) as Position;
    const share = isEnd ? -1 : 0.5;
    const between: Position = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    return replaced(corners, after + 1, 0, position(between));
  });
}

export function mayRemove(shape: Shape, path: number): boolean {
  return (pathsOf(shape)[path]?.length ?? 0) > FEWEST[kindOf(shape)];
}

/** The shape itself when a path would have too few corners left. */
export function removeCorner(shape: Shape, path: number, corner: number): Shape {
  return mayRemove(shape, path) ? changed(shape, path, (corners) => replaced(corners, corner, 1)) : shape;
}

function changed(shape: Shape, path: number, change: (corners: Position[]) => Position[]): Shape {
  return rebuilt(shape, pathsOf(shape).map((corners, index) => (index === path ? change(corners) : corners)));
}

export function shifted(shape: Shape, east: number, north: number): Shape {
  return rebuilt(shape, pathsOf(shape).map((path) => path.map(([x, y]) => position([x + east, y + north]))));
}

export function boxOf(shape: Shape): Box {
  const corners = pathsOf(shape).flat();
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export function boxesMeet(one: Box, other: Box): boolean {
  return one[0] <= other[2] && other[0] <= one[2] && one[1] <= other[3] && other[1] <= one[3];
}

/** Something to begin with: a point, a short line, a square, `reach` degrees of latitude around the middle. */
export function starter(kind: Kind, [x, y]: Position, reach: number): Shape {
  const wide = reach / Math.max(Math.cos((y * Math.PI) / 180), 0.01);
  if (kind === "Point") return { type: "Point", coordinates: position([x, y]) };
  if (kind === "LineString") return normalised({ type: "LineString", coordinates: [[x - wide, y], [x + wide, y]] });
  const ring = [[x - wide, y - reach], [x + wide, y - reach], [x + wide, y + reach], [x - wide, y + reach], [x - wide, y - reach]];
  return normalised({ type: "Polygon", coordinates: [ring] });
}

/** A copy with `count` corners from `start` on replaced (Array.with and toSpliced came only with Node 20). */
function replaced(corners: Position[], start: number, count: number, ...instead: Position[]): Position[] {
  return [...corners.slice(0, start), ...instead, ...corners.slice(start + count)];
}
