"""What a planner asks of a plan: area, day, fleet and rules, read from the inputs of a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from analysis.network.conditions import DAY_S
from analysis.routes import Break, Budget
from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Input

DEFAULT_SECONDS = 5.0
CONTAINERS, KERBSIDE = "containers", "kerbside"
MIN_S = 60.0
OVERFLOW_COST = 30.0  # an assumption: three quarters of a crew's hour to clean up; the city's own is better
_ids = {"type": "array", "items": {"type": "string"}}
_minutes = {"type": "number", "minimum": 0, "maximum": 720}
_clock = {"type": "string", "pattern": r"^\d{2}:\d{2}$"}

RULES = (
    Input(
        "kind",
        _("Kind of collection"),
        {
            "type": "string",
            "oneOf": [
                {"const": CONTAINERS, "title": _("Containers")},
                {"const": KERBSIDE, "title": _("Kerbside, street by street")},
            ],
            "default": CONTAINERS,
        },
    ),
    Input(
        "date", _("Day of service"), {"type": "string", "format": "date"}, _("Default: today, the city's time.")
    ),
    Input(
        "districts",
        _("Districts (identifiers)"),
        _ids,
        _("Default: all. The published plan of other districts stays."),
    ),
    Input("area", _("Area (GeoJSON polygon)"), {"type": "object"}, _("Only what lies in it is planned.")),
    Input("fraction", _("Fraction"), {"type": "string", "default": "mixed"}),
    Input("vehicles", _("Vehicles (identifiers)"), _ids, _("Default: all that are free that day.")),
    Input(
        "due_only",
        _("Only what is due"),
        {"type": "boolean", "default": True},
        _("Due: its collection day, or fuller than the city's threshold."),
    ),
    Input(
        "forecast",
        _("Forecast fills"),
        {"type": "boolean", "default": False},
        _("What is not due may be collected too, where that costs less than the overflow that it prevents."),
    ),
    Input(
        "horizon_days",
        _("Days until the next service"),
        {"type": "integer", "minimum": 1, "maximum": 60},
        _("With a forecast. Default: each container's next collection day, else seven days."),
    ),
    Input(
        "overflow_cost",
        _("What an overflow costs"),
        {"type": "number", "minimum": 0},
        _("With a forecast: cleaning and complaints, in the unit of the costs. Default: the city's own."),
    ),
    Input("title", _("Title"), {"type": "string", "maxLength": 200}),
    Input(
        "from_plan",
        _("Begin with (plan)"),
        {"type": "string"},
        _("The search starts from this plan and keeps to its crews where that costs little."),
    ),
    Input(
        "familiar_price",
        _("Price of another crew"),
        {"type": "number", "minimum": 0, "default": 2.0},
        _("Money for each container or street that leaves its crew of the plan to begin with."),
    ),
    Input("rest_min", _("Break, minutes"), {**_minutes, "default": 0}),
    Input("rest_from", _("Break begins at the earliest"), {**_clock, "default": "10:00"}),
    Input("rest_until", _("Break begins at the latest"), {**_clock, "default": "13:00"}),
    Input("overtime_min", _("Overtime allowed, minutes"), {**_minutes, "default": 0}),
    Input(
        "spread_min",
        _("Most minutes between the longest and the shortest shift"),
        _minutes,
        _("Default: no bound. It holds among the vehicles that are planned together."),
    ),
    Input(
        "territories",
        _("Compact territories"),
        {"type": "boolean", "default": False},
        _("Each vehicle has a part of the district, and leaves it at a price."),
    ),
)  # fmt: skip
SEARCH = (
    Input(
        "seconds",
        _("Seconds of search per district"),
        {"type": "number", "minimum": 0, "maximum": 3600, "default": DEFAULT_SECONDS},
    ),
    Input(
        "max_iterations",
        _("Iterations of search per district"),
        {"type": "integer", "minimum": 0},
        _("With it and without seconds, the same inputs give the same plan."),
    ),
    Input("seed", _("Seed"), {"type": "integer", "minimum": 0, "default": 0}),
)

SEEDS = Input(
    "seeds",
    _("Searches per district"),
    {"type": "integer", "minimum": 1, "maximum": 16, "default": 1},
    _("Each with a seed of its own, on as many workers as there are; the best one is kept."),
)


@dataclass(frozen=True)
class Forecast:
    """Stops that are not due are optional. `horizon_days` None: by each container's collection days."""

    horizon_days: int | None
    overflow_cost: float

    @classmethod
    def of(cls, inputs: Mapping[str, Any], city: City) -> Forecast | None:
        """Raises InvalidInput where a forecast is no matter of what is asked."""
        if not inputs.get("forecast"):
            return None
        if inputs.get("kind") == KERBSIDE:
            raise InvalidInput("forecast: only containers have a fill; leave it out for a kerbside plan.")
        if not inputs.get("due_only", True):
            raise InvalidInput("forecast: due_only=false collects everything anyway; ask for one of the two.")
        own = city.waste.get("overflow_cost", OVERFLOW_COST)
        return cls(inputs.get("horizon_days"), float(inputs.get("overflow_cost", own)))


