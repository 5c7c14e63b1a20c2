"""Which layers an address names: one, several by comma, or a named map such as `map:public`."""

from __future__ import annotations

from collections.abc import Callable

from gis_core.errors import InvalidInput, NotFound
from layers.definitions import Group, Layer
from layers.registry import LAYERS, get_layer

PREFIX = "map:"
# In the catalogue's order, from the bottom up.
MAPS: dict[str, Callable[[Layer], bool]] = {
    "public": lambda layer: layer.visible,  # what the map page shows when it opens
    "base": lambda layer: layer.visible and layer.group is Group.BASE,
}


def vector_layers(names: str) -> list[Layer]:
    """The layers of `a,b,c` or of `map:public`; raises NotFound for an unknown or a raster layer or an unknown map,
    InvalidInput for a layer that is named twice."""
    if names.startswith(PREFIX):
        return layers_of_map(names.removeprefix(PREFIX))
    ids = names.split(",")
    if len(set(ids)) < len(ids):
        raise InvalidInput(f"{names!r} names a layer twice; a tile holds each layer once.")
    layers = [get_layer(layer_id) for layer_id in ids]
    if rasters := [layer.id for layer in layers if layer.raster]:
        raise NotFound(f"{', '.join(rasters)} is a raster; its pictures are below /maps/, see /layers.")
    return layers


def layers_of_map(name: str) -> list[Layer]:
    """Raises NotFound with the known maps."""
    if name not in MAPS:
        raise NotFound(f"There is no map {name!r}. Known: {', '.join(sorted(MAPS))}.")
    return [layer for layer in LAYERS.values() if not layer.raster and MAPS[name](layer)]
