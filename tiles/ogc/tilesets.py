"""Tilesets as the documents of OGC API Tiles Part 1 (20-057) and tile set metadata (17-083r4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gis_core.crs import epsg_crs
from gis_core.geometry import CRS84
from gis_core.negotiation import JSON
from layers.definitions import Clusters, Field, Layer
from layers.policy import Access
from tiles.grids import WEB_MERCATOR_QUAD, TileMatrixSet
from tiles.ogc.limits import corners, zooms_of
from tiles.ogc.matrix_sets import cell_size, grid_title, matrix_set_uri, matrix_set_url, scale_denominator
from tiles.sources import attribution, sources_of
from tiles.vector.service import MEDIA_TYPE
from tiles.vector.sql import Shown, tile_attributes
from tiles.vector.thinning import thinning_told

Json = dict[str, Any]
RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"
STYLE_TYPE = "application/vnd.mapbox.style+json"
_DIMENSIONS: dict[str | None, int] = {"Point": 0, "LineString": 1, "MultiPolygon": 2}
_TYPES = {"integer", "number", "boolean"}  # what MVT has types for; the rest is text
_CENTER_ZOOM = 14  # of Web Mercator: a quarter of the city fills a screen


@dataclass(frozen=True)
class Tileset:
    """The vector tiles of some layers in one grid. `path` is the address of the list that it stands in, `query` the
    selection that goes with it."""

    shown: Shown
    grid: TileMatrixSet
    title: str
    path: str
    query: str = ""

    @property
    def layers(self) -> list[Layer]:
        return [layer for layer, _ in self.shown]

    @property
    def zooms(self) -> range:
        return zooms_of(self.layers, self.grid)


def tileset_item(request: HttpRequest, tileset: Tileset) -> Json:
    """What a list of tilesets tells of each."""
    grid = tileset.grid
    return {
        "title": f"{tileset.title} · {grid_title(grid)}",
        "dataType": "vector",
        "crs": epsg_crs(grid.srid).uri,
        "tileMatrixSetId": grid.id,
        "tileMatrixSetURI": matrix_set_uri(request, grid),
        "tileMatrixSetLimits": [_limits(grid, z) for z in tileset.zooms],
        "links": _links(request, tileset),
    }


def tileset_document(request: HttpRequest, tileset: Tileset) -> Json:
    """Texts in the active language."""
    credits = sources_of([layer.collection for layer in tileset.layers])
    return {
        **tileset_item(request, tileset),
        "description": " ".join(str(layer.collection.description) for layer in tileset.layers),
        "attribution": attribution(frozenset().union(*credits.values())),
        "boundingBox": _box(),
        "centerPoint": _center(tileset),
        "layers": [_layer(request, tileset.grid, *shown) for shown in tileset.shown],
    }


def _limits(grid: TileMatrixSet, z: int) -> Json:
    first, last = corners(grid, z)
    rows = {"minTileRow": first.y, "maxTileRow": last.y}
    return {"tileMatrix": str(z), **rows, "minTileCol": first.x, "maxTileCol": last.x}


def _links(request: HttpRequest, tileset: Tileset) -> list[Json]:
    grid = tileset.grid
    address = request.build_absolute_uri(f"{tileset.path}/{grid.id}")
    tile = f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{tileset.query}"
    links: list[Json] = [
        {"rel": "self", "type": JSON, "href": f"{address}{tileset.query}", "title": tileset.title},
        {
            "rel": f"{RELATIONS}/tiling-scheme",
            "type": JSON,
            "href": matrix_set_url(request, grid),
            "title": grid_title(grid),
        },
        {"rel": "item", "type": MEDIA_TYPE, "href": tile, "templated": True, "title": "Mapbox Vector Tile"},
    ]
    if grid is WEB_MERCATOR_QUAD:  # the only one that TileJSON knows
        names = ",".join(layer.id for layer in tileset.layers)
        tilejson = request.build_absolute_uri(f"/tiles/{names}")
        links.append({"rel": "alternate", "type": JSON, "href": tilejson, "title": "TileJSON"})
    return links


def _box() -> Json:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    return {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}


def _center(tileset: Tileset) -> Json:
    z = min(max(tileset.grid.own_zoom(_CENTER_ZOOM), tileset.zooms[0]), tileset.zooms[-1])
    return {
        "coordinates": list(settings.CITY.bbox.center),
        "crs": CRS84,
        "tileMatrix": str(z),
        "scaleDenominator": scale_denominator(tileset.grid, z),
        "cellSize": cell_size(tileset.grid, z),
    }


def _layer(request: HttpRequest, grid: TileMatrixSet, layer: Layer, access: Access) -> Json:
    """One layer of the tiles, by the name that it has in them."""
    zooms = zooms_of([layer], grid)
    collection = request.build_absolute_uri(f"/collections/{layer.collection.id}")
    own = request.build_absolute_uri(f"/layers/{layer.id}")
    return {
        "id": layer.id,
        "title": str(layer.title),
        "description": str(layer.collection.description),
        "dataType": "vector",
        "geometryDimension": _DIMENSIONS[layer.collection.geometry_type],
        "minTileMatrix": str(zooms[0]),
        "maxTileMatrix": str(zooms[-1]),
        "boundingBox": _box(),
        "propertiesSchema": {"type": "object", "properties": _properties(layer, access)},
        "thinning": thinning_told(layer),
        "style": {
            "id": layer.id,
            "title": str(layer.title),
            "links": [
                {"rel": "stylesheet", "type": STYLE_TYPE, "href": f"{own}/style"},
                {"rel": f"{RELATIONS}/legend", "type": JSON, "href": f"{own}/legend"},
            ],
        },
        "links": [
            {"rel": "geodata", "type": JSON, "href": collection},
            {
                "rel": "describedby",
                "type": JSON,
                "href": request.build_absolute_uri(f"/tiles/{layer.id}"),
                "title": "TileJSON",
            },
        ],
    }


def _properties(layer: Layer, access: Access) -> Json:
    """Clusters carry nothing but how many points they stand for."""
    own = {field.name: _property(field) for field in tile_attributes(layer, access)}
    return own | ({"point_count": {"type": "integer"}} if isinstance(layer.thinning, Clusters) else {})


def _property(field: Field) -> Json:
    unit = {"uom": field.unit} if field.unit else {}
    return {"title": str(field.title), "type": field.type if field.type in _TYPES else "string", **unit}
