"""The matrices and paths, held against a plain Dijkstra that walks turn by turn."""

import heapq
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from analysis.network import Approach, Network, Position, build_network, measure_travel, snap
from tests.analysis.network.streets import lattice, restrictions, streets

CITY = lattice(7, np.random.default_rng(4))
NETWORK = build_network(CITY)
ROUNDED_S = 0.03  # half a millisecond per street, at most 60 streets


def place(network: Network, x: float, y: float, approach: Approach = Approach.KERB) -> Position:
    return snap(network, [f"{x},{y}"], np.array([Point(x, y)]), max_snap_m=500, approach=approach)[0][0]


def driven_m(network: Network, position: Position, arc: int) -> float:
    length_m = float(network.length_m[arc])
    return length_m - position.offset_m if network.backward[arc] else position.offset_m


@cache
def links_of(network: Network) -> list[list[tuple[int, float]]]:
    rows = (network.links[[arc]] for arc in range(network.arc_count))
    return [list(zip(row.indices.tolist(), row.data.tolist(), strict=True)) for row in rows]


def oracle_s(network: Network, start: Position, end: Position) -> float:
    """Seconds from start to end by a heap over (time, arc): pure Python, no matrix, no extra nodes."""
    best = float("inf")
    queue: list[tuple[float, int]] = []
    for arc in start.arcs:
        s_per_m = network.time_s[arc] / network.length_m[arc]
        at = driven_m(network, start, arc)
        if arc in end.arcs and driven_m(network, end, arc) >= at:
            best = min(best, (driven_m(network, end, arc) - at) * s_per_m)
        heapq.heappush(queue, ((network.length_m[arc] - at) * s_per_m, -1 - arc))
    done: set[int] = set()
    while queue:
        seconds, key = heapq.heappop(queue)
        arc = (
            -1 - key if key < 0 else key
        )  # negative: the rest of a first arc, which may be driven again later
        if key in done or seconds >= best:
            continue
        done.add(key)
        for after, cost in links_of(network)[arc]:
            if after in end.arcs:
                behind_m = network.length_m[after] - driven_m(network, end, after)
                s_per_m = network.time_s[after] / network.length_m[after]
                best = min(best, seconds + cost - behind_m * s_per_m)
            heapq.heappush(queue, (seconds + cost, after))
    return best


places = st.lists(
    st.tuples(st.floats(-20, 620), st.floats(-20, 620), st.sampled_from(Approach)),
    min_size=2,
    max_size=9,
    unique=True,
)


@settings(max_examples=40, deadline=None)
@given(places)
def test_matrix_equals_a_plain_search(chosen):
    positions = [place(NETWORK, x, y, approach) for x, y, approach in chosen]
    travel = measure_travel(NETWORK, positions)
    for i, start in enumerate(positions):
        for j, end in enumerate(positions):
            if i != j:
                assert travel.time_s[i, j] == pytest.approx(oracle_s(NETWORK, start, end), abs=ROUNDED_S)


@settings(max_examples=40, deadline=None)
@given(places)
def test_way_over_a_third_place_on_one_arc_is_never_shorter(chosen):
    positions = [place(NETWORK, x, y) for x, y, _ in chosen]
    time_s = measure_travel(NETWORK, positions).time_s
    detour_s = (time_s[:, :, None] + time_s[None, :, :]).min(axis=1)
    assert (time_s <= detour_s + ROUNDED_S).all()


@settings(max_examples=40, deadline=None)
@given(places)
def test_path_is_as_long_and_as_quick_as_the_matrix_says(chosen):
    positions = [place(NETWORK, x, y, approach) for x, y, approach in chosen]
    travel = measure_travel(NETWORK, positions)
    for i, j in pairwise(range(len(positions))):
        path = travel.path(i, j)
        xy = path.coordinates(NETWORK)
        assert path.time_s == pytest.approx(travel.time_s[i, j], rel=1e-6)
        assert path.length_m == pytest.approx(travel.length_m[i, j], abs=0.005 * len(path.arcs))
        assert shapely.LineString(xy).length == pytest.approx(path.length_m, abs=1e-6)
        for end, position in ((xy[0], positions[i]), (xy[-1], positions[j])):
            on_street = NETWORK.lines[position.section].interpolate(position.offset_m)
            assert on_street.distance(Point(end)) == pytest.approx(0.0, abs=1e-6)


