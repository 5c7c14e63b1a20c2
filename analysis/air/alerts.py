"""When and where a limit is exceeded: running means of each station, joined over the stations of an area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from analysis.air.index import ENOUGH
from analysis.air.standards import Limit

HOURS = {"hour": 1, "8h": 8, "day": 24}


class NoAlert(ValueError):
    """A limit that is not made for alerts."""


@dataclass(frozen=True)
class Exceedance:
    """From the end of the first mean above the limit until the end of the first one below it (None: still above)."""

    area: str
    limit: Limit
    started_at: pd.Timestamp
    ended_at: pd.Timestamp | None
    value_ug_m3: float
    station: str


def find_exceedances(
    observations: pd.DataFrame, limit: Limit, area_of: Mapping[str, str]
) -> tuple[Exceedance, ...]:
    """Of each area, in the order of time. observations: station, observed_at (with time zone), value_ug_m3; valid ones
    of the limit's pollutant. A mean counts with 75 % of its hours. Raises NoAlert for a yearly limit.
    """
    if limit.averaging not in HOURS:
        raise NoAlert(
            f"{limit.id} is a mean over a {limit.averaging}: alerts need one of {', '.join(HOURS)}."
        )
    known = observations[observations["station"].isin(list(area_of))]
    runs: dict[str, list[Exceedance]] = {}
    for station, own in known.groupby("station", sort=True):
        area = area_of[str(station)]
        runs.setdefault(area, []).extend(_runs(own, limit, area, str(station)))
    return tuple(joined for area in sorted(runs) for joined in _joined(runs[area]))


def _runs(own: pd.DataFrame, limit: Limit, area: str, station: str) -> Iterator[Exceedance]:
    """The hours in a row in which one station is above."""
    hours = HOURS[limit.averaging]
    hourly = own.set_index("observed_at")["value_ug_m3"].resample("1h").mean()
    mean = hourly.rolling(hours, min_periods=ceil(ENOUGH * hours)).mean()
    above = (mean > limit.value_ug_m3).to_numpy()
    ends = mean.index + pd.Timedelta(hours=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], above, [False]]).astype(np.int8)))
    for first, after in edges.reshape(-1, 2):
        ended = ends[after] if after < len(ends) else None
        yield Exceedance(area, limit, ends[first], ended, float(mean.iloc[first:after].max()), station)


def _joined(runs: list[Exceedance]) -> Iterator[Exceedance]:
    """Runs of one area that overlap or meet become one, with the highest value and its station."""
    waiting: Exceedance | None = None
    for run in sorted(runs, key=lambda r: (r.started_at, r.station)):
        if waiting is None or (waiting.ended_at is not None and waiting.ended_at < run.started_at):
            if waiting is not None:
                yield waiting
            waiting = run
        else:
            waiting = _union(waiting, run)
    if waiting is not None:
        yield waiting


def _union(a: Exceedance, b: Exceedance) -> Exceedance:
    ends = (a.ended_at, b.ended_at)
    ended = None if None in ends else max(end for end in ends if end is not None)
    highest = a if a.value_ug_m3 >= b.value_ug_m3 else b
    return Exceedance(a.area, a.limit, a.started_at, ended, highest.value_ug_m3, highest.station)
