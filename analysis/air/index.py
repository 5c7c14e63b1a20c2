"""The air-quality index of a moment: the level of each pollutant, and the worst of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.air.standards import AirIndex

ENOUGH = 0.75  # of the hours of a mean; the share that the European directive 2008/50/EC, annex XI, asks for


@dataclass(frozen=True)
class IndexValue:
    """`level` 1 is the best; `by`: the pollutants that cause it; `missing`: those that were not measured enough."""

    level: int
    name: str
    by: tuple[str, ...]
    levels: Mapping[str, int]
    means_ug_m3: Mapping[str, float]
    missing: tuple[str, ...]


def level_of(index: AirIndex, pollutant: str, value_ug_m3: float) -> int:
    """1 for the best level; a value on a bound belongs to the better one."""
    return 1 + int(np.searchsorted(index.bounds_ug_m3[pollutant], value_ug_m3, side="left"))


def index_at(index: AirIndex, observations: pd.DataFrame, moment: pd.Timestamp) -> IndexValue | None:
    """The index from the observations before `moment` (columns pollutant, observed_at, value_ug_m3; valid ones only).

    Each pollutant by the mean of its hours; one measured in fewer than 75 % of them is missing. None: all are.
    """
    means = {
        p: _mean(observations[observations["pollutant"] == p], moment, index.hours[p]) for p in index.hours
    }
    known = {pollutant: mean for pollutant, mean in means.items() if mean is not None}
    if not known:
        return None
    levels = {pollutant: level_of(index, pollutant, mean) for pollutant, mean in known.items()}
    worst = max(levels.values())
    return IndexValue(
        worst,
        index.levels[worst - 1],
        tuple(p for p, level in levels.items() if level == worst),
        levels,
        known,
        tuple(p for p, mean in means.items() if mean is None),
    )


def _mean(observations: pd.DataFrame, moment: pd.Timestamp, hours: int) -> float | None:
    start = moment - pd.Timedelta(hours=hours)
    own = observations[(observations["observed_at"] >= start) & (observations["observed_at"] < moment)]
    by_hour = own.groupby(own["observed_at"].dt.floor("h"))["value_ug_m3"].mean()
    if len(by_hour) < ENOUGH * hours:
        return None
    return float(by_hour.mean())
