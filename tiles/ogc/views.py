"""Tile matrix sets, and the tilesets of a collection and of the dataset; the tiles themselves have a door beside
Django (tiles.ogc.asgi)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.negotiation import VARY, refuse_unknown, respond, self_links
from layers.definitions import Layer
from layers.policy import access_to, readable
from tiles.grids import GRIDS, TileMatrixSet, get_grid
from tiles.ogc.matrix_sets import matrix_set_document, matrix_set_item, matrix_set_url
from tiles.ogc.selection import layer_of, selected_layers, usual_layers
from tiles.ogc.tilesets import Tileset, tileset_document, tileset_item
from tiles.vector.sql import Shown


@require_safe
def matrix_set_list(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request)
    items = [
        _with_self(matrix_set_item(request, grid), matrix_set_url(request, grid)) for grid in GRIDS.values()
    ]
    page = {"title": _("Tile grids"), "lead": _("For map programs: the grids that tiles are cut in.")}
    return _list(request, "tileMatrixSets", items, page)


@require_safe
def matrix_set(request: HttpRequest, grid_id: str) -> HttpResponse:
    refuse_unknown(request)
    return _json(matrix_set_document(request, get_grid(grid_id)))


@require_safe
def collection_tilesets(request: HttpRequest, collection_id: str) -> HttpResponse:
    refuse_unknown(request)
    return _tilesets(request, [_of_collection(request, collection_id, grid) for grid in GRIDS.values()])


@require_safe
def collection_tileset(request: HttpRequest, collection_id: str, grid_id: str) -> HttpResponse:
    refuse_unknown(request)
    return _json(tileset_document(request, _of_collection(request, collection_id, get_grid(grid_id))))


@require_safe
def dataset_tilesets(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request, "collections")
    return _tilesets(request, [_of_dataset(request, grid) for grid in GRIDS.values()])


@require_safe
def dataset_tileset(request: HttpRequest, grid_id: str) -> HttpResponse:
    refuse_unknown(request, "collections")
    return _json(tileset_document(request, _of_dataset(request, get_grid(grid_id))))


def _of_collection(request: HttpRequest, collection_id: str, grid: TileMatrixSet) -> Tileset:
    layer = layer_of(collection_id)
    path = reverse("collection-tilesets", args=[collection_id])
    return Tileset(_shown(request, [layer]), grid, str(layer.collection.title), path)


def _of_dataset(request: HttpRequest, grid: TileMatrixSet) -> Tileset:
    chosen, path = request.GET.get("collections"), reverse("dataset-tilesets")
    if chosen is None:
        return Tileset(_readable(request, usual_layers()), grid, _("The city's map"), path)
    shown = _shown(request, selected_layers(chosen))
    title = ", ".join(str(layer.collection.title) for layer, _access in shown)
    return Tileset(shown, grid, title, path, f"?collections={quote(chosen, safe=',:/')}")


def _shown(request: HttpRequest, layers: Iterable[Layer]) -> Shown:
    """Raises NotAuthenticated or NotAllowed where one of them is not to be read."""
    return [(layer, access_to(actor_of(request), layer.collection)) for layer in layers]


def _readable(request: HttpRequest, layers: Iterable[Layer]) -> Shown:
    """Those that may be read. Raises NotAuthenticated or NotAllowed where that is none."""
    accesses = {access.collection.id: access for access in readable(actor_of(request))}
    shown = [(layer, accesses[layer.collection.id]) for layer in layers if layer.collection.id in accesses]
    return shown or _shown(request, layers)


def _tilesets(request: HttpRequest, tilesets: list[Tileset]) -> HttpResponse:
    items = [tileset_item(request, tileset) for tileset in tilesets]
    lead = _(
        "For map programs: vector tiles by OGC API Tiles. Give such a program the address of one of these."
    )
    return _list(request, "tilesets", items, {"title": tilesets[0].title, "lead": lead})


def _list(request: HttpRequest, name: str, items: list[dict[str, Any]], page: dict[str, str]) -> HttpResponse:
    document = {name: items, "links": self_links(request)}
    return respond(request, "api/tiles.html", document, {**page, "items": items})


def _with_self(item: dict[str, Any], url: str) -> dict[str, Any]:
    return {**item, "links": [{"rel": "self", "type": "application/json", "href": url}]}


def _json(document: dict[str, Any]) -> JsonResponse:
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False}, headers={"Vary": VARY})
