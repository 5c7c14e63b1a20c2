"""A connection for many tiles in the background, with the settings that tiles are drawn with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from psycopg import Connection, IsolationLevel, sql

from tiles.connections import SESSION, connection_params

STATEMENT_TIMEOUT_S = 300  # nobody waits for a single tile here


@contextmanager
def background_connection(*, snapshot: bool = False) -> Iterator[Connection[Any]]:
    """`snapshot`: all that is read shows one moment."""
    session = {**SESSION, "statement_timeout": f"{STATEMENT_TIMEOUT_S}s"}
    with Connection.connect(
        **connection_params(settings.DATABASES["default"]), autocommit=True
    ) as connection:
        for name, value in session.items():
            connection.execute(sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        if snapshot:
            connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            connection.set_autocommit(False)
        yield connection
