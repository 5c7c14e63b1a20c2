"""Areas are those of the ellipsoid, and a plane that would give others is refused."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from analysis.green import MetricCrs, NotMetric, Patches, cover
from tests.analysis.green.shapes import series, square


def geodesic_square(lon: float, lat: float, side_m: float) -> shapely.Polygon:
    """Built outward from its centre on the ellipsoid, then scaled until its geodesic area is side_m²."""
    geod = pyproj.Geod(ellps="WGS84")
    radius = side_m / np.sqrt(2)
    for _ in range(3):
        lons, lats, _back = geod.fwd([lon] * 4, [lat] * 4, [45, 135, 225, 315], [radius] * 4)
        area, _perimeter = geod.polygon_area_perimeter(lons, lats)
        radius *= side_m / np.sqrt(abs(area))
    return shapely.Polygon(zip(lons, lats, strict=True))


@pytest.mark.parametrize("srid", [32629, 26191, 32628])
def test_area_of_geodesic_square_near_casablanca_is_one_km2(srid):
    zone = gpd.GeoSeries([geodesic_square(-7.6, 33.573, 1000)], crs=4326).to_crs(srid)
    coverage = cover(zone, Patches.of(zone), Patches.of(zone))
    assert coverage.zone_area_m2[0] / 1e6 == pytest.approx(1.0, abs=1e-4)
    assert coverage.green_area_m2[0] / 1e6 == pytest.approx(1.0, abs=1e-4)


def test_area_without_the_factor_would_miss_the_tolerance():
    zone = gpd.GeoSeries([geodesic_square(-7.6, 33.573, 1000)], crs=4326).to_crs(26191)
    assert abs(zone.area.iloc[0] / 1e6 - 1) > 5e-4


@pytest.mark.parametrize(
    ("srid", "why"),
    [
        (3857, "Web Mercator"),
        (4326, "degrees"),
        (4979, "degrees"),
        (2263, "US survey foot"),
        (4978, "no plane"),
    ],
)
def test_crs_without_true_metres_is_refused_and_named(srid, why):
    with pytest.raises(NotMetric, match=why) as refused:
        MetricCrs.of(srid)
    assert f"EPSG:{srid}" in str(refused.value)


def test_frame_without_crs_is_refused():
    with pytest.raises(NotMetric, match="no CRS"):
        Patches.of(gpd.GeoSeries([square(0, 0, 10)]))


def test_green_in_web_mercator_is_refused():
    with pytest.raises(NotMetric, match="EPSG:3857"):
        Patches.of(series(square(0, 0, 10)).to_crs(3857))


def test_zone_in_another_crs_than_the_green_is_refused():
    green = Patches.of(series(square(0, 0, 10)))
    with pytest.raises(NotMetric, match=r"EPSG:26191.*EPSG:32629"):
        cover(series(square(0, 0, 10)).to_crs(26191), green, green)


def test_world_projection_is_refused_where_it_stretches():
    mercator = series(square(0, 0, 10)).to_crs(3395)
    with pytest.raises(NotMetric, match="EPSG:3395 stretches lengths by"):
        cover(mercator, Patches.of(mercator), Patches.of(mercator))
