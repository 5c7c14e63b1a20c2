"""The area kernel against GEOS: any shapes, holes, parts, far from the origin and many sizes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.green.polygons import Polygons, polygon_parts, subdivide
from tests.analysis.green.shapes import X0, Y0, random_squares, square


def star(random: np.random.Generator, extent_m: float) -> shapely.Polygon:
    """Not convex, with a hole half of the time."""
    x, y = np.array([X0, Y0]) + random.uniform(0, extent_m, 2)
    angle, radius = np.sort(random.uniform(0, 2 * np.pi, 17)), random.uniform(5, extent_m / 2, 17)
    shell = shapely.Polygon(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1))
    holed = random.random() < 0.5 and shell.is_valid  # GEOS refuses to cut some that cross themselves
    return shell - shapely.Point(x, y).buffer(extent_m / 8) if holed else shell


def disjoint(random: np.random.Generator, count: int, extent_m: float) -> np.ndarray:
    parts, _ = polygon_parts(np.array([star(random, extent_m) for _ in range(count)], dtype=object))
    return shapely.get_parts(shapely.union_all(parts))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), extent_m=st.sampled_from([20.0, 300.0, 3000.0]))
def test_shared_area_is_that_of_geos(seed, extent_m):
    random = np.random.default_rng(seed)
    zones = np.array([star(random, extent_m) for _ in range(6)], dtype=object)
    pieces = Polygons.of(disjoint(random, 8, extent_m), max_points=60)
    found = Polygons.of(zones).shared_with(pieces)
    valid = shapely.make_valid(zones, method="linework")
    expected = shapely.area(shapely.intersection(valid, shapely.union_all(pieces.shapes)))
    assert found == pytest.approx(expected, abs=1e-6, rel=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_direction_of_rings_does_not_matter(reverse):
    holed = square(0, 0, 100) - square(20, 20, 10)
    zone = holed.reverse() if reverse else holed
    pieces = Polygons.of(np.array([square(10, 10, 100)], dtype=object))
    assert Polygons.of(np.array([zone])).shared_with(pieces) == pytest.approx([90 * 90 - 100], abs=1e-9)


def test_neighbours_with_a_common_edge_share_nothing():
    zones = Polygons.of(np.array([square(0, 0, 100), square(100, 0, 100), square(300, 300, 1)], dtype=object))
    assert zones.shared_with(Polygons.of(np.array([square(200, 0, 50)], dtype=object))).tolist() == [0, 0, 0]


def test_large_zone_is_cut_and_stays_the_same():
    forest = shapely.Point(X0, Y0).buffer(900, quad_segs=1500)
    greens = random_squares(40, 800, 200, 3)
    pieces = Polygons.of(shapely.get_parts(shapely.union_all(polygon_parts(greens.to_numpy())[0])))
    whole, cut = (Polygons.of(np.array([forest]), n).shared_with(pieces) for n in (None, 2048))
    assert len(subdivide(np.array([forest]), 2048)[0]) > 1
    assert cut == pytest.approx(whole, abs=1e-6)
