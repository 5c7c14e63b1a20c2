"""What people breathe: concentrations where they live, weighted by how many they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from analysis.green.plane import Floats

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Exposure:
    """Of each group: people, those whose air is not known, the sum of people times concentration of the others, and
    the people above each limit (value > limit; keys as given). Sums, so that parts of a city add up.
    """

    people: Floats
    unknown: Floats
    breathed: Floats
    above: Mapping[str, Floats]

    @property
    def mean_ug_m3(self) -> Floats:
        """The population-weighted mean, sum(p C) / sum(p); NaN where nobody's air is known."""
        known = self.people - self.unknown
        mean: Floats = np.divide(self.breathed, known, out=np.full(len(known), np.nan), where=known > 0)
        return mean

    def together(self) -> Exposure:
        """All groups as one."""
        above = {id: values.sum(keepdims=True) for id, values in self.above.items()}
        people, unknown, breathed = (v.sum(keepdims=True) for v in (self.people, self.unknown, self.breathed))
        return Exposure(people, unknown, breathed, above)


def expose(
    concentration_ug_m3: Floats,
    people: Floats,
    group: Positions,
    groups: int,
    limits: Mapping[str, float],
) -> Exposure:
    """Exposure as WHO and SDG 11.6.2 weigh it, by people.

    Per place: concentration (NaN: not known), people, and the number of its group (-1: none).
    """
    inside = group >= 0
    known = inside & np.isfinite(concentration_ug_m3)
    breathed = people * np.where(known, concentration_ug_m3, 0.0)
    return Exposure(
        people=_sum(group, people, inside, groups),
        unknown=_sum(group, people, inside & ~known, groups),
        breathed=_sum(group, breathed, known, groups),
        above={
            id: _sum(group, people, known & (concentration_ug_m3 > v), groups) for id, v in limits.items()
        },
    )


def values_on_grid(values: Floats, west_m: float, north_m: float, cell_m: float, xy_m: Floats) -> Floats:
    """The value of the cell that each place (x, y) is in; NaN outside. values: rows from north to south."""
    rows, columns = values.shape
    column = np.floor((xy_m[:, 0] - west_m) / cell_m).astype(np.int64)
    row = np.floor((north_m - xy_m[:, 1]) / cell_m).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    found = np.full(len(xy_m), np.nan)
    found[inside] = values[row[inside], column[inside]]
    return found


def values_in_cells(cells: gpd.GeoSeries, values: Floats, xy_m: Floats) -> Floats:
    """The value of the polygon that each place is in, the mean of several; NaN where there is none."""
    place, cell = shapely.STRtree(cells.to_numpy()).query(shapely.points(xy_m), predicate="intersects")
    count = np.bincount(place, minlength=len(xy_m))
    total = np.bincount(place, weights=values[cell], minlength=len(xy_m))
    found: Floats = np.divide(total, count, out=np.full(len(xy_m), np.nan), where=count > 0)
    return found


def _sum(group: Positions, values: Floats, chosen: npt.NDArray[np.bool_], groups: int) -> Floats:
    sums = np.bincount(group[chosen], weights=values[chosen], minlength=groups)
    return np.asarray(sums, dtype=np.float64)
