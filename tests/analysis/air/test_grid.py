"""The grid covers what it should, on whole multiples of the cell, and no more than it may."""

import geopandas as gpd
import pytest
import shapely

from analysis.air import Grid, GridTooLarge
from analysis.air.grid import MAX_CELLS, fitting_cell_m
from analysis.green import MetricCrs, NotMetric

UTM = MetricCrs.of(32629)


def test_grid_covers_the_bounds_on_multiples_of_the_cell():
    grid = Grid.covering((101.0, 210.0, 299.0, 390.0), 50, UTM)
    assert grid.bounds_m == (100.0, 200.0, 300.0, 400.0)
    assert grid.shape == (4, 4)
    x, y = grid.centers_m()
    assert x.tolist() == [125, 175, 225, 275]
    assert y.tolist() == [375, 325, 275, 225]
    assert grid.transform * (0, 0) == (100, 400)


def test_point_has_a_grid_of_one_cell():
    assert Grid.covering((100.0, 100.0, 100.0, 100.0), 50, UTM).shape == (1, 1)


def test_cells_inside_are_those_with_their_centre_in_a_zone():
    grid = Grid.covering((0.0, 0.0, 100.0, 100.0), 50, UTM)
    inside = grid.inside(
        gpd.GeoSeries([shapely.box(0, 0, 60, 100), shapely.box(60, 60, 100, 100)], crs=32629)
    )
    assert inside.tolist() == [[True, True], [True, False]]


def test_grid_of_too_many_cells_names_the_cell_that_fits():
    bounds = (0.0, 0.0, 30_000.0, 30_000.0)
    with pytest.raises(GridTooLarge, match="take cells of 20 m or more") as refused:
        Grid.covering(bounds, 1, UTM)
    assert "900,000,000 cells" in str(refused.value)
    grid = Grid.covering(bounds, 20, UTM)
    assert grid.rows * grid.columns <= MAX_CELLS


@pytest.mark.parametrize("side_m", [20_000.0, 99_990.0, 100_000.0, 500_000.0])
def test_fitting_cell_always_fits(side_m):
    bounds = (13.0, 27.0, 13.0 + side_m, 27.0 + side_m)
    cell_m = fitting_cell_m(bounds, 50)
    grid = Grid.covering(bounds, cell_m, UTM)
    assert grid.rows * grid.columns <= MAX_CELLS
    assert cell_m == 50 or cell_m % 10 == 0


def test_grid_in_degrees_cannot_be_made():
    with pytest.raises(NotMetric, match="EPSG:4326"):
        Grid.covering((0.0, 0.0, 1.0, 1.0), 0.1, MetricCrs.of(4326))
