"""Random edits and reads against several server processes: is any tile stale, and how long does a fresh one take?"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import mapbox_vector_tile
import psycopg
from pyproj import Transformer

from gis_core.actors import PUBLIC
from layers.policy import Access, access_to
from layers.registry import get_layer
from tests.e2e.feature_service import PATCH_TYPE, Planner, Service
from tiles.grids import WEB_MERCATOR_QUAD, TileId
from tiles.vector.sql import tile_sql

LAYERS = ("trees", "green-spaces")
ZOOMS = range(10, 19)
WEST, SOUTH, SPREAD = -7.6, 33.55, 0.004  # where all of it happens, in degrees
FRESH_WITHIN_S = 5.0  # a change by another door than ours is waited for so long
_TO_3857 = Transformer.from_crs(4326, 3857, always_xy=True)
Content = frozenset[str]


@dataclass
class Report:
    """`waits`: from sending an edit to having read the tile that shows it. `foreign` are those of edits in SQL."""

    edits: int = 0
    reads: int = 0
    not_modified: int = 0
    stale: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    foreign: list[float] = field(default_factory=list)

    def p95_ms(self, waits: Sequence[float]) -> float:
        return sorted(waits)[int(len(waits) * 0.95)] * 1000


@contextmanager
def several_servers(service: Service, count: int) -> Iterator[list[int]]:
    """The ports of `count` servers of one process each, started side by side."""
    with ExitStack() as stack, ThreadPoolExecutor(count) as threads:
        serving = [service.serving(workers=1, log=f"server{n}.log") for n in range(count)]
        clients = list(threads.map(stack.enter_context, serving))
        yield [client.port for client in clients]


class Town:
    """Trees and greens on a small ground, edited and looked at through any of the servers.

    grace_s: how much later than its answer an edit through the service may show; not at all, but behind a proxy.
    """

    def __init__(self, service: Service, ports: Sequence[int], seed: int, *, grace_s: float = 0.0) -> None:
        self.grace_s = grace_s
        self.chance = random.Random(seed)  # noqa: S311  a seed, no secret
        self.planners = [Planner(port, service.token) for port in ports]
        self.readers = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for port in ports]
        self.database = psycopg.connect(service.url, autocommit=True)
        self.seen: dict[tuple[TileId, str], Content] = {}  # what a tag stood for
        self.tags: dict[TileId, str] = {}  # the last one of each
        self.report = Report()

    def close(self) -> None:
        self.database.close()

    # --- Edits --------------------------------------------------------------------------------------------------

    def edit(self) -> tuple[TileId, bool]:
        """One random change, acknowledged; a tile that shows it, and whether it was made in SQL."""
        self.report.edits += 1
        collection = self.chance.choice(LAYERS)
        place = self.place()
        kinds = (self.create, self.create, self.move, self.move, self.move, self.delete)
        if self.chance.random() < 0.2:
            return self.tile(self.in_sql(collection, place)), True
        return self.tile(self.chance.choice(kinds)(collection, place)), False

    def place(self) -> tuple[float, float]:
        return WEST + self.chance.random() * SPREAD, SOUTH + self.chance.random() * SPREAD

    def create(self, collection: str, place: tuple[float, float]) -> tuple[float, float]:
        properties = {"species": f"Ficus {self.report.edits}"} if collection == "trees" else {}
        feature = {"type": "Feature", "geometry": shape_at(collection, place), "properties": properties}
        answer = self.planner().ask("POST", f"/collections/{collection}/items", feature)
        assert answer.status == 201, answer.body
        return place

    def move(self, collection: str, place: tuple[float, float]) -> tuple[float, float]:
        """The tile to look at lies at the old place or at the new one."""
        if (found := self.feature(collection)) is None:
            return self.create(collection, place)
        number, version, before = found
        answer = self.planner().ask(
            "PATCH", f"/collections/{collection}/items/{number}", {"geometry": shape_at(collection, place)},
            content_type=PATCH_TYPE, if_match=f'"{version}"',
        )  # fmt: skip
        assert answer.status == 204, answer.body
        return self.chance.choice((before, place))

    def delete(self, collection: str, place: tuple[float, float]) -> tuple[float, float]:
        if (found := self.feature(collection)) is None:
            return self.create(collection, place)
        number, version, before = found
        answer = self.planner().ask(
            "DELETE", f"/collections/{collection}/items/{number}", if_match=f'"{version}"'
        )
        assert answer.status == 204, answer.body
        return before

    def in_sql(self, collection: str, place: tuple[float, float]) -> tuple[float, float]:
        """As from psql, past our services: nobody tells the servers but the database."""
        table = get_layer(collection).collection.table
        found = self.feature(collection)
        if found is None:
            return self.create(collection, place)
        self.database.execute(
            f"UPDATE {table} SET geom = ST_Translate(geom, 0.00002, 0.00001) WHERE id = %s", [found[0]]
        )
        return found[2]

    def feature(self, collection: str) -> tuple[int, int, tuple[float, float]] | None:
        table = get_layer(collection).collection.table
        rows = self.database.execute(
            f"SELECT id, version, ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM {table} ORDER BY id"
        ).fetchall()
        if not rows:
            return None
        number, version, lon, lat = self.chance.choice(rows)
        return number, version, (lon, lat)

    def planner(self) -> Planner:
        return self.chance.choice(self.planners)

    # --- Looks --------------------------------------------------------------------------------------------------

    def tile(self, place: tuple[float, float]) -> TileId:
        return WEB_MERCATOR_QUAD.tile_at(*_TO_3857.transform(*place), self.chance.choice(ZOOMS))

    def any_tile(self) -> TileId:
        """One that was looked at before, or a new one."""
        known = list(self.seen)
        return (
            self.chance.choice(known)[0] if known and self.chance.random() < 0.7 else self.tile(self.place())
        )

    def read(self, tile: TileId) -> Content:
        """Through any server, half of the time with the last tag that any of them gave for the tile."""
        headers = {"accept-encoding": "identity"}
        if tile in self.tags and self.chance.random() < 0.5:
            headers["if-none-match"] = self.tags[tile]
        connection = self.chance.choice(self.readers)
        connection.request("GET", f"/tiles/{','.join(LAYERS)}/{tile.z}/{tile.x}/{tile.y}", headers=headers)
        answer = connection.getresponse()
        body, tag = answer.read(), answer.headers["etag"]
        assert answer.status in {200, 204, 304}, body
        self.report.reads += 1
        if answer.status == 304:
            self.report.not_modified += 1
            return self.seen[tile, tag]
        content = decoded(body)
        self.tags[tile] = tag
        assert self.seen.setdefault((tile, tag), content) == content, "a tag stands for two contents"
        return content

    def truth(self, tile: TileId) -> Content:
        body = b""
        for name in LAYERS:
            layer = get_layer(name)
            if layer.min_zoom <= tile.z:
                row = self.database.execute(*tile_sql(layer, everybody(name), tile)).fetchone()
                body += bytes(row[0]) if row else b""
        return decoded(body)

    def look(self, tile: TileId, *, wait_s: float = 0.0) -> bool:
        """Whether the tile is as the database has it, at once or in the given time."""
        truth, end = self.truth(tile), time.monotonic() + wait_s
        while self.read(tile) != truth:
            if time.monotonic() > end:
                return False
        return True


def everybody(layer_id: str) -> Access:
    return access_to(PUBLIC, get_layer(layer_id).collection)


def decoded(body: bytes) -> Content:
    layers = mapbox_vector_tile.decode(body) if body else {}
    return frozenset(f"{name} {feature}" for name, layer in layers.items() for feature in layer["features"])


def shape_at(collection: str, place: tuple[float, float]) -> dict[str, Any]:
    lon, lat = place
    if collection == "trees":
        return {"type": "Point", "coordinates": [lon, lat]}
    east, north = lon + 0.0003, lat + 0.0002
    ring = [[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


def run(town: Town, edits: int, *, looks: int = 2) -> Report:
    """After each acknowledged edit, a tile that it touched and others at random are read."""
    for _ in range(edits):
        started = time.monotonic()
        tile, foreign = town.edit()
        wait_s = (
            FRESH_WITHIN_S if foreign else town.grace_s
        )  # of an edit in SQL each process hears for itself
        if not town.look(tile, wait_s=wait_s):
            town.report.stale.append(f"edit {town.report.edits}: {tile}")
        (town.report.foreign if foreign else town.report.waits).append(time.monotonic() - started)
        for _ in range(looks - 1):
            other = town.any_tile()
            if not town.look(other, wait_s=wait_s):
                town.report.stale.append(f"after edit {town.report.edits}: {other}")
    return town.report
