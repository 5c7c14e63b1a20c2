"""People are placed, never made or lost: totals hold through overlaps, gaps, missing numbers and empty zones."""

import numpy as np
import pytest
import shapely

from analysis.green import NotMetric
from analysis.green.people import interpolate, spread_people, zone_of
from tests.analysis.green.shapes import series, square

NOBODY = series()


def test_plain_interpolation_gives_by_area_and_keeps_the_rest():
    spread = interpolate(series(square(0, 0, 100)), np.array([80.0]), series(square(50, 0, 100)))
    assert spread.given == pytest.approx([40])
    assert spread.left == pytest.approx([40])


def test_weights_give_all_of_a_zone_to_its_buildings_by_floor_area():
    zones = series(square(0, 0, 100), square(100, 0, 100))
    houses = series(square(10, 10, 10), square(50, 50, 10), square(95, 0, 10))
    spread = interpolate(zones, np.array([90.0, 10.0]), houses, np.array([100.0, 300.0, 100.0]))
    assert spread.given == pytest.approx([20, 60, 20])
    assert spread.left == pytest.approx([0, 0], abs=1e-9)


def test_total_is_kept_to_a_millionth_whatever_the_shapes():
    rng = np.random.default_rng(7)
    zones = series(*(square(x * 100, y * 100, 100) for x in range(8) for y in range(8)))
    totals = rng.uniform(0, 500, 64)
    totals[[3, 9]] = np.nan
    totals[5] = 0
    corners = rng.uniform(0, 800, (300, 2))
    houses = series(*(square(x, y, s) for (x, y), s in zip(corners, rng.uniform(5, 30, 300), strict=True)))
    floors = rng.uniform(50, 900, 300)
    floors[::7] = np.nan
    people = spread_people(zones, totals, houses, floors)
    assert people.count.sum() + people.unplaced == pytest.approx(np.nansum(totals), rel=1e-9)
    assert np.isfinite(people.count).all() and (people.count > 0).all()


def test_zone_without_buildings_is_a_lattice_of_equal_points():
    people = spread_people(series(square(0, 0, 200)), np.array([160.0]), NOBODY)
    assert len(people.count) == 16
    assert people.count == pytest.approx(10)
    assert "evenly" in people.rule and "buildings" not in people.rule


def test_missing_negative_and_empty_give_nobody():
    zones = series(square(0, 0, 100), square(100, 0, 100), shapely.Polygon())
    people = spread_people(zones, np.array([np.nan, -5.0, 7.0]), NOBODY)
    assert len(people.count) == 0
    assert people.unplaced == 7


def test_zone_of_each_person():
    people = spread_people(series(square(0, 0, 200)), np.array([16.0]), NOBODY)
    found = zone_of(people, series(square(0, 0, 100), square(100, 0, 50)))
    assert np.bincount(found + 1, minlength=3).tolist() == [11, 4, 1]


def test_degrees_are_refused():
    with pytest.raises(NotMetric):
        interpolate(series(square(0, 0, 1)).to_crs(4326), np.ones(1), series(square(0, 0, 1)))
