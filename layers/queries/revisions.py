"""Which data version a collection is at."""

from __future__ import annotations

from django.db import connection


def revision_of(collection_id: str) -> int:
    """0 for a collection that never held a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM layers_revision WHERE collection = %s", [collection_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
