"""Statements in a database session of their own, committed when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.db import connection


@contextmanager
def in_another_session(statements: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Gives what commits them."""
    settings = connection.get_connection_params()
    kept = {
        name: settings[name] for name in ("dbname", "user", "password", "host", "port") if settings.get(name)
    }
    with psycopg.connect(**kept) as other:
        for statement in statements:
            other.execute(statement)
        yield other.commit
