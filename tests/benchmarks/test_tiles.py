"""The pure parts of the tiles' benchmark: judging answers, pgbench's script, counting stale tiles, nginx's file."""

from __future__ import annotations

import re
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
from psycopg import sql
from shapely.geometry import box

from layers.registry import get_layer
from tests.benchmarks.tiles import nginx
from tests.benchmarks.tiles.cold import judge
from tests.benchmarks.tiles.freshness import Watch
from tests.benchmarks.tiles.load import script_of
from tests.benchmarks.tiles.peers import TileServer
from tests.benchmarks.tiles.subjects import Subject, distinct_tiles, filled_tiles
from tiles.grids import WEB_MERCATOR_QUAD, TileId

pytestmark = pytest.mark.django_db


def drawn(subject: Subject, *corners: tuple[int, int], ids: bool = True) -> bytes:
    """A tile of squares, ten units to a side, one for each corner."""
    features = [
        {
            "geometry": box(x, y, x + 10, y + 10),
            "properties": dict.fromkeys(subject.names, f"at {x} {y}"),
            **({"id": x * 5000 + y} if ids else {}),
        }
        for x, y in corners
    ]
    return mapbox_vector_tile.encode(
        [{"name": subject.layer.id, "features": features}], default_options={"y_coord_down": True}
    )


@pytest.mark.parametrize("ids", [True, False])
def test_all_must_show_what_lies_in_the_tile(tmp_path: Path, ids: bool) -> None:
    subject = Subject(get_layer("parcels"), 16)
    wrong = judge(tmp_path, subject)
    ours = drawn(subject, (100, 100), (300, 300), (4090, 50))
    assert wrong({"ours": ours, "peer": drawn(subject, (300, 300), (100, 100), ids=ids)}) is None
    told = wrong({"ours": ours, "peer": drawn(subject, (100, 100), ids=ids)})
    assert told and told.startswith("peer lacks 1 features of ours")
    told = wrong({"ours": ours, "peer": drawn(subject, (100, 100), (300, 300), (500, 500), ids=ids)})
    assert told and told.startswith("ours lacks 1 features of peer")


def test_below_the_first_full_zoom_ours_may_show_less_but_nothing_else(tmp_path: Path) -> None:
    subject = Subject(get_layer("parcels"), 12)
    wrong = judge(tmp_path, subject)
    few, many = drawn(subject, (100, 100)), drawn(subject, (100, 100), (300, 300))
    assert wrong({"ours": few, "peer": many, "limit": few}) is None
    assert wrong({"ours": few, "peer": many, "limit": many})
    assert wrong({"ours": many, "peer": few})


def test_other_attributes_are_no_answer(tmp_path: Path) -> None:
    near, far = Subject(get_layer("parcels"), 16), Subject(get_layer("parcels"), 12)
    assert near.names != far.names
    told = judge(tmp_path, near)({"ours": drawn(near, (9, 9)), "peer": drawn(far, (9, 9))})
    assert told and told.startswith("peer has the attributes")


@pytest.mark.parametrize("z", [14, 16])
def test_pgbench_reckons_the_values_of_any_tile(z: int) -> None:
    subject = Subject(get_layer("parcels"), z)
    lines = script_of(subject.our_sql, z).splitlines()
    first = filled_tiles(z)[0]
    for tile in distinct_tiles(np.random.default_rng(1), z, 20):
        seen: dict[str, float] = {}
        for line in lines:
            if found := re.fullmatch(r"\\set (\w+) (.*)", line):
                name, formula = found.groups()
                given = {"x": tile.x - first.x, "y": tile.y - first.y}
                formula = re.sub(r":(\w+)", lambda hole, seen=seen: f"({seen[hole[1]]})", formula)
                seen[name] = given[name] if name in given else eval(formula.replace("/", "//"))  # noqa: S307  ours
        values = subject.our_sql(tile)[1]
        for name, value in seen.items():
            if name.startswith("v"):
                assert value == pytest.approx(values[int(name[1:])], abs=1e-4)
    assert "%s" not in lines[-1] and lines[-1].startswith("SELECT ST_AsMVT(")


def test_a_constant_value_of_a_statement_is_written_out() -> None:
    def statement(tile: TileId) -> tuple[sql.Composed, list[object]]:
        query = sql.SQL("SELECT %s, %s, 7 %% 2").format()
        return query, [["it's", "b"], tile.x]

    last = script_of(statement, 16).splitlines()[-1]
    assert last == "SELECT '{it''s,b}', (:v1)::int8, 7 % 2;"


def test_filled_tiles_are_full_of_the_city_or_touch_it() -> None:
    full, all_of_them = filled_tiles(14), filled_tiles(14, whole=False)
    assert set(full) < set(all_of_them)
    assert len(set(distinct_tiles(np.random.default_rng(0), 14, len(full)))) == len(full)


class Forgetful:
    """A client that sees an edit only after some reads."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def get(self, _path: str) -> bytes:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_stale_tiles_are_counted_from_a_quarter_of_a_second_on(monkeypatch) -> None:
    now = iter([0.0, 0.1, 0.2, 0.3, 0.4])
    monkeypatch.setattr("tests.benchmarks.tiles.freshness.time.perf_counter", lambda: next(now))
    client = Forgetful(b"old", b"old", b"old", b"the new name")
    watch = Watch([TileServer("ours", client, lambda _subject, _tile: "/")])  # type: ignore[arg-type]
    tile = WEB_MERCATOR_QUAD.tile(0, 0, 0)
    with pytest.raises(StopIteration):
        watch.until_fresh(Subject(get_layer("trees"), 16), "new name", {tile: True})
    assert (watch.reads, watch.stale) == (4, 1)


def test_nginx_runs_the_deployments_file_in_a_folder_of_its_own() -> None:
    text = nginx.site(Path("/bench"), 8123, 8001)
    assert "listen 127.0.0.1:8123;" in text and "server 127.0.0.1:8001;" in text
    assert "${" not in text and "/bench/nginx/cache" in text
