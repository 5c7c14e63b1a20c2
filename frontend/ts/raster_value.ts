/** What the rasters that are on say of one place. */

import { fetchJson, type LayerInfo } from "./catalogue.ts";
import { element } from "./dom.ts";
import { formatMoment, formatQuantity, language } from "./words.ts";

interface RasterValue {
  value?: number | null;
  unit?: string | null;
  datetime?: string | null;
}

/** A table row for each raster that has a value there; null for none. A raster that does not answer is left out. */
export async function rasterTable(shown: readonly { layer: LayerInfo; time: string | undefined }[], at: L.LatLng): Promise<HTMLElement | null> {
  const answers = await Promise.all(shown.map(({ layer, time }) => valueAt(layer, time, at).catch(() => null)));
  const rows = answers.flatMap((answer, index) => {
    const { layer } = shown[index] as { layer: LayerInfo };
    return typeof answer?.value === "number" ? [rowOf(layer, answer.value, answer)] : [];
  });
  return rows.length ? element("table", { class: "raster-values", dir: document.dir, lang: language }, element("tbody", {}, ...rows)) : null;
}

function valueAt(layer: LayerInfo, time: string | undefined, { lat, lng }: L.LatLng): Promise<RasterValue> {
  const query = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6), ...(time && { datetime: time }) });
  return fetchJson<RasterValue>(`/rasters/${encodeURIComponent(layer.id)}/value?${query}`);
}

function rowOf(layer: LayerInfo, value: number, { unit, datetime }: RasterValue): HTMLElement {
  const moment = datetime && element("span", { class: "moment" }, formatMoment(new Date(datetime), "both"));
  return element("tr", {}, element("th", { scope: "row" }, layer.title), element("td", {}, element("bdi", {}, formatQuantity("", value, unit ?? undefined)), moment));
}
