"""TileJSON 3.0.0 of one layer or several."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from layers.definitions import Field, FirstZooms, Layer, SmallAreas
from layers.policy import Access
from tiles.grids import TILE_PX
from tiles.vector.sql import Shown, tile_attributes

_FIELD_TYPES = {"integer": "Number", "number": "Number", "boolean": "Boolean"}


def tilejson(shown: Shown, *, url: str, attribution: str) -> dict[str, Any]:
    """`url` is the address of this document; its tiles lie below it. Texts in the active language."""
    layers = [layer for layer, _ in shown]
    min_zoom = min(layer.min_zoom for layer in layers)
    box = settings.CITY.bbox
    return {
        "tilejson": "3.0.0",
        "name": ", ".join(str(layer.title) for layer in layers),
        "description": " ".join(str(layer.collection.description) for layer in layers),
        "attribution": attribution,
        "scheme": "xyz",
        "tiles": [f"{url}/{{z}}/{{x}}/{{y}}"],
        "vector_layers": [_vector_layer(layer, access) for layer, access in shown],
        "bounds": box.as_tuple(),
        "center": [*box.center, max(min_zoom, 12)],
        "minzoom": min_zoom,
        "maxzoom": max(layer.max_zoom for layer in layers),
    }


def _vector_layer(layer: Layer, access: Access) -> dict[str, Any]:
    return {
        "id": layer.id,
        "description": str(layer.title),
        "fields": {field.name: field_type(field) for field in tile_attributes(layer, access)},
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "thinning": thinning_told(layer),
    }


def field_type(field: Field) -> str:
    return _FIELD_TYPES.get(field.type, "String")


def thinning_told(layer: Layer) -> dict[str, Any]:
    """What the layer's tiles leave out, for programs and for people; areas and lines below the tile's grain
    (1/8 px) vanish by rounding in every layer."""
    match layer.thinning:
        case SmallAreas(min_px2=min_px2):
            return {"rule": "small-areas", "min_px2": min_px2, "tile_px": TILE_PX}
        case FirstZooms(field=field, zooms=zooms):
            return {"rule": "first-zooms", "field": field, "zooms": zooms}
        case _:
            return {"rule": "none"}
