"""Roundabouts are told by the number of the exit; what is not round, or driven the other way, is none."""

from __future__ import annotations

from math import cos, pi, sin

import geopandas as gpd
import pytest

from analysis.roadbook import Roadbook, Turn
from tests.analysis.network.streets import streets
from tests.analysis.roadbook.trips import Trip, named


def around(from_deg: int, to_deg: int, radius_m: float = 15.0) -> list[tuple[float, float]]:
    step = 10 if to_deg > from_deg else -10
    turns = (pi * deg / 180 for deg in range(from_deg, to_deg + step, step))
    return [(radius_m * cos(a), radius_m * sin(a)) for a in turns]


def place(**east) -> gpd.GeoDataFrame:
    """Arms in the south, east, north and west of a ring that is driven against the clock."""
    ring = [named(f"r{n}", around(90 * n, 90 * n + 90), "Place", one_way="forward") for n in range(4)]
    return streets(
        *ring,
        named("e", [(15, 0), (100, 0)], "Rue Est", **east),
        named("n", [(0, 15), (0, 100)], "Rue Nord"),
        named("w", [(-15, 0), (-100, 0)], "Rue Ouest"),
        named("s", [(0, -100), (0, -15)], "Rue Sud"),
    )


def told(book: Roadbook) -> list[tuple]:
    return [(s.turn, s.exit, s.street.names["fr"], s.at_m) for s in book.steps[1:-1]]


@pytest.mark.parametrize(
    ("arcs", "exit", "street"),
    [
        ("+s +r3 +e", 1, "Rue Est"),
        ("+s +r3 +r0 +n", 2, "Rue Nord"),
        ("+s +r3 +r0 +r1 +w", 3, "Rue Ouest"),
        ("+s +r3 +r0 +r1 +r2 -s", 4, "Rue Sud"),
    ],
)
def test_exit_of_a_roundabout(arcs, exit, street):
    book = Trip(place()).start().drive(arcs).end().book()
    assert told(book) == [(Turn.ROUNDABOUT, exit, street, 85.0)]
    assert Roadbook.from_json(book.as_json()) == book


@pytest.mark.parametrize(
    ("east", "exit"),
    [({"access": "private"}, 2), ({"one_way": "backward"}, 1), ({"street_class": "footway"}, 1)],
)
def test_exits_that_a_driver_sees_are_counted(east, exit):
    book = Trip(place(**east)).start().drive("+s +r3 +r0 +n").end().book()
    assert told(book) == [(Turn.ROUNDABOUT, exit, "Rue Nord", 85.0)]


def test_a_street_to_collect_behind_a_roundabout():
    book = (
        Trip(place())
        .start()
        .drive("+s +r3 +e", end_m=0.0)
        .collect("e", "+e")
        .drive("+e", start_m=85.0)
        .end()
        .book()
    )
    assert [(s.turn, s.exit) for s in book.steps[1:3]] == [(Turn.ROUNDABOUT, 1), (None, 0)]


def test_a_square_block_of_one_way_streets_is_none():
    corners = [(0.0, -15.0), (15.0, 0.0), (0.0, 15.0), (-15.0, 0.0), (0.0, -15.0)]
    block = [named(f"b{n}", corners[n : n + 2], "Rue B", one_way="forward") for n in range(4)]
    frame = streets(
        *block, named("s", [(0, -100), (0, -15)], "Rue Sud"), named("e", [(15, 0), (100, 0)], "Rue Est")
    )
    book = Trip(frame).start().drive("+s +b0 +e").end().book()
    assert Turn.ROUNDABOUT not in {step.turn for step in book.steps}
