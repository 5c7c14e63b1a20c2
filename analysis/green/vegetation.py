"""Rasters by zone with exact cell coverage: mean, and share above thresholds that have names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

from analysis.green.coverage import same_crs
from analysis.green.patches import Patches, zone_polygons
from analysis.green.plane import Floats, NotMetric

M2_PER_HA = 10_000
RULE = (
    "Every cell counts by the exact share of it that lies in the zone, in the raster's own grid ({crs}, cells of"
    " {cell}); cells without a value count neither above nor below the line."
)


@dataclass(frozen=True, eq=False)
class Cells:
    """One band: values[row, column] from north to south, NaN where there is none; corner and cell size in `crs`."""

    values: npt.NDArray[np.float32]
    west: float
    north: float
    cell: tuple[float, float]
    crs: pyproj.CRS

    def positions(self, xy: Floats) -> Floats:
        """Coordinates of the CRS as column and row positions."""
        width, height = self.cell
        found = np.empty(xy.shape)
        found[:, 0] = (xy[:, 0] - self.west) / width  # by columns: numpy is slow in rows of two
        found[:, 1] = (xy[:, 1] - self.north) / -height
        return found


@dataclass(frozen=True, eq=False)
class Vegetation:
    """Of each zone, in the order of the zones; NaN where no cell of the zone has a value.

    known_pct: the share of the zone's area that has a value. above_pct: by the threshold's name, of what has one.
    cells_rule: how cells count; rule: the same and the thresholds.
    """

    mean: Floats
    known_pct: Floats
    above_pct: Mapping[str, Floats]
    cells_rule: str
    rule: str


def measure_vegetation(zones: gpd.GeoSeries, cells: Cells, thresholds: Mapping[str, float]) -> Vegetation:
    """Mean of the cells of each zone and the share above each threshold.

    Raises NotMetric when the zones are not in the raster's CRS. Shares need no true metres: any grid will do.
    """
    from analysis.green.kernels.cell_cover import sum_cells  # noqa: PLC0415  numba takes long to import

    if zones.crs != cells.crs:
        raise NotMetric(
            f"The zones are in {zones.crs}, the raster in {cells.crs.to_string()}: reproject one."
        )
    parts = zone_polygons(zones.to_numpy())
    xy, rings, polygons, signs = parts.rings
    limits = np.array(list(thresholds.values()), dtype=float)
    sums = sum_cells(cells.positions(xy), rings, polygons, signs, cells.values, limits)
    covered, known, total, *above = (parts.by_owner(parts.owner, column) for column in sums.T)
    named = ", ".join(f"{name}: {limit:g}" for name, limit in thresholds.items())
    cell = " × ".join(f"{side:g}" for side in cells.cell)
    rule = RULE.format(crs=cells.crs.to_string(), cell=cell)
    return Vegetation(
        mean=_ratio(total, known),
        known_pct=100 * _ratio(known, covered),
        above_pct={name: 100 * _ratio(part, known) for name, part in zip(thresholds, above, strict=True)},
        cells_rule=rule,
        rule=f"{rule} Above {named}.",
    )


def trees_per_ha(zones: gpd.GeoSeries, trees: gpd.GeoSeries) -> Floats:
    """Trees in each zone by its hectares on the ellipsoid; a tree on a border counts on both sides."""
    crs = same_crs(zones, Patches.of(zones[:0]))
    if trees.crs != zones.crs:
        raise NotMetric(f"The trees are in {trees.crs}, the zones in {crs.name}: reproject one.")
    parts = zone_polygons(zones.to_numpy())
    zone, tree = trees.sindex.query(parts.shapes, predicate="intersects")
    pairs = np.unique(np.stack([parts.owner[zone], tree]), axis=1)
    count = np.bincount(pairs[0], minlength=len(zones)).astype(float)
    return _ratio(count, parts.areas() / crs.areal_scale(zones.to_numpy()) / M2_PER_HA)


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio
