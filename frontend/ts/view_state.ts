/** What the address and this browser remember of the map: place, zoom and the layers that are on. */

export interface Place {
  zoom: number;
  lat: number;
  lon: number;
}

export interface ViewState {
  place?: Place;
  layers?: string[];
}

const STORED_LAYERS = "casagis.layers";

/** Of `#zoom/lat/lon&layers=a,b`; whatever cannot be read is left out. */
export function parseHash(hash: string): ViewState {
  const [position = "", ...rest] = hash.replace(/^#/, "").split("&");
  const [zoom = NaN, lat = NaN, lon = NaN] = position.split("/").map((part) => (part === "" ? NaN : Number(part)));
  const onEarth = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  const layers = rest.find((part) => part.startsWith("layers="))?.slice("layers=".length);
  return {
    ...(onEarth && { place: { zoom, lat, lon } }),
    ...(layers !== undefined && { layers: layers.split(",").filter(Boolean).map(decodeURIComponent) }),
  };
}

export function formatHash(place: Place, layers: readonly string[]): string {
  const position = `${place.zoom}/${place.lat.toFixed(5)}/${place.lon.toFixed(5)}`;
  return `#${position}&layers=${layers.map(encodeURIComponent).join(",")}`;
}

export function storedLayers(): string[] | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_LAYERS) ?? "null");
    return Array.isArray(stored) ? stored.map(String) : undefined;
  } catch {
    return undefined;
  }
}

export function storeLayers(layers: readonly string[]): void {
  try {
    localStorage.setItem(STORED_LAYERS, JSON.stringify(layers));
  } catch {
    // A browser that keeps nothing still shows the map; the address carries the layers.
  }
}
