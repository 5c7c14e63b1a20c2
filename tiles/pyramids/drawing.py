"""Tiles drawn one after the other in the background, each while its reader still packs the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from tiles.grids import TileId
from tiles.pyramids.pyramid import GRID, tile_of
from tiles.vector.sql import Shown, tagged_tile_sql

AHEAD = 8  # tiles that wait for their reader: of half a megabyte each, at most


@dataclass(frozen=True)
class Drawn:
    """`state` of the data that the bytes show (tiles.states); no bytes for a tile without features."""

    number: int
    tile: TileId
    state: str
    body: bytes


def draw(connection: psycopg.Connection[Any], shown: Shown, number: int) -> Drawn:
    """The same bytes as at the tile's address."""
    tile = tile_of(number)
    drawn = [(layer, access) for layer, access in shown if layer.min_zoom <= GRID.web_zoom(tile.z)]
    cursor = connection.execute(*tagged_tile_sql(drawn, tile, [], GRID), binary=True)
    ((state, body),) = cursor.fetchall()
    return Drawn(number, tile, state, bytes(body))


def draw_all(
    connection: psycopg.Connection[Any], shown: Shown, numbers: Iterable[int]
) -> Generator[Drawn, None, None]:
    """In order. One connection and one thread: half of a small server stays with those who look at the map.

    Close it before the connection.
    """
    waiting: deque[Future[Drawn]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="draw") as thread:
        try:
            for number in numbers:
                waiting.append(thread.submit(draw, connection, shown, number))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            thread.shutdown(cancel_futures=True)
