"""Pieces of SQL that every query shares; identifiers are quoted, values are bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Collection
from layers.policy import Condition

Query = tuple[sql.Composed, list[Any]]
SINGLE_PRECISION = 4e-5  # degrees: more than two steps of a 32-bit float at 180


def table(collection: Collection) -> sql.Identifier:
    return sql.Identifier(collection.table)


def columns(names: Iterable[str], prefix: str = "") -> sql.Composed:
    """`a, b` or, with a prefix, `t.a, t.b`."""
    return sql.SQL(", ").join(sql.Identifier(prefix, n) if prefix else sql.Identifier(n) for n in names)


def all_of(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")


def both(*conditions: Condition) -> Condition:
    """All conditions at once, their parameters in order."""
    return all_of([text for text, _ in conditions]), [value for _, values in conditions for value in values]


def rows_of(collection: Collection, as_of: datetime | None = None) -> Query:
    """The FROM item, named `t`: the table, or what it held at a moment, told by its history.

    Of each feature the last event until the moment counts; a condition on `id` reaches into it and its index.
    """
    if as_of is None:
        return sql.SQL("{} AS t").format(table(collection)), []
    text = sql.SQL(
        "(SELECT * FROM (SELECT DISTINCT ON (id) * FROM {history} WHERE pgh_created_at <= %s"
        " ORDER BY id, pgh_id DESC) AS latest WHERE pgh_label <> 'delete') AS t"
    ).format(history=sql.Identifier(collection.history_table))
    return text, [as_of]


def bbox_condition(box: BBox) -> Condition:
    """Rows of `t` whose geometry meets the box (degrees of CRS84), also across the antimeridian."""
    parts = [_meets(part) for part in box.parts()]
    joined = sql.SQL(" OR ").join([text for text, _ in parts])
    return sql.SQL("({})").format(joined), [value for _, values in parts for value in values]


def _meets(box: BBox) -> Condition:
    """What lies wholly inside needs no exact test. The index compares in single precision, so the box for that is
    smaller by more than its error; a box that leaves nothing then goes without."""
    envelope, corners = "ST_MakeEnvelope(%s, %s, %s, %s, 4326)", list(box.as_tuple())
    if (
        box.west == box.east or box.south == box.north
    ):  # a point or a line: as a polygon it would meet nothing
        flat = "ST_SetSRID(ST_Envelope(ST_MakeLine(ST_MakePoint(%s, %s), ST_MakePoint(%s, %s))), 4326)"
        return sql.SQL(f"ST_Intersects(t.geom, {flat})"), corners
    inner = [box.west + SINGLE_PRECISION, box.south + SINGLE_PRECISION, box.east - SINGLE_PRECISION]
    inner.append(box.north - SINGLE_PRECISION)
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        return sql.SQL(f"ST_Intersects(t.geom, {envelope})"), corners
    text = f"(t.geom && {envelope} AND (t.geom @ {envelope} OR ST_Intersects(t.geom, {envelope})))"
    return sql.SQL(text), [*corners, *inner, *corners]


def digest_sql(alias: str, name: str) -> sql.Composed:
    """What stands for a value too long to be shown: `sha256:` and 16 digits, equal for equal values; NULL of none."""
    text = "'sha256:' || left(encode(sha256(convert_to({}::text, 'UTF8')), 'hex'), 16)"
    return sql.SQL(text).format(sql.Identifier(alias, name))
