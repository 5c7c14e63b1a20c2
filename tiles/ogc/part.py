"""What OGC API Tiles adds to the landing page, the collections, the conformance declaration and the API definition."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.negotiation import HTML, JSON, Link
from layers.api.openapi_parts import (
    Json,
    f_parameter,
    get,
    lang_parameter,
    path_parameter,
    query_parameter,
)
from layers.api.parts import Part
from layers.definitions import Collection
from layers.policy import Access
from tiles.grids import GRIDS
from tiles.ogc.selection import tiled_layer
from tiles.ogc.tilesets import RELATIONS
from tiles.vector.service import MEDIA_TYPE

_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
_MATRIX_SETS = "http://www.opengis.net/spec/tms/2.0/conf"
_ONE = "/{tileMatrixSetId}"
_TILE = f"{_ONE}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
CONFORMANCE = (
    *(
        f"{_TILES}/{name}"
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "collections-selection",
            "oas30",
            "mvt",
        )
    ),
    *(
        f"{_MATRIX_SETS}/{encoding}{name}"
        for encoding in ("", "json-")
        for name in ("tilematrixset", "tilematrixsetlimits", "tilesetmetadata")
    ),
)


def landing_links(request: HttpRequest) -> list[Link]:
    return [
        _link(request, f"{RELATIONS}/tilesets-vector", "dataset-tilesets"),
        _link(request, f"{RELATIONS}/tiling-schemes", "tile-matrix-sets"),
    ]


def collection_links(request: HttpRequest, collection: Collection) -> list[Link]:
    if not tiled_layer(collection):
        return []
    link = _link(request, f"{RELATIONS}/tilesets-vector", "collection-tilesets", collection.id)
    return [{**link, "title": _("Vector tiles")}]


def _link(request: HttpRequest, rel: str, name: str, *args: str) -> Link:
    return {"rel": rel, "type": JSON, "href": request.build_absolute_uri(reverse(name, args=args))}


def paths(accesses: Sequence[Access]) -> Json:
    """The operation ids end as 20-057 says (/req/oas30/operation-id)."""
    tiled = [access.collection.id for access in accesses if tiled_layer(access.collection)]
    collection = path_parameter("collectionId", {"type": "string", "enum": tiled})
    names = {"type": "array", "items": {"type": "string", "enum": tiled}}
    selection = query_parameter("collections", names, "Only these; left out, what the map shows at first.")
    sets = path_parameter("tileMatrixSetId", {"type": "string", "enum": list(GRIDS)})
    return {
        "/tileMatrixSets": _list("tiles.getTileMatrixSetsList", "Tile matrix sets", []),
        "/tileMatrixSets/{tileMatrixSetId}": _document("tiles.getTileMatrixSet", "A tile matrix set", [sets]),
        **_tilesets("/collections/{collectionId}/tiles", "collection", [collection], sets),
        **_tilesets("/tiles", "dataset", [selection], sets),
    }


def _tilesets(path: str, of: str, parameters: list[Json], sets: Json) -> Json:
    operation = f"tiles.{of}.vector"
    return {
        path: _list(f"{operation}.getTileSetsList", f"Vector tilesets of the {of}", parameters),
        f"{path}{_ONE}": _document(
            f"{operation}.getTileSet", f"A vector tileset of the {of}", [*parameters, sets]
        ),
        f"{path}{_TILE}": _tile(f"{operation}.getTile", f"A vector tile of the {of}", [*parameters, sets]),
    }


def _list(operation: str, title: str, parameters: list[Json]) -> Json:
    return get(
        operation, title, [*parameters, f_parameter(), lang_parameter()], {JSON: "Document", HTML: "Page"}
    )


def _document(operation: str, title: str, parameters: list[Json]) -> Json:
    return get(operation, title, [*parameters, f_parameter(), lang_parameter()], {JSON: "Document"})


def _tile(operation: str, title: str, parameters: list[Json]) -> Json:
    whole = {"type": "integer", "minimum": 0}
    place = [
        path_parameter("tileMatrix", {"type": "string"}),
        *(path_parameter(n, whole) for n in ("tileRow", "tileCol")),
    ]
    described = get(
        operation,
        title,
        [*parameters, *place, query_parameter("f", {"type": "string", "enum": ["mvt"]})],
        {MEDIA_TYPE: "File"},
    )
    described["get"]["responses"] |= {
        "204": {"description": "An empty tile"},
        "304": {"description": "Nothing changed (If-None-Match)"},
    }
    return described


TILES = Part(CONFORMANCE, landing_links, collection_links, paths)