@dataclass(frozen=True)
class WeekDays:
    """Of a plan that is one day of a week: by container or street the weekdays (1 = Monday) on which it is collected
    in that week, and on which it was when the week was planned."""

    days: Mapping[str, tuple[int, ...]]
    was: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> WeekDays:
        days, was = ({key: tuple(own) for key, own in told[name].items()} for name in ("days", "was"))
        return cls(days, was)


@dataclass(frozen=True, eq=False)
class Asked:
    """Times are seconds; `districts` and `vehicles` empty: all; `area` in EPSG:4326, None: everywhere."""

    kind: str
    day: date
    fraction: str
    districts: tuple[str, ...]
    area: BaseGeometry | None
    vehicles: tuple[str, ...]
    due_only: bool
    title: str
    from_plan: str
    familiar_price: float
    rest: Break | None
    overtime_s: float
    spread_s: float | None
    territories: bool
    forecast: Forecast | None = None
    week: WeekDays | None = None

    @classmethod
    def of(cls, inputs: Mapping[str, Any], city: City) -> Asked:
        """Raises InvalidInput naming the input."""
        spread = inputs.get("spread_min")
        return cls(
            kind=inputs.get("kind") or CONTAINERS,
            day=_day(inputs.get("date"), city),
            fraction=inputs.get("fraction") or "mixed",
            districts=tuple(dict.fromkeys(inputs.get("districts") or ())),
            area=_area(inputs.get("area")),
            vehicles=tuple(dict.fromkeys(inputs.get("vehicles") or ())),
            due_only=bool(inputs.get("due_only", True)),
            title=inputs.get("title") or "",
            from_plan=inputs.get("from_plan") or "",
            familiar_price=float(inputs.get("familiar_price", 2.0)),
            rest=_rest(inputs),
            overtime_s=MIN_S * float(inputs.get("overtime_min") or 0),
            spread_s=None if spread is None else MIN_S * float(spread),
            territories=bool(inputs.get("territories", False)),
            forecast=Forecast.of(inputs, city),
            week=WeekDays.of(inputs["week"]) if inputs.get("week") else None,
        )

    def collection_days(self, items: pd.DataFrame) -> pd.Series:
        """Per item (by `key`) its weekdays: those of the week that this plan is a day of, else its present ones."""
        week = self.week
        if week is None:
            return items["collection_days"]
        return pd.Series([list(week.days.get(key, ())) for key in items["key"]], items.index, dtype=object)

    @property
    def where(self) -> str:
        """For a message that nothing was found: the narrower the plan, the likelier that is why."""
        if self.area is not None:
            return " in this area"
        return f" in {', '.join(self.districts)}" if self.districts else ""

    def within(self, items: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The items that touch the area; their CRS may be any."""
        if self.area is None or items.empty:
            return items
        (area,) = gpd.GeoSeries([self.area], crs=4326).to_crs(items.crs)
        return items[items.intersects(area)]


def budget_of(inputs: Mapping[str, Any]) -> Budget:
    seconds, iterations = inputs.get("seconds"), inputs.get("max_iterations")
    return Budget(iterations, DEFAULT_SECONDS if seconds is None and iterations is None else seconds)


def seeds_of(inputs: Mapping[str, Any]) -> range:
    """As many as asked for, from the seed on."""
    first = int(inputs.get("seed") or 0)
    return range(first, first + int(inputs.get("seeds") or 1))


def seconds_of(moment: time) -> float:
    """Seconds after midnight."""
    return moment.hour * 3600.0 + moment.minute * 60.0 + moment.second


def _day(text: str | None, city: City) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(ZoneInfo(city.time_zone)).date()
    except ValueError as error:
        raise InvalidInput(f"date={text!r}: give a day as 2026-11-23.") from error


def _area(shape: Mapping[str, Any] | None) -> BaseGeometry | None:
    if not shape:
        return None
    try:
        area = shapely.geometry.shape(shape)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.GEOSException) as error:
        raise InvalidInput("area: give a GeoJSON polygon.") from error
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
        raise InvalidInput("area: give a GeoJSON polygon whose border does not cross itself.")
    return area


def _rest(inputs: Mapping[str, Any]) -> Break | None:
    """One that ends before it begins goes over midnight; whether a shift does, the fleet knows."""
    duration_s = MIN_S * float(inputs.get("rest_min") or 0)
    if duration_s == 0:
        return None
    from_s, until_s = (
        clock_of(name, inputs.get(name) or default)
        for name, default in (("rest_from", "10:00"), ("rest_until", "13:00"))
    )
    return Break(duration_s, from_s, until_s if until_s >= from_s else until_s + DAY_S)


def clock_of(name: str, text: str) -> float:
    """Seconds after midnight of a local time."""
    try:
        return seconds_of(time.fromisoformat(text))
    except ValueError as error:
        raise InvalidInput(f"{name}={text!r}: give a time as 12:30.") from error
