"""In which hours of a service a container or a street may be collected: its own, and those of the street."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time

import pandas as pd

from analysis.network import Network
from analysis.network.conditions import DAY_S, Hours, When
from analysis.network.places import Stretch
from analysis.processes.routes.asked import seconds_of
from analysis.processes.routes.placed import Placed, item_of
from analysis.routes import Task

HOURS = ("collection_from", "collection_until")
MARGIN_S = 30.0  # between a truck and a gate that opens or shuts


def windows(items: pd.DataFrame, when: When) -> Mapping[str, Hours]:
    """By key, for the items that have such hours: seconds after midnight of the day of service, in which work on the
    item begins.

    One border alone leaves the rest of the day open; hours that end before they begin go over midnight. Where a night
    shift meets the hours on two days, those count in which more of the shift lies.
    """
    told = items[items[HOURS[0]].notna() | items[HOURS[1]].notna()]
    clocks = (told[name].astype(object).where(told[name].notna(), None) for name in HOURS)
    rows = zip(told["key"], *clocks, strict=True)
    return {key: _window(from_time, until_time, when) for key, from_time, until_time in rows}


def _window(from_time: time | None, until_time: time | None, when: When) -> Hours:
    opens_s = seconds_of(from_time) if from_time else 0.0
    closes_s = seconds_of(until_time) if until_time else DAY_S
    closes_s += DAY_S if closes_s <= opens_s else 0.0
    days = [(opens_s + day * DAY_S, closes_s + day * DAY_S) for day in (0, 1, -1)]
    return max(days, key=lambda own: min(own[1], when.until_s) - max(own[0], when.from_s))


def in_hours(
    network: Network, placed: Placed, own: Mapping[str, Hours], rest_s: float = 0.0
) -> Iterator[Task]:
    """The tasks with their windows. On a street that is shut for a while, the truck drives in, works, rests and is out
    again while it is open."""
    first = min((way.enter for task in placed.tasks for way in task.ways), default=0)
    for task in placed.tasks:
        places = (placed.places[way.enter - first] for way in task.ways)
        arcs = [place.arc if isinstance(place, Stretch) else place.arcs[0] for place in places]
        spell = network.open_hours.get(int(network.section[arcs[0]]))
        given = [own[item_of(task.id)]] if item_of(task.id) in own else []
        if spell:
            along_s = 2 * float(network.time_s[arcs].max()) + MARGIN_S
            in_s, out_s = network.gated_s[arcs].max(axis=0) + along_s
            service_s = max(way.service_s for way in task.ways)
            given.append((spell[0] + in_s, spell[1] - out_s - rest_s - service_s))
        opens, closes = zip(*given, strict=True) if given else ((), ())
        yield replace(task, window_s=(max(opens), min(closes))) if given else task
