"""Is a drive legal? Judged from the frames alone: streets, turn restrictions, road conditions and the vehicle.

Nothing here asks the network that the drive was planned on, nor the code that built it: each rule is written a second
time, street by street, so that a fault of one shows in the other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import geopandas as gpd

from analysis.network.drives import Step
from analysis.network.rules import OPEN_ACCESS, DriveRules

MEET_M = 0.02  # ends of streets that meet are equal; rounding aside
VIA_M = 1.0  # how far from its junction a restriction's point may lie
Spot = tuple[int, int]  # a junction: centimetres


@dataclass(frozen=True)
class Fault:
    """What is illegal: the vehicle, the place in its drive (0: the first street), the street, and why."""

    vehicle: str
    step: int
    street: str
    text: str

    def __str__(self) -> str:
        return f"{self.vehicle}, street {self.step + 1} of its drive ({self.street}): {self.text}"


def check_drive(
    streets: gpd.GeoDataFrame,
    restrictions: gpd.GeoDataFrame,
    conditions: gpd.GeoDataFrame,
    rules: DriveRules,
    drives: Mapping[str, Sequence[Step]],
    day: date,
) -> tuple[Fault, ...]:
    """Each illegal thing in the drives, by vehicle; an empty tuple proves them legal.

    The frames are as in the layers' models, the streets in a metric CRS. A step without a time is held against all
    conditions of the day.
    """
    book = _LawBook.of(streets, restrictions.to_crs(streets.crs), conditions.to_crs(streets.crs), rules, day)
    return tuple(
        Fault(vehicle, number, step.street, text)
        for vehicle, steps in drives.items()
        for number, step, text in _faults(book, steps)
    )


def _faults(book: _LawBook, steps: Sequence[Step]) -> Iterator[tuple[int, Step, str]]:
    for number, step in enumerate(steps):
        if step.street not in book.streets:
            yield number, step, "is not a street of the network"
            return
        for text in (*book.closed(step), *book.shut(step)):
            yield number, step, text
    for number, (before, after) in enumerate(pairwise(steps), start=1):
        for text in book.turn(before, after):
            yield number, after, text


@dataclass(frozen=True, eq=False)
class _LawBook:
    """The frames as look-ups: streets by id, street ends by junction, restrictions by the street they begin in."""

    rules: DriveRules
    day: date
    streets: dict[str, Any]
    ends: dict[str, tuple[Spot, Spot]]
    meeting: dict[
        Spot, list[tuple[str, bool]]
    ]  # street, and whether it is its end (not its beginning) that is here
    restrictions: dict[str, list[Any]]
    conditions: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        streets: gpd.GeoDataFrame,
        restrictions: gpd.GeoDataFrame,
        conditions: gpd.GeoDataFrame,
        rules: DriveRules,
        day: date,
    ) -> _LawBook:
        geometry = streets.geometry.name
        rows = {row["external_id"]: row for row in streets.to_dict("records")}
        ends, meeting = {}, defaultdict(list)
        for id, row in rows.items():
            first, last = row[geometry].coords[0], row[geometry].coords[-1]
            ends[id] = _spot(first), _spot(last)
            meeting[ends[id][0]].append((id, False))
            meeting[ends[id][1]].append((id, True))
        accepted = [row for row in _records(conditions) if row["status"] == "accepted"]
        return cls(
            rules,
            day,
            rows,
            ends,
            dict(meeting),
            _grouped(_records(restrictions), "from_street"),
            _grouped(accepted, "street"),
        )

    def closed(self, step: Step) -> Iterator[str]:
        """What closes the street to this vehicle, in this direction."""
        row, rules = self.streets[step.street], self.rules
        if row["street_class"] not in rules.speeds_kmh:
            yield f"a {row['street_class']} is not for trucks"
        if (row.get("access") or "yes") not in OPEN_ACCESS:
            yield f"its access is {row['access']}"
        for limit, own in (
            ("max_height_m", rules.height_m),
            ("max_width_m", rules.width_m),
            ("max_weight_t", rules.weight_t),
        ):
            if own is not None and own > _number(row, limit, math.inf):
                yield f"its {limit} of {row[limit]:g} is below the vehicle's {own:g}"
        room_m = _number(row, "width_m", math.inf)
        if rules.width_m is not None and room_m < rules.width_m + rules.clearance_m:
            yield f"its width of {room_m:g} m is too narrow for the vehicle"
        if abs(_number(row, "slope_pct", 0.0)) > rules.max_slope_pct:
            yield f"its slope of {row['slope_pct']:g} % is too steep"
        if row["one_way"] == ("forward" if step.backward else "backward"):
            yield "it is driven against its one way"

    def shut(self, step: Step) -> Iterator[str]:
        """The accepted conditions that shut the street when it is entered."""
        for row in self.conditions.get(step.street, ()):
            if row["kind"] != "no_turn" and any(_shuts(row, moment) for moment in self._moments(step)):
                yield f"it is shut by the condition {row['external_id']} ({row['kind']})"

    def _moments(self, step: Step) -> list[datetime]:
        """When the street is entered; each minute of the day where that is not known."""
        midnight = datetime.combine(self.day, time())
        seconds = [60.0 * m for m in range(24 * 60)] if step.at_s is None else [step.at_s]
        return [midnight + timedelta(seconds=s) for s in seconds]

    def turn(self, before: Step, after: Step) -> Iterator[str]:
        """What is wrong with going from one street into the next."""
        back = before.street == after.street and before.backward != after.backward
        if after.yard and (back or before == after):
            return
        spot = self._leaves(before)
        if spot != self._enters(after):
            yield f"it does not begin where {before.street} ends"
            return
        if back:
            yield from self._u_turn(before, spot)
        yield from self._forbidden(before, after, spot)

    def _u_turn(self, step: Step, spot: Spot) -> Iterator[str]:
        """A U-turn needs a dead end, or rules that allow it everywhere, and the room."""
        if _number(self.streets[step.street], "width_m", math.inf) < (self.rules.turning_width_m or 0.0):
            yield "the vehicle turns round where the street is too narrow for it"
        if not self.rules.u_turns_everywhere and any(self._ways_on(step, spot)):
            yield "the vehicle turns round, which it may only do at dead ends"

    def _ways_on(self, step: Step, spot: Spot) -> Iterator[str]:
        """The other streets into which the vehicle might legally go on."""
        for street, is_end in self.meeting[spot]:
            onward = Step(street, backward=is_end, at_s=step.at_s)
            itself = street == step.street and is_end != step.backward
            shut_all_day = any(self.shut(Step(street, is_end)))
            if itself or any(self.closed(onward)) or shut_all_day or any(self._forbidden(step, onward, spot)):
                continue
            yield street

    def _forbidden(self, before: Step, after: Step, spot: Spot) -> Iterator[str]:
        """Turn restrictions, and what crews know of turns, at this junction."""
        only = set()
        for row in self.restrictions.get(before.street, ()):
            if not _near(row["point"], spot):
                continue
            if row["kind"].startswith("only_"):
                only.add(row["to_street"])
            elif row["to_street"] == after.street:
                yield f"the turn from {before.street} is forbidden ({row['kind']})"
        if only and after.street not in only:
            yield f"from {before.street} one must go into {', '.join(sorted(only))}"
        for row in self.conditions.get(before.street, ()):
            here = row["kind"] == "no_turn" and self._nearer_end(before.street, row["point"]) == spot
            target = row["to_street"] or before.street
            if here and target == after.street and any(_within(row, at) for at in self._moments(after)):
                yield f"trucks cannot make this turn from {before.street} (condition {row['external_id']})"

    def _leaves(self, step: Step) -> Spot:
        return self.ends[step.street][0 if step.backward else 1]

    def _enters(self, step: Step) -> Spot:
        return self.ends[step.street][1 if step.backward else 0]

    def _nearer_end(self, street: str, point: Any) -> Spot:
        return min(self.ends[street], key=lambda spot: math.dist((point.x, point.y), _metres(spot)))


def _records(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    return [{**row, "point": point} for row, point in zip(rows, frame.geometry, strict=True)]


def _grouped(rows: Iterable[dict[str, Any]], by: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return dict(groups)


def _spot(xy: Sequence[float]) -> Spot:
    return round(xy[0] * 100), round(xy[1] * 100)


def _metres(spot: Spot) -> tuple[float, float]:
    return spot[0] / 100, spot[1] / 100


def _near(point: Any, spot: Spot) -> bool:
    return math.dist((point.x, point.y), _metres(spot)) <= VIA_M + MEET_M


def _number(row: Mapping[str, Any], name: str, unknown: float) -> float:
    value = row.get(name)
    return unknown if value is None or math.isnan(value) else float(value)


def _holds(row: Mapping[str, Any], day: date) -> bool:
    """Whether the condition holds on this day at all."""
    start, end = row["valid_from"], row["valid_until"]
    if (_known(start) and day < start) or (_known(end) and day > end):
        return False
    weekdays = row["weekdays"]
    return weekdays is None or len(weekdays) == 0 or day.isoweekday() in weekdays


def _known(value: Any) -> bool:
    return value is not None and value == value


def _shuts(row: Mapping[str, Any], moment: datetime) -> bool:
    """Whether the condition shuts its street at this moment; a gate does outside its hours."""
    within = _within(row, moment)
    return _holds(row, moment.date()) and not within if row["kind"] == "gate" else within


def _within(row: Mapping[str, Any], moment: datetime) -> bool:
    """Whether the condition's hours hold at this moment."""
    start: time = row["from_time"] if _known(row["from_time"]) else time.min
    end: time = row["until_time"] if _known(row["until_time"]) else time.max
    clock, today = moment.time(), _holds(row, moment.date())
    if start < end:
        return today and start <= clock < end
    yesterday = _holds(row, moment.date() - timedelta(days=1))
    return (today and clock >= start) or (yesterday and clock < end)


__all__ = ["Fault", "Step", "check_drive"]
