/** Which tiles a box on the earth meets. Pure; boxes are west, south, east, north in degrees. */

export type Box = readonly [west: number, south: number, east: number, north: number];

/** A feature is drawn a little beyond its box: lines have a width, points a radius. In tiles. */
const MARGIN = 1 / 8;

/** `key` is the tile cache's: "x:y:z". */
export function meetsTile(box: Box, key: string): boolean {
  const [x = NaN, y = NaN, z = NaN] = key.split(":").map(Number);
  const [west, north] = placeAt(box[0], box[3], z);
  const [east, south] = placeAt(box[2], box[1], z);
  return west - MARGIN < x + 1 && east + MARGIN > x && north - MARGIN < y + 1 && south + MARGIN > y;
}

/** Web Mercator, in tiles from the north-west corner of the world. */
function placeAt(lon: number, lat: number, z: number): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  return [((lon + 180) / 360) * 2 ** z, y * 2 ** z];
}
