"""The SQL of single edits; each statement answers with what the editor needs next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from shapely.geometry.base import BaseGeometry

from layers.definitions import Collection
from layers.policy import Access
from layers.queries.items import feature_json
from layers.queries.sql import Query, columns

Values = Mapping[str, Any]  # column name -> value; `geom` is a shapely geometry in EPSG:4326


def lock_sql(access: Access, ids: Sequence[int]) -> Query:
    """Rows (id, version, may be read, may be written, GeoJSON text with all that may be read, WKB), locked in the
    order of id."""
    readable, reading = access.rows("t")
    writable, writing = access.writable_rows("t")
    text = sql.SQL(
        "SELECT t.id, t.version, {readable}, {writable}, {feature}, {geometry} FROM {table} AS t"
        " WHERE t.id = ANY (%s) ORDER BY t.id FOR UPDATE OF t"
    ).format(
        readable=readable,
        writable=writable,
        feature=feature_json(access, access.fields),
        geometry=sql.SQL("ST_AsBinary(t.geom)" if access.collection.geometry_type else "NULL"),
        table=sql.Identifier(access.collection.table),
    )
    return text, [*reading, *writing, list(ids)]


def insert_sql(access: Access, values: Values) -> Query:
    table, (answer, params) = sql.Identifier(access.collection.table), _answer(access)
    if not values:
        return sql.SQL("INSERT INTO {} AS t DEFAULT VALUES RETURNING {}").format(table, answer), params
    text = sql.SQL("INSERT INTO {} AS t ({}) VALUES ({}) RETURNING {}").format(
        table, columns(values), sql.SQL(", ").join(map(_slot, values)), answer
    )
    return text, [*map(_bound, values.values()), *params]


def update_sql(access: Access, feature_id: int, values: Values) -> Query:
    """A value that is `DEFAULT` goes back to the column's default."""
    answer, params = _answer(access)
    pairs = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), _slot(name))
        for name in values
        if name not in _reset(values)
    )
    resets = sql.SQL(", ").join(sql.SQL("{} = DEFAULT").format(sql.Identifier(n)) for n in _reset(values))
    both = sql.SQL(", ").join(part for part in (pairs, resets) if part.as_string())
    text = sql.SQL("UPDATE {} AS t SET {} WHERE t.id = %s RETURNING {}").format(
        sql.Identifier(access.collection.table), both, answer
    )
    bound = [_bound(value) for name, value in values.items() if name not in _reset(values)]
    return text, [*bound, feature_id, *params]


def delete_sql(access: Access, feature_id: int) -> Query:
    table = sql.Identifier(access.collection.table)
    return sql.SQL("DELETE FROM {} WHERE id = %s").format(table), [feature_id]


def undelete_sql(access: Access, feature_id: int, version: int) -> Query:
    """The state of a version under its old id, two versions after the last one: the deletion was one as well.

    No row when it is not deleted.
    """
    kept = kept_columns(access.collection)
    answer, params = _answer(access)
    text = sql.SQL(
        "INSERT INTO {table} AS t (id, version, updated_at, {columns})"
        " SELECT e.id, (SELECT max(version) + 2 FROM {history} WHERE id = e.id), casagis_moment(), {old}"
        " FROM {history} AS e WHERE e.id = %s AND e.version = %s AND e.pgh_label <> 'delete'"
        " AND NOT EXISTS (SELECT FROM {table} AS live WHERE live.id = e.id)"
        " ORDER BY e.pgh_id DESC LIMIT 1 RETURNING {answer}"
    ).format(
        table=sql.Identifier(access.collection.table),
        history=sql.Identifier(access.collection.history_table),
        columns=columns(kept),
        old=columns(kept, "e"),
        answer=answer,
    )
    return text, [feature_id, version, *params]


def kept_columns(collection: Collection) -> list[str]:
    """The columns that a restored row takes from its history."""
    spatial = ["geom"] if collection.geometry_type else []
    return [*collection.writable, "created_at", *spatial]


def version_sql(access: Access, feature_id: int, version: int) -> Query:
    """GeoJSON text of a version as the reader may see it."""
    readable, params = access.rows("t")
    text = sql.SQL(
        "SELECT {feature} FROM {history} AS t WHERE t.id = %s AND t.version = %s AND t.pgh_label <> 'delete'"
        " AND {readable} ORDER BY t.pgh_id DESC LIMIT 1"
    ).format(
        feature=feature_json(access),
        history=sql.Identifier(access.collection.history_table),
        readable=readable,
    )
    return text, [feature_id, version, *params]


def last_change_sql(collection: Collection, feature_id: int) -> Query:
    """Of the newest event: label, version, time, and the reason of its batch (JSON, or NULL)."""
    text = sql.SQL(
        "SELECT e.pgh_label, e.version, e.pgh_created_at, c.metadata FROM {history} AS e"
        " LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id WHERE e.id = %s ORDER BY e.pgh_id DESC LIMIT 1"
    ).format(history=sql.Identifier(collection.history_table))
    return text, [feature_id]


DEFAULT = object()


def _reset(values: Values) -> list[str]:
    return [name for name, value in values.items() if value is DEFAULT]


def _slot(name: str) -> sql.Composable:
    return sql.SQL("ST_GeomFromWKB(%s, 4326)" if name == "geom" else "%s")


def _bound(value: Any) -> Any:
    if isinstance(value, BaseGeometry):
        return value.wkb
    return Jsonb(value) if isinstance(value, dict) else value


def _answer(access: Access) -> Query:
    """id, version, whether the row as it is now may be written by the actor, GeoJSON text with all that may be read."""
    writable, params = access.writable_rows("t")
    return sql.SQL("t.id, t.version, {}, {}").format(writable, feature_json(access, access.fields)), params
