"""Features as GeoJSON made in SQL, page by page; Python only joins the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from psycopg import sql

from gis_core.geometry import BBox
from layers.policy import Access, Condition
from layers.queries.sql import Query, bbox_condition, both, rows_of

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
    as_of: datetime | None = None


def read_page(access: Access, query: ItemsQuery) -> Page:
    with connection.cursor() as cursor:
        cursor.execute(*items_sql(access, query))
        rows = cursor.fetchall()
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return Page(tuple(text for _id, text in rows), rows[-1][0] if more else None)


def read_feature(access: Access, feature_id: int, *, as_of: datetime | None = None) -> str | None:
    """The feature's GeoJSON text, None when the reader has no such feature."""
    with connection.cursor() as cursor:
        cursor.execute(*feature_sql(access, feature_id, as_of))
        row = cursor.fetchone()
    return row[0] if row else None


def items_sql(access: Access, query: ItemsQuery) -> Query:
    """Rows (id, GeoJSON text), one more than the limit, so that the page knows whether another follows."""
    rows, moment = rows_of(access.collection, query.as_of)
    where, params = both(*_conditions(access, query))
    text = sql.SQL("SELECT t.id, {feature}::text FROM {rows} WHERE {where} ORDER BY t.id LIMIT %s").format(
        feature=feature_json(access), rows=rows, where=where
    )
    return text, [*moment, *params, query.limit + 1]


def _conditions(access: Access, query: ItemsQuery) -> list[Condition]:
    found: list[Condition] = [(sql.SQL("t.id > %s"), [query.after]), access.rows("t")]
    if query.bbox is not None and access.collection.geometry_type:
        found.append(bbox_condition(query.bbox))
    if query.q:
        found.append(_named_like(access, query.q, query.as_of))
    return found


def _named_like(access: Access, words: str, as_of: datetime | None) -> Condition:
    if not access.collection.named:
        return sql.SQL("false"), []
    key = (
        sql.SQL("t.search_key")
        if as_of is None
        else sql.SQL("casagis_search_key(t.name_fr, t.name_ar, t.name_en)")
    )
    return sql.SQL("{} LIKE '%%' || casagis_like(%s) || '%%'").format(key), [words]


def feature_sql(access: Access, feature_id: int, as_of: datetime | None = None) -> Query:
    rows, moment = rows_of(access.collection, as_of)
    where, params = both((sql.SQL("t.id = %s"), [feature_id]), access.rows("t"))
    text = sql.SQL("SELECT {}::text FROM {} WHERE {}").format(feature_json(access), rows, where)
    return text, [*moment, *params]


def feature_json(access: Access) -> sql.Composed:
    """A GeoJSON Feature (RFC 7946) of row `t`: coordinates in CRS84, the properties that the reader may see."""
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(f.name), sql.Identifier("t", f.name)) for f in access.fields
    )
    geometry = sql.SQL("ST_AsGeoJSON(t.geom, {})::json").format(sql.Literal(COORDINATE_DIGITS))
    return sql.SQL(
        "json_build_object('type', 'Feature', 'id', t.id, 'geometry', {}, 'properties', json_build_object({}))"
    ).format(geometry if access.collection.geometry_type else sql.SQL("NULL::json"), pairs)
