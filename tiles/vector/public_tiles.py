"""Tiles that everybody sees: from memory, else from disk, else drawn once for all who wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from tiles.cache import Kept, TileCache
from tiles.disk import DiskCache, Stored
from tiles.encodings import IDENTITY
from tiles.listener import listener
from tiles.pulse import folder
from tiles.vector.drawing import Order, draw, etag_of

IN_THREAD_FROM_BYTES = 64_000  # compressing more than that would keep other requests waiting


class PublicTiles:
    """What is kept is looked at again (tiles.ledger) whenever it is asked for, and never served when it is not true.

    The ledger must be fresh when anything is asked for here.
    """

    def __init__(self, memory: TileCache, disk: DiskCache) -> None:
        self.memory, self.disk = memory, disk
        self._flights: dict[str, asyncio.Task[Kept]] = {}

    async def get(self, order: Order, coding: str) -> Kept:
        """With its body in the coding that it goes out in."""
        kept = self.memory.get(order.key)
        if kept is None or not holds(kept):
            kept = await self._fly(order, coding)
        if kept.coding(coding) not in kept.bodies:
            await _encode(kept, coding)
            self._store(kept)
        return kept

    async def _fly(self, order: Order, coding: str) -> Kept:
        if (flight := self._flights.get(order.key)) is not None:
            kept = await asyncio.shield(
                flight
            )  # it took off before we came: it may bring what is too old for us
            if not holds(kept):
                await listener().catch_up()  # or too new for the ledger
            if holds(kept):
                return kept
        if (flight := self._flights.get(order.key)) is None:
            flight = self._flights[order.key] = asyncio.create_task(self._bring(order, coding))
        return await asyncio.shield(flight)

    async def _bring(self, order: Order, coding: str) -> Kept:
        try:
            stored = self.disk.get(order.key)
            kept = _kept(order, stored) if stored else None
            if kept is not None and holds(kept):
                self.memory.put(kept)
                return kept
            state, body = await draw(order)
            kept = _kept(order, Stored(state, {IDENTITY: body}))
            await _encode(kept, coding)
            self._store(kept)
            return kept
        finally:
            del self._flights[order.key]

    def _store(self, kept: Kept) -> None:
        self.memory.put(kept)
        if self.disk.limit:
            stored = Stored(kept.state, dict(kept.bodies))
            asyncio.get_running_loop().run_in_executor(None, self.disk.put, kept.key, stored)


def _kept(order: Order, stored: Stored) -> Kept:
    return Kept(
        order.key, etag_of(order, stored.state), order.collections, stored.state, order.bounds, stored.bodies
    )


async def _encode(kept: Kept, coding: str) -> None:
    if len(kept.body) < IN_THREAD_FROM_BYTES:
        kept.in_coding(kept.coding(coding))
    else:
        await asyncio.to_thread(kept.in_coding, coding)


def holds(kept: Kept) -> bool:
    """Whether the tile is as the ledger says that things are."""
    ledger = listener().ledger
    if kept.checked != ledger.number and ledger.unchanged_since(kept.collections, kept.state, kept.bounds):
        kept.checked = ledger.number
    return kept.checked == ledger.number


@cache
def _public_tiles(place: Path) -> PublicTiles:
    return PublicTiles(
        TileCache(settings.TILE_CACHE_BYTES), DiskCache(place / "kept", settings.TILE_DISK_BYTES)
    )


def public_tiles() -> PublicTiles:
    """Of the database that the settings name."""
    here.tiles = _public_tiles(folder())
    return here.tiles


@dataclass
class _Here:
    """What public_tiles() said last, for the quick path."""

    tiles: PublicTiles | None = None


here = _Here()
