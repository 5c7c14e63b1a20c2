"""Tiles drawn one after the other in the background, each while its reader still packs the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg

from tiles.grids import TileId
from tiles.pyramids.pyramid import GRID, tile_of
from tiles.states import STATE
from tiles.vector.sql import Part, Shown, fixed, joined, tile_part

AHEAD = 8  # tiles that wait for their reader, of half a megabyte each at most


@dataclass(frozen=True)
class Drawn:
    """`state` of the data that the bytes show (tiles.states); no bytes for a tile without features."""

    number: int
    tile: TileId
    state: str
    body: bytes


def shown_at(shown: Shown, z: int) -> Shown:
    return [(layer, access) for layer, access in shown if layer.min_zoom <= GRID.web_zoom(z)]


def draw_all(
    connection: psycopg.Connection[Any], shown: Shown, numbers: Iterable[int]
) -> Generator[Drawn, None, None]:
    """In order, the same as at the tiles' addresses. One connection and one thread: half of a small server stays with
    those who look at the map.

    Close it before the connection.
    """

    @cache
    def statement(z: int) -> tuple[bytes, Part]:
        drawn = shown_at(shown, z)
        state = fixed(STATE, [[layer.collection.id for layer, _ in drawn]])
        part = joined("SELECT {state}, {tile}", state=state, tile=tile_part(drawn, z, GRID))
        return part.text.as_string().encode(), part

    def draw(number: int) -> Drawn:
        tile = tile_of(number)
        text, part = statement(tile.z)
        ((state, body),) = connection.execute(text, part.values(tile), binary=True).fetchall()
        return Drawn(number, tile, state, bytes(body))

    waiting: deque[Future[Drawn]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="draw") as thread:
        try:
            for number in numbers:
                waiting.append(thread.submit(draw, number))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            thread.shutdown(cancel_futures=True)
