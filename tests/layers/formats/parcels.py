"""Parcels that are nowhere stored: as many as asked for, made by the database while it is read."""

from __future__ import annotations

from dataclasses import replace

from psycopg import sql

from layers.formats.source import FeatureSource, feature_source
from layers.registry import get_collection

_PARCELS = """(
  SELECT n AS id, 'p' || n AS external_id, 'synthetic' AS source, 1 AS version,
    now() AS created_at, now() AS updated_at,
    ST_Multi(ST_Segmentize(ST_MakeEnvelope(w, s, w + 0.0002, s + 0.0002, 4326), 0.0001)) AS geom,
    400.25 + n AS area_m2, 'T' || n || '/56' AS reference, 'residential' AS land_use, 'private' AS owner_kind,
    n / 7.0 AS green_area_m2, NULL::float8 AS green_share_pct, now() AS green_computed_at
  FROM (SELECT n, -7.9 + (n %% 2000) * 0.0002 AS w, 33.4 + (n / 2000) * 0.0002 AS s
        FROM generate_series(1, %s) AS n) AS placed) AS t"""


def parcels(count: int) -> FeatureSource:
    """All fields of the collection; ids from 1."""
    collection = get_collection("parcels")
    return feature_source(collection, collection.fields, [], relation=(sql.SQL(_PARCELS), [count]))


def breaking(row: int) -> FeatureSource:
    """Twice as many parcels; the database fails at this one, when those before it are read already."""
    failing = (sql.SQL("1 / (t.id - %s) <> 7"), [row])
    return replace(parcels(2 * row), where=failing, order=sql.SQL("NULL::int"))
