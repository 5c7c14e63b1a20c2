"""The constraint that every geometry lies inside the city's box, kept in step with the city file after each migrate."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from psycopg import sql

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from layers.definitions import Collection
from layers.registry import COLLECTIONS

NAME = sql.Identifier("inside_city")


def apply_city_box(using: str = "default", **_signal: object) -> None:
    """For post_migrate. Raises InvalidInput when features lie outside a box that was made smaller."""
    for collection in COLLECTIONS.values():
        if collection.geometry_type:
            _apply(collection, settings.CITY.bbox, using)


def _apply(collection: Collection, box: BBox, using: str) -> None:
    wanted = ",".join(map(str, box.as_tuple()))
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint"
            " WHERE conname = 'inside_city' AND conrelid = %s::regclass",
            [collection.table],
        )
        if cursor.fetchone() == (wanted,):
            return
        cursor.execute(outside_sql(collection), box.as_tuple())
        (outside,) = cursor.fetchone()
        if outside:
            raise InvalidInput(
                f"{outside} features of {collection.id} lie outside the city's bbox {wanted}; widen it or remove them."
            )
        cursor.execute(constraint_sql(collection, box, wanted).as_string())


def outside_sql(collection: Collection) -> sql.Composed:
    return sql.SQL("SELECT count(*) FROM {} WHERE NOT geom @ ST_MakeEnvelope(%s, %s, %s, %s, 4326)").format(
        sql.Identifier(collection.table)
    )


def constraint_sql(collection: Collection, box: BBox, comment: str) -> sql.Composed:
    """DDL takes no bound values: literals are quoted by psycopg."""
    return sql.SQL(
        "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name};"
        "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (geom @ ST_MakeEnvelope({numbers}, 4326));"
        "COMMENT ON CONSTRAINT {name} ON {table} IS {comment}"
    ).format(
        table=sql.Identifier(collection.table),
        name=NAME,
        numbers=sql.SQL(", ").join(map(sql.Literal, box.as_tuple())),
        comment=sql.Literal(comment),
    )
