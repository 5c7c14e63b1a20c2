"""What a feature that comes of another one takes over from it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.permissions import Role
from layers.definitions import Collection, Right
from layers.policy import Access
from layers.queries.sql import Query, columns

IDENTIFIER = "external_id"


def copied_columns(collection: Collection) -> list[str]:
    """All but the identifier, which is one feature's alone, and what is computed from the geometry."""
    locked = collection.rights.get(Role.PLANNER, Right()).locked
    return [name for name in collection.writable if name == "source" or name not in {IDENTIFIER, *locked}]


def copied_values(access: Access, feature_id: int) -> dict[str, Any]:
    """Column values, also those that the actor may not see or set: the ground keeps what is known of it."""
    names = copied_columns(access.collection)
    with connection.cursor() as cursor:
        cursor.execute(*values_sql(access, names, feature_id))
        found = cursor.fetchone()
    return dict(zip(names, found, strict=True)) if found else {}


def values_sql(access: Access, names: list[str], feature_id: int) -> Query:
    readable, params = access.rows("t")
    text = sql.SQL("SELECT {} FROM {} AS t WHERE t.id = %s AND {}").format(
        columns(names, "t"), sql.Identifier(access.collection.table), readable
    )
    return text, [feature_id, *params]
