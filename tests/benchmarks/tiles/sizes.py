"""The largest tile that a person can get, of all tiles at the zooms of the map."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from layers.definitions import Layer
from layers.registry import get_layer
from tests.benchmarks.frame import Case, Row, to_row
from tests.benchmarks.stage import Stage
from tests.benchmarks.tiles.peers import TileServer
from tests.benchmarks.tiles.subjects import Subject, distinct_tiles, filled_tiles
from tiles.grids import TileId

MOST_KB = 500.0
ALL_UNTIL, SAMPLE = 14, 200  # further in there are thousands of tiles, all alike
LAST = 16


def run(scene: Stage, ours: TileServer) -> Iterator[Row]:
    for name in ("parcels", "green-spaces"):
        yield from largest(scene, ours, get_layer(name))


def largest(scene: Stage, ours: TileServer, layer: Layer) -> list[Row]:
    scene.say(f"measuring the largest tile of {layer.id}")
    sizes: dict[int, tuple[int, bytes]] = {}
    for z in range(layer.min_zoom, LAST + 1):
        subject = Subject(layer, z)
        bodies = [ours.get(subject, tile) for tile in _tiles(scene, z)]
        sizes[z] = len(bodies), max(bodies, key=len)
    told = ", ".join(f"z{z} {len(body) / 1000:,.0f}" for z, (_count, body) in sizes.items())
    count, body = (
        sum(count for count, _body in sizes.values()),
        max((body for _c, body in sizes.values()), key=len),
    )
    packed = max(len(gzip.compress(body, 6)) for _count, body in sizes.values())
    return [
        _row(
            f"{layer.id}: largest tile of {count:,}", len(body), count, f"largest of each zoom in kB: {told}"
        ),
        _row(f"{layer.id}: largest tile of {count:,}, gzip", packed, count, ""),
    ]


def _tiles(scene: Stage, z: int) -> list[TileId]:
    return filled_tiles(z, whole=False) if z <= ALL_UNTIL else distinct_tiles(scene.random(), z, SAMPLE)


def _row(name: str, size: int, count: int, note: str) -> Row:
    figures = {"ours": size / 1000, "limit": MOST_KB}
    return to_row(Case(name, print, goal=1.0), figures, count, unit="kB", note=note)
