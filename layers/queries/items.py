"""Features as GeoJSON made in SQL, page by page; Python only joins the bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.db import DataError, connection
from psycopg import sql

from gis_core.crs import Crs
from gis_core.errors import InvalidInput
from gis_core.geometry import CRS84, WGS84_SRID, BBox
from layers.base import TILE_SRID
from layers.definitions import Field
from layers.policy import Access, Condition
from layers.queries.places import Interval, area_condition, time_condition
from layers.queries.search import NAMES
from layers.queries.sorting import SortKey, after_condition, order_sql, place_sql, write_place
from layers.queries.sql import Query, both, columns, rows_of

COORDINATE_DIGITS = 7  # about 1 cm
DEGREES = Crs(CRS84, WGS84_SRID)
MOST_WRITTEN = 500


@dataclass(frozen=True)
class Page:
    """One page of features: GeoJSON texts (UTF-8) in their order, and where the next one begins when there are more."""

    features: tuple[bytes, ...]
    next_after: str | None


@dataclass(frozen=True)
class ItemsQuery:
    """What a reader asks of a collection.

    `after` is the place of the last feature of the page before (layers.queries.sorting); `conditions` speak of `t`;
    `fields` are the properties to show (None: those of `Access.shown`); `limit` None is no limit.
    """

    limit: int | None
    bbox: BBox | shapely.Polygon | None = None
    after: str = ""
    q: str = ""
    as_of: datetime | None = None
    interval: Interval | None = None
    conditions: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...] = ()
    fields: tuple[Field, ...] | None = None
    crs: Crs = DEGREES


@dataclass(frozen=True)
class Row:
    """One feature: GeoJSON text, version, and when it was changed last."""

    text: str
    version: int
    updated_at: datetime


def read_page(access: Access, query: ItemsQuery) -> Page:
    """Raises InvalidInput where a value of the query is beyond what the database can compute with."""
    with _told_data_errors(), connection.cursor() as cursor:
        cursor.execute(*items_sql(access, query))
        found = (
            cursor.pgresult
        )  # the bytes as they came: a page of half a megabyte need not become text and bytes again
    count = found.ntuples if query.limit is None else min(found.ntuples, query.limit)
    texts = tuple(found.get_value(number, 1) for number in range(count))
    more = found.ntuples > count
    return Page(texts, write_place(query.sort, found.get_value(count - 1, 0).decode()) if more else None)


def read_feature(
    access: Access,
    feature_id: int,
    *,
    as_of: datetime | None = None,
    fields: Sequence[Field] | None = None,
    crs: Crs = DEGREES,
) -> Row | None:
    """None when the reader has no such feature."""
    rows = _fetch(feature_sql(access, feature_id, as_of, fields, crs))
    return Row(*rows[0]) if rows else None


def next_place(access: Access, query: ItemsQuery) -> str | None:
    """Where the page after this one begins, for answers that are not made of rows here; None on the last page."""
    if query.limit is None:
        return None
    rows, moment = rows_of(access.collection, query.as_of)
    where, params = both(*conditions_of(access, query), *_after(query))
    text = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} OFFSET %s LIMIT 2").format(
        place_sql(query.sort), rows, where, order_sql(query.sort)
    )
    found = _fetch((text, [*moment, *params, query.limit - 1]))
    return write_place(query.sort, found[0][0]) if len(found) == 2 else None


def count_exactly(access: Access, query: ItemsQuery) -> int:
    text, params = _all_of("SELECT count(*)", access, query)
    return int(_fetch((text, params))[0][0])


def count_roughly(access: Access, query: ItemsQuery) -> int:
    """How many rows the planner expects."""
    text, params = _all_of("EXPLAIN (FORMAT JSON) SELECT", access, query)
    (plan,) = _fetch((text, params))[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


def _all_of(verb: str, access: Access, query: ItemsQuery) -> Query:
    rows, moment = rows_of(access.collection, query.as_of)
    where, params = both(*conditions_of(access, query))
    text = sql.SQL("{} FROM {} WHERE {}").format(sql.SQL(verb), rows, where)  # type: ignore[arg-type]
    return text, [*moment, *params]


def _fetch(query: Query) -> list[Any]:
    with _told_data_errors(), connection.cursor() as cursor:
        cursor.execute(*query)
        return cursor.fetchall()


@contextmanager
def _told_data_errors() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        told = str(error).partition("\n")[0]
        raise InvalidInput(f"The database cannot compute this: {told}. Change the values.") from error


def items_sql(access: Access, query: ItemsQuery) -> Query:
    """Rows (place, GeoJSON text), one more than the limit, so that the page knows whether another follows."""
    rows, moment = rows_of(access.collection, query.as_of)
    where, params = both(*conditions_of(access, query), *_after(query))
    text = sql.SQL("SELECT {place}, {feature} FROM {rows} WHERE {where} ORDER BY {order}{limit}").format(
        place=place_sql(query.sort),
        feature=feature_json(access, query.fields, query.crs, live=query.as_of is None),
        rows=rows,
        where=where,
        order=order_sql(query.sort),
        limit=sql.SQL("" if query.limit is None else " LIMIT %s"),
    )
    return text, [*moment, *params, *([] if query.limit is None else [query.limit + 1])]


def conditions_of(access: Access, query: ItemsQuery) -> list[Condition]:
    """All that a row must meet, its place in the order apart."""
    found: list[Condition] = [access.rows("t"), *query.conditions]
    if query.bbox is not None and access.collection.geometry_type:
        found.append(area_condition(query.bbox))
    time_field = next((f for f in access.fields if f.name == access.collection.time), None)
    if query.interval is not None and time_field is not None:
        found.append(time_condition(time_field, query.interval))
    if query.q:
        found.append(_named_like(access, query.q, query.as_of))
    return found


def paging_conditions(access: Access, query: ItemsQuery) -> list[Condition]:
    """All that a row of this page must meet."""
    return [*conditions_of(access, query), *_after(query)]


def _after(query: ItemsQuery) -> list[Condition]:
    return [after_condition(query.sort, query.after)] if query.after else []


def _named_like(access: Access, words: str, as_of: datetime | None) -> Condition:
    if not access.collection.named or access.hidden & NAMES:
        return sql.SQL("false"), []
    key = (
        sql.SQL("t.search_key")
        if as_of is None
        else sql.SQL("casagis_search_key(t.name_fr, t.name_ar, t.name_en)")
    )
    return sql.SQL("{} LIKE '%%' || casagis_like(%s) || '%%'").format(key), [words]


def feature_sql(
    access: Access,
    feature_id: int,
    as_of: datetime | None = None,
    fields: Sequence[Field] | None = None,
    crs: Crs = DEGREES,
) -> Query:
    """One row (GeoJSON text, version, updated_at), or none."""
    rows, moment = rows_of(access.collection, as_of)
    where, params = both((sql.SQL("t.id = %s"), [feature_id]), access.rows("t"))
    feature = feature_json(access, fields, crs, live=as_of is None)
    text = sql.SQL("SELECT {}, t.version, t.updated_at FROM {} WHERE {}").format(feature, rows, where)
    return text, [*moment, *params]


def feature_json(
    access: Access, fields: Sequence[Field] | None = None, crs: Crs = DEGREES, *, live: bool = True
) -> sql.SQL:
    """Text of a GeoJSON Feature (RFC 7946) of row `t`: the properties of `Access.shown`, or those of `fields`;
    coordinates in `crs` in its authority's axis order. live: `t` is the table, not its history.

    Written once for each kind of reader and kept: composing it costs more than reading one feature.
    """
    names = tuple(field.name for field in (access.shown if fields is None else fields))
    key = (access.collection.id, names, crs, live)
    if key not in _written:
        if len(_written) > MOST_WRITTEN:
            _written.clear()
        _written[key] = sql.SQL(_feature_json(access, names, crs, live).as_string())  # type: ignore[arg-type]
    return _written[key]


_written: dict[tuple[object, ...], sql.SQL] = {}


def _feature_json(access: Access, names: Sequence[str], crs: Crs, live: bool) -> sql.Composed:
    """Put together as text by `concat`, so that what is JSON already is not parsed again (measured: a quarter faster
    than json_build_object)."""
    shape = _geometry(crs, live=live) if access.collection.geometry_type else sql.SQL("'null'")
    return sql.SQL(
        """concat('{{"type":"Feature","id":', t.id, ',"geometry":', {shape}, ',"properties":',"""
        " row_to_json((SELECT p FROM (SELECT {names}) AS p)), '}}')"
    ).format(shape=shape, names=columns(names, "t"))


def _geometry(crs: Crs, *, live: bool) -> sql.Composable:
    """GeoJSON text without a `crs` member."""
    geometry: sql.Composable = sql.SQL("t.geom")
    if crs.srid == TILE_SRID and live:
        geometry = sql.SQL("t.geom_3857")
    elif crs.srid != WGS84_SRID:
        geometry = sql.SQL("ST_Transform(t.geom, {})").format(sql.Literal(crs.srid))
    if crs.flips_axes:
        geometry = sql.SQL("ST_FlipCoordinates({})").format(geometry)
    return sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(geometry, sql.Literal(crs.digits))
