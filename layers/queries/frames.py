"""Features as a GeoPandas frame, for processes: whole, past every right, so never for an answer to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from django.db import connection
from psycopg import sql

from gis_core.geometry import BBox
from layers.base import GEOM_SRID
from layers.definitions import Collection
from layers.policy import Access
from layers.queries.sql import Query, all_of, bbox_condition, columns, table
from layers.registry import get_collection


def read_frame(
    collection_id: str,
    names: Sequence[str] | None = None,
    *,
    bbox: BBox | None = None,
    ids: Sequence[int] | None = None,
    srid: int = GEOM_SRID,
    equals: Mapping[str, object] | None = None,
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Columns id, external_id, the asked ones (default: all) and `geom` in EPSG:`srid`, ordered by id.

    A collection without geometry gives a plain DataFrame. Raises NotFound for an unknown collection.
    """
    collection = get_collection(collection_id)
    asked = tuple(f.name for f in collection.fields) if names is None else tuple(names)
    kept = list(dict.fromkeys(("id", "external_id", *asked)))
    query, params = frame_sql(collection, kept, bbox=bbox, ids=ids, srid=srid, equals=equals or {})
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    if collection.geometry_type is None:
        return pd.DataFrame(rows, columns=kept)
    frame = pd.DataFrame(rows, columns=[*kept, "geom"])
    frame["geom"] = shapely.from_wkb([bytes(g) for g in frame["geom"]])
    return gpd.GeoDataFrame(frame, geometry="geom", crs=srid)


def count_rows(collection_id: str) -> int:
    """How many features the collection has, past every right."""
    query = sql.SQL("SELECT count(*) FROM {}").format(table(get_collection(collection_id)))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def read_ids(access: Access) -> list[int]:
    """Of the features that the actor may read."""
    where, params = access.rows("t")
    query = sql.SQL("SELECT id FROM {} AS t WHERE {}").format(table(access.collection), where)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [int(id) for (id,) in cursor.fetchall()]


def frame_sql(
    collection: Collection,
    names: list[str],
    *,
    bbox: BBox | None,
    ids: Sequence[int] | None,
    srid: int,
    equals: Mapping[str, object],
) -> Query:
    conditions: list[sql.Composable] = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in equals]
    params: list[Any] = list(equals.values())
    if ids is not None:
        conditions.append(sql.SQL("id = ANY (%s)"))
        params.append(list(ids))
    if bbox is not None:
        condition, values = bbox_condition(bbox)
        conditions.append(condition)
        params += values
    geometry = sql.SQL("")
    if collection.geometry_type is not None:
        plain = srid == GEOM_SRID
        geometry = (
            sql.SQL(", ST_AsBinary(t.geom)")
            if plain
            else sql.SQL(", ST_AsBinary(ST_Transform(t.geom, {}))").format(sql.Literal(srid))
        )
    query = sql.SQL("SELECT {names}{geometry} FROM {table} AS t WHERE {where} ORDER BY id").format(
        names=columns(names), geometry=geometry, table=table(collection), where=all_of(conditions)
    )
    return query, params
