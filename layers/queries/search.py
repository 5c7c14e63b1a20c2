"""Search by name over every named collection, whatever the script, accents or small misspellings."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.actors import Actor
from layers.policy import Access, readable
from layers.queries.sql import Query

# Below this word similarity a name is not offered (measured on variants of Casablanca's names: 0.44 to 0.62).
SIMILARITY = 0.4
NAMES = {"name_fr", "name_ar", "name_en"}  # the search key is made of these


def search_names(actor: Actor, text: str, limit: int) -> list[dict[str, Any]]:
    """GeoJSON features with the point to fly to, the bbox, and names; best first, one for each street name."""
    named = [a for a in readable(actor) if a.collection.named and not a.hidden & NAMES]
    if not named:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(SIMILARITY)])
        cursor.execute(*search_sql(named, text, limit))
        return [json.loads(feature) for (feature,) in cursor.fetchall()]


def search_sql(accesses: list[Access], text: str, limit: int) -> Query:
    parts = sql.SQL(" UNION ALL ").join(_part(access)[0] for access in accesses)
    params = [value for access in accesses for value in _part(access)[1]]
    query = sql.SQL(
        "WITH asked AS (SELECT casagis_fold(%s) AS key), found AS ({parts}), best AS ("
        " SELECT DISTINCT ON (collection, search_key) * FROM found ORDER BY collection, search_key, score DESC, id)"
        " SELECT json_build_object('type', 'Feature', 'id', id,"
        " 'geometry', ST_AsGeoJSON(ST_PointOnSurface(geom), 6)::json,"
        " 'bbox', json_build_array(ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)),"
        " 'properties', json_build_object('collection', collection,"
        " 'name_fr', name_fr, 'name_ar', name_ar, 'name_en', name_en))::text"
        " FROM best ORDER BY score DESC, length(search_key), collection, id LIMIT %s"
    ).format(parts=parts)
    return query, [text, *params, limit]


def _part(access: Access) -> Query:
    """A prefix scores above a word in the middle, and that above a similar word."""
    readable_rows, params = access.rows("t")
    part = sql.SQL(
        "SELECT {id} AS collection, t.id, t.geom, t.name_fr, t.name_ar, t.name_en, t.search_key,"
        " word_similarity(asked.key, t.search_key) + (t.search_key LIKE casagis_like(asked.key) || '%%')::int"
        " + (t.search_key LIKE '%%' || casagis_like(asked.key) || '%%')::int AS score"
        " FROM {table} t, asked WHERE {rows} AND asked.key <> '' AND"
        " (t.search_key LIKE '%%' || casagis_like(asked.key) || '%%' OR asked.key <%% t.search_key)"
    ).format(
        id=sql.Literal(access.collection.id),
        table=sql.Identifier(access.collection.table),
        rows=readable_rows,
    )
    return part, params
