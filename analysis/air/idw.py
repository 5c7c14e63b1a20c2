"""Inverse distance weighting with all stations: exact at them, never outside the range of the data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.green.plane import Floats

POWER = 2.0
MIN_STATIONS = 3
CELLS_AT_ONCE = 65_536  # a block's three arrays stay in the processor's cache


class TooFewStations(ValueError):
    """A field cannot be made of so few places."""


def interpolate(
    stations_xy_m: Floats,
    values: Floats,
    grid_x_m: Floats,
    grid_y_m: Floats,
    *,
    power: float = POWER,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Floats:
    """The field at every pair of grid_y (rows) and grid_x (columns), in the unit of `values`.

    stations_xy_m: n x 2, in the grid's metric CRS. At a place of several stations the field is their mean.
    Raises TooFewStations below three. on_progress: told the share done, 0 to 1, after each block of rows.
    """
    require_stations(values)
    field = np.empty((len(grid_y_m), len(grid_x_m)))
    step = max(1, CELLS_AT_ONCE // max(1, len(grid_x_m)))
    for start in range(0, len(grid_y_m), step):
        rows = slice(start, start + step)
        field[rows] = _block(stations_xy_m, values, grid_x_m, grid_y_m[rows], power)
        on_progress(min(1.0, (start + step) / len(grid_y_m)))
    return field


def leave_one_out(stations_xy_m: Floats, values: Floats, *, power: float = POWER) -> Floats:
    """Estimate minus value at each station, from all the others. Raises TooFewStations below three."""
    require_stations(values)
    errors = np.empty(len(values))
    for i, (x, y) in enumerate(stations_xy_m):
        others = np.arange(len(values)) != i
        at = np.array([x]), np.array([y])
        errors[i] = _block(stations_xy_m[others], values[others], *at, power)[0, 0] - values[i]
    return errors


def rmse(errors: Floats) -> float:
    """Root mean square error, in the unit of the errors."""
    return float(np.sqrt(np.mean(errors**2)))


def _block(xy: Floats, values: Floats, grid_x: Floats, grid_y: Floats, power: float) -> Floats:
    weighted = np.zeros((len(grid_y), len(grid_x)))
    weights = np.zeros_like(weighted)
    with np.errstate(divide="ignore", invalid="ignore"):
        for (x, y), value in zip(xy, values, strict=True):
            weight = 1 / ((grid_y - y)[:, None] ** 2 + (grid_x - x) ** 2)
            if power != 2:
                weight **= power / 2
            weights += weight
            weighted += weight * value
        field = weighted / weights
    for row, column in np.argwhere(np.isinf(weights)):
        field[row, column] = _nearest(xy, values, grid_x[column], grid_y[row])
    return np.clip(field, values.min(), values.max())


def _nearest(xy: Floats, values: Floats, x: float, y: float) -> float:
    """The mean of the stations at the smallest distance: where a cell's centre is a station."""
    distance = np.hypot(xy[:, 0] - x, xy[:, 1] - y)
    return float(values[distance == distance.min()].mean())


def require_stations(values: Floats) -> None:
    if len(values) < MIN_STATIONS:
        raise TooFewStations(
            f"Only {len(values)} stations have data (several at one place count as one); "
            f"a field needs at least {MIN_STATIONS}."
        )
