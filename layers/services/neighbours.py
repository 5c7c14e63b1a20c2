"""Rules between features, judged on what stands after a batch of edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection
from psycopg import sql

from layers.definitions import Collection, Near, NoOverlap
from layers.queries.sql import Query
from layers.registry import get_collection
from layers.services import rules
from layers.services.broken import Broken

METRES_PER_DEGREE = 19_000  # of longitude at 80° of latitude: a search box that is wide enough everywhere


def broken_by(collection: Collection, ids: Sequence[int]) -> Iterator[tuple[int, Broken]]:
    """Id and broken rule of each of the features that breaks one."""
    for rule in collection.rules:
        query = (
            overlap_sql(collection, rule, ids)
            if isinstance(rule, NoOverlap)
            else far_sql(collection, rule, ids)
        )
        with connection.cursor() as cursor:
            cursor.execute(*query)
            found = cursor.fetchall()
        for feature_id, *told in found:
            yield feature_id, _overlap(*told) if isinstance(rule, NoOverlap) else _far(rule)


def _overlap(other: int, area_m2: float, place: str) -> Broken:
    return Broken("geometry", rules.overlaps(other, area_m2), round(area_m2, 2), location=_point(place))


def _point(text: str) -> dict[str, object]:
    lon, lat = text.split()
    return {"type": "Point", "coordinates": [float(lon), float(lat)]}


def _far(rule: Near) -> Broken:
    return Broken("geometry", rules.too_far(str(get_collection(rule.collection).title), rule.distance_m))


def overlap_sql(collection: Collection, rule: NoOverlap, ids: Sequence[int]) -> Query:
    """Rows (id, the other's id, m² covered by both, "lon lat" in the middle), the largest first."""
    text = sql.SQL(
        "SELECT id, other, area, ST_X(place) || ' ' || ST_Y(place) FROM ("
        " SELECT t.id, o.id AS other, ST_Area(common::geography) AS area, ST_PointOnSurface(common) AS place"
        " FROM {table} t JOIN {table} o ON o.id <> t.id AND o.geom && t.geom,"
        " LATERAL (SELECT ST_CollectionExtract(ST_Intersection(t.geom, o.geom), 3) AS common) AS both_of_them"
        " WHERE t.id = ANY (%s)) AS found WHERE area > %s ORDER BY area DESC"
    ).format(table=sql.Identifier(collection.table))
    return text, [list(ids), rule.tolerance_m2]


def far_sql(collection: Collection, rule: Near, ids: Sequence[int]) -> Query:
    """Rows (id) of the features that have none of the other collection within the distance, if it has any at all."""
    text = sql.SQL(
        "SELECT t.id FROM {table} t WHERE t.id = ANY (%s) AND EXISTS (SELECT FROM {near}) AND NOT EXISTS ("
        " SELECT FROM {near} o WHERE o.geom && ST_Expand(t.geom, %s)"
        " AND ST_DWithin(o.geom::geography, t.geom::geography, %s))"
    ).format(
        table=sql.Identifier(collection.table), near=sql.Identifier(get_collection(rule.collection).table)
    )
    return text, [list(ids), rule.distance_m / METRES_PER_DEGREE, rule.distance_m]
