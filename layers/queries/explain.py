"""What stands behind an indicator: its subject, the features of its inputs that touch it, and its values over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from psycopg import sql

from layers.definitions import Collection
from layers.policy import Access
from layers.queries.sql import Query
from layers.registry import get_collection

MOST_COUNTED = 1000
MOST_NAMED = 50
MOST_VALUES = 500
MOST_PARTS = 200
_NAMES = ("name_fr", "name_ar", "name_en", "reference", "external_id")


@dataclass(frozen=True)
class Named:
    """A feature that a page links to; `name` is empty where it has none that the reader may see."""

    id: int
    name: str


@dataclass(frozen=True)
class Touching:
    """The largest of the features that touch a subject, and how many there are; `more` than were counted."""

    count: int
    more: bool
    named: tuple[Named, ...]


@dataclass(frozen=True)
class Moment:
    """An indicator as it stood from `at` on."""

    at: datetime
    value: float | None
    version: int
    code_version: str
    inputs: Any


@dataclass(frozen=True)
class Part:
    """The indicator of one district that belongs to one of the city."""

    id: int
    subject: str
    value: float | None


def parts_of_city(access: Access, indicator: str, variant: str) -> list[Part]:
    """Of the same variant, or of none where the city's is that of its districts; by identifier, the first 200."""
    readable, params = access.rows("t")
    text = sql.SQL(
        "SELECT t.id, t.subject, t.value FROM {table} AS t WHERE t.indicator = %s AND t.subject_collection ="
        " 'districts' AND t.variant = %s AND {readable} ORDER BY t.subject LIMIT %s"
    ).format(table=sql.Identifier(access.collection.table), readable=readable)
    own = "" if variant == "districts" else variant
    return [Part(*row) for row in _rows((text, [indicator, own, *params, MOST_PARTS]))]


def find_feature(access: Access, external_id: str) -> Named | None:
    """None for one that is not there any more, or that the reader may not see."""
    readable, params = access.rows("t")
    text = sql.SQL("SELECT t.id, {name} FROM {table} AS t WHERE t.external_id = %s AND {readable}").format(
        name=_name(access), table=sql.Identifier(access.collection.table), readable=readable
    )
    return next((Named(*row) for row in _rows((text, [external_id, *params]))), None)


def touching(access: Access, subject: Collection, subject_id: int) -> Touching:
    """Features of a spatial collection that share a point with the subject, as the reader may see them now."""
    found = list(_rows(touching_sql(access, subject, subject_id)))
    named = tuple(Named(*row) for row in found[:MOST_NAMED])
    return Touching(min(len(found), MOST_COUNTED), len(found) > MOST_COUNTED, named)


def touching_sql(access: Access, subject: Collection, subject_id: int) -> Query:
    readable, params = access.rows("t")
    size = "t.area_m2 DESC, t.id" if access.collection.geometry_type == "MultiPolygon" else "t.id"
    text = sql.SQL(
        "SELECT t.id, {name} FROM {table} AS t, {subject} AS s WHERE s.id = %s AND ST_Intersects(t.geom, s.geom)"
        " AND {readable} ORDER BY {size} LIMIT %s"
    ).format(
        name=_name(access),
        table=sql.Identifier(access.collection.table),
        subject=sql.Identifier(subject.table),
        readable=readable,
        size=sql.SQL(size),
    )
    return text, [subject_id, *params, MOST_COUNTED + 1]


def values_of(access: Access, indicator_id: int) -> list[Moment]:
    """The newest 500, oldest first."""
    readable, params = access.rows("e")
    text = sql.SQL(
        "SELECT e.computed_at, e.value, e.version, e.code_version, e.inputs FROM {history} AS e"
        " WHERE e.id = %s AND e.pgh_label <> 'delete' AND {readable} ORDER BY e.pgh_id DESC LIMIT %s"
    ).format(history=sql.Identifier(get_collection("indicators").history_table), readable=readable)
    return [Moment(*row) for row in _rows((text, [indicator_id, *params, MOST_VALUES]))][::-1]


def _name(access: Access) -> sql.Composable:
    """In the active language where there is one."""
    seen, own = {field.name for field in access.fields}, f"name_{(get_language() or '')[:2]}"
    order = sorted(_NAMES, key=lambda name: name != own)
    names = [sql.SQL("NULLIF(t.{}, '')").format(sql.Identifier(n)) for n in order if n in seen]
    return sql.SQL("coalesce({}, '')").format(sql.SQL(", ").join([*names, sql.SQL("NULL::text")]))


def _rows(query: Query) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        yield from cursor.fetchall()
