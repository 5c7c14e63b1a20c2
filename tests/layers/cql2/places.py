"""A small table with a column of every type, a few rows of it, and the ids that a filter finds in it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import cql2
from django.db import connection
from psycopg import sql
from shapely import wkt

from layers.cql2 import compile_filter
from layers.cql2.parse import parse_filter
from layers.definitions import Field

TYPES = {
    "name": "string",
    "note": "string",
    "levels": "integer",
    "width": "number",
    "height": "number",
    "open": "boolean",
    "day": "date",
    "until": "date",
    "seen_at": "date-time",
    "gone_at": "date-time",
    "opens": "time",
    "tags": "array",
    "days": "array",
    "more": "object",
}
_COLUMNS = {
    "string": "varchar(200)",
    "integer": "integer",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "date-time": "timestamptz",
    "time": "time",
    "array": "text[]",
    "object": "jsonb",
}
FIELDS = tuple(Field(n, t, n, None, (), False, False) for n, t in TYPES.items())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def place(**values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(TYPES), "geom": None, **values}


PLACES = {
    1: place(
        name="École Anfa", note="école", levels=3, width=2.5, height=10.0, open=True,
        day=date(2026, 1, 10), until=date(2026, 2, 10), seen_at=moment("2026-01-10T08:30:00"),
        gone_at=moment("2026-01-12T00:00:00"), opens=time(8, 0), tags=["glass", "paper"], days=["1", "3"],
        more={"a": 1}, geom="POINT (1 1)",
    ),
    2: place(
        name="ecole", note="مَدْرَسَة", levels=-4, width=-2.5, height=2.5, open=False,
        day=date(2026, 2, 10), until=date(2026, 3, 1), seen_at=moment("2026-02-10T23:59:59.5"),
        gone_at=moment("2026-02-11T00:00:00"), opens=time(20, 15), tags=["paper"], days=["3"],
        geom="LINESTRING (0 0, 4 4)",
    ),
    3: place(
        name="50%_off\\x", note="مدرسة", levels=0, width=0.0, height=1e300, open=None,
        day=date(2026, 1, 10), until=date(2026, 1, 10), seen_at=moment("2026-01-10T00:00:00"),
        tags=[], days=[], geom="POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))",
    ),
    4: place(),
    5: place(
        name="ΣΊΣΥΦΟΣ d'Anfa", note="", levels=2147483647, width=1e-300, height=-1e300, open=True,
        day=date(2025, 12, 31), seen_at=moment("2027-01-01T00:00:00"), tags=["glass", "glass", "metal"],
        days=["10"], geom="MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((8 8, 9 8, 9 9, 8 9, 8 8)))",
    ),
}  # fmt: skip


def create_places(rows: dict[int, dict[str, Any]] = PLACES) -> None:
    """Into the temporary table `place`, gone with the connection."""
    columns = ", ".join(f'"{name}" {_COLUMNS[kind]}' for name, kind in TYPES.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE place (id bigint, {columns}, geom geometry(Geometry, 4326))")
        for key, row in rows.items():
            values = [json.dumps(v) if isinstance(v, dict) else v for n, v in row.items() if n != "geom"]
            shape = wkt.loads(row["geom"]).wkb if row["geom"] else None
            marks = ", ".join(["%s"] * len(values))
            cursor.execute(
                f"INSERT INTO place VALUES (%s, {marks}, ST_GeomFromWKB(%s, 4326))", [key, *values, shape]
            )


def ids(
    filter_: str, lang: str = "cql2-text", *, table: str = "place", fields: Any = FIELDS, **options: Any
) -> list[int]:
    options.setdefault("geometry", True)
    text, params = compile_filter(filter_, lang=lang, fields=fields, **options)
    query = sql.SQL("SELECT t.id FROM {} AS t WHERE {} ORDER BY t.id").format(sql.Identifier(table), text)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [key for (key,) in cursor.fetchall()]


def ids_in_both(filter_: str, **options: Any) -> list[int]:
    """Of the text, of its JSON, and of the text made from that JSON: the same ids."""
    tree = parse_filter(filter_, "cql2-text")
    found = ids(filter_, **options)
    assert ids(json.dumps(tree), "cql2-json", **options) == found
    assert ids(cql2.parse_json(json.dumps(tree)).to_text(), **options) == found
    return found
