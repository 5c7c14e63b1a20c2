"""Is the database as this program wants it? One that is older names what to run."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gis_core.errors import Unavailable


@cache
def require_current() -> None:
    """Raises Unavailable while migrations are missing; asked until none is, for a database does not grow older."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unavailable(
            f"The database is older than this program: it lacks {len(missing)} migration(s), first {missing[0][0]}."
            " Run script/manage migrate."
        )
