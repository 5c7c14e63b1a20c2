"""Ordinary kriging with all stations: the field, its standard error, and the leave-one-out error in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from analysis.air.idw import require_stations
from analysis.air.variogram import Model, Variogram
from analysis.green.plane import Floats

CELLS_AT_ONCE = 16_384  # a block of 50 stations stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Kriged:
    """Rows x columns: the field in the unit of the values, and its kriging variance in that unit squared."""

    field: Floats
    variance: Floats


def krige(
    stations_xy_m: Floats,
    values: Floats,
    variogram: Variogram,
    grid_x_m: Floats,
    grid_y_m: Floats,
    *,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Kriged:
    """The field at every pair of grid_y (rows) and grid_x (columns); exact at a station, with variance 0 there.

    stations_xy_m: n x 2, in the grid's metric CRS. Stations at one place count as one, with their mean. One inverse
    serves all cells (Cressie 1993, 3.2; the dual form gives the field, the quadratic form the variance).
    Raises TooFewStations below three. on_progress: told the share done, 0 to 1, after each block of rows.
    """
    require_stations(values)
    xy_m, means = one_per_place(stations_xy_m, values)
    inverse = _inverse(xy_m, variogram)
    dual = inverse @ np.append(means, 0.0)
    field = np.empty((len(grid_y_m), len(grid_x_m)))
    variance = np.empty_like(field)
    step = max(1, CELLS_AT_ONCE // max(1, len(grid_x_m)))
    for start in range(0, len(grid_y_m), step):
        rows = slice(start, start + step)
        towards = _towards(xy_m, variogram, grid_x_m, grid_y_m[rows])
        shape = field[rows].shape
        field[rows] = (towards @ dual).reshape(shape)
        variance[rows] = np.einsum("ij,ij->i", towards @ inverse, towards).reshape(shape)
        on_progress(min(1.0, (start + step) / len(grid_y_m)))
    return Kriged(field, np.maximum(variance, 0.0))


def krige_field(
    stations_xy_m: Floats, values: Floats, variogram: Variogram, grid_x_m: Floats, grid_y_m: Floats
) -> Floats:
    """The field of `krige` alone, in a fraction of its time and memory: for who asks no variance.

    The dual form, station by station over blocks of cells that stay in the processor's cache.
    """
    require_stations(values)
    xy_m, means = one_per_place(stations_xy_m, values)
    dual = _inverse(xy_m, variogram) @ np.append(means, 0.0)
    field = np.full((len(grid_y_m), len(grid_x_m)), dual[-1] + variogram.nugget * dual[:-1].sum())
    step = max(1, 2 * CELLS_AT_ONCE // max(1, len(grid_x_m)))
    for start in range(0, len(grid_y_m), step):
        rows = slice(start, start + step)
        for weight, place in zip(dual, xy_m, strict=False):  # the last of dual is of no station
            east, north = (
                (grid_x_m - place[0]) / variogram.range_m,
                (grid_y_m[rows] - place[1]) / variogram.range_m,
            )
            unlike = _unlike(variogram.model, np.add.outer(north * north, east * east))
            unlike *= weight * variogram.psill
            field[rows] += unlike
            field[rows][np.ix_(north == 0, east == 0)] -= weight * variogram.nugget  # a place is like itself
    return field


def _unlike(model: Model, squared: Floats) -> Floats:
    """The variogram's shape of squared distances in ranges, which it overwrites."""
    if model is Model.GAUSSIAN:
        np.negative(squared, out=squared)
    else:
        np.sqrt(squared, out=squared)
        if model is Model.SPHERICAL:
            np.minimum(squared, 1.0, out=squared)
            return squared * (1.5 - 0.5 * squared * squared)
        np.negative(squared, out=squared)
    np.exp(squared, out=squared)
    return np.subtract(1.0, squared, out=squared)


def krige_leave_one_out(stations_xy_m: Floats, values: Floats, variogram: Variogram) -> tuple[Floats, Floats]:
    """Per station the estimate from all the others minus its value, and that estimate's kriging variance.

    In closed form from one inverse (Dubrule 1983, Mathematical Geology 15:687). Where several stations are at one
    place, there is one entry for each place, in the order of coordinates. Raises TooFewStations below three.
    """
    require_stations(values)
    xy_m, means = one_per_place(stations_xy_m, values)
    inverse = _inverse(xy_m, variogram)
    own = np.diag(inverse)[:-1]
    return -(inverse @ np.append(means, 0.0))[:-1] / own, -1 / own


def _inverse(xy_m: Floats, variogram: Variogram) -> Floats:
    """Of the semivariances between stations, bordered with ones."""
    n = len(xy_m)
    bordered = np.ones((n + 1, n + 1))
    bordered[:n, :n] = variogram(cdist(xy_m, xy_m))
    bordered[n, n] = 0.0
    return np.asarray(np.linalg.inv(bordered), dtype=np.float64)


def _towards(xy_m: Floats, variogram: Variogram, grid_x_m: Floats, grid_y_m: Floats) -> Floats:
    """Cells x (stations + 1): semivariances between each cell and each station, and a one."""
    cells = np.column_stack([np.tile(grid_x_m, len(grid_y_m)), np.repeat(grid_y_m, len(grid_x_m))])
    return np.column_stack([variogram(cdist(cells, xy_m)), np.ones(len(cells))])


def one_per_place(xy_m: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The places of stations, each once, and the mean of the values there: two would make the matrix singular."""
    places, number = np.unique(xy_m, axis=0, return_inverse=True)
    if len(places) == len(xy_m):
        return xy_m, values
    return places, np.bincount(number.ravel(), values) / np.bincount(number.ravel())
