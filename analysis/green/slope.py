"""How steep the ground is: the slope of each cell of an elevation model, and of zones on it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj

from analysis.green.plane import Floats
from analysis.green.vegetation import Cells, measure_vegetation

SLOPE_RULE = (
    "Slope: rise over run in percent, by central differences of the elevation's cells; of a zone the mean of its"
    " cells, each by the exact share of it inside, with cells without a value left out."
)


def mean_slope_pct(zones: gpd.GeoSeries, elevation: Cells) -> Floats:
    """Of each zone; NaN where the elevation is not known. Zones in the CRS of the raster, which may be degrees."""
    rows, columns = elevation.values.shape
    if min(rows, columns) < 2:
        return np.full(len(zones), np.nan)
    down, right = np.gradient(elevation.values.astype(np.float64), *_cell_m(elevation))
    slope = np.ascontiguousarray(100 * np.hypot(down, right), dtype=np.float32)
    cells = Cells(slope, elevation.west, elevation.north, elevation.cell, elevation.crs)
    return measure_vegetation(zones, cells, {}).mean


def _cell_m(cells: Cells) -> tuple[float, float]:
    """Height and width of a cell in metres on the ellipsoid, in the middle of the raster."""
    width, height = cells.cell
    x = cells.west + width * cells.values.shape[1] / 2
    y = cells.north - height * cells.values.shape[0] / 2
    to_degrees = pyproj.Transformer.from_crs(cells.crs, 4326, always_xy=True)
    lon, lat = to_degrees.transform([x, x, x + width], [y, y - height, y])
    *_angles, metres = pyproj.Geod(ellps="WGS84").inv([lon[0]] * 2, [lat[0]] * 2, lon[1:], lat[1:])
    return float(metres[0]), float(metres[1])
