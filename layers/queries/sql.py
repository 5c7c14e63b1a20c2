"""Pieces of SQL that every query shares; identifiers are quoted, values are bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Collection

Query = tuple[sql.Composed, list[Any]]


def table(collection: Collection) -> sql.Identifier:
    return sql.Identifier(collection.table)


def columns(names: Iterable[str], prefix: str = "") -> sql.Composed:
    """`a, b` or, with a prefix, `t.a, t.b`."""
    return sql.SQL(", ").join(sql.Identifier(prefix, n) if prefix else sql.Identifier(n) for n in names)


def all_of(conditions: list[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")


def bbox_condition(box: BBox) -> tuple[sql.Composable, list[float]]:
    """Rows whose geometry meets the box (degrees of CRS84), also across the antimeridian."""
    envelope = "ST_Intersects(geom, ST_MakeEnvelope(%s, %s, %s, %s, 4326))"
    parts = box.parts()
    return sql.SQL("(" + " OR ".join([envelope] * len(parts)) + ")"), [n for p in parts for n in p.as_tuple()]
