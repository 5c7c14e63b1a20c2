/** Which layer a person most likely wants to edit, and whether this zoom shows it at all. */

import type { EditableLayer } from "../edit_door.ts";

/** Layers count zooms in 512 px tiles, the map in 256 px ones: one zoom lies between them. */
export const isTooFar = ({ minZoom }: EditableLayer, zoom: number): boolean => zoom < minZoom + 1;

/** The first that is switched on and drawn at this zoom, else the first that is on, else the first. */
export function likelyLayer(layers: readonly EditableLayer[], zoom: number): string {
  const on = layers.filter(({ collection }) => document.querySelector<HTMLInputElement>(`#layer-${CSS.escape(collection)}`)?.checked);
  return (on.find((layer) => !isTooFar(layer, zoom)) ?? on[0] ?? layers[0])?.collection ?? "";
}
