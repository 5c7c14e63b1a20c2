/** Leaflet-Geoman, set up for us: only what we name is edited, no toolbar and no tooltips of its own. */

import "@geoman-io/leaflet-geoman-free";

export const SNAP_PX = 12;

/** The library is loaded after the map was made, so the map gets its part here. Safe to call again. */
export function readyForEditing(map: L.Map): void {
  if ((map as { pm?: unknown }).pm) return;
  L.PM.setOptIn(true);
  map.options.pmIgnore = false;
  L.PM.reInitLayer(map as unknown as L.Layer);
  map.pm.setGlobalOptions({ tooltips: false, snapDistance: SNAP_PX, allowSelfIntersection: false, continueDrawing: false, limitMarkersToCount: -1 });
  map.on("layeradd", ({ layer }) => leaveTabOrder(layer));
}

/** A handle for each corner would be as many Tab stops; the keyboard has the list of corners instead. */
function leaveTabOrder(layer: L.Layer): void {
  const element = layer instanceof L.Marker ? layer.getElement() : undefined;
  if (!element?.matches(".marker-icon, .edit-point")) return;
  element.removeAttribute("tabindex");
  element.setAttribute("aria-hidden", "true");
}

/** With a finger a long press is how one drags: it must not remove the corner. */
const removeVertexOn = (): "dblclick" | "contextmenu" => (matchMedia("(pointer: coarse)").matches ? "dblclick" : "contextmenu");

export const reshapeOptions = (snappable: boolean) => ({
  snappable,
  snapDistance: SNAP_PX,
  allowSelfIntersection: false,
  removeLayerBelowMinVertexCount: false,
  removeVertexOn: removeVertexOn(),
});
