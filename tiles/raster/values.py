"""The value of a raster at a point: a small JSON document, and the address that gives it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.errors import InvalidInput, NotAllowed, NotFound
from layers.definitions import Extent, Layer
from layers.policy import Access, access_to
from layers.registry import get_layer
from tiles.raster.files import RasterFile, file_at, read_files
from tiles.raster.moments import parse_span, told
from tiles.raster.render import crs_of, values_at

_LIMITS = {"lon": 180.0, "lat": 90.0}


@require_safe
def raster_value(request: HttpRequest, layer_id: str) -> JsonResponse:
    """`?lon=&lat=` in degrees, `&datetime=` as in the OGC APIs; the value is null outside and without data."""
    layer = _raster_for(request, layer_id)
    lon, lat = (_degrees(request, name) for name in _LIMITS)
    file = file_at(layer.id, read_files([layer]), parse_span(request.GET.get("datetime", "")))
    document = {
        **value_document(layer, file, values_at(file.path, lon, lat)),
        "coordinates": [lon, lat],
        "crs": crs_of(file.path),
    }
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-cache"
    return response


def value_document(layer: Layer, file: RasterFile, values: Sequence[float | None]) -> dict[str, Any]:
    """`value` of a raster of numbers; `values`, one a band, of a picture."""
    metadata = layer.style.layers[0]["metadata"]
    told_values: dict[str, Any] = {"value": values[0]} if "colors" in metadata else {"values": list(values)}
    return {
        "layer": layer.id,
        **told_values,
        "unit": metadata.get("unit"),
        "datetime": file.time,
        "until": told(file.period.end),
        "collection": layer.collection.id,
        "feature": file.feature,
    }


def _raster_for(request: HttpRequest, layer_id: str) -> Layer:
    """Raises NotFound, NotAuthenticated or NotAllowed."""
    layer = get_layer(layer_id)
    if not layer.raster:
        raise NotFound(
            f"{layer_id} is no raster; ask its features at /collections/{layer.collection.id}/items."
        )
    require_whole_city(access_to(actor_of(request), layer.collection))
    return layer


def require_whole_city(access: Access) -> None:
    if access.read is not Extent.CITY:
        raise NotAllowed("A raster shows the whole city; your right is for an area of it.")


def _degrees(request: HttpRequest, name: str) -> float:
    text, limit = request.GET.get(name, ""), _LIMITS[name]
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (isfinite(number) and abs(number) <= limit):
        raise InvalidInput(f"{name}={text!r} must be degrees, a number from -{limit:g} to {limit:g}.")
    return number
