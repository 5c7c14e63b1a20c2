"""Ghent's parks and Monaco's greens: real shapes, invalid ones among them, against geopandas and pyproj's geodesics."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
import shapely

from analysis.green import Patches, cover, people_within, reach
from analysis.green.vegetation import Cells, measure_vegetation


def geodesic_m2(shapes: gpd.GeoSeries) -> np.ndarray:
    geod = pyproj.Geod(ellps="WGS84")
    return np.array([abs(geod.geometry_area_perimeter(s)[0]) for s in shapes.to_crs(4326)])


def test_parks_of_ghent_agree_with_dissolve_and_with_geodesics(shared_data):
    city = gpd.read_file(shared_data / "gent" / "gent.geojson").to_crs(32631)
    parks = gpd.read_file(shared_data / "gent" / "parken-gent.geojson").to_crs(32631)
    valid = parks.geometry.make_valid()
    patches = Patches.of(parks.geometry)
    coverage = cover(city.geometry, patches, patches)
    dissolved = gpd.GeoSeries([shapely.union_all(valid)], crs=32631).intersection(city.geometry.iloc[0])
    assert patches.plane_area_in(city.geometry.to_numpy())[0] == pytest.approx(
        dissolved.area.iloc[0], abs=1e-3
    )
    assert coverage.green_area_m2[0] == pytest.approx(geodesic_m2(dissolved)[0], rel=1e-4)
    assert coverage.zone_area_m2[0] == pytest.approx(geodesic_m2(city.geometry)[0], rel=1e-4)
    assert 0 < coverage.green_share_pct[0] < 100


def test_overlapping_greens_of_monaco_cover_less_than_their_sum(shared_data):
    greens = gpd.read_file(shared_data / "monaco" / "monaco_layers.gpkg", layer="greens").to_crs(32632)
    buildings = gpd.read_file(shared_data / "monaco" / "monaco_layers.gpkg", layer="buildings").to_crs(32632)
    patches = Patches.of(greens.geometry)
    coverage = cover(buildings.geometry, patches, patches)
    dissolved = greens.geometry.union_all()
    assert shapely.area(patches.polygons).sum() == pytest.approx(dissolved.area, abs=1e-3)
    assert dissolved.area < greens.area.sum()
    shares = [b.intersection(dissolved).area / b.area for b in buildings.geometry]
    assert coverage.green_share_pct / 100 == pytest.approx(shares, abs=1e-9)
    assert coverage.green_share_pct.max() <= 100


def test_access_of_monaco_agrees_with_distance_to_the_boundary(shared_data):
    """Buildings wholly nearer or wholly farther than 300 m: the buffer and the distance must say the same."""
    greens = gpd.read_file(shared_data / "monaco" / "monaco_layers.gpkg", layer="greens").to_crs(32632)
    buildings = gpd.read_file(shared_data / "monaco" / "monaco_layers.gpkg", layer="buildings").to_crs(32632)
    public = Patches.of(greens.geometry)
    scale = public.crs.areal_scale(public.polygons)
    large = shapely.union_all(public.polygons[shapely.area(public.polygons) / scale >= 20_000])
    distance_m = buildings.centroid.distance(large) / np.sqrt(scale.mean())
    radius_m = shapely.minimum_bounding_radius(buildings.geometry.to_numpy())
    clear = (np.abs(distance_m - 300) > 2 * radius_m + 1).to_numpy()
    access = people_within(buildings.geometry, reach(public, distance_m=300, min_area_ha=2))
    assert clear.sum() > 500
    assert (access.within_pct[clear] > 50).tolist() == (distance_m < 300)[clear].tolist()


def test_ghent_vegetation_by_park(shared_data):
    """Sentinel-2 of September 2020: parks are greener than the city; cells agree with GEOS in the largest."""
    folder = shared_data / "gent"
    with rasterio.open(folder / "2020-09-17_Sentinel_2_L1C_B0408.tiff") as file:
        bands, transform, crs = file.read(masked=True).astype("float32"), file.transform, file.crs
    red, near = bands
    index = ((near - red) / (near + red)).filled(np.nan)
    cell, pyproj_crs = (transform.a, -transform.e), pyproj.CRS.from_wkt(crs.to_wkt())
    raster = Cells(index, transform.c, transform.f, cell, pyproj_crs)
    parks = gpd.read_file(folder / "parken-gent.geojson").to_crs(raster.crs).geometry
    city = gpd.read_file(folder / "gent.geojson").to_crs(raster.crs).geometry
    found = measure_vegetation(parks, raster, {"vegetation": 0.2})
    whole = measure_vegetation(city, raster, {"vegetation": 0.2})
    assert np.nanmedian(found.mean) > whole.mean[0]
    largest = int(parks.area.argmax())
    rows, columns = np.mgrid[0 : index.shape[0], 0 : index.shape[1]]
    west, north = raster.west + columns.ravel() * cell[0], raster.north - rows.ravel() * cell[1]
    boxes = shapely.box(west, north - cell[1], west + cell[0], north)
    shares = shapely.area(shapely.intersection(boxes, shapely.make_valid(parks.iloc[largest])))
    known = ~np.isnan(index.ravel())
    mean = (shares * index.ravel())[known].sum() / shares[known].sum()
    assert found.mean[largest] == pytest.approx(mean, abs=1e-6)
