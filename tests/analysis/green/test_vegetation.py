"""Exact cell coverage against closed forms, GEOS and, where it is installed, exactextract."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.green.plane import NotMetric
from analysis.green.vegetation import Cells, measure_vegetation, trees_per_ha
from tests.analysis.green.shapes import CRS, X0, Y0, random_squares, series, square

CELL = 10.0
SIDE = 40


def cells(values: np.ndarray) -> Cells:
    return Cells(values.astype(np.float32), X0, Y0 + SIDE * CELL, (CELL, CELL), series().crs)


def random_values(seed: int, nodata: float = 0.2) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.uniform(-0.2, 0.9, (SIDE, SIDE))
    values[random.random(values.shape) < nodata] = np.nan
    return values


def by_geos(zone: shapely.Geometry, raster: Cells, limit: float) -> tuple[float, float]:
    """Mean and share above `limit`, cell by cell."""
    rows, columns = np.nonzero(~np.isnan(raster.values))
    west, north = raster.west + columns * CELL, raster.north - rows * CELL
    shares = shapely.area(shapely.intersection(shapely.box(west, north - CELL, west + CELL, north), zone))
    values = raster.values[rows, columns]
    return (shares * values).sum() / shares.sum(), 100 * shares[values > limit].sum() / shares.sum()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_mean_and_share_are_those_of_geos(seed):
    raster, zones = cells(random_values(seed)), random_squares(6, SIDE * CELL, 150, seed)
    holed = square(50, 50, 200) - square(83.3, 71.1, 60)
    zones = series(*zones, holed, shapely.MultiPolygon([square(5, 5, 33), square(301, 222, 44)]))
    found = measure_vegetation(zones, raster, {"green": 0.3})
    for n, zone in enumerate(shapely.make_valid(zones.to_numpy(), method="linework")):
        mean, above = by_geos(zone, raster, 0.3)
        assert found.mean[n] == pytest.approx(mean, abs=1e-9, nan_ok=True)
        assert found.above_pct["green"][n] == pytest.approx(above, abs=1e-7, nan_ok=True)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_covered_cells_add_up_to_the_area(seed):
    from analysis.green.kernels.cell_cover import sum_cells  # noqa: PLC0415  the kernel alone
    from analysis.green.polygons import Polygons  # noqa: PLC0415

    zones = random_squares(10, SIDE * CELL, 150, seed)
    parts, raster = Polygons.of(zones.to_numpy()), cells(random_values(seed))
    xy, *rest = parts.rings
    covered = sum_cells(raster.positions(xy), *rest, raster.values, np.empty(0))[:, 0] * CELL**2
    assert covered == pytest.approx(shapely.area(parts.shapes), abs=1e-6, rel=1e-9)


def test_constant_raster_has_its_constant_as_mean():
    found = measure_vegetation(
        random_squares(5, 300, 100, 1), cells(np.full((SIDE, SIDE), 0.25)), {"any": 0.2}
    )
    assert found.mean == pytest.approx([0.25] * 5, abs=1e-12)
    assert found.above_pct["any"] == pytest.approx([100] * 5)


def test_inclined_plane_has_its_value_at_the_centroid_of_a_rectangle():
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    plane = 2 * columns - 3 * rows + 0.0
    found = measure_vegetation(series(shapely.box(X0 + 20, Y0 + 30, X0 + 120, Y0 + 70)), cells(plane), {})
    assert found.mean[0] == pytest.approx(2 * (70 / CELL - 0.5) - 3 * (SIDE - 50 / CELL - 0.5))


def test_cells_without_value_leave_the_denominator():
    values = np.full((SIDE, SIDE), np.nan)
    values[-1, 0] = 0.6  # one cell of four
    found = measure_vegetation(series(square(0, 0, 20), square(100, 100, 20)), cells(values), {"trees": 0.5})
    assert found.mean[0] == pytest.approx(0.6)
    assert (found.above_pct["trees"][0], found.known_pct[0]) == (100, 25)
    assert np.isnan(found.mean[1])


def test_zone_that_reaches_out_of_the_raster_is_known_in_part():
    found = measure_vegetation(series(square(-50, 0, 100)), cells(np.ones((SIDE, SIDE))), {})
    assert (found.mean[0], found.known_pct[0]) == pytest.approx((1, 50))


def test_large_polygon_is_worked_on_in_bands():
    from analysis.green.kernels import cell_cover  # noqa: PLC0415

    values = np.random.default_rng(3).random((1500, 1500)).astype(np.float32)
    raster = Cells(values, X0, Y0 + 1500, (1.0, 1.0), series().crs)
    assert cell_cover.BAND_CELLS < 1500 * 1500
    found = measure_vegetation(series(square(0, 0, 1500)), raster, {})
    assert found.mean[0] == pytest.approx(values.mean(dtype=float), rel=1e-9)


def test_other_crs_is_refused():
    with pytest.raises(NotMetric, match="reproject"):
        measure_vegetation(series(square(0, 0, 10), crs=32628), cells(random_values(1)), {})


def test_same_as_exactextract(tmp_path):
    exactextract = pytest.importorskip("exactextract", reason="exactextract is not installed")
    rasterio = pytest.importorskip("rasterio")
    raster, zones = cells(random_values(5)), random_squares(20, SIDE * CELL, 150, 5)
    zones = zones[zones.is_valid]
    transform = rasterio.Affine(CELL, 0, X0, 0, -CELL, raster.north)
    layout = {"width": SIDE, "height": SIDE, "count": 1, "dtype": "float32", "nodata": float("nan")}
    with rasterio.open(tmp_path / "a.tif", "w", crs=CRS, transform=transform, **layout) as file:
        file.write(raster.values, 1)
    frame = gpd.GeoDataFrame(geometry=zones)
    expected = exactextract.exact_extract(tmp_path / "a.tif", frame, ["mean"], output="pandas")["mean"]
    assert measure_vegetation(zones, raster, {}).mean == pytest.approx(expected, abs=1e-6)


def test_trees_by_hectare():
    trees = series(shapely.Point(X0 + 5, Y0 + 5), shapely.Point(X0 + 60, Y0 + 60), shapely.Point(X0 - 5, Y0))
    found = trees_per_ha(series(square(0, 0, 100), square(500, 0, 100), shapely.Polygon()), trees)
    assert found[:2] == pytest.approx([2, 0], rel=1e-3)
    assert np.isnan(found[2])
