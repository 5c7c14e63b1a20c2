"""A regular grid of square cells in a metric CRS, rows from north to south."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from rasterio.features import geometry_mask
from rasterio.transform import Affine, from_origin

from analysis.green.plane import Floats, MetricCrs

MAX_CELLS = 4_000_000
Bounds = tuple[float, float, float, float]


class GridTooLarge(ValueError):
    """More cells than MAX_CELLS; the message names the smallest cell that fits."""


@dataclass(frozen=True)
class Grid:
    """Corner, cell size and shape. The corner lies on whole multiples of the cell, so that grids match."""

    west_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int
    crs: MetricCrs

    @classmethod
    def covering(cls, bounds_m: Bounds, cell_m: float, crs: MetricCrs) -> Grid:
        """The smallest grid that covers west, south, east, north; raises GridTooLarge."""
        west, south, east, north = bounds_m
        first, last = floor(west / cell_m), ceil(east / cell_m)
        bottom, top = floor(south / cell_m), ceil(north / cell_m)
        rows, columns = max(1, top - bottom), max(1, last - first)
        if rows * columns > MAX_CELLS:
            raise GridTooLarge(
                f"Cells of {cell_m:g} m make a grid of {rows * columns:,} cells, more than {MAX_CELLS:,};"
                f" take cells of {fitting_cell_m(bounds_m, cell_m):g} m or more."
            )
        return cls(first * cell_m, top * cell_m, cell_m, rows, columns, crs)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def transform(self) -> Affine:
        return from_origin(self.west_m, self.north_m, self.cell_m, self.cell_m)

    @property
    def bounds_m(self) -> Bounds:
        """West, south, east, north."""
        east, south = self.west_m + self.columns * self.cell_m, self.north_m - self.rows * self.cell_m
        return self.west_m, south, east, self.north_m

    def centers_m(self) -> tuple[Floats, Floats]:
        """x of the columns and y of the rows."""
        columns, rows = np.arange(self.columns, dtype=np.float64), np.arange(self.rows, dtype=np.float64)
        return self.west_m + (columns + 0.5) * self.cell_m, self.north_m - (rows + 0.5) * self.cell_m

    def inside(self, zones: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
        """True for cells whose centre lies in a zone; zones in the grid's CRS."""
        mask: npt.NDArray[np.bool_] = geometry_mask(zones, self.shape, self.transform, invert=True)
        return mask


def fitting_cell_m(bounds_m: Bounds, preferred_m: float) -> float:
    """The preferred cell, or the smallest multiple of 10 m with which the grid has at most MAX_CELLS."""
    west, south, east, north = bounds_m
    cell_m = preferred_m
    while (ceil((east - west) / cell_m) + 1) * (ceil((north - south) / cell_m) + 1) > MAX_CELLS:
        cell_m = 10 * (floor(max(cell_m, sqrt((east - west) * (north - south) / MAX_CELLS)) / 10) + 1)
    return cell_m
