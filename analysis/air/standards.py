"""Limits and indices of air quality: a dated table in which nothing stands without a source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("standards.toml")
AVERAGING = ("hour", "8h", "day", "year")


class NoStandard(ValueError):
    """A limit or an index that is unknown, not in force, or without a source; the message says which and the cure."""


@dataclass(frozen=True)
class StandardSource:
    """Where values come from. `valid_until`: the first day on which they no longer count (None: still in force)."""

    id: str
    text: str
    valid_from: date
    valid_until: date | None = None
    checked: str = ""

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Limit:
    """A concentration that should not be exceeded, as a mean over `averaging`, counted by `statistic`."""

    id: str
    pollutant: str
    averaging: str
    value_ug_m3: float
    source: StandardSource
    statistic: str = "mean"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "pollutant": self.pollutant,
            "averaging": self.averaging,
            "statistic": self.statistic,
            "value_ug_m3": self.value_ug_m3,
            "source": self.source.text,
            "valid_from": self.source.valid_from.isoformat(),
            "valid_until": self.source.valid_until.isoformat() if self.source.valid_until else None,
            "checked": self.source.checked,
        }


@dataclass(frozen=True)
class AirIndex:
    """Levels from best to worst; per pollutant the upper bound of each level but the last, as means of `hours`."""

    id: str
    levels: tuple[str, ...]
    bounds_ug_m3: Mapping[str, tuple[float, ...]]
    hours: Mapping[str, int]
    source: StandardSource


@dataclass(frozen=True)
class Standards:
    limits: Mapping[str, Limit]
    indices: Mapping[str, AirIndex]

    def limit(self, id: str) -> Limit:
        """Raises NoStandard with the ids there are."""
        if id not in self.limits:
            raise NoStandard(f"There is no limit {id!r}. Known: {', '.join(sorted(self.limits))}.")
        return self.limits[id]

    def index(self, id: str) -> AirIndex:
        """Raises NoStandard with the ids there are."""
        if id not in self.indices:
            raise NoStandard(
                f"There is no air-quality index {id!r}. Known: {', '.join(sorted(self.indices))}."
            )
        return self.indices[id]

    def limits_of(self, pollutant: str, averaging: str, day: date) -> tuple[Limit, ...]:
        """Those of a pollutant and averaging time that are in force on a day."""
        return tuple(
            limit
            for limit in self.limits.values()
            if (limit.pollutant, limit.averaging) == (pollutant, averaging) and limit.source.in_force(day)
        )


def load_standards(own: Mapping[str, Any] | None = None) -> Standards:
    """The table, and `own` entries of the same form (a city's [air]) beside or in place of them. Raises NoStandard."""
    tables = [_table(), own or {}]
    sources: dict[str, StandardSource] = {}
    limits: dict[str, Limit] = {}
    indices: dict[str, AirIndex] = {}
    for table in tables:
        sources |= {id: _source(id, data) for id, data in table.get("sources", {}).items()}
        limits |= {data["id"]: _limit(data, sources) for data in table.get("limits", ())}
        indices |= {data["id"]: _index(data, sources) for data in table.get("indices", ())}
    return Standards(limits, indices)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _source(id: str, data: Mapping[str, Any]) -> StandardSource:
    if not str(data.get("text", "")).strip() or not isinstance(data.get("valid_from"), date):
        raise NoStandard(f"Source {id!r} of an air standard needs a text and a day in valid_from.")
    source = StandardSource(id, **data)
    if source.valid_until is not None and source.valid_until <= source.valid_from:
        raise NoStandard(f"Source {id!r} of an air standard ends before it begins; correct valid_until.")
    return source


def _sourced(data: Mapping[str, Any], sources: Mapping[str, StandardSource]) -> StandardSource:
    if data.get("source") not in sources:
        raise NoStandard(
            f"{data['id']!r} has no source among [air.sources]: without one it cannot be used."
            f" Known: {', '.join(sorted(sources))}."
        )
    return sources[data["source"]]


def _limit(data: Mapping[str, Any], sources: Mapping[str, StandardSource]) -> Limit:
    source = _sourced(data, sources)
    if data.get("averaging") not in AVERAGING or not float(data.get("value_ug_m3", 0)) > 0:
        raise NoStandard(
            f"Limit {data['id']!r} needs a value_ug_m3 above 0 and an averaging of {', '.join(AVERAGING)}."
        )
    return Limit(**{**data, "source": source})


def _index(data: Mapping[str, Any], sources: Mapping[str, StandardSource]) -> AirIndex:
    source = _sourced(data, sources)
    levels = tuple(data["levels"])
    bounds = {pollutant: tuple(values) for pollutant, values in data["bounds_ug_m3"].items()}
    for pollutant, values in bounds.items():
        if len(values) != len(levels) - 1 or not _rises(values) or pollutant not in data["hours"]:
            raise NoStandard(
                f"Index {data['id']!r}, {pollutant}: give {len(levels) - 1} rising bounds and its hours."
            )
    return AirIndex(data["id"], levels, bounds, dict(data["hours"]), source)


def _rises(values: Sequence[float]) -> bool:
    return all(a < b for a, b in pairwise(values))
