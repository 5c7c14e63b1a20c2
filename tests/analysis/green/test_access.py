"""Access against closed forms: the rounded square, connected greens, and where people live."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.green import Homes, NotMetric, Patches, people_within, reach
from analysis.green.access import EVENLY
from tests.analysis.green.shapes import CRS, X0, Y0, series, square

PARK_M = 100.0


def reached(*greens: shapely.Geometry, distance_m: float = 300, min_area_ha: float = 0.5) -> Patches:
    return reach(Patches.of(series(*greens)), distance_m=distance_m, min_area_ha=min_area_ha)


def grid(*cells: shapely.Geometry, inhabitants: list[float], rule: str = "grid") -> Homes:
    return Homes(series(*cells), np.array(inhabitants, dtype=float), rule)


def test_reach_of_a_square_park_is_the_rounded_square():
    patches = reached(square(0, 0, PARK_M))
    scale = patches.crs.areal_scale(patches.polygons)
    exact_m2 = PARK_M**2 / scale[0] + 4 * PARK_M / np.sqrt(scale[0]) * 300 + np.pi * 300**2
    assert shapely.area(patches.polygons).sum() / scale[0] == pytest.approx(exact_m2, rel=4e-4)


def test_reach_is_that_of_the_ground_whatever_the_plane():
    """The planes differ by 0.034 % in area there, and so would the reaches without correcting the radius."""
    park = series(square(0, 0, PARK_M))
    ground_m2 = []
    for srid in (32629, 26191):
        patches = reach(Patches.of(park.to_crs(srid)), distance_m=300, min_area_ha=0.5)
        ground_m2.append((shapely.area(patches.polygons) / patches.crs.areal_scale(patches.polygons)).sum())
    assert ground_m2[0] == pytest.approx(ground_m2[1], rel=2e-5)


@pytest.mark.parametrize(("gap_m", "within"), [(299.5, 100.0), (300.5, 0.0)])
def test_home_counts_by_its_distance_to_the_boundary(gap_m, within):
    home = square(PARK_M + gap_m, 50, 0.1)
    access = people_within(
        series(square(-1000, -1000, 3000)), reached(square(0, 0, PARK_M)), [grid(home, inhabitants=[5])]
    )
    assert access.within_pct[0] == pytest.approx(within)


def test_diagonal_distance_follows_the_circle():
    """At 45 degrees from the corner: in a square buffer both homes would count."""
    corner = X0 + PARK_M, Y0 + PARK_M
    for radius_m, within in ((299.0, 100.0), (301.0, 0.0)):
        step = radius_m / np.sqrt(2)
        home = shapely.Point(corner[0] + step, corner[1] + step).buffer(0.1)
        access = people_within(
            series(square(-1000, -1000, 3000)), reached(square(0, 0, PARK_M)), [grid(home, inhabitants=[1])]
        )
        assert access.within_pct[0] == pytest.approx(within)


def test_green_below_the_smallest_size_does_not_count():
    zone = series(square(0, 0, 70))
    assert people_within(zone, reached(square(0, 0, 70))).within_pct[0] == 0
    assert people_within(zone, reached(square(0, 0, 72))).within_pct[0] == pytest.approx(100)


def test_touching_greens_are_one_for_the_size_test():
    zone = series(square(0, 0, 60))
    side_by_side = square(0, 0, 60), square(60, 0, 60)
    corner_to_corner = square(0, 0, 60), square(60, 60, 60)
    assert people_within(zone, reached(*side_by_side)).within_pct[0] == pytest.approx(100)
    assert people_within(zone, reached(*corner_to_corner)).within_pct[0] == 0


def test_one_green_drawn_twice_does_not_double_its_size():
    assert (
        people_within(series(square(0, 0, 60)), reached(square(0, 0, 60), square(0, 0, 60))).within_pct[0]
        == 0
    )


def test_green_outside_the_zone_serves_it():
    assert people_within(series(square(200, 0, 50)), reached(square(0, 0, PARK_M))).within_pct[
        0
    ] == pytest.approx(100)


def test_people_of_the_grid_are_shared_by_area():
    """One cell of 100 people half in the zone, one of 30 wholly; only the second is within reach."""
    zone = series(square(0, 0, 1000))
    homes = grid(square(-50, 0, 100), square(900, 0, 100), inhabitants=[100, 30])
    access = people_within(zone, reached(square(1000, 0, PARK_M), distance_m=200), [homes])
    assert access.weight[0] == pytest.approx(80)
    assert access.within_pct[0] == pytest.approx(100 * 30 / 80)
    assert access.homes_rule == ("grid",)


def test_cell_across_the_reach_counts_by_its_area_within():
    cell = square(PARK_M + 200, 0, 200)
    access = people_within(
        series(square(0, 0, 1000)),
        reached(square(0, -1000, PARK_M), distance_m=1),
        [grid(cell, inhabitants=[9])],
    )
    assert access.within_pct[0] == 0
    wall = shapely.box(X0, Y0 - 2000, X0 + PARK_M, Y0 + 2000)
    access = people_within(
        series(square(0, 0, 1000)), reached(wall, distance_m=300), [grid(cell, inhabitants=[9])]
    )
    assert access.within_pct[0] == pytest.approx(49.97, abs=0.01)  # 300 m are 299.94 m in UTM here


def test_zone_without_grid_cells_falls_back_to_the_next_homes_and_to_area():
    zones = series(square(0, 0, 100), square(200, 0, 100), square(400, 0, 100))
    cells = grid(square(0, 0, 100), inhabitants=[10])
    buildings = grid(square(200, 0, 10), square(0, 0, 10), inhabitants=[3, 3], rule="buildings")
    access = people_within(zones, reached(square(0, 0, 500)), [cells, buildings])
    assert access.homes_rule == ("grid", "buildings", EVENLY)
    assert access.within_pct == pytest.approx([100, 100, 100])


def test_sliver_of_a_neighbours_cell_is_nobody():
    zones = series(square(0, 0, 100), square(99.99999999, 0, 100))
    cell = grid(square(0, 0, 100), inhabitants=[10])
    assert people_within(zones, reached(square(0, 0, 500)), [cell]).homes_rule == ("grid", EVENLY)


def test_evenly_over_the_area_gives_the_share_of_area():
    access = people_within(
        series(square(0, 0, 1000)), reached(shapely.box(X0, Y0, X0 + 1000, Y0 + 200), distance_m=100)
    )
    assert access.within_pct[0] == pytest.approx(30, abs=0.02)


def test_people_do_not_depend_on_how_the_zone_is_cut():
    """A zone with thousands of points is cut inside; totals stay those of the whole."""
    zone = series(shapely.Point(X0, Y0).buffer(2000, quad_segs=1000))
    cells = [square(x, y, 100) for x in range(-2000, 2000, 100) for y in range(-2000, 2000, 100)]
    homes = grid(*cells, inhabitants=[1.0] * len(cells))
    access = people_within(zone, reached(square(0, 0, PARK_M)), [homes])
    assert access.weight[0] == pytest.approx(zone.area.iloc[0] / 1e4, rel=1e-9)
    exact = shapely.area(reached(square(0, 0, PARK_M)).polygons).sum() / zone.area.iloc[0]
    assert access.within_pct[0] == pytest.approx(100 * exact, rel=1e-9)


def test_zone_without_area_has_no_share():
    assert np.isnan(people_within(series(shapely.Polygon()), reached(square(0, 0, PARK_M))).within_pct[0])


def test_homes_in_another_crs_are_refused():
    homes = Homes(gpd.GeoSeries([square(0, 0, 1)], crs=CRS).to_crs(26191), np.ones(1), "grid")
    with pytest.raises(NotMetric, match="homes"):
        people_within(series(square(0, 0, 100)), reached(square(0, 0, PARK_M)), [homes])
