"""Features as GeoJSON made in SQL, page by page; Python only joins the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Collection
from layers.queries.sql import Query, all_of, bbox_condition, table

COORDINATE_DIGITS = 7  # about 1 cm


@dataclass(frozen=True)
class Page:
    """One page of features: GeoJSON texts in the order of id, and the last id when there are more."""

    features: tuple[str, ...]
    next_after: int | None


@dataclass(frozen=True)
class ItemsQuery:
    """What a reader asks of a collection; `after` is the last id of the page before (keyset paging)."""

    limit: int
    bbox: BBox | None = None
    after: int = 0
    q: str = ""


def read_page(collection: Collection, query: ItemsQuery) -> Page:
    with connection.cursor() as cursor:
        cursor.execute(*items_sql(collection, query))
        rows = cursor.fetchall()
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return Page(tuple(text for _id, text in rows), rows[-1][0] if more else None)


def read_feature(collection: Collection, feature_id: int) -> str | None:
    """The feature's GeoJSON text, None when there is no such feature."""
    with connection.cursor() as cursor:
        cursor.execute(*feature_sql(collection, feature_id))
        row = cursor.fetchone()
    return row[0] if row else None


def items_sql(collection: Collection, query: ItemsQuery) -> Query:
    """Rows (id, GeoJSON text), one more than the limit, so that the page knows whether another follows."""
    conditions: list[sql.Composable] = [sql.SQL("id > %s")]
    params: list[Any] = [query.after]
    if query.bbox is not None and collection.geometry_type:
        condition, values = bbox_condition(query.bbox)
        conditions.append(condition)
        params += values
    if query.q:
        conditions.append(
            sql.SQL("search_key LIKE '%%' || casagis_like(%s) || '%%'")
            if collection.named
            else sql.SQL("false")
        )
        params += [query.q] if collection.named else []
    text = sql.SQL("SELECT id, {feature}::text FROM {table} WHERE {where} ORDER BY id LIMIT %s").format(
        feature=feature_json(collection), table=table(collection), where=all_of(conditions)
    )
    return text, [*params, query.limit + 1]


def feature_sql(collection: Collection, feature_id: int) -> Query:
    text = sql.SQL("SELECT {}::text FROM {} WHERE id = %s").format(
        feature_json(collection), table(collection)
    )
    return text, [feature_id]


def feature_json(collection: Collection) -> sql.Composed:
    """A GeoJSON Feature (RFC 7946): coordinates in CRS84, properties in the order of the model."""
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(f.name), sql.Identifier(f.name)) for f in collection.fields
    )
    geometry = sql.SQL("ST_AsGeoJSON(geom, {})::json").format(sql.Literal(COORDINATE_DIGITS))
    return sql.SQL(
        "json_build_object('type', 'Feature', 'id', id, 'geometry', {}, 'properties', json_build_object({}))"
    ).format(geometry if collection.geometry_type else sql.SQL("NULL::json"), pairs)
