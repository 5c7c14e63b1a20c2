/** Puts our own base map under the admin's maps. */

import { fetchLayers } from "./catalogue.ts";
import { VectorMap } from "./vector_map.ts";

window.addEventListener("map:init", (event) => {
  const { map } = (event as CustomEvent<{ map: L.Map }>).detail;
  void fetchLayers().then((layers) => {
    const base = layers.filter((layer) => layer.group === "base");
    new VectorMap(map, base, document.documentElement.lang.slice(0, 2), Promise.resolve(), () => undefined).show(base);
  });
});
