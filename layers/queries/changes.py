"""What changed since a snapshot of the database, by the history: exact, whatever transactions ran at that time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
from django.db import connection
from psycopg import sql

from layers.registry import get_collection

# A transaction that the snapshot did not see is new, also one that had begun before it.
_UNSEEN = "NOT pg_visible_in_snapshot(e.transaction_id::text::xid8, %(snapshot)s::pg_snapshot)"


def read_snapshot() -> str:
    """Take it before reading: what it sees, a statement after it sees as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def changed_since(collection_id: str, snapshot: str, *, but: int | None = None) -> list[int]:
    """Ids of features with events that the snapshot did not see, deleted ones among them.

    but: the id of a transaction whose events do not count.
    """
    text = sql.SQL(
        "SELECT DISTINCT e.id FROM {history} AS e WHERE {unseen} AND e.transaction_id IS DISTINCT FROM %(but)s"
    ).format(history=_history(collection_id), unseen=sql.SQL(_UNSEEN))
    return _ids(text, {"snapshot": snapshot, "but": but})


def touched_by(collection_id: str, changed: Sequence[int], of: str) -> list[int]:
    """Ids of the features of a collection that share a point with any state, old or new, of those features of `of`."""
    text = sql.SQL(
        "SELECT DISTINCT t.id FROM {table} AS t JOIN {history} AS e ON ST_Intersects(e.geom, t.geom)"
        " WHERE e.id = ANY (%(changed)s)"
    ).format(table=_table(collection_id), history=_history(of))
    return _ids(text, {"changed": list(changed)})


def shapes_of(collection_id: str, changed: Sequence[int], *, srid: int) -> gpd.GeoSeries:
    """Every state, old or new, of those features, in the given CRS."""
    text = sql.SQL(
        "SELECT ST_AsBinary(ST_Transform(e.geom, %(srid)s)) FROM {history} AS e WHERE e.id = ANY (%(changed)s)"
    ).format(history=_history(collection_id))
    with connection.cursor() as cursor:
        cursor.execute(text, {"changed": list(changed), "srid": srid})
        return gpd.GeoSeries.from_wkb([bytes(row[0]) for row in cursor.fetchall() if row[0]], crs=srid)


def near(collection_id: str, ids: Sequence[int], of: str) -> list[int]:
    """Ids of the features of a collection that share a point with those features of `of`."""
    text = sql.SQL(
        "SELECT DISTINCT t.id FROM {table} AS t JOIN {other} AS o ON ST_Intersects(o.geom, t.geom)"
        " WHERE o.id = ANY (%(ids)s)"
    ).format(table=_table(collection_id), other=_table(of))
    return _ids(text, {"ids": list(ids)})


def transaction_of(collection_id: str, external_id: str) -> int | None:
    """The transaction that last wrote a feature."""
    text = sql.SQL(
        "SELECT e.transaction_id FROM {history} AS e JOIN {table} AS t ON t.id = e.id"
        " WHERE t.external_id = %(external_id)s ORDER BY e.pgh_id DESC LIMIT 1"
    ).format(history=_history(collection_id), table=_table(collection_id))
    return next(iter(_ids(text, {"external_id": external_id})), None)


def _table(collection_id: str) -> sql.Identifier:
    return sql.Identifier(get_collection(collection_id).table)


def _history(collection_id: str) -> sql.Identifier:
    return sql.Identifier(get_collection(collection_id).history_table)


def _ids(text: sql.Composed, params: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return sorted(row[0] for row in cursor.fetchall())
