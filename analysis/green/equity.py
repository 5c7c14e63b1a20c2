"""How evenly a good is spread over people: Gini, P90/P10, the share of people below a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.green.plane import Floats

RULE = (
    "Each unit counts by its inhabitants; units without any, or without a figure, are left out. Gini: 1 - sum of"
    " (X[i] + X[i-1]) (P[i] - P[i-1]) along the Lorenz curve, from 0 (all have the same) to 1. P90/P10: what the"
    " inhabitant at 90 % of the people has, from the least to the most, by what the one at 10 % has. Within a unit all"
    " inhabitants have the same, so that the true inequality is at least this."
)


@dataclass(frozen=True)
class Equity:
    """`p90_p10` is NaN where the poorest tenth has nothing; all are NaN where nobody lives."""

    gini: float
    p90_p10: float
    below_pct: float
    people: float


def spread(per_head: npt.ArrayLike, people: npt.ArrayLike, threshold: float) -> Equity:
    """per_head: what each inhabitant of a unit has (not negative); people: the unit's inhabitants.

    below_pct: the percentage of people who have less than `threshold`.
    """
    value, weight = _counted(per_head, people)
    total = weight.sum()
    if not total:
        return Equity(np.nan, np.nan, np.nan, 0.0)
    p10, p90 = _quantile(value, weight, 0.1), _quantile(value, weight, 0.9)
    return Equity(
        gini=_gini(value, weight),
        p90_p10=p90 / p10 if p10 > 0 else np.nan,
        below_pct=float(100 * weight[value < threshold].sum() / total),
        people=float(total),
    )


def _counted(per_head: npt.ArrayLike, people: npt.ArrayLike) -> tuple[Floats, Floats]:
    """From the least to the most."""
    value, weight = np.asarray(per_head, dtype=float), np.asarray(people, dtype=float)
    known = np.isfinite(value) & np.isfinite(weight) & (weight > 0)
    order = np.argsort(value[known], kind="stable")
    return value[known][order], weight[known][order]


def _gini(value: Floats, weight: Floats) -> float:
    """0 where nobody has anything: all have the same."""
    goods = value * weight
    if not goods.sum():
        return 0.0
    people_share, goods_share = np.cumsum(weight) / weight.sum(), np.cumsum(goods) / goods.sum()
    steps = np.diff(people_share, prepend=0.0)
    return float(1 - ((goods_share + np.concatenate([[0.0], goods_share[:-1]])) * steps).sum())


def _quantile(value: Floats, weight: Floats, share: float) -> float:
    """What the inhabitant at this share of the people has."""
    reached = np.cumsum(weight) / weight.sum()
    return float(value[min(int(np.searchsorted(reached, share)), len(value) - 1)])
