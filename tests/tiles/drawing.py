"""Tiles drawn straight by their SQL, on the test's own connection, decoded."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from shapely.affinity import affine_transform
from shapely.geometry import shape

from gis_core.actors import PUBLIC
from layers.definitions import Layer
from layers.policy import Access, access_to
from tests.tiles.conftest import TO_4326
from tiles.grids import EXTENT, WEB_MERCATOR_QUAD, TileId, TileMatrixSet
from tiles.vector.sql import tile_sql


def geos(geometry: shapely.Geometry) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=4326)


def to_4326(geometry: shapely.Geometry) -> shapely.Geometry:
    """From EPSG:3857."""
    return shapely.transform(geometry, TO_4326.transform, interleaved=False)


def decode(body: bytes, layer: str) -> list[dict[str, Any]]:
    decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return decoded.get(layer, {"features": []})["features"]


def placed(
    feature: dict[str, Any], tile: TileId, grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> shapely.Geometry:
    """A decoded feature in the grid's coordinates."""
    bounds = grid.bounds(tile)
    unit = (bounds.max_x - bounds.min_x) / EXTENT
    return affine_transform(shape(feature["geometry"]), [unit, 0, 0, -unit, bounds.min_x, bounds.max_y])


def draw(
    layer: Layer, tile: TileId, *, access: Access | None = None, grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> list[dict[str, Any]]:
    query, params = tile_sql(layer, access or access_to(PUBLIC, layer.collection), tile, grid)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        ((body,),) = cursor.fetchall()
    return decode(bytes(body), layer.id)
