"""Near by line and on foot, the standards' parts in closed form, and what is the same for all of them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.green import Patches
from analysis.green.nearness import LINE, WALK, Nearness, share_by_zone
from analysis.green.open_space import open_space
from analysis.green.people import People, spread_people, zone_of
from analysis.green.plane import MetricCrs
from analysis.green.rule_3_30_300 import (
    THIRD_TREE,
    TREES_WITHIN,
    TreeRule,
    canopy_share,
    crowns,
    enough_trees,
)
from analysis.green.walk import build_walk_network
from tests.analysis.green.shapes import CRS, X0, Y0, random_squares, series, square


def people_at(*xy: tuple[float, float]) -> People:
    points = np.array(xy, dtype=float) + np.array([X0, Y0])
    return People(points, np.ones(len(xy)), np.full(len(xy), -1), MetricCrs.of(CRS), "given")


def streets(*lines: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString([(X0 + x, Y0 + y) for x, y in line]) for line in lines]
    columns = {"street_class": ["residential"] * len(lines), "width_m": [10.0] * len(lines)}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def test_line_is_the_circle_not_the_box():
    step = 300 / np.sqrt(2)
    people = people_at((100 + step - 1, 100 + step - 1), (100 + step + 1, 100 + step + 1), (50, 50))
    near = Nearness(people, Patches.of(series(square(0, 0, 100)))).near(LINE, 300, 0.5)
    assert near.tolist() == [True, False, True]


def test_small_green_counts_for_no_standard_that_asks_for_more():
    nearness = Nearness(people_at((120, 50)), Patches.of(series(square(0, 0, 100))))
    assert nearness.by_line(300, 0.99)[0] and not nearness.by_line(300, 1.01)[0]


def test_on_foot_is_the_way_round_and_an_entrance_opened_shortens_it():
    network = build_walk_network(
        streets([(-200, 50), (0, 50)], [(-200, 50), (-200, 400), (300, 400), (300, 50)])
    )
    people = people_at((300, 50), (50, 50))
    green = Patches.of(series(square(0, 0, 100)))
    closed = Nearness(people, green, network)
    opened = Nearness(people, green, network, opened=np.array([[X0 + 100, Y0 + 50]]))
    assert closed.near(LINE, 300, 0.5).tolist() == [True, True]
    assert closed.near(WALK, 300, 0.5).tolist() == [False, True]  # who stands in the park is there
    assert opened.near(WALK, 500, 0.5).tolist() == [False, True]  # 200 m from any street: no door
    door = Nearness(people, Patches.of(series(square(0, 0, 280))), network, np.array([[X0 + 280, Y0 + 60]]))
    assert door.near(WALK, 40, 0.5).tolist() == [True, True]


def test_walking_never_reaches_more_than_the_line():
    random = np.random.default_rng(11)
    network = build_walk_network(streets(*random.uniform(0, 1500, (120, 2, 2)).tolist()))
    people = people_at(*random.uniform(0, 1500, (400, 2)))
    nearness = Nearness(people, Patches.of(random_squares(25, 1500, 150, seed=4)), network)
    line, walk = nearness.near(LINE, 300 + 15, 0.5), nearness.near(WALK, 300, 0.5)
    assert not (walk & ~line).any()
    assert 0 < walk.sum() < line.sum()


def test_share_of_each_zone_counts_its_own_people():
    people = people_at((10, 10), (20, 20), (110, 10), (500, 500))
    zones = series(square(0, 0, 100), square(100, 0, 100), square(900, 900, 10))
    share = share_by_zone(people, zone_of(people, zones), np.array([True, False, True, True]), 3)
    assert share.pct[:2].tolist() == [50, 100] and np.isnan(share.pct[2])


@pytest.mark.parametrize(
    ("variant", "expected"), [(TREES_WITHIN, [True, False]), (THIRD_TREE, [False, False])]
)
def test_three_trees_depend_on_the_variant(variant, expected):
    trees = np.array([[X0 + 14, Y0 + y] for y in (0, 5, 10)] + [[X0 + 310, Y0], [X0 + 311, Y0]])
    buildings = series(square(0, 0, 10), square(300, 0, 10))
    assert enough_trees(buildings, trees, TreeRule(3, 5.0, variant)).tolist() == expected


def test_crowns_that_overlap_are_canopy_once():
    trees = gpd.GeoSeries([shapely.Point(X0 + 50, Y0 + 50)] * 2 + [shapely.Point(X0 + 20, Y0 + 20)], crs=CRS)
    canopy = crowns(trees, np.array([10.0, 10.0, np.nan]))
    assert canopy_share(series(square(0, 0, 100)), canopy)[0] == pytest.approx(
        100 * np.pi * 25 / 1e4, rel=7e-3
    )


def test_open_space_unites_streets_and_squares_over_built_up_land():
    zone = series(square(0, 0, 100))
    buildings = series(square(0, 0, 100))
    found = open_space(zone, series(square(0, 0, 20)), streets([(0, 5), (100, 5)]), buildings)
    assert found.built_m2[0] == pytest.approx(10_000)
    assert found.share_pct[0] == pytest.approx(100 * (400 + 1000 - 200) / 10_000)


def test_people_of_a_building_are_where_it_stands():
    people = spread_people(series(square(0, 0, 500)), np.array([9.0]), series(square(200, 0, 20)))
    nearness = Nearness(people, Patches.of(series(square(0, 0, 100))))
    assert nearness.by_line(110.5, 0.5).all() and not nearness.by_line(109, 0.5).any()


@pytest.mark.parametrize("variant", [TREES_WITHIN, THIRD_TREE])
def test_a_building_without_a_place_has_no_trees_and_shifts_no_other(variant):
    buildings = gpd.GeoSeries([shapely.Polygon(), None, shapely.box(0, 0, 10, 10)], crs=26191)
    trees = np.array([[5.0, 12.0]] * 3)
    assert enough_trees(buildings, trees, TreeRule(3, 30, variant)).tolist() == [False, False, True]
