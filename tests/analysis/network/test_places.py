"""Streets served from end to end: drives from the end of one to the beginning of the next."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point

from analysis.network import Approach, Stretch, build_network, measure_travel, snap
from tests.analysis.network.streets import lattice, restrictions, streets
from tests.benchmarks.routes.town import make_town

BLOCK = (
    {"external_id": "south", "geom": [(0, 0), (100, 0)], "one_way": "forward"},
    {"external_id": "east", "geom": [(100, 0), (100, 100)], "one_way": "forward"},
    {"external_id": "north", "geom": [(100, 100), (0, 100)], "one_way": "forward"},
    {"external_id": "west", "geom": [(0, 100), (0, 0)], "one_way": "forward"},
)


def scipy_s(network, arcs) -> np.ndarray:
    """Seconds from the end of each arc to the beginning of each: Dijkstra on the links, with starts of their own."""
    links = sp.vstack([network.links, network.links[arcs]], format="csr")
    n = links.shape[0]
    square = sp.csr_matrix((links.data, links.indices, links.indptr), shape=(n, n))
    return dijkstra(square, indices=network.arc_count + np.arange(len(arcs)))[:, arcs] - network.time_s[arcs]


def test_every_arc_to_every_arc_equals_scipy():
    network = build_network(lattice(7, np.random.default_rng(4)))
    arcs = np.arange(network.arc_count)
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    assert travel.time_s.dtype == travel.length_m.dtype == np.float32
    np.testing.assert_allclose(travel.time_s, scipy_s(network, arcs), atol=0.05)


def test_many_arcs_of_a_town_equal_scipy():
    network = build_network(make_town(5, side=40))
    arcs = np.random.default_rng(6).choice(network.arc_count, 60, replace=False)
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    np.testing.assert_allclose(travel.time_s, scipy_s(network, arcs), atol=0.1)
    assert np.isfinite(travel.time_s).sum() > 3000


def test_next_street_ahead_costs_nothing_and_the_same_street_again_costs_the_block():
    network = build_network(streets(*BLOCK))
    travel = measure_travel(network, [Stretch(str(arc), arc) for arc in range(4)])
    assert travel.length_m[0].tolist() == [300, 0, 100, 200]
    assert travel.path(0, 1).arcs == (0, 1)
    assert travel.path(0, 0).arcs == (0, 1, 2, 3, 0)
    assert travel.path(0, 0).length_m == pytest.approx(300)


def test_turn_into_the_next_street_is_in_the_matrix():
    crossing = (
        {"external_id": "west", "geom": [(-100, 0), (0, 0)]},
        {"external_id": "north", "geom": [(0, 0), (0, 100)]},
        {"external_id": "east", "geom": [(0, 0), (100, 0)]},
    )
    free = build_network(streets(*crossing))
    travel = measure_travel(free, [Stretch("west", 0), Stretch("north", 1)])
    assert travel.time_s[0, 1] == pytest.approx(6.0)
    rule = restrictions(("no_left_turn", "west", "north", (0, 0)))
    bound = measure_travel(
        build_network(streets(*crossing), restrictions=rule), [Stretch("w", 0), Stretch("n", 1)]
    )
    assert bound.length_m[0, 1] == pytest.approx(200)  # to the end of the eastern arm and back
    assert bound.time_s[0, 1] == pytest.approx(20 + 40 + 3)


def test_yard_streets_and_containers_stand_in_one_matrix():
    network = build_network(streets(*BLOCK))
    yard, container = (
        snap(network, ["place"], np.array([Point(60, y)]), approach=approach)[0][0]
        for y, approach in ((1, Approach.EITHER), (-1, Approach.KERB))
    )
    travel = measure_travel(network, [yard, Stretch("east", 1), container])
    assert travel.length_m[0].tolist() == pytest.approx([0, 40, 0])
    assert travel.length_m[1].tolist() == pytest.approx([260, 300, 260])


def test_path_between_streets_is_drawn_from_end_to_beginning():
    network = build_network(lattice(7, np.random.default_rng(9)))
    inside = np.flatnonzero(network.component == network.main_component)
    arcs = np.random.default_rng(1).choice(inside, 12, replace=False)
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    for (i, a), (j, b) in pairwise(enumerate(arcs)):
        path = travel.path(i, j)
        xy = path.coordinates(network)
        assert (path.arcs[0], path.arcs[-1]) == (a, b)
        assert shapely.LineString(xy).length == pytest.approx(path.length_m, abs=1e-6)
        assert path.time_s == pytest.approx(travel.time_s[i, j], rel=1e-6, abs=1e-6)
        assert all(network.links[x, y] > 0 for x, y in pairwise(path.arcs))


def test_no_places_make_an_empty_matrix():
    assert measure_travel(build_network(streets(*BLOCK)), []).time_s.shape == (0, 0)
