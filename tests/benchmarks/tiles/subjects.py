"""What is asked for: a layer at one zoom, as the public sees it, in tiles of the filled part of the city."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyproj
from django.conf import settings
from psycopg import sql

from gis_core.actors import PUBLIC
from layers.definitions import Field, Layer
from layers.policy import Access, access_to
from tests.benchmarks.data import MARGIN
from tiles.grids import BUFFER, EXTENT, WEB_MERCATOR_QUAD, TileId
from tiles.vector.sql import Statement, tile_attributes, tile_sql

COLUMN = "geom_3857"  # that every contestant reads: in 4326 the peers would transform it for each tile


@dataclass(frozen=True)
class Subject:
    layer: Layer
    z: int

    @property
    def id(self) -> str:
        """The name of this layer with this zoom's attributes at peers that fix them when they start."""
        return f"{self.layer.id}-{self.z}"

    @property
    def table(self) -> str:
        return self.layer.collection.table

    @property
    def areal(self) -> bool:
        return self.layer.collection.geometry_type == "MultiPolygon"

    @cached_property
    def access(self) -> Access:
        return access_to(PUBLIC, self.layer.collection)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The attributes that our tiles of this zoom carry."""
        return tile_attributes(self.layer, self.access, self.z)

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.fields]

    def our_sql(self, tile: TileId) -> Statement:
        return tile_sql(self.layer, self.access, tile)

    def plain_sql(self, tile: TileId) -> Statement:
        """What anybody would write: ST_AsMVTGeom of the column as it is."""
        query = sql.SQL(
            "SELECT ST_AsMVT(t, {layer}, {extent}, 'geom', 'id') FROM (SELECT {names}, ST_AsMVTGeom({column},"
            " ST_MakeEnvelope(%s, %s, %s, %s, 3857)::box2d, {extent}, {buffer}) AS geom FROM {table}"
            " WHERE {column} && ST_MakeEnvelope(%s, %s, %s, %s, 3857)) AS t"
        ).format(
            layer=sql.Literal(self.layer.id),
            extent=sql.Literal(EXTENT),
            buffer=sql.Literal(BUFFER),
            names=sql.SQL(", ").join(map(sql.Identifier, ["id", *self.names])),
            column=sql.Identifier(COLUMN),
            table=sql.Identifier(self.table),
        )
        bounds = WEB_MERCATOR_QUAD.bounds(tile).as_tuple()
        return query, [*bounds, *WEB_MERCATOR_QUAD.buffered_bounds(tile).as_tuple()]


def filled_tiles(z: int, *, whole: bool = True) -> list[TileId]:
    """The tiles of the filled part of the city, row by row; `whole`: only those that are full of it."""
    city = settings.CITY.bbox
    to_metres = pyproj.Transformer.from_crs(4326, WEB_MERCATOR_QUAD.srid, always_xy=True)
    first = WEB_MERCATOR_QUAD.tile_at(*to_metres.transform(city.west + MARGIN, city.north - MARGIN), z)
    last = WEB_MERCATOR_QUAD.tile_at(*to_metres.transform(city.east - MARGIN, city.south + MARGIN), z)
    rim = 1 if whole else 0
    return [
        TileId(z, x, y)
        for y in range(first.y + rim, last.y + 1 - rim)
        for x in range(first.x + rim, last.x + 1 - rim)
    ]


def distinct_tiles(rng: np.random.Generator, z: int, count: int) -> list[TileId]:
    """Tiles full of the city in random order; over again where there are fewer."""
    tiles = filled_tiles(z)
    order = rng.permutation(len(tiles))
    return [tiles[order[n % len(tiles)]] for n in range(count)]
