"""The newest alerts of air quality, and what the reader may know of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from layers.policy import Access
from layers.queries.sql import both, columns, rows_of

Alert = dict[str, Any]


def newest_alerts(access: Access, limit: int) -> list[Alert]:
    """The ones changed last first: `id` and the properties that may be read, without the shape."""
    return _read(access, [], "t.updated_at DESC, t.id DESC", limit)


def district_names(access: Access, ids: Iterable[str], language: str) -> dict[str, str]:
    """By identifier; one without a name that may be read is not there."""
    wanted = list(ids)
    rows = _read(access, [(sql.SQL("t.external_id = ANY (%s)"), [wanted])], "t.id", len(wanted))
    names = ((row.get("external_id"), row.get(f"name_{language}") or row.get("name_fr")) for row in rows)
    return {str(name): str(title) for name, title in names if title}


def _read(access: Access, conditions: list[Any], order: str, limit: int) -> list[Alert]:
    names = ["id", *(field.name for field in access.fields)]
    rows, moment = rows_of(access.collection)
    where, params = both(access.rows("t"), *conditions)
    text = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT %s").format(
        columns(names, "t"),
        rows,
        where,
        sql.SQL(order),  # type: ignore[arg-type]
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [*moment, *params, limit])
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
