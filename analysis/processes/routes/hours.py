"""In which hours of a service a container or a street may be collected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

import pandas as pd

from analysis.network.conditions import DAY_S, When
from analysis.processes.routes.asked import seconds_of

HOURS = ("collection_from", "collection_until")
Window = tuple[float, float]


def windows(items: pd.DataFrame, when: When) -> Mapping[str, Window]:
    """By key, for the items that have such hours: seconds after midnight of the day of service, in which work on the
    item begins.

    One border alone leaves the rest of the day open; hours that end before they begin go over midnight. Where a night
    shift meets the hours on two days, those count in which more of the shift lies.
    """
    told = items[items[HOURS[0]].notna() | items[HOURS[1]].notna()]
    clocks = (told[name].astype(object).where(told[name].notna(), None) for name in HOURS)
    rows = zip(told["key"], *clocks, strict=True)
    return {key: _window(from_time, until_time, when) for key, from_time, until_time in rows}


def _window(from_time: time | None, until_time: time | None, when: When) -> Window:
    opens_s = seconds_of(from_time) if from_time else 0.0
    closes_s = seconds_of(until_time) if until_time else DAY_S
    closes_s += DAY_S if closes_s <= opens_s else 0.0
    days = [(opens_s + day * DAY_S, closes_s + day * DAY_S) for day in (0, 1, -1)]
    return max(days, key=lambda own: min(own[1], when.until_s) - max(own[0], when.from_s))
