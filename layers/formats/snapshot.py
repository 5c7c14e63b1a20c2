"""One reading of the database for one file: a transaction of its own, read row batch by row batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import IsolationLevel

from gis_core.errors import Unavailable
from gis_core.jobs.progress import side_connection
from layers.formats.source import Query

BATCH_ROWS = 2_000
BATCH_TIMEOUT_S = 120  # for the database to find one batch
IDLE_TIMEOUT_S = 300  # for a reader that stopped to take bytes
LONGEST_S = 3600  # for the whole: a transaction that stays open keeps old row versions alive
APPLICATION = "casagis download"
Row = tuple[Any, ...]


class Abandoned(Exception):
    """The reader went away; nothing more is to be written."""


class Snapshot:
    """A REPEATABLE READ, READ ONLY transaction with one server-side cursor; close it always, from any thread."""

    def __init__(self) -> None:
        self._abandoned = threading.Event()
        self._connection = side_connection()
        try:
            self._begin()
        except BaseException:
            self._connection.close()
            raise

    def _begin(self) -> None:
        options = {
            "TimeZone": "UTC",
            "statement_timeout": f"{BATCH_TIMEOUT_S}s",
            "idle_in_transaction_session_timeout": f"{IDLE_TIMEOUT_S}s",
            "application_name": APPLICATION,
        }
        for name, value in options.items():
            self._connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        self._connection.autocommit = False
        self._connection.isolation_level = IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True

    def read(self, query: Query) -> Rows:
        """The rows; the first batch is read now, so that a bad query fails now."""
        cursor = self._connection.cursor(name="features")
        cursor.execute(*query, binary=True)
        return Rows(cursor, self._abandoned)

    def abandon(self) -> None:
        """Let the reading end at its next batch; may be called while another thread reads."""
        self._abandoned.set()

    def close(self) -> None:
        self._connection.close()


class Rows:
    """Batches of rows; `types` are the PostgreSQL type numbers of the columns."""

    def __init__(self, cursor: psycopg.ServerCursor[Any], abandoned: threading.Event) -> None:
        self._cursor = cursor
        self._abandoned = abandoned
        self._deadline = time.monotonic() + LONGEST_S
        self.types = tuple(c.type_code for c in cursor.description or ())
        self._first = cursor.fetchmany(BATCH_ROWS)

    def __iter__(self) -> Iterator[list[Row]]:
        batch, self._first = self._first, []
        while batch:
            yield batch
            if self._abandoned.is_set():
                raise Abandoned
            if time.monotonic() > self._deadline:
                raise Unavailable(f"The download took more than {LONGEST_S} s; ask for fewer features.")
            batch = self._cursor.fetchmany(BATCH_ROWS) if len(batch) == BATCH_ROWS else []
