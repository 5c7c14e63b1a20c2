/** Brings a layer's cached tiles up to date, where something changed. */

import { toIndex, type View, type Zxy } from "protomaps-leaflet";
import type { LayerTiles } from "./tile_source.ts";

export interface Renewed {
  arrived: string[];
  failed: boolean;
}

/** Asks anew for the touched tiles that are painted, and forgets the others. What was asked for at `since` or later is
 * new already; an old tile stays until the new one is there. The keys of the tiles that came, and whether some did not
 * and are still wanted. */
export async function renew({ tileCache }: View, touched: (key: string) => boolean, since: number, painted: readonly Zxy[]): Promise<Renewed> {
  const source = tileCache.source as LayerTiles;
  source.distrust(touched, since);
  const wanted = new Map(painted.map((tile) => [toIndex(tile), tile] as const).filter(([key]) => touched(key)));
  for (const [key, { data }] of [...tileCache.cache]) {
    if (!touched(key)) continue;
    if (source.knows(data, since)) wanted.delete(key);
    else if (!wanted.has(key)) tileCache.cache.delete(key);
  }
  const renewed: Renewed = { arrived: [], failed: false };
  const ask = async (key: string, tile: Zxy): Promise<void> => {
    try {
      tileCache.cache.set(key, { data: await source.get(tile, tileCache.tileSize), used: performance.now() });
      renewed.arrived.push(key);
    } catch (error) {
      tileCache.cache.delete(key); // asked again by the next look
      renewed.failed ||= (error as Error).name !== "AbortError";
    }
  };
  await Promise.all([...wanted].map(([key, tile]) => ask(key, tile)));
  return renewed;
}
