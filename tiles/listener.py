"""Keeps this process's ledger true: by the pulse of this machine's commits, and by PostgreSQL's word of all others."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from tiles import connections
from tiles.grids import Bounds
from tiles.ledger import Change, Known, Ledger
from tiles.proxy import expire
from tiles.pulse import pulse
from tiles.states import moment_sql

LOOK_BACK = 5_000  # revisions of each collection that a process which starts reads
HEARTBEAT_S = 10.0  # a connection that broke without a word is found out after this
RETRY_S = 1.0
EXPIRE_AGAIN_S = 0.25
_SESSION = {"application_name": "casagis listener", "statement_timeout": "5s"}
log = logging.getLogger(__name__)

# Parameters: what Ledger.known says. One statement, one snapshot: revisions and the changes up to them.
_NEWS = sql.SQL(
    "SELECT r.collection, r.revision, {moment} AS state, c.revision AS changed, {changed} AS change_state,"
    " c.min_x, c.min_y, c.max_x, c.max_y FROM layers_revision AS r"
    " LEFT JOIN unnest(%s::text[], %s::bigint[], %s::text[]) AS known(collection, revision, state) USING (collection)"
    " LEFT JOIN tiles_change AS c ON c.collection = r.collection AND c.revision <= r.revision"
    " AND c.revision > coalesce(known.revision, r.revision - %s)"
    " WHERE known.state IS DISTINCT FROM {moment} ORDER BY r.collection, c.revision"
).format(moment=moment_sql("r"), changed=moment_sql("c"))


class Listener:
    """One connection that listens and reads, and a task that owns it. `seen` is the pulse up to which the ledger is
    complete, None while nobody listens: then every reader has to ask."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.seen: int | None = None
        self.pulse = pulse().value
        self.wakes: set[asyncio.Event] = set()  # of those who wait for news
        self._asked: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def catch_up(self) -> None:
        """Returns when what was committed before the call is in the ledger. Raises psycopg.Error."""
        done = asyncio.get_running_loop().create_future()
        self._asked.append(done)
        self._wake.set()
        await done

    async def fresh(self) -> Ledger:
        """The ledger with all that was committed by this machine's processes before the call."""
        if self.seen != self.pulse[0]:
            await self.catch_up()
        return self.ledger

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with await connections.connect(**_SESSION) as connection:
                    await self._follow(connection)
            except psycopg.Error as error:
                lost, self.seen = self.seen is not None, None
                log.warning("the tiles' listener: %s", error)
                if not lost:  # it did not work at all: who asked is told, and the next try can wait
                    self._answer(error)
                    self._wake.clear()
                    await self._wait(RETRY_S)

    async def _follow(self, connection: connections.Connection) -> None:
        connection.add_notify_handler(lambda _notice: self._wake.set())
        await connection.execute("LISTEN casagis_tiles")
        known: Known = ([], [], [])  # what was known before may miss something
        while True:
            self._wake.clear()
            asked, now = len(self._asked), self.pulse[0]
            rows = await self._news(connection, known)
            if not known[0]:
                self.ledger.forget()
            elif rows:
                self._expire(rows)
            self._learn(rows)
            self.seen, known = now, self.ledger.known()
            self._answer(None, asked)
            await self._wait_for_word(connection)

    async def _news(self, connection: connections.Connection, known: Known) -> list[dict[str, Any]]:
        params = [*known, LOOK_BACK]
        return await (await connection.execute(_NEWS, params, prepare=True, binary=True)).fetchall()

    def _expire(self, rows: list[dict[str, Any]]) -> None:
        """Twice, because a tile of before may have been on its way into the proxy's cache the first time."""
        changed: dict[str, list[Bounds | None]] = {}
        for row in rows:
            if row["changed"] is not None:
                changed.setdefault(row["collection"], []).append(_change(row).bounds)
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, expire, changed)
        loop.call_later(EXPIRE_AGAIN_S, loop.run_in_executor, None, expire, changed)

    def _learn(self, rows: list[dict[str, Any]]) -> None:
        for collection, group in groupby(rows, itemgetter("collection")):
            told = list(group)
            changes = [_change(row) for row in told if row["changed"] is not None]
            self.ledger.learn(collection, told[0]["revision"], told[0]["state"], changes)
        if rows:
            for wake in self.wakes:
                wake.set()

    def _answer(self, error: psycopg.Error | None, count: int | None = None) -> None:
        """Those who asked first, or all."""
        count = len(self._asked) if count is None else count
        answered, self._asked = self._asked[:count], self._asked[count:]
        for future in answered:
            if not future.done():
                future.set_exception(error) if error else future.set_result(None)

    async def _wait_for_word(self, connection: connections.Connection) -> None:
        loop, socket = asyncio.get_running_loop(), connection.fileno()
        loop.add_reader(socket, self._wake.set)
        try:
            await self._wait(HEARTBEAT_S)
        finally:
            loop.remove_reader(socket)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()


def _change(row: dict[str, Any]) -> Change:
    corners = (row["min_x"], row["min_y"], row["max_x"], row["max_y"])
    return Change(row["changed"], row["change_state"], None if None in corners else Bounds(*corners))


@dataclass
class Here:
    """A process serves on one event loop and has one listener on it."""

    now: Listener | None = None


here = Here()


def listener() -> Listener:
    """Of the running loop."""
    if here.now is None:
        here.now = Listener()
    return here.now


async def close() -> None:
    """Before the loop ends."""
    if here.now is not None:
        ending, here.now = here.now, None
        await ending.close()
