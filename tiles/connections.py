"""Connections to PostGIS for the raw ASGI doors: a few for each event loop, with the settings that tiles need."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from psycopg import AsyncConnection, OperationalError, sql
from psycopg.abc import QueryNoTemplate
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from tiles.turns import Turns

STATEMENT_TIMEOUT_S = 20
CONNECT_TIMEOUT_S = 5
PLACES = 8
SHARE = PLACES // 2  # of one lane: a heavy layer leaves half of the places to the others
WAIT_S = 5.0
# Parallel workers cost more than a tile. Planning anew costs a small tile 0.4 of 0.9 ms, and finds the same index.
SESSION = {
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    "default_transaction_read_only": "on",
    "application_name": "casagis tiles",
}
Connection = AsyncConnection[dict[str, Any]]


class _Pool:
    """Connections are made when they are needed and kept; Turns sees that there are never more than PLACES."""

    def __init__(self) -> None:
        self.turns = Turns(PLACES, SHARE, WAIT_S)
        self.idle: list[Connection] = []

    async def fetch(self, query: QueryNoTemplate, params: Sequence[object]) -> list[dict[str, Any]]:
        """A kept connection may have been lost since it was used last: then once more on a new one."""
        while self.idle:
            connection = self.idle.pop()
            try:
                return await self._fetch(connection, query, params)
            except OperationalError:
                if not connection.broken:
                    raise
        return await self._fetch(await connect(), query, params)

    async def _fetch(
        self, connection: Connection, query: QueryNoTemplate, params: Sequence[object]
    ) -> list[dict[str, Any]]:
        try:
            cursor = await connection.execute(query, params, prepare=True, binary=True)
            return await cursor.fetchall()
        finally:
            if connection.info.transaction_status is TransactionStatus.IDLE:
                self.idle.append(connection)
            else:
                await connection.close()


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()


async def read(query: QueryNoTemplate, params: Sequence[object], *, lane: str = "") -> list[dict[str, Any]]:
    """The rows of one statement. Raises psycopg.OperationalError when the database does not answer, and Unavailable
    when too many others wait."""
    pool = _pool()
    async with pool.turns.turn(lane):
        return await pool.fetch(query, params)


async def connect(**session: str) -> Connection:
    """`session`: settings beside, or instead of, those that tiles are drawn with."""
    params = {"connect_timeout": CONNECT_TIMEOUT_S, **connection_params(settings.DATABASES["default"])}
    connection = await AsyncConnection.connect(**params, autocommit=True, row_factory=dict_row)
    wanted = {**SESSION, **session}.items()
    settled = [sql.SQL("SET {} = {}").format(sql.Identifier(n), sql.Literal(v)) for n, v in wanted]
    await connection.execute(sql.SQL(";").join(settled))
    return connection


async def close() -> None:
    """Closes what the running loop has."""
    if pool := _pools.pop(asyncio.get_running_loop(), None):
        for connection in pool.idle:
            await connection.close()


def _pool() -> _Pool:
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        _pools[loop] = _Pool()
    return _pools[loop]


def connection_params(database: Mapping[str, Any]) -> dict[str, Any]:
    """psycopg's parameters of an entry of Django's DATABASES."""
    options = {key: value for key, value in database["OPTIONS"].items() if key != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {**options, **{key: database[name] for key, name in named.items() if database[name]}}
