"""The field of ordinary kriging in its dual form: one weight a station for all cells, no matrix of cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
SPHERICAL, EXPONENTIAL, GAUSSIAN = 0, 1, 2


@njit(cache=True, nogil=True)
def dual_field(
    xy: Floats, dual: Floats, shape: int, nugget: float, psill: float, span: float, x: Floats, y: Floats
) -> Floats:
    """[rows of y, columns of x]: the sum over stations of dual[i] times the semivariance, and the last of dual.

    xy: [stations, 2]; dual: [stations + 1]; shape: of the variogram, with nugget, partial sill and range `span`.
    """
    stations, field = len(xy), np.empty((len(y), len(x)))
    for row in range(len(y)):
        for column in range(len(x)):
            total = dual[stations]
            for i in range(stations):
                east, north = x[column] - xy[i, 0], y[row] - xy[i, 1]
                squared = (east * east + north * north) / (span * span)
                if squared == 0.0:
                    continue  # the semivariance of a place with itself
                if shape == EXPONENTIAL:
                    part = 1.0 - np.exp(-np.sqrt(squared))
                elif shape == GAUSSIAN:
                    part = 1.0 - np.exp(-squared)
                elif squared < 1.0:
                    part = np.sqrt(squared) * (1.5 - 0.5 * squared)
                else:
                    part = 1.0
                total += dual[i] * (nugget + psill * part)
            field[row, column] = total
    return field
