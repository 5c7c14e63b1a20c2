"""Conditions of place and time over the rows of `t`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import shapely
from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Field
from layers.policy import Condition
from layers.queries.sql import bbox_condition


def area_condition(area: BBox | shapely.Polygon) -> Condition:
    """Rows whose geometry meets the area (degrees of CRS84)."""
    if isinstance(area, BBox):
        return bbox_condition(area)
    if area.is_empty:
        return sql.SQL("false"), []
    return sql.SQL("ST_Intersects(t.geom, ST_GeomFromWKB(%s, 4326))"), [shapely.to_wkb(area)]


@dataclass(frozen=True)
class Interval:
    """From `start` to `end`, both inside; None is open. A date is the whole day in UTC."""

    start: date | datetime | None
    end: date | datetime | None


def time_condition(field: Field, interval: Interval) -> Condition:
    """Rows whose instant lies in the interval, and rows that have none (OGC API Features Part 1, Requirement 26)."""
    column = sql.Identifier("t", field.name)
    parts: list[sql.Composable] = []
    params: list[Any] = []
    if interval.start is not None:
        parts.append(sql.SQL("{} >= %s").format(column))
        params.append(_first(field, interval.start))
    if interval.end is not None:
        operator, value = _last(field, interval.end)
        parts.append(sql.SQL("{} " + operator + " %s").format(column))  # type: ignore[arg-type]
        params.append(value)
    if not parts:
        return sql.SQL("true"), []
    return sql.SQL("({} IS NULL OR ({}))").format(column, sql.SQL(" AND ").join(parts)), params


def _first(field: Field, moment: date | datetime) -> date | datetime:
    return _day(moment) if field.type == "date" else _instant(moment)


def _last(field: Field, moment: date | datetime) -> tuple[str, date | datetime]:
    if field.type == "date":
        return "<=", _day(moment)
    if isinstance(moment, datetime):
        return "<=", moment
    return ("<", _instant(moment + timedelta(days=1))) if moment < date.max else ("<=", datetime.max)  # noqa: DTZ901


def _day(moment: date | datetime) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def _instant(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)
