"""Connections to PostGIS for the raw ASGI doors: one pool per event loop, with the settings that tiles need."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

STATEMENT_TIMEOUT_S = 20
POOL_SIZE = 8
WAIT_S = 5.0
# Parallel workers cost more than a tile and vary its bytes; a generic plan ignores how much a box covers.
_SESSION = {
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "plan_cache_mode": "force_custom_plan",
    "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    "default_transaction_read_only": "on",
    "application_name": "casagis tiles",
}
_Pool = AsyncConnectionPool[AsyncConnection[dict[str, Any]]]
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()


async def read(query: sql.Composed, params: Sequence[object]) -> list[dict[str, Any]]:
    """The rows of one statement; raises psycopg.OperationalError or PoolTimeout when the database does not answer."""
    pool = await _pool()
    async with pool.connection() as connection:
        cursor = await connection.execute(query, params, binary=True)
        return await cursor.fetchall()


async def close() -> None:
    """Closes the running loop's pool, if it has one."""
    if pool := _pools.pop(asyncio.get_running_loop(), None):
        await pool.close()


async def _pool() -> _Pool:
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        _pools[loop] = AsyncConnectionPool(
            kwargs={
                **connection_params(settings.DATABASES["default"]),
                "autocommit": True,
                "row_factory": dict_row,
            },
            min_size=1,
            max_size=POOL_SIZE,
            timeout=WAIT_S,
            check=AsyncConnectionPool.check_connection,
            configure=_configure,
            open=False,
        )
    await _pools[loop].open()
    return _pools[loop]


def connection_params(database: Mapping[str, Any]) -> dict[str, Any]:
    """psycopg's parameters of an entry of Django's DATABASES."""
    options = {key: value for key, value in database["OPTIONS"].items() if key != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {**options, **{key: database[name] for key, name in named.items() if database[name]}}


async def _configure(connection: AsyncConnection[Any]) -> None:
    for name, value in _SESSION.items():
        await connection.execute(sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
