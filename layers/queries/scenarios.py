"""The one scenario that a shared link shows: its key is the right to read it, and only it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

KEY_LENGTH = 43


@dataclass(frozen=True)
class SharedScenario:
    """What the link shows: without author and identifiers. `extent` is west, south, east, north."""

    name: str
    comment: str
    operations: list[dict[str, Any]]
    results: dict[str, Any]
    computed_at: datetime | None
    extent: tuple[float, float, float, float]


def shared_scenario(key: str) -> SharedScenario | None:
    if len(key) != KEY_LENGTH:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, comment, operations::jsonb, results::jsonb, computed_at,"
            " ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)"
            " FROM layers_scenario WHERE share_key = %s ORDER BY id LIMIT 1",
            [key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    name, comment, operations, results, computed_at, *extent = row
    return SharedScenario(name, comment, _read(operations), _read(results), computed_at, tuple(extent))


def _read(value: Any) -> Any:
    """Django leaves JSON columns as text in a bare cursor."""
    return json.loads(value) if isinstance(value, str) else value
