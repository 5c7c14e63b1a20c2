"""From stations to a field: the method that is asked for, or the one with the smaller error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.air import idw
from analysis.air.kriging import krige, krige_leave_one_out, one_per_place
from analysis.air.variogram import NoVariogram, Variogram, fit_variogram
from analysis.green.plane import Floats

WORTH = 0.95  # a method must foretell stations so much better than their mean, or there is no pattern (assumption)


class Method(StrEnum):
    """BEST: whichever has the smaller leave-one-out error; where no variogram can be fitted, IDW."""

    BEST = "best"
    IDW = "idw"
    KRIGING = "kriging"


@dataclass(frozen=True, eq=False)
class Field:
    """rows x columns in the unit of the values; `standard_error` only of kriging. `loo_rmse` by method tried;
    `mean_rmse` is that of no method at all: each station foretold by the mean of all others.
    """

    values: Floats
    standard_error: Floats | None
    method: Method
    variogram: Variogram | None
    loo_rmse: dict[str, float]
    mean_rmse: float

    @property
    def has_pattern(self) -> bool:
        """Whether stations foretell their neighbours better than the mean of all does."""
        return self.loo_rmse[self.method] < WORTH * self.mean_rmse


def make_field(
    xy_m: Floats,
    values: Floats,
    grid_x_m: Floats,
    grid_y_m: Floats,
    *,
    method: Method = Method.BEST,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Field:
    """The field at every pair of grid_y (rows) and grid_x (columns); not below zero where no value is.

    Stations at one place count as one, with their mean: so both errors are of the same places, and none is told by
    its twin. Raises TooFewStations below three places, NoVariogram where kriging is asked for and no variogram can be
    fitted.
    """
    xy_m, values = one_per_place(xy_m, values)
    idw.require_stations(values)
    variogram = _variogram(xy_m, values, method)
    errors, mean_rmse = {}, idw.rmse((values.mean() - values) * len(values) / (len(values) - 1))
    if method is not Method.KRIGING:
        errors["idw"] = idw.rmse(idw.leave_one_out(xy_m, values))
    if variogram is not None:
        errors["kriging"] = idw.rmse(krige_leave_one_out(xy_m, values, variogram)[0])
    chosen = Method(min(errors, key=lambda name: errors[name]))
    if chosen is Method.KRIGING and variogram is not None:
        kriged = krige(xy_m, values, variogram, grid_x_m, grid_y_m, on_progress=on_progress)
        least = (
            0.0 if values.min() >= 0 else -np.inf
        )  # weights of kriging may be negative, concentrations not
        return Field(
            np.maximum(kriged.field, least), np.sqrt(kriged.variance), chosen, variogram, errors, mean_rmse
        )
    field = idw.interpolate(xy_m, values, grid_x_m, grid_y_m, on_progress=on_progress)
    return Field(field, None, chosen, None, errors, mean_rmse)


def _variogram(xy_m: Floats, values: Floats, method: Method) -> Variogram | None:
    if method is Method.IDW:
        return None
    try:
        return fit_variogram(xy_m, values)
    except NoVariogram:
        if method is Method.KRIGING:
            raise
        return None
