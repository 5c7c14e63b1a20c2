"""A collection in parts of neighbours, for work that does not fit into one process."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from gis_core.geometry import BBox
from layers.definitions import Collection
from layers.queries.sql import Query, table
from layers.registry import get_collection


@dataclass(frozen=True)
class CollectionPart:
    """Identifiers of features that lie together, and their box in degrees."""

    ids: tuple[int, ...]
    bbox: BBox


def split_collection(collection_id: str, rows: int) -> tuple[CollectionPart, ...]:
    """The features in parts of at most `rows`, along the Hilbert curve of their boxes' middles."""
    query, params = parts_sql(get_collection(collection_id), rows)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return tuple(CollectionPart(tuple(ids), BBox(*box)) for ids, *box in cursor.fetchall())


def parts_sql(collection: Collection, rows: int) -> Query:
    """PostGIS orders geometries along a Hilbert curve (since 3.0)."""
    query = sql.SQL(
        "SELECT array_agg(id ORDER BY id), min(ST_XMin(geom)), min(ST_YMin(geom)),"
        " max(ST_XMax(geom)), max(ST_YMax(geom))"
        " FROM (SELECT id, geom, (row_number() OVER (ORDER BY geom, id) - 1) / %s AS part FROM {table}) AS split"
        " GROUP BY part ORDER BY part"
    ).format(table=table(collection))
    return query, [rows]
