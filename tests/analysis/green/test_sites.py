"""The best sites for the money: a case where greedy fails, the bound, and all subsets tried as the oracle."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import scipy.sparse as sp
import shapely

from analysis.green.nearness import LINE, WALK
from analysis.green.sites import choose_best, choose_greedily, newly_served, serves
from analysis.green.walk import build_walk_network
from tests.analysis.green.shapes import CRS, X0, Y0, square

ORIGIN = np.array([X0, Y0])


def test_greedy_takes_the_overlap_and_the_best_does_not():
    """One site in the middle serves 6 of 10, and what is left pays none of the two that serve 5 each."""
    table = sp.csr_matrix([[0, 0, 1, 1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1] + [0] * 5, [0] * 5 + [1] * 5])
    people, cost = np.ones(10), np.array([1.0, 1.0, 1.0])
    assert choose_greedily(table, people, cost, 2.0).served == 8
    best = choose_best(table, people, cost, 2.0)
    assert (best.sites.tolist(), best.served, best.cost, best.gap) == ([1, 2], 10, 2, 0)


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_best_of_all_subsets(seed):
    rng = np.random.default_rng(seed)
    table = sp.csr_matrix(rng.random((9, 60)) < 0.2, dtype=float)
    people, cost = rng.integers(1, 50, 60).astype(float), rng.uniform(1, 5, 9)
    best = choose_best(table, people, cost, 8.0)
    tried = [
        people[np.asarray(table[list(rows)].sum(axis=0)).ravel() > 0].sum()
        for size in range(1, 10)
        for rows in combinations(range(9), size)
        if cost[list(rows)].sum() <= 8.0
    ]
    assert best.served == pytest.approx(max(tried)) and best.gap < 1e-3
    assert best.cost <= 8.0 and choose_greedily(table, people, cost, 8.0).served <= best.served


def test_no_money_and_nobody_give_nothing():
    table = sp.csr_matrix([[1.0, 0.0]])
    assert choose_best(table, np.ones(2), np.array([5.0]), 1.0).served == 0
    assert choose_best(sp.csr_matrix((1, 2)), np.ones(2), np.array([5.0]), 9.0).served == 0


def test_on_foot_serves_whom_the_street_reaches():
    lines = [
        shapely.LineString(np.array(line) + ORIGIN)
        for line in ([(0, 50), (400, 50)], [(150, 300), (150, 400)])
    ]
    network = build_walk_network(gpd.GeoDataFrame({"street_class": ["footway"] * 2}, geometry=lines, crs=CRS))
    sites = np.array([square(0, 0, 100)])
    xy = np.array([(250.0, 50.0), (150.0, 300.0), (390.0, 50.0)]) + ORIGIN
    places = network.snap(xy, 200.0)
    by_line = serves(sites, xy, LINE, 220, network.plane_m)
    on_foot = serves(sites, xy, WALK, 220, network.plane_m, network, places)
    assert by_line.toarray().tolist() == [[1, 1, 0]] and on_foot.toarray().tolist() == [[1, 0, 0]]
    assert newly_served(by_line, np.array([3.0, 4.0, 5.0])).tolist() == [7]


def test_chosen_are_in_order_and_none_adds_nobody():
    """Money for all three: the second adds one to the first, and what the third serves is served by then."""
    table = sp.csr_matrix([[0, 0, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0]], dtype=float)
    people, cost = np.array([5.0, 1.0, 1.0, 1.0]), np.ones(3)
    for choice in (choose_best(table, people, cost, 9.0), choose_greedily(table, people, cost, 9.0)):
        assert (choice.sites.tolist(), choice.added.tolist(), choice.cost) == ([1, 0], [7, 1], 2)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_no_more_sites_than_wanted(most):
    table, people = sp.csr_matrix(np.eye(4)), np.array([4.0, 3.0, 2.0, 1.0])
    best = choose_best(table, people, np.ones(4), 9.0, most=most)
    assert best.sites.tolist() == [0, 1, 2, 3][:most] and best.gap == 0
    assert choose_greedily(table, people, np.ones(4), 9.0, most).sites.tolist() == best.sites.tolist()
