"""Cold vector tiles, each asked once, beside tipg on the same EPSG:3857 column, with the bare SQL as the limit."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import numpy as np
import pyproj
from django.conf import settings
from shapely.geometry import box, shape

from gis_core.actors import PUBLIC
from layers.definitions import Layer
from layers.policy import access_to
from layers.registry import get_layer
from tests.benchmarks.data import MARGIN
from tests.benchmarks.frame import Case, Row
from tests.benchmarks.stage import Stage
from tiles.grids import EXTENT, WEB_MERCATOR_QUAD, TileId
from tiles.vector.sql import tile_attributes, tile_sql

GOAL = 1.0
INNER = box(1, 1, EXTENT - 1, EXTENT - 1)  # of a tile; one unit of its edge is left to rounding
WANTED = (("parcels", 16), ("parcels", 14), ("streets", 15), ("green-spaces", 14), ("trees", 16))


def run(scene: Stage) -> list[Row]:
    return [scene.measure(case(scene, get_layer(layer), z)) for layer, z in WANTED]


def case(scene: Stage, layer: Layer, z: int) -> Case:
    addresses = distinct_tiles(scene.random(), z, scene.repetitions * 2)
    names = [field.name for field in tile_attributes(layer, access_to(PUBLIC, layer.collection))]
    wish = urlencode({"properties": ",".join(names), "geom-column": "geom_3857", "limit": 1_000_000})

    def ours(number: int) -> bytes:
        tile = addresses[number]
        return scene.ours.get(f"/tiles/{layer.id}/{tile.z}/{tile.x}/{tile.y}")

    def peer(number: int) -> bytes:
        tile = addresses[number]
        path = (
            f"/collections/public.{layer.collection.table}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
        )
        return scene.peer.get(f"{path}?{wish}")

    def limit(number: int) -> bytes:
        row = scene.bare.execute(
            *tile_sql(layer, access_to(PUBLIC, layer.collection), addresses[number])
        ).fetchone()
        return bytes(row[0]) if row else b""  # type: ignore[arg-type]

    return Case(f"tile {layer.id} z{z}, cold", ours, peer, limit, GOAL, said)


def said(_who: str, answer: Any) -> Hashable:
    """How many features meet the tile itself: the peer leaves out what lies only in the buffer around it."""
    layers = mapbox_vector_tile.decode(answer, default_options={"y_coord_down": True})
    features = [feature for layer in layers.values() for feature in layer["features"]]
    assert features, "an empty tile measures nothing"
    return sum(shape(feature["geometry"]).intersects(INNER) for feature in features)


def distinct_tiles(rng: np.random.Generator, z: int, count: int) -> list[TileId]:
    """Tiles inside the filled part of the city in random order; over again where there are fewer."""
    city = settings.CITY.bbox
    to_metres = pyproj.Transformer.from_crs(4326, WEB_MERCATOR_QUAD.srid, always_xy=True)
    first = WEB_MERCATOR_QUAD.tile_at(*to_metres.transform(city.west + MARGIN, city.north - MARGIN), z)
    last = WEB_MERCATOR_QUAD.tile_at(*to_metres.transform(city.east - MARGIN, city.south + MARGIN), z)
    tiles = [TileId(z, x, y) for x in range(first.x + 1, last.x) for y in range(first.y + 1, last.y)]
    order = rng.permutation(len(tiles))
    return [tiles[order[n % len(tiles)]] for n in range(count)]
