"""Fair turns at a few places: who waits is called lane by lane, and no lane holds more than its share of the places."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gis_core.errors import Unavailable

RETRY_AFTER_S = 2


class Turns:
    """`places` in all, at most `share` of them for one lane; who is not called within `wait_s` is turned away."""

    def __init__(self, places: int, share: int, wait_s: float) -> None:
        self.free, self.share, self.wait_s = places, share, wait_s
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, lane: str) -> AsyncIterator[None]:
        """Raises Unavailable after `wait_s`."""
        if self._waiting or not self._may_enter(lane):
            await self._wait(lane)
        else:
            self._enter(lane)
        try:
            yield
        finally:
            self._leave(lane)

    async def _wait(self, lane: str) -> None:
        called = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(lane, deque()).append(called)
        self._call()
        try:
            async with asyncio.timeout(self.wait_s):
                await asyncio.shield(called)
        except (TimeoutError, asyncio.CancelledError) as gone:
            if called.done():  # called in the same moment: the place goes back
                self._leave(lane)
            else:
                self._forget(lane, called)
            if isinstance(gone, asyncio.CancelledError):
                raise
            raise Unavailable(
                "Too many maps are being drawn at once; ask again in a moment.", retry_after=RETRY_AFTER_S
            ) from gone

    def _may_enter(self, lane: str) -> bool:
        return self.free > 0 and self._held[lane] < self.share

    def _enter(self, lane: str) -> None:
        self.free -= 1
        self._held[lane] += 1

    def _leave(self, lane: str) -> None:
        self.free += 1
        self._held[lane] -= 1
        if not self._held[lane]:
            del self._held[lane]
        self._call()

    def _call(self) -> None:
        """The first of each lane that may enter; a lane that was served goes to the end."""
        while (lane := next((name for name in self._waiting if self._may_enter(name)), None)) is not None:
            called = self._waiting[lane].popleft()
            self._waiting.move_to_end(lane)
            if not self._waiting[lane]:
                del self._waiting[lane]
            self._enter(lane)
            called.set_result(None)

    def _forget(self, lane: str, called: asyncio.Future[None]) -> None:
        self._waiting[lane].remove(called)
        if not self._waiting[lane]:
            del self._waiting[lane]
