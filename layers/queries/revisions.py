"""Which data version a collection is at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection


def revision_of(collection_id: str) -> int:
    """0 for a collection that never held a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM layers_revision WHERE collection = %s", [collection_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def states_of(collection_ids: Iterable[str]) -> tuple[tuple[int, datetime | None], ...]:
    """Revision and moment of each: keys of what a process keeps. The moment tells a database that was made anew."""
    names = list(collection_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collection, revision, changed_at FROM layers_revision WHERE collection = ANY (%s)",
            [names],
        )
        found = {name: (int(revision), moment) for name, revision, moment in cursor.fetchall()}
    return tuple(found.get(name, (0, None)) for name in names)
