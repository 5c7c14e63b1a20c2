"""Many tiles at once: those of Web Mercator that touch a box, at some zooms, and which of them hold features.

A tile's number is its PMTiles id: zoom by zoom, along a Hilbert curve, so that the four children of the tile at place p
of its zoom stand at 4p to 4p + 3 of the next.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import asin, atanh, degrees, pi, radians, sin, tanh
from typing import Any

import psycopg
from pmtiles.tile import tileid_to_zxy
from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Clusters, Layer
from tiles.grids import BUFFER, WEB_MERCATOR_QUAD, Bounds, TileId
from tiles.vector.sql import UNITS_PER_PX, Shown

GRID = WEB_MERCATOR_QUAD
ASKED_AT_ONCE = 2000
ROUNDED = 2  # units that a shape may grow by when it is prepared for a band
_LAST_LATITUDE = degrees(asin(tanh(pi)))  # where the square ends
_WITH_FEATURES = sql.SQL(
    "SELECT t.place FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])"
    " AS t(place, west, south, east, north) WHERE {some} ORDER BY t.place"
)
_SOME = sql.SQL(
    "EXISTS (SELECT FROM {table} AS f"
    " WHERE f.geom_3857 && ST_MakeEnvelope(t.west, t.south, t.east, t.north, {srid}) AND {rows})"
)


@dataclass(frozen=True)
class Pyramid:
    """The tiles that touch `box` (degrees, not across the antimeridian) at `min_zoom` to `max_zoom`."""

    box: BBox
    min_zoom: int
    max_zoom: int

    @property
    def size(self) -> int:
        return sum(self._size_at(z) for z in range(self.min_zoom, self.max_zoom + 1))

    def deepest_within(self, most: int) -> int | None:
        """The deepest zoom down to which the pyramid has no more than `most` tiles, if there is one."""
        zooms = range(self.min_zoom, self.max_zoom + 1)
        return max((z for z in zooms if Pyramid(self.box, self.min_zoom, z).size <= most), default=None)

    def corners(self, z: int) -> tuple[TileId, TileId]:
        """The tiles at the upper left and the lower right of the box."""
        bounds = web_mercator(self.box)
        return GRID.tile_at(bounds.min_x, bounds.max_y, z), GRID.tile_at(bounds.max_x, bounds.min_y, z)

    def _size_at(self, z: int) -> int:
        first, last = self.corners(z)
        return (last.x - first.x + 1) * (last.y - first.y + 1)


def web_mercator(box: BBox) -> Bounds:
    """In EPSG:3857, cut to the square of its grid."""
    half = GRID.side / 2
    south, north = (
        half * atanh(sin(radians(max(-_LAST_LATITUDE, min(_LAST_LATITUDE, latitude))))) / pi
        for latitude in (box.south, box.north)
    )
    return Bounds(half * box.west / 180, south, half * box.east / 180, north)


def tile_of(number: int) -> TileId:
    return TileId(*tileid_to_zxy(number))


def first_number(z: int) -> int:
    """Of a zoom: so many tiles have the zooms above it."""
    return int((4**z - 1) // 3)


def tiles_with_features(connection: psycopg.Connection[Any], shown: Shown, pyramid: Pyramid) -> array[int]:
    """The numbers, in order, of the pyramid's tiles that may show a feature that may be read: its box meets theirs.

    Below an empty tile nothing is looked for: its box covers those of its children, margins included. What is drawn may
    still be empty, because thinning left it out or only the feature's box reaches in.
    """
    found, level = array("Q"), array("Q", [0])
    for z in range(pyramid.max_zoom + 1):
        held = array("Q", _held(connection, shown, z, _touching(pyramid, z, level)))
        if z >= pyramid.min_zoom and any(layer.min_zoom <= z for layer, _ in shown):
            found.extend(first_number(z) + place for place in held)
        level = array("Q", (4 * place + i for place in held for i in range(4)))
    return found


def _touching(pyramid: Pyramid, z: int, places: array[int]) -> Iterator[tuple[int, TileId]]:
    first, last = pyramid.corners(z)
    for place in places:
        tile = tile_of(first_number(z) + place)
        if first.x <= tile.x <= last.x and first.y <= tile.y <= last.y:
            yield place, tile


def _held(
    connection: psycopg.Connection[Any], shown: Shown, z: int, tiles: Iterator[tuple[int, TileId]]
) -> Iterator[int]:
    while part := list(islice(tiles, ASKED_AT_ONCE)):
        for (place,) in connection.execute(*with_features_sql(shown, z, part)):
            yield place


def with_features_sql(
    shown: Shown, z: int, tiles: list[tuple[int, TileId]]
) -> tuple[sql.Composed, list[Any]]:
    """Rows (place) of the tiles of zoom `z` that meet a feature."""
    margin = max(_margin(layer, z) for layer, _ in shown)
    bounds = [GRID.buffered_bounds(tile, buffer=margin).as_tuple() for _, tile in tiles]
    parts, params = [], []
    for layer, access in shown:
        rows, allowed = access.rows("f")
        table, srid = sql.Identifier(layer.collection.table), sql.Literal(GRID.srid)
        parts.append(_SOME.format(table=table, srid=srid, rows=rows))
        params += allowed
    query = _WITH_FEATURES.format(some=sql.SQL(" OR ").join(parts))
    return query, [
        [place for place, _ in tiles],
        *(list(side) for side in zip(*bounds, strict=True)),
        *params,
    ]


def _margin(layer: Layer, z: int) -> int:
    """How far around a tile, in its units, a feature may lie that shows in it: in the buffer, or moved there by
    rounding, or by standing for its cluster."""
    match layer.thinning:
        case Clusters(until=until, cell_px=cell_px) if z <= until:
            return BUFFER + ROUNDED + round(cell_px * UNITS_PER_PX)
        case _:
            return BUFFER + ROUNDED
