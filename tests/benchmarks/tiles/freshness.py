"""From an edit to fresh tiles: trees are renamed and moved across the city, and several server processes asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyproj
from psycopg import sql

from layers.registry import get_layer
from tests.benchmarks.frame import Case, Row, to_row
from tests.benchmarks.stage import Stage, our_server
from tests.benchmarks.tiles.peers import TileServer, ours
from tests.benchmarks.tiles.subjects import Subject, filled_tiles
from tiles.grids import WEB_MERCATOR_QUAD, TileId

PROCESSES = 4
ZOOMS = (14, 15, 16)  # where each tree is shown by itself
MOST_S, GIVEN_UP_S = 0.25, 10.0
READS, QUICK_READS = 10_000, 500
EACH = 5 * PROCESSES  # the least reads that a tree takes
_EDIT = sql.SQL(
    "UPDATE layers_tree SET species = %s, geom = ST_SetSRID(ST_MakePoint(%s, %s), 4326) WHERE id = %s"
)
_TREES = sql.SQL(
    "SELECT species, ST_X(geom), ST_Y(geom), id FROM layers_tree ORDER BY md5(id::text) LIMIT %s"
)
Tree = tuple[str, float, float, int]


def run(scene: Stage) -> Iterator[Row]:
    scene.say("measuring the freshness of tiles")
    most = QUICK_READS if scene.quick else READS
    delays: list[float] = []
    with connections(scene) as servers, trees(scene, most // EACH) as found:
        watch = Watch(servers)
        for number, tree in enumerate(found):
            delays += edits(scene, watch, tree, number)
    case = Case(f"edit to fresh tile, p95, {PROCESSES} processes", print, goal=1.0)
    figures = {"ours": float(np.quantile(delays, 0.95)) * 1000, "limit": MOST_S * 1000}
    note = f"{watch.stale} stale tiles in {watch.reads:,} reads after {len(delays):,} edits"
    row = to_row(case, figures, len(delays), note=note)
    yield replace(row, met=bool(row.met) and not watch.stale)


@dataclass
class Watch:
    """What the servers answered. A tile is stale when it was asked for later than MOST_S after a change it misses."""

    servers: Sequence[TileServer]
    reads: int = 0
    stale: int = 0

    def fill(self, subject: Subject, tiles: Sequence[TileId]) -> None:
        """Every process that keeps tiles keeps these."""
        for server in self.servers:
            for tile in tiles:
                server.get(subject, tile)
                self.reads += 1

    def until_fresh(self, subject: Subject, name: str, shown: Mapping[TileId, bool]) -> float:
        """Seconds until each process has given each tile with the name, or without it."""
        start = time.perf_counter()
        for tile, there in shown.items():
            for server in self.servers:
                asked = time.perf_counter() - start
                while (name.encode() in server.get(subject, tile)) is not there:
                    self.reads += 1
                    self.stale += asked > MOST_S
                    assert asked < GIVEN_UP_S, f"{tile} is stale"
                    asked = time.perf_counter() - start
                self.reads += 1
        return time.perf_counter() - start


def edits(scene: Stage, watch: Watch, tree: Tree, number: int) -> list[float]:
    """Renames a tree where it stands, then moves it to the middle of another tile; tells how long each took to show."""
    _species, longitude, latitude, key = tree
    z = ZOOMS[number % len(ZOOMS)]
    subject, name = Subject(get_layer("trees"), z), f"Arbor nova {number}."
    before = WEB_MERCATOR_QUAD.tile_at(*_metres(longitude, latitude), z)
    others = [tile for tile in filled_tiles(z) if tile != before]
    after = others[np.random.default_rng(number).integers(len(others))]
    bounds = WEB_MERCATOR_QUAD.bounds(after)
    middle = _degrees((bounds.min_x + bounds.max_x) / 2, (bounds.min_y + bounds.max_y) / 2)
    delays = []
    watch.fill(subject, [before, after])
    for place, shown in (
        ((longitude, latitude), {before: True}),
        (middle, {before: False, after: True}),
    ):
        scene.bare.execute(_EDIT, [name, *place, key])
        delays.append(watch.until_fresh(subject, name, shown))
    return delays


@contextmanager
def connections(scene: Stage) -> Iterator[list[TileServer]]:
    """One to each of several servers of one process."""
    with ExitStack() as running:
        servers = [our_server(scene.home, name=f"ours-{number}") for number in range(PROCESSES)]
        yield [ours(running.enter_context(server)) for server in servers]


@contextmanager
def trees(scene: Stage, most: int) -> Iterator[list[Tree]]:
    """Some trees, which are put back where they were."""
    found: list[Tree] = scene.bare.execute(_TREES, [most]).fetchall()  # type: ignore[assignment]
    try:
        yield found
    finally:
        with scene.bare.cursor() as cursor:
            cursor.executemany(_EDIT, found)


_metres = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform
_degrees = pyproj.Transformer.from_crs(3857, 4326, always_xy=True).transform
