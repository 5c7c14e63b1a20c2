"""Closures, market days, gates and what crews know, as they hold for one service.

A condition counts once a planner has accepted it. It holds between its dates, on its weekdays (none: every day) and in
its hours (none: the whole day; an end at or before the start lies on the next day); a gate is shut outside its hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.network.reasons import Condition, Reason

DAY_S = 86_400.0
LEAST_OPEN_S = 900.0  # a street that is open for less is shut
ACCEPTED = "accepted"
GATE, NO_TURN, TOO_NARROW = "gate", "no_turn", "too_narrow"

Hours = tuple[float, float]  # seconds after midnight of the day of service


@dataclass(frozen=True)
class When:
    """The hours in which trucks are out, in seconds after midnight of `day`, local; a night shift ends after 86,400."""

    day: date
    from_s: float = 0.0
    until_s: float = DAY_S


def closures(conditions: gpd.GeoDataFrame, when: When) -> dict[str, Reason]:
    """The streets that are shut at some time of these hours, each with its reason."""
    closed: dict[str, Reason] = {}
    for row in _accepted(conditions).itertuples():
        if row.kind != NO_TURN and _touches(_shut_s(row, when), when):
            closed[row.street] = Reason.TOO_NARROW if row.kind == TOO_NARROW else Reason.CLOSED
    return closed


def shut_by(conditions: gpd.GeoDataFrame, when: When) -> dict[str, tuple[Condition, ...]]:
    """Per street the conditions that shut it at some time of these hours."""
    found: dict[str, tuple[Condition, ...]] = defaultdict(tuple)
    for row in _accepted(conditions).itertuples():
        if row.kind != NO_TURN and _touches(_shut_s(row, when), when):
            hours = ("" if pd.isna(at) else f"{at:%H:%M}" for at in (row.from_time, row.until_time))
            found[row.street] += (Condition(str(row.external_id), str(row.kind), *hours),)
    return dict(found)


def open_hours(conditions: gpd.GeoDataFrame, when: When) -> dict[str, Hours]:
    """Of the streets that are shut in part of these hours, the longest spell, in seconds, in which they are open."""
    shut: dict[str, list[Hours]] = defaultdict(list)
    for row in _accepted(conditions).itertuples():
        if row.kind != NO_TURN:
            shut[row.street] += [hours for hours in _shut_s(row, when) if _touches([hours], when)]
    spells = {street: _longest_open(hours, when) for street, hours in shut.items() if hours}
    return {street: spell for street, spell in spells.items() if spell[1] - spell[0] >= LEAST_OPEN_S}


def _longest_open(shut: Iterable[Hours], when: When) -> Hours:
    best, free_s = (when.from_s, when.from_s), when.from_s
    for from_s, until_s in (*sorted(shut), (when.until_s, when.until_s)):
        best = max(best, (free_s, from_s), key=lambda spell: spell[1] - spell[0])
        free_s = max(free_s, until_s)
    return best


def forbidden_turns(conditions: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, when: When) -> gpd.GeoDataFrame:
    """What crews know of turns, as turn restrictions at the end of the street that is nearest to the place shown.

    Without `to_street`: the vehicle cannot turn round there.
    """
    rows = _accepted(conditions)
    lines = dict(zip(streets["external_id"], streets.geometry, strict=True))
    rows = rows[(rows["kind"] == NO_TURN) & rows["street"].isin(lines)]
    rows = rows[np.array([_touches(_held_s(row, when), when) for row in rows.itertuples()], dtype=np.bool_)]
    to_street = rows["to_street"].where(rows["to_street"].fillna("") != "", rows["street"])
    ends = [_nearest_end(lines[s], at) for s, at in zip(rows["street"], rows.geometry, strict=True)]
    return gpd.GeoDataFrame(
        {
            "external_id": rows["external_id"],
            "kind": NO_TURN,
            "from_street": rows["street"],
            "to_street": to_street,
        },
        geometry=gpd.GeoSeries(ends, index=rows.index, crs=streets.crs),
    )


def _accepted(conditions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return conditions[conditions["status"] == ACCEPTED]


def _touches(hours_s: Iterable[Hours], when: When) -> bool:
    return any(from_s < when.until_s and until_s > when.from_s for from_s, until_s in hours_s)


def _shut_s(row: Any, when: When) -> Iterator[Hours]:
    """From when until when, in seconds after midnight of `when.day`, the street is shut."""
    held = list(_held_s(row, when))
    if row.kind != GATE:
        yield from held
        return
    for offset in _offsets(when):
        if not _on(row, when.day + timedelta(days=offset)):
            continue
        shut_from_s, midnight_s = offset * DAY_S, (offset + 1) * DAY_S
        for open_s, until_s in held:
            if shut_from_s < min(open_s, midnight_s):
                yield shut_from_s, min(open_s, midnight_s)
            shut_from_s = max(shut_from_s, until_s)
        if shut_from_s < midnight_s:
            yield shut_from_s, midnight_s


def _held_s(row: Any, when: When) -> Iterator[Hours]:
    """The hours of the condition on each day that the service may touch."""
    for offset in _offsets(when):
        day = when.day + timedelta(days=offset)
        if not _on(row, day):
            continue
        from_s, until_s = _seconds(row.from_time, 0.0), _seconds(row.until_time, DAY_S)
        until_s += DAY_S if until_s <= from_s else 0.0
        yield offset * DAY_S + from_s, offset * DAY_S + until_s


def _offsets(when: When) -> range:
    """Days from the day of service that its hours, or hours that begin on the day before, may touch."""
    return range(-1, int(when.until_s // DAY_S) + 1)


def _on(row: Any, day: date) -> bool:
    begun = pd.isna(row.valid_from) or _date(row.valid_from) <= day
    over = not pd.isna(row.valid_until) and _date(row.valid_until) < day
    weekdays = row.weekdays
    any_day = weekdays is None or len(weekdays) == 0
    return begun and not over and (any_day or day.isoweekday() in list(weekdays))


def _date(value: Any) -> date:
    day: date = pd.Timestamp(value).date()
    return day


def _seconds(moment: time | None, default: float) -> float:
    if moment is None or pd.isna(moment):
        return default
    return moment.hour * 3600.0 + moment.minute * 60.0 + moment.second


def _nearest_end(line: shapely.LineString, at: shapely.Geometry) -> shapely.Point:
    first, last = shapely.get_point(line, 0), shapely.get_point(line, -1)
    return first if first.distance(at) <= last.distance(at) else last
