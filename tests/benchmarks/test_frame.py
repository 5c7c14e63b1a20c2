"""The frame itself: medians, ratios, goals, interleaving, equality; and servers that are ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import shapely

from tests.benchmarks import data
from tests.benchmarks.frame import (
    HEADINGS,
    Case,
    Unequal,
    alike,
    compare,
    measure,
    measure_rates,
    table,
    to_row,
    write_json,
)
from tests.benchmarks.servers import served
from tests.benchmarks.urls import at_database, database_url, name_of

SERVER = (
    "import http.server as h, sys;"
    " h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)


class Bench:
    """Contestants that note who ran, on a clock that only their runs move."""

    def __init__(self, **seconds: list[float]) -> None:
        self.seconds = seconds
        self.order: list[tuple[str, int]] = []
        self.now = 0.0

    def run(self, who: str):
        def one(number: int) -> None:
            self.order.append((who, number))
            self.now += self.seconds[who][number]

        return one

    def clock(self) -> float:
        return self.now


def test_measure_takes_medians_and_interleaves():
    bench = Bench(ours=[0.010, 0.500, 0.020], peer=[0.060, 0.040, 0.050], limit=[0.005, 0.006, 0.007])
    case = Case("c", bench.run("ours"), bench.run("peer"), bench.run("limit"), goal=2.0)
    row = measure(case, 3, clock=bench.clock)
    assert (row.ours, row.peer, row.limit) == pytest.approx((20.0, 50.0, 6.0))
    assert row.ratio == pytest.approx(2.5)
    assert row.met is True and row.repetitions == 3
    assert bench.order == [
        ("ours", 0), ("peer", 0), ("limit", 0),
        ("peer", 1), ("limit", 1), ("ours", 1),
        ("limit", 2), ("ours", 2), ("peer", 2),
    ]  # fmt: skip


def test_a_case_may_be_judged_by_its_slowest():
    bench = Bench(ours=[0.001] * 90 + [0.050] * 10, limit=[0.001] * 100)
    row = measure(
        Case("c", bench.run("ours"), None, bench.run("limit"), quantile=0.95), 100, clock=bench.clock
    )
    assert (row.ours, row.limit, row.ratio) == pytest.approx((50.0, 1.0, 0.02))


@pytest.mark.parametrize(
    ("times", "goal", "ratio", "met"),
    [
        ({"ours": 10.0, "peer": 20.0, "limit": 5.0}, 2.0, 2.0, True),
        ({"ours": 10.0, "peer": 19.0, "limit": 5.0}, 2.0, 1.9, False),
        ({"ours": 10.0, "limit": 8.0}, 0.5, 0.8, True),
        ({"ours": 10.0, "limit": 4.0}, 0.5, 0.4, False),
        ({"ours": 10.0, "peer": 20.0}, None, 2.0, None),
        ({"ours": 10.0}, 2.0, None, None),
    ],
)
def test_the_ratio_is_to_the_peer_or_else_to_the_limit(times, goal, ratio, met):
    row = to_row(Case("c", print, goal=goal), times, 1)
    assert row.ratio == (ratio if ratio is None else pytest.approx(ratio))
    assert row.met is met


def test_of_rates_more_is_better():
    rates = {"ours": [70.0, 90.0, 80.0], "limit": [100.0, 50.0, 120.0]}
    case = Case("c", rates["ours"].__getitem__, None, rates["limit"].__getitem__, goal=0.85)
    row = measure_rates(case, 3)
    assert (row.ours, row.limit, row.ratio, row.met, row.unit) == (80.0, 100.0, 0.8, False, "/s")


def test_compare_stops_at_different_answers():
    answers = {"ours": [2, 3], "peer": [2, 4]}
    case = Case(
        "c",
        answers["ours"].__getitem__,
        answers["peer"].__getitem__,
        judge=alike(lambda _who, answer: answer),
    )
    compare(case, [0])
    with pytest.raises(Unequal, match="c, repetition 1: ours: 3, peer: 4"):
        compare(case, range(2))


def test_the_table_is_aligned_and_json_keeps_the_numbers(tmp_path):
    rows = [
        to_row(Case("items", print, goal=2.0), {"ours": 10.0, "peer": 5.0, "limit": 1.0}, 7),
        to_row(Case("a longer case", print), {"ours": 1.0}, 7, note="of a third"),
    ]
    lines = table(rows).splitlines()
    assert lines[0].split() == list(HEADINGS)
    assert len({len(line) for line in lines[:-1]}) == 1
    assert lines[1].split() == ["items", "10.0", "ms", "5.0", "ms", "1.0", "ms", "0.50×", "2.00×", "NO"]
    assert lines[-1] == "a longer case: of a third"
    write_json(tmp_path / "b.json", "items", rows, {"quick": True})
    document = json.loads((tmp_path / "b.json").read_text())
    assert (document["benchmark"], document["quick"], document["unit"]) == ("items", True, "ms")
    assert document["rows"][0] == {
        "case": "items", "ours": 10.0, "peer": 5.0, "limit": 1.0, "ratio": 0.5, "goal": 2.0, "met": False,
        "repetitions": 7, "unit": "ms", "note": "",
    }  # fmt: skip


def test_a_server_answers_and_is_ended_with_its_children(tmp_path):
    command = [sys.executable, "-c", SERVER, "{port}"]
    with served(command, env={}, ready="/", log=tmp_path / "log", cwd=tmp_path) as client:
        assert b"<html" in client.get("/").lower()
        with pytest.raises(AssertionError, match="/gone: 404"):
            client.get("/gone")
        groups = [p for p in Path("/proc").iterdir() if p.name.isdigit() and _is_ours(p, tmp_path)]
        assert groups
    assert not [p for p in Path("/proc").iterdir() if p.name.isdigit() and _is_ours(p, tmp_path)]


def _is_ours(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def test_a_server_that_dies_says_why(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no such city')"]
    with (
        pytest.raises(RuntimeError, match="no such city"),
        served(command, env={}, ready="/", log=tmp_path / "l", cwd=tmp_path),
    ):
        pass


def test_the_databases_are_the_benchmarks_own(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres.url").write_text("postgresql://me@/{database}?host=/run/x&port=5433\n")
    assert database_url("quick", tmp_path) == "postgresql://me@/casagis_bench_quick?host=/run/x&port=5433"
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:x@db:1/city")
    assert name_of(database_url("full", tmp_path)) == "casagis_bench_full"
    assert at_database("postgresql://db/a?sslmode=require", "b") == "postgresql://db/b?sslmode=require"


def test_the_city_of_the_benchmarks_is_the_same_every_time(settings):
    size = data.Size("tiny", 400)
    first, again = data.city(size, settings.CITY.bbox), data.city(size, settings.CITY.bbox)
    assert {name: len(frame) for name, frame in first.items()} == {
        "parcels": 400,
        "streets": 60,
        "green-spaces": 20,
        "trees": 200,
    }
    for name, frame in first.items():
        assert frame.geometry.geom_equals(again[name].geometry).all()
        assert frame.geometry.is_valid.all()
    parcels = first["parcels"].geometry
    assert parcels.union_all().area == pytest.approx(
        shapely.area(parcels.to_numpy()).sum()
    )  # nothing counted twice: no overlaps
    assert len(parcels.union_all().interiors) == 0  # no gaps
    vertices = parcels.count_coordinates()
    assert vertices.min() >= 9 and vertices.max() <= 61 and vertices.mean() == pytest.approx(35, abs=1)
    assert first["green-spaces"].geometry.count_coordinates().between(101, 401).all()
