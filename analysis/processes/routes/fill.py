"""How full containers will be, from their history: which are due on a day, and what it is worth to empty the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import inf, isfinite
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.processes.routes.asked import Forecast
from analysis.routes.forecast import (
    Filling,
    Outlook,
    Rate,
    collection_prize,
    days_until_risk,
    fillings,
    outlook,
    risk_saved,
    usual_rate,
)
from gis_core.city import City
from layers.queries.fills import read_fills

DAY_S = 86_400.0
HISTORY_DAYS = 365  # what is older tells of another year
LEAST_DAYS = 30.0  # container days, before a district's or the city's usual rate is taken
ASSUMED = Rate(1 / 7, 0.1)  # full in a week: nothing is known at all
HORIZON_DAYS = 7  # of a container without collection days
HIGH_RISK = 0.25  # of an overflow by the day of service: the container is due
LIKELY = 0.5
MOST_SHARE = 1.5  # more than this is not loaded from one container
FORESEEN = ("fill", "prize", "risk", "saved", "full_on")  # columns that a forecast adds
DISTRICT, CITY, ASSUMPTION = "district", "city", "assumption"


@dataclass(frozen=True)
class Known:
    """What a container is expected to do, and what that was learnt from. Days are since 1970 (UTC)."""

    outlook: Outlook
    filling: Filling
    basis: str  # whose usual rate stands in for what is not known of the container itself
    usual: Rate
    presumed: date | None  # emptied on that collection day, though nobody wrote it down

    def told(self) -> dict[str, Any]:
        last_d = self.filling.last_d
        seen = None if last_d is None else datetime.fromtimestamp(last_d * DAY_S, UTC).isoformat()
        return {
            "stretches": self.filling.stretches,
            "days": round(self.filling.days, 1),
            "last_seen": seen,
            "presumed_emptied": self.presumed.isoformat() if self.presumed else None,
            "per_day_pct": round(100 * self.outlook.rate.per_day, 2),
            "usual": self.basis,
        }


def noon(day: date, city: City) -> float:
    """Days since 1970 at noon of a day, the city's time: when a container of that day is taken to be emptied."""
    return datetime.combine(day, time(12), ZoneInfo(city.time_zone)).timestamp() / DAY_S


def on_day(containers: pd.DataFrame, day: date) -> pd.Series:
    """Whether it is a collection day of each."""
    return containers["collection_days"].map(lambda days: day.isoweekday() in (days or ())).astype(bool)


def known_of(containers: pd.DataFrame, city: City, kg_per_l: float, day: date) -> list[Known]:
    """Per container, by what was known at noon of the day. A collection day that passed since anybody last looked is
    taken to have been kept. containers: id, district, capacity_l, collection_days."""
    found = _fillings(containers, city, kg_per_l, day)
    rates = _usual_rates(containers["district"], found)
    known = []
    for district, days, filling in zip(
        containers["district"], containers["collection_days"], found, strict=True
    ):
        basis, usual = rates[district]
        coming = outlook(filling, usual, noon(day, city))
        kept = _collection_before(days or (), day)
        if kept is not None and (filling.last_d is None or noon(kept, city) > filling.last_d):
            known.append(Known(coming.emptied(noon(kept, city)), filling, basis, usual, kept))
        else:
            known.append(Known(coming, filling, basis, usual, None))
    return known


def _fillings(containers: pd.DataFrame, city: City, kg_per_l: float, day: date) -> list[Filling]:
    until = datetime.fromtimestamp(noon(day, city) * DAY_S, UTC)
    rows = read_fills([int(n) for n in containers["id"]], until - timedelta(days=HISTORY_DAYS), until)
    number = pd.Series(np.arange(len(containers)), containers["id"].to_numpy())
    weighed = pd.to_numeric(rows["weighed_kg"]) / (pd.to_numeric(rows["capacity_l"]) * kg_per_l)
    return fillings(
        number.loc[rows["id"]].to_numpy(dtype=np.int64),
        rows["at_d"].to_numpy(dtype=np.float64),
        (pd.to_numeric(rows["fill_pct"]) / 100).fillna(weighed).to_numpy(dtype=np.float64),
        rows["emptied"].to_numpy(dtype=np.bool_),
        count=len(containers),
    )


def _usual_rates(districts: pd.Series, found: Sequence[Filling]) -> dict[str, tuple[str, Rate]]:
    """Per district whose usual rate holds there, and that: its own, else that of all, else the assumed one."""
    own: dict[str, list[Filling]] = {}
    for district, filling in zip(districts, found, strict=True):
        own.setdefault(district, []).append(filling)
    whole = usual_rate(found)
    rest = (CITY, whole) if whole and whole.days >= LEAST_DAYS else (ASSUMPTION, ASSUMED)
    rates = {district: usual_rate(part) for district, part in own.items()}
    return {
        district: (DISTRICT, rate) if rate and rate.days >= LEAST_DAYS else rest
        for district, rate in rates.items()
    }


def _collection_before(days: Sequence[int], day: date) -> date | None:
    """The last collection day before the day."""
    back = (day - timedelta(days=n) for n in range(1, 8))
    return next((d for d in back if d.isoweekday() in days), None)