def test_path_follows_legal_turns_only():
    travel = measure_travel(NETWORK, [place(NETWORK, 5, 40), place(NETWORK, 560, 590)])
    arcs = travel.path(0, 1).arcs
    assert len(arcs) > 8
    assert all(NETWORK.links[a, b] > 0 for a, b in pairwise(arcs))


BLOCK = (
    {"external_id": "south", "geom": [(0, 0), (100, 0)], "one_way": "forward"},
    {"external_id": "east", "geom": [(100, 0), (100, 100)], "one_way": "forward"},
    {"external_id": "north", "geom": [(100, 100), (0, 100)], "one_way": "forward"},
    {"external_id": "west", "geom": [(0, 100), (0, 0)], "one_way": "forward"},
)


def test_place_just_passed_on_a_one_way_street_costs_the_block():
    network = build_network(streets(*BLOCK))
    travel = measure_travel(network, [place(network, 60, 1), place(network, 20, 1)])
    assert travel.length_m[1, 0] == pytest.approx(40)
    assert travel.length_m[0, 1] == pytest.approx(360)
    assert travel.path(0, 1).arcs == (0, 1, 2, 3, 0)


def test_two_places_at_one_spot_cost_nothing():
    network = build_network(streets(*BLOCK))
    travel = measure_travel(network, [place(network, 60, 1), place(network, 60, 2)])
    assert travel.time_s.tolist() == [[0, 0], [0, 0]]
    assert travel.path(0, 1).length_m == 0


def test_opposite_kerb_is_reached_by_the_dead_end():
    network = build_network(streets({"external_id": "cul", "geom": [(0, 0), (100, 0)], "speed_kmh": 36.0}))
    travel = measure_travel(network, [place(network, 60, -5), place(network, 60, 5)])
    assert travel.length_m[0, 1] == pytest.approx(80)
    assert travel.time_s[0, 1] == pytest.approx(8 + 40)


def test_forbidden_turn_forces_the_way_round_the_block():
    arms = (
        {"external_id": "start", "geom": [(-100, 0), (0, 0)]},
        {"external_id": "goal", "geom": [(0, 0), (0, 100)]},
        {"external_id": "on", "geom": [(0, 0), (100, 0)]},
        {"external_id": "up", "geom": [(100, 0), (100, 100)]},
        {"external_id": "over", "geom": [(100, 100), (0, 100)]},
    )
    rule = restrictions(("no_left_turn", "start", "goal", (0, 0)))
    free, bound = build_network(streets(*arms)), build_network(streets(*arms), restrictions=rule)
    ends = [(-50, -1), (-1, 50)]
    lengths = [
        measure_travel(n, [place(n, *xy, Approach.EITHER) for xy in ends]).length_m[0, 1]
        for n in (free, bound)
    ]
    assert lengths == [pytest.approx(100), pytest.approx(50 + 300 + 50)]


def test_no_way_is_infinite_and_has_no_path():
    network = build_network(streets(*BLOCK, {"external_id": "island", "geom": [(500, 0), (600, 0)]}))
    island = int(network.component[network.arcs_of_section[4, 0]])
    cut_off = snap(network, ["i"], np.array([Point(550, -2)]), component=island)[0][0]
    travel = measure_travel(network, [place(network, 60, 1), cut_off])
    assert np.isinf(travel.time_s[0, 1])
    assert np.isinf(travel.length_m[0, 1])
    with pytest.raises(ValueError, match="No drive"):
        travel.path(0, 1)


def test_near_and_far_searches_agree_with_unbounded_ones():
    rng = np.random.default_rng(8)
    network = build_network(lattice(16, rng))
    cluster = [place(network, *rng.uniform(100, 400, 2)) for _ in range(25)]
    positions = [*cluster, place(network, 1480, 1490, Approach.EITHER), place(network, 20, 1500)]
    time_s = measure_travel(network, positions).time_s
    for i, j in ((0, 25), (25, 3), (26, 25), (4, 26), (7, 21), (13, 2)):
        assert time_s[i, j] == pytest.approx(oracle_s(network, positions[i], positions[j]), abs=ROUNDED_S)
