"""How unlike two places are by their distance: the empirical semivariogram, and a model fitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.distance import pdist

from analysis.green.plane import Floats

BINS = 15
CUTOFF_SHARE = 1 / 3  # of the diagonal: pairs farther apart say little of what happens near a place
MIN_BINS = 3
MIN_NUGGET_SHARE = (
    0.01  # of a Gaussian's sill; with less, kriging swings far beyond the data between clusters
)


class NoVariogram(ValueError):
    """The values do not show how they change with distance."""


class Model(StrEnum):
    """Shapes that are valid in the plane. The range is as in Cressie, Statistics for Spatial Data (1993), 2.3:
    where the sill is reached (spherical), or the length in exp(-h / range) (exponential) or exp(-(h / range)^2)."""

    SPHERICAL = "spherical"
    EXPONENTIAL = "exponential"
    GAUSSIAN = "gaussian"


@dataclass(frozen=True)
class Variogram:
    """gamma(0) = 0, gamma(h) = nugget + psill x shape(h / range_m); nugget and psill in squared units of the values."""

    model: Model
    nugget: float
    psill: float
    range_m: float

    def __call__(self, distance_m: Floats) -> Floats:
        """The semivariance at each distance."""
        gamma = self.nugget + self.psill * _shape(self.model, distance_m / self.range_m)
        return np.where(distance_m > 0, gamma, 0.0)


@dataclass(frozen=True, eq=False)
class Empirical:
    """Per class of distances that has pairs: their mean distance, half their mean squared difference, their number."""

    distance_m: Floats
    gamma: Floats
    pairs: Floats


def empirical_variogram(
    xy_m: Floats, values: Floats, *, cutoff_m: float | None = None, bins: int = BINS
) -> Empirical:
    """Matheron's estimator (1963) in `bins` equal classes up to the cutoff, by default a third of the diagonal."""
    distance_m, half_squares = pdist(xy_m), pdist(values[:, None], "sqeuclidean") / 2
    limit_m = cutoff_m or CUTOFF_SHARE * float(np.hypot(*np.ptp(xy_m, axis=0)))
    near = (distance_m <= limit_m) & (distance_m > 0)
    number = np.ceil(distance_m[near] / (limit_m / bins)).astype(np.int64) - 1
    pairs = np.bincount(number, minlength=bins).astype(np.float64)
    used = pairs > 0
    mean_m = np.bincount(number, distance_m[near], minlength=bins)[used] / pairs[used]
    gamma = np.bincount(number, half_squares[near], minlength=bins)[used] / pairs[used]
    return Empirical(mean_m, gamma, pairs[used])


def fit_variogram(xy_m: Floats, values: Floats, model: Model | None = None) -> Variogram:
    """The model that fits best, with weights pairs / distance² (Pebesma 2004, Computers & Geosciences 30:683).

    A Gaussian of almost no nugget is taken only where it is asked for: its matrix is nearly singular.
    Raises NoVariogram where all values are equal or too few distances occur.
    """
    shown = empirical_variogram(xy_m, values)
    if len(shown.gamma) < MIN_BINS or not shown.gamma.max() > 0:
        raise NoVariogram(
            f"{len(values)} stations with {len(shown.gamma)} classes of distance do not show how the values change"
            " with distance; take inverse distance weighting, or more stations."
        )
    fits = [_fit(shown, candidate) for candidate in ([model] if model else Model)]
    return min((fit for fit in fits if model or _is_stable(fit[1])), key=lambda fit: fit[0])[1]


def _is_stable(found: Variogram) -> bool:
    return found.model is not Model.GAUSSIAN or found.nugget >= MIN_NUGGET_SHARE * found.psill


def _fit(shown: Empirical, model: Model) -> tuple[float, Variogram]:
    """The weighted sum of squares and the variogram that has it."""
    weight = np.sqrt(shown.pairs) / shown.distance_m
    longest_m, sill = float(shown.distance_m.max()), float(shown.gamma.max())

    def residuals(p: Floats) -> Floats:
        gamma = p[0] + p[1] * _shape(model, shown.distance_m / p[2])
        return np.asarray(weight * (gamma - shown.gamma) / sill, dtype=np.float64)

    starts = [np.array([0.1 * sill, 0.9 * sill, share * longest_m]) for share in (0.2, 0.5, 1.0)]
    bounds = ([0.0, 0.0, 1e-3 * longest_m], [10 * sill, 10 * sill, 10 * longest_m])
    scale = np.array([sill, sill, longest_m])
    found = [
        least_squares(residuals, s, bounds=bounds, x_scale=scale, xtol=1e-12, ftol=1e-12) for s in starts
    ]
    best = min(found, key=lambda fit: fit.cost)
    nugget, psill, range_m = (float(v) for v in best.x)
    return float(best.cost), Variogram(model, nugget, psill, range_m)


def _shape(model: Model, h: Floats) -> Floats:
    """0 at 0, towards 1; h in ranges."""
    if model is Model.SPHERICAL:
        near = np.minimum(h, 1.0)
        return np.asarray(near * (1.5 - 0.5 * near * near), dtype=np.float64)
    return np.asarray(-np.expm1(-h if model is Model.EXPONENTIAL else -h * h), dtype=np.float64)
