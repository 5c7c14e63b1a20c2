"""Exposure: a constant field is everybody's, weights count, nobody is lost, cells are read where people are."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.air.exposure import expose, values_in_cells, values_on_grid

GROUP = np.array([0, 0, 1, 1, -1])
PEOPLE = np.array([100.0, 300.0, 50.0, 50.0, 1000.0])


def test_constant_concentration_is_everybodys():
    found = expose(np.full(5, 12.5), PEOPLE, GROUP, 2, {"t": 12.5})
    assert found.mean_ug_m3.tolist() == [12.5, 12.5]
    assert found.above["t"].tolist() == [0, 0]  # above means above


def test_mean_is_weighted_by_people():
    found = expose(np.array([40.0, 10.0, 30.0, 50.0, 99.0]), PEOPLE, GROUP, 2, {"t": 20})
    assert found.mean_ug_m3.tolist() == [(100 * 40 + 300 * 10) / 400, 40]
    assert found.above["t"].tolist() == [100, 100]
    assert found.people.tolist() == [400, 100]


def test_people_whose_air_is_unknown_are_counted_apart():
    found = expose(np.array([np.nan, 10.0, np.nan, np.nan, 1.0]), PEOPLE, GROUP, 2, {"t": 5})
    assert found.mean_ug_m3.tolist() == pytest.approx([10, np.nan], nan_ok=True)
    assert found.unknown.tolist() == [100, 100]
    assert found.above["t"].tolist() == [300, 0]


def test_value_of_the_cell_and_nothing_outside():
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    xy_m = np.array([[5, 195], [195, 195], [0, 100], [100, 99.9], [-1, 50], [50, 201], [200, 50]])
    found = values_on_grid(values, 0, 200, 100, xy_m)
    assert found.tolist() == pytest.approx([1, 2, 3, 4, np.nan, np.nan, np.nan], nan_ok=True)


def test_value_of_the_polygon_and_the_mean_where_two_meet():
    cells = gpd.GeoSeries([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)], crs=32629)
    found = values_in_cells(cells, np.array([10.0, 30.0]), np.array([[50, 50], [100, 50], [300, 50]]))
    assert found.tolist() == pytest.approx([10, 20, np.nan], nan_ok=True)


def test_groups_add_up_to_the_city():
    found = expose(np.array([40.0, 10.0, 30.0, np.nan, 99.0]), PEOPLE, GROUP, 2, {"t": 20}).together()
    assert (found.people.tolist(), found.unknown.tolist(), found.above["t"].tolist()) == ([500], [50], [150])
    assert found.mean_ug_m3.tolist() == [(100 * 40 + 300 * 10 + 50 * 30) / 450]
