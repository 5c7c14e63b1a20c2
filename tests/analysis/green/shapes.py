"""Shapes of the green tests, in metres near the middle of Casablanca (EPSG:32629)."""

import geopandas as gpd
import numpy as np
import shapely

CRS = 32629
X0, Y0 = 630_000.0, 3_715_000.0


def square(x: float, y: float, side_m: float) -> shapely.Polygon:
    """Its lower left corner at x, y metres from the origin."""
    return shapely.box(X0 + x, Y0 + y, X0 + x + side_m, Y0 + y + side_m)


def series(*shapes: shapely.Geometry, crs: int = CRS) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=crs)


def random_squares(count: int, extent_m: float, side_m: float, seed: int) -> gpd.GeoSeries:
    """Squares turned and overlapping, and a bow-tie in every ten."""
    random = np.random.default_rng(seed)
    corners = random.uniform(0, extent_m, (count, 2))
    shapes = [square(x, y, random.uniform(0.2, 1) * side_m) for x, y in corners]
    return series(*[_turned(s, random.uniform(0, 90), bow=i % 10 == 0) for i, s in enumerate(shapes)])


def _turned(shape: shapely.Polygon, degrees: float, *, bow: bool) -> shapely.Polygon:
    a, b, c, d = shapely.get_coordinates(shapely.affinity.rotate(shape, degrees))[:4]
    return shapely.Polygon([a, b, d, c] if bow else [a, b, c, d])
