"""Cold tiles, each from the database: beside every peer, with our SQL on a bare connection as the limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
from shapely.geometry import box

from tests.benchmarks.frame import Case, Judge, Row
from tests.benchmarks.stage import Stage
from tests.benchmarks.tiles.peers import TileServer
from tests.benchmarks.tiles.subjects import Subject, distinct_tiles
from tiles.grids import EXTENT

# Of polygons: zoom -> so many times faster than the peer.
GOALS = {"Martin": {16: 2.0, 14: 3.5, 12: 4.0}, "tipg": {16: 4.0, 14: 7.0, 12: 8.0}}
ALL_FROM = 14  # below, our tiles leave out what TileJSON says
# What lies nearer to a tile's edge may be in it for one and not for the other: they round and simplify differently.
RIM = 8
INNER = box(RIM, RIM, EXTENT - RIM, EXTENT - RIM)


def run(scene: Stage, ours: TileServer, peers: list[TileServer], subjects: list[Subject]) -> Iterator[Row]:
    for subject in subjects:
        repetitions = scene.repetitions if subject.z >= ALL_FROM else scene.repetitions // 5
        for peer in peers:
            case = cold(scene, subject, ours, peer, repetitions)
            row = scene.measure(case, repetitions)
            thinned = subject.z < ALL_FROM and peer is peers[0]
            notes = [_where_time_goes(row), _share(scene.home, case) if thinned else ""]
            yield replace(row, note="; ".join(filter(None, notes)))


def cold(scene: Stage, subject: Subject, ours: TileServer, peer: TileServer, repetitions: int) -> Case:
    tiles = distinct_tiles(scene.random(), subject.z, repetitions * 2)
    statements = [
        (query.as_string(scene.bare).encode(), values) for query, values in map(subject.our_sql, tiles)
    ]

    def limit(number: int) -> bytes:
        row = scene.bare.execute(*statements[number], binary=True).fetchone()
        return bytes(row[0]) if row else b""  # type: ignore[arg-type]

    return Case(
        f"{subject.layer.id} z{subject.z}, cold; {peer.name}",
        lambda number: ours.get(subject, tiles[number]),
        lambda number: peer.get(subject, tiles[number]),
        limit,
        GOALS.get(peer.name, {}).get(subject.z) if subject.areal else None,
        judge(scene.home, subject),
    )


def judge(home: Path, subject: Subject) -> Judge:
    """All show what clearly lies in the tile; where ours may leave something out, it shows nothing but what they do."""

    def wrong(answers: Mapping[str, bytes]) -> str | None:
        found = {who: read(home, answer) for who, answer in answers.items()}
        for who, frame in found.items():
            if sorted(set(frame.columns) - {"mvt_id", "geometry"}) != sorted(subject.names):
                return f"{who} has the attributes {', '.join(frame.columns)}"
        for who in set(found) - {"ours"}:
            pairs = (
                [("ours", who)] if subject.z < ALL_FROM and who == "peer" else [("ours", who), (who, "ours")]
            )
            for one, other in pairs:
                if lost := keys(inside(found[one]), found[other]) - keys(found[other], found[one]):
                    return f"{other} lacks {lost.total()} features of {one}, as {next(iter(lost))}"
        return None

    return wrong


def read(home: Path, answer: bytes) -> gpd.GeoDataFrame:
    """By GDAL, in units of the tile, its buffer included."""
    path = home / "answer.mvt"
    path.write_bytes(answer)
    assert answer, "an empty tile measures nothing"
    return pyogrio.read_dataframe(f"MVT:{path}", CLIP="NO")


def inside(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[frame.intersects(INNER)]


def keys(frame: gpd.GeoDataFrame, beside: gpd.GeoDataFrame) -> Counter[tuple[str, ...]]:
    """Features told apart by their ids, or by their attributes of text where one of the two has no ids."""
    if frame["mvt_id"].notna().all() and beside["mvt_id"].notna().all():
        names = ["mvt_id"]
    else:
        names = sorted(frame.select_dtypes(["object", "string"]).columns)
    return Counter(zip(*(frame[name].astype(str) for name in names), strict=True))


def _share(home: Path, case: Case) -> str:
    """What thinning left, told of one tile."""
    ours, peer = (len(inside(read(home, run(0)))) for run in (case.ours, case.peer) if run)
    return f"ours shows {ours:,} of {peer:,} features, as TileJSON says" if ours < peer * 0.99 else ""


def _where_time_goes(row: Row) -> str:
    limit = row.limit or 0.0
    return (
        f"{limit:.1f} ms of ours are the SQL, {row.ours - limit:.1f} ms the server and the way"
        if row.met is False
        else ""
    )