def _next_service(days: Sequence[int], day: date, forecast: Forecast) -> date:
    """After the day."""
    if forecast.horizon_days is not None:
        return day + timedelta(days=forecast.horizon_days)
    ahead = (day + timedelta(days=n) for n in range(1, 8))
    return next((d for d in ahead if d.isoweekday() in days), day + timedelta(days=HORIZON_DAYS))


def full_on(coming: Outlook, day: date, city: City) -> date | None:
    """The day, from `day` on, when the container is more likely full than not; None: not in two months."""
    days = days_until_risk(coming, noon(day, city), LIKELY)
    return None if days == inf else day + timedelta(days=int(days))


def foreseen(
    containers: pd.DataFrame, known: Sequence[Known], city: City, day: date, forecast: Forecast
) -> pd.DataFrame:
    """Columns FORESEEN by the index of the containers: expected share at noon of the day; prize (nan: it is due);
    risk of an overflow until the next service if it is left, how much of it goes away by emptying it, and the day
    when it is likely full (None: not soon)."""
    now_d, due_share = noon(day, city), float(city.waste["due_fill_pct"]) / 100
    rows = []
    columns = (known, containers["collection_days"], on_day(containers, day))
    for one, days, today in zip(*columns, strict=True):
        coming = one.outlook
        now, next_d = coming.at(now_d), noon(_next_service(days or (), day, forecast), city)
        due = today or now.expected >= due_share or now.overflow_risk >= HIGH_RISK
        prize = np.nan if due else collection_prize(coming, now_d, next_d, forecast.overflow_cost)
        saved, likely = risk_saved(coming, now_d, next_d), full_on(coming, day, city)
        share = min(now.expected, MOST_SHARE)
        row = (share, prize, coming.at(next_d).overflow_risk, saved, likely and likely.isoformat())
        rows.append(row)
    return pd.DataFrame(rows, columns=list(FORESEEN), index=containers.index)


def as_stored(items: pd.DataFrame) -> dict[str, list[Any]]:
    """FORESEEN by key, for a plan to be stated from again."""
    columns = zip(*(items[name] for name in ("key", *FORESEEN)), strict=True)
    return {
        key: [round(fill, 4), _number(prize), round(risk, 4), round(saved, 4), likely or None]
        for key, fill, prize, risk, saved, likely in columns
    }


def from_stored(told: Mapping[str, Sequence[Any]], items: pd.DataFrame) -> pd.DataFrame:
    """As `foreseen`."""
    found = pd.DataFrame.from_dict(dict(told), orient="index", columns=list(FORESEEN))
    rows = found.reindex(items["key"]).set_axis(items.index)
    numbers = {name: pd.to_numeric(rows[name]) for name in FORESEEN[:-1]}
    return rows.assign(**numbers)


def _number(value: float) -> float | None:
    return round(float(value), 4) if isfinite(value) else None


def rule_of(forecast: Forecast, containers: pd.DataFrame, known: Sequence[Known]) -> dict[str, Any]:
    """How containers were foreseen for a plan, with the usual rate of each district, for the outputs."""
    usual = dict(zip(containers["district"], known, strict=True))
    return {
        **rule_of_fill(),
        "due": (
            "collection day, expected fill at least due_fill_pct, or risk of an overflow by that noon at least"
            " high_risk"
        ),
        "prize": "overflow_cost x the risk of an overflow until the next service that goes away by emptying",
        "next_service": "horizon_days after the day; without it the next collection day, else after seven days",
        "horizon_days": forecast.horizon_days,
        "overflow_cost": forecast.overflow_cost,
        "usual_rates": {district: _usual_told(one) for district, one in sorted(usual.items())},
        "comparison": "nearest neighbour over what is due alone",
    }


def _usual_told(known: Known) -> dict[str, Any]:
    return {
        "of": known.basis,
        "per_day_pct": round(100 * known.usual.per_day, 2),
        "deviation_pct": round(100 * known.usual.deviation, 2),
        "container_days": round(known.usual.days, 1),
    }


def rule_of_fill() -> dict[str, Any]:
    """How a fill is forecast, for the outputs."""
    return {
        "fill": "what was last in it + its own rate x days, taken at noon of the day, if nobody empties it before",
        "rate": (
            "Wiener process with drift by the readings and weighings of the last history_days days; the usual rate of"
            " the fraction's containers in the district (with least_days of container days, else of all that were read,"
            " else the assumed one) counts as seven days more"
        ),
        "weighing": "kg / (capacity_l x density): what was in the container when it was emptied",
        "presumed": "a collection day that passed since the last reading or emptying was kept",
        "high_risk": HIGH_RISK,
        "history_days": HISTORY_DAYS,
        "least_days": LEAST_DAYS,
        "assumed_per_day_pct": round(100 * ASSUMED.per_day, 2),
    }


def figures(items: pd.DataFrame, served: set[str]) -> dict[str, Any]:
    """What the forecast did for a plan that serves these keys; items: key and FORESEEN."""
    optional, taken = items["prize"].notna(), items["key"].isin(served)
    return {
        "due": int((~optional).sum()),
        "optional": int(optional.sum()),
        "optional_taken": int((optional & taken).sum()),
        "overflows_prevented": round(float(items.loc[taken, "saved"].sum()), 2),
        "prevented_by_optional": round(float(items.loc[taken & optional, "saved"].sum()), 2),
        "overflows_expected": round(float(items.loc[~taken, "risk"].sum()), 2),
    }
