"""What the map page and map clients ask before the first tile: the layers, their legends and their styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from layers.base import made_up
from layers.definitions import Layer
from layers.models import Revision
from layers.policy import access_to, readable
from layers.registry import COLLECTIONS, LAYERS, get_layer
from tiles.legend import legend
from tiles.raster.files import Files, raster_layers, read_files, times_of
from tiles.raster.upstreams import describe_upstream
from tiles.sources import Sources, attribution, sources_of
from tiles.vector.thinning import last_thinned_zoom, thinning_told

_WEB_MERCATOR_PNG = "/maps/wmts/{layer}/webmercator/{{z}}/{{x}}/{{y}}.png?revision={revision}"


@require_safe
def layer_list(request: HttpRequest) -> JsonResponse:
    """Every layer that the sender may read, in drawing order, from the bottom up."""
    sources = sources_of(COLLECTIONS.values())
    seen = {access.collection.id for access in readable(actor_of(request))}
    layers = [layer for layer in LAYERS.values() if layer.collection.id in seen]
    files = read_files(raster_layers())
    upstreams = [describe_upstream(upstream) for upstream in settings.CITY.upstreams]
    return _json([*upstreams, *(describe(layer, told_sources(layer, sources), files) for layer in layers)])


def _layer_for(request: HttpRequest, layer_id: str) -> Layer:
    """Raises NotFound, NotAuthenticated or NotAllowed."""
    layer = get_layer(layer_id)
    access_to(actor_of(request), layer.collection)
    return layer


def told_sources(layer: Layer, sources: Mapping[str, Sources]) -> Sources:
    """The sources of the layer's own rows and of what its numbers were computed from."""
    return frozenset().union(*(sources[name] for name in (layer.collection.id, *layer.computed_from)))


@require_safe
def layer_legend(request: HttpRequest, layer_id: str) -> JsonResponse:
    layer = _layer_for(request, layer_id)
    return _json({"layer": layer.id, "title": str(layer.title), "entries": legend(layer)})


@require_safe
def layer_style(request: HttpRequest, layer_id: str) -> JsonResponse:
    """The layer as a MapLibre style of its own: one source, its style layers; labels need the client's glyphs."""
    layer = _layer_for(request, layer_id)
    language = translation.get_language()[:2]
    return _json(
        {
            "version": 8,
            "name": str(layer.title),
            "sources": {layer.id: _style_source(request, layer)},
            "layers": [_styled(layer, style, language) for style in layer.style.layers],
        }
    )


def describe(layer: Layer, sources: Sources, files: Files) -> dict[str, Any]:
    """`times` are those that a raster can be asked for, from the oldest to the newest."""
    return {
        "id": layer.id,
        "collection": layer.collection.id,
        "title": str(layer.title),
        "group": layer.group.value,
        "group_title": str(layer.group.title),
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "visible": layer.visible,
        "raster": layer.raster,
        "thinning": {**thinning_told(layer), "until_zoom": last_thinned_zoom(layer)},
        "style": list(layer.style.layers),
        "legend": legend(layer),
        "tiles": tiles_path(layer, files),
        "feed": reverse(layer.collection.feed) if layer.collection.feed else None,
        **({"times": times_of(files.get(layer.id, ()))} if layer.raster else {}),
        "attribution": attribution(sources),
        "synthetic": made_up(sources),
    }


def tiles_path(layer: Layer, files: Files) -> str | None:
    """The tile address from the root; None for a raster that has no file yet."""
    if not layer.raster:
        return f"/tiles/{layer.id}/{{z}}/{{x}}/{{y}}"
    if layer.id not in files:
        return None
    revision = (
        Revision.objects.filter(collection=layer.collection.id).values_list("revision", flat=True).first()
    )
    return _WEB_MERCATOR_PNG.format(layer=layer.id, revision=revision or 0)


def _style_source(request: HttpRequest, layer: Layer) -> dict[str, Any]:
    if not layer.raster:
        return {"type": "vector", "url": request.build_absolute_uri(f"/tiles/{layer.id}")}
    origin = request.build_absolute_uri("/").rstrip("/")
    path = tiles_path(layer, read_files([layer]))
    return {"type": "raster", "tileSize": 256, "tiles": [origin + path] if path else []}


def _styled(layer: Layer, style: dict[str, Any], language: str) -> dict[str, Any]:
    placed = {**style, "id": f"{layer.id}-{style['id']}", "source": layer.id}
    if not layer.raster:
        placed |= {"source-layer": layer.id, "minzoom": max(layer.min_zoom, style.get("minzoom", 0))}
    if style.get("layout", {}).get("text-field") == ["get", "name"]:
        placed["layout"] = {**style["layout"], "text-field": _name_in(language)}
    return placed


def _name_in(language: str) -> list[Any]:
    """The name in a language, or in French where there is none."""
    name = ["get", f"name_{language}"]
    return ["match", name, "", ["get", "name_fr"], name]


def _json(document: object) -> JsonResponse:
    response = JsonResponse(document, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Language, Cookie"
    return response
