"""Coverage against closed forms, changes that must not matter, and PostGIS."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.green import Coverage, Patches, cover
from analysis.green.polygons import polygon_parts, subdivide
from tests.analysis.green.shapes import CRS, random_squares, series, square

PARCEL = series(square(0, 0, 100))


def covered(zones: gpd.GeoSeries, *greens: shapely.Geometry) -> Coverage:
    patches = Patches.of(series(*greens))
    return cover(zones, patches, patches)


def plane_m2(zones: gpd.GeoSeries, greens: gpd.GeoSeries) -> np.ndarray:
    return Patches.of(greens).plane_area_in(zones.to_numpy())


def test_two_identical_greens_count_once():
    coverage = covered(PARCEL, square(0, 0, 100), square(0, 0, 100))
    assert plane_m2(PARCEL, series(square(0, 0, 100), square(0, 0, 100)))[0] == pytest.approx(
        10_000, abs=1e-9
    )
    assert coverage.green_area_m2[0] == coverage.zone_area_m2[0]
    assert coverage.green_share_pct[0] == 100


def test_green_shifted_by_half_covers_half():
    assert plane_m2(PARCEL, series(square(50, 0, 100)))[0] == pytest.approx(5_000, abs=1e-9)
    assert covered(PARCEL, square(50, 0, 100)).green_share_pct[0] == pytest.approx(50)


def test_two_shifted_greens_cover_their_union():
    greens = series(square(50, 0, 100), square(0, 50, 100))
    assert plane_m2(PARCEL, greens)[0] == pytest.approx(7_500, abs=1e-9)


def test_park_on_a_boundary_is_shared_between_the_zones():
    zones = series(square(0, 0, 100), square(100, 0, 100))
    assert plane_m2(zones, series(square(60, 0, 80))) == pytest.approx([40 * 80, 40 * 80])


def test_public_green_is_part_of_all_green():
    everything = Patches.of(series(square(0, 0, 50), square(50, 50, 50)))
    coverage = cover(PARCEL, everything, Patches.of(series(square(0, 0, 50))))
    assert coverage.green_share_pct[0] == pytest.approx(50)
    assert coverage.green_public_area_m2[0] == pytest.approx(coverage.green_area_m2[0] / 2)


def test_green_per_inhabitant_is_of_public_green_and_unknown_without_people():
    zones = series(*[square(0, 0, 100)] * 3)
    per_head = covered(zones, square(0, 0, 100)).public_m2_per_inhabitant([1000, 0, np.nan])
    assert per_head[0] == pytest.approx(10, rel=1e-3)
    assert np.isnan(per_head[1:]).all()


def test_zone_without_green_has_none_and_zone_without_area_has_no_share():
    coverage = covered(series(square(5000, 0, 10), shapely.Polygon(), None), square(0, 0, 10))
    assert coverage.green_area_m2.tolist() == [0, 0, 0]
    assert coverage.green_share_pct[0] == 0
    assert np.isnan(coverage.green_share_pct[1:]).all()


def test_city_without_green_is_covered_by_nothing():
    nothing = Patches.of(series())
    assert cover(PARCEL, nothing, nothing).green_share_pct[0] == 0


def test_no_zones_give_an_empty_answer():
    assert covered(series(), square(0, 0, 10)).green_area_m2.tolist() == []


def test_bow_tie_counts_both_wings():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    polygons, owner = polygon_parts(np.array([bow, None, shapely.Point(0, 0)], dtype=object))
    assert shapely.area(polygons).sum() == pytest.approx(50)
    assert owner.tolist() == [0, 0]


def test_forest_of_many_points_is_cut_without_losing_area():
    forest = shapely.Point(0, 0).buffer(1000, quad_segs=2000)
    pieces, owner = subdivide(np.array([forest, square(0, 0, 10)], dtype=object), max_points=100)
    assert shapely.get_num_coordinates(pieces).max() <= 100
    assert np.bincount(owner, weights=shapely.area(pieces)) == pytest.approx([forest.area, 100], rel=1e-12)


def test_progress_ends_at_one():
    told: list[float] = []
    greens = Patches.of(series(square(0, 0, 10)))
    cover(PARCEL, greens, greens, told.append)
    assert told == [0.5, 1.0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
def test_share_is_at_most_one_and_sum_at_most_the_union(seed, count):
    greens = random_squares(count, 400, 120, seed)
    zones = series(*[square(x, y, 100) for x in range(0, 500, 100) for y in range(0, 500, 100)])
    area = plane_m2(zones, greens)
    assert (area <= 100 * 100).all()
    assert area.sum() <= shapely.area(Patches.of(greens).polygons).sum() + 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_order_repetition_and_cutting_of_greens_change_nothing(seed, data):
    greens = random_squares(15, 300, 120, seed)
    zones = series(*[square(x, y, 75) for x in range(0, 300, 75) for y in range(0, 300, 75)])
    expected = plane_m2(zones, greens)
    order = data.draw(st.permutations(range(len(greens))))
    again = data.draw(st.lists(st.sampled_from(order), max_size=10))
    valid = shapely.make_valid(greens.to_numpy(), method="linework")
    halves = [shapely.intersection(valid, square(x, -500, 1500)) for x in (-1350, 150)]
    assert plane_m2(zones, greens.iloc[order]) == pytest.approx(expected, abs=1e-6)
    assert plane_m2(zones, greens.iloc[[*order, *again]]) == pytest.approx(expected, abs=1e-6)
    assert plane_m2(zones, series(*halves[0], *halves[1])) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), degrees=st.floats(0, 360), shift=st.floats(-5000, 5000))
def test_turning_and_moving_everything_changes_nothing(seed, degrees, shift):
    greens, zones = random_squares(12, 300, 120, seed), series(square(0, 0, 150), square(150, 100, 150))
    expected = plane_m2(zones, greens)
    moved = [s.rotate(degrees, origin=(630_000, 3_715_000)).translate(shift, -shift) for s in (zones, greens)]
    assert plane_m2(*moved) == pytest.approx(expected, rel=1e-9, abs=1e-4)


@pytest.mark.django_db
def test_kernel_geos_and_postgis_agree():
    greens, zones = random_squares(60, 600, 150, seed=7), random_squares(25, 600, 200, seed=8)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH green AS (
              SELECT ST_Union(ST_MakeValid(g)) AS g FROM ST_Dump(ST_GeomFromWKB(%s, %s)) d(path, g)
            ), zone AS (
              SELECT path[1] AS n, ST_MakeValid(g) AS g FROM ST_Dump(ST_GeomFromWKB(%s, %s)) d(path, g)
            )
            SELECT ST_Area(ST_Intersection(zone.g, green.g)) FROM zone, green ORDER BY n
            """,
            [_collection_wkb(greens), CRS, _collection_wkb(zones), CRS],
        )
        expected = [area for (area,) in cursor.fetchall()]
    valid = [shapely.make_valid(s.to_numpy(), method="linework") for s in (zones, greens)]
    by_geos = shapely.area(shapely.intersection(valid[0], shapely.union_all(valid[1])))
    assert plane_m2(zones, greens) == pytest.approx(expected, abs=1e-6)
    assert plane_m2(zones, greens) == pytest.approx(by_geos, abs=1e-6)


@pytest.mark.django_db
def test_area_on_the_ellipsoid_agrees_with_postgis_geography():
    zones = random_squares(20, 20_000, 3_000, seed=9)
    zones = zones[zones.is_valid]
    whole = Patches.of(zones)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(ST_Transform(g, 4326)::geography)"
            " FROM ST_Dump(ST_GeomFromWKB(%s, %s)) d(path, g) ORDER BY path",
            [_collection_wkb(zones), CRS],
        )
        expected = [area for (area,) in cursor.fetchall()]
    assert cover(zones, whole, whole).zone_area_m2 == pytest.approx(expected, rel=1e-4)


def _collection_wkb(shapes: gpd.GeoSeries) -> bytes:
    return shapely.to_wkb(shapely.GeometryCollection(list(shapes)))
