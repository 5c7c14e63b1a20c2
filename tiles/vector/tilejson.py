"""TileJSON 3.0.0 of one layer or several."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from layers.definitions import Clusters, Field, Layer
from layers.policy import Access
from tiles.vector.sql import Shown, tile_attributes
from tiles.vector.thinning import thinning_told

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
        "fields": _fields(layer, access),
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "field_zooms": dict(layer.field_zooms),
        "thinning": thinning_told(layer),
    }


def field_type(field: Field) -> str:
    return _FIELD_TYPES.get(field.type, "String")


def _fields(layer: Layer, access: Access) -> dict[str, str]:
    """Clusters carry nothing but how many points they stand for."""
    own = {field.name: field_type(field) for field in tile_attributes(layer, access)}
    return own | ({"point_count": "Number"} if isinstance(layer.thinning, Clusters) else {})
