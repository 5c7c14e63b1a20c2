"""GET /events?collections=a,b: the changes of collections as server-sent events, for maps that are open.

Nothing is queued for anybody: a stream remembers the state that it told last and asks the ledger what came since, so
a slow reader, or one that comes back with Last-Event-ID, is told the same way, in fewer and larger boxes.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Iterator, Sequence
from math import atan, degrees, pi, sinh
from types import FrameType
from typing import Any
from weakref import WeakSet

from gis_core.errors import InvalidInput, NotFound, Unavailable
from layers.definitions import Extent
from layers.policy import Access
from layers.registry import get_collection
from tiles.grids import WEB_MERCATOR_QUAD, Bounds
from tiles.http import Message, Receive, Request, Response, Scope, Send, answered
from tiles.ledger import Change
from tiles.listener import listener
from tiles.readers import accesses_to

PATH = "/events"
HEARTBEAT_S = 20.0
MOST_STREAMS = 1_000  # of one process
MOST_BOXES = 50  # of one collection at once; more become one
RETRY_MS = 2_000
_RADIUS_M = WEB_MERCATOR_QUAD.side / 2 / pi
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_open: set[Stream] = set()
_watched: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request.of(scope)
    stream = Stream(request)
    answer = await answered(request, stream.opened)
    start, body = answer.messages(with_body=request.method != "HEAD")
    if answer.status != 200 or request.method == "HEAD":
        await send(start)
        await send(body)
        return
    start["headers"] = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await send(start)
    await stream.run(receive, send)


def end_all_on_shutdown() -> None:
    """A server that was told to stop waits for its requests, and streams have no end. The loop hears of a signal by its
    wake-up pipe whatever the handler is, so the server's own handling goes on; readers come back by themselves.
    """
    loop = asyncio.get_running_loop()
    if loop in _watched or threading.current_thread() is not threading.main_thread():
        return
    _watched.add(loop)
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(_end_all)
            if callable(before):
                before(number, frame)

        signal.signal(number, stop)


def _end_all() -> None:
    for stream in _open:
        stream.end()


class Stream:
    """One reader. `state` tells what was told already, as tiles.ledger reads it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.collections: tuple[str, ...] = ()
        self.accesses: list[Access] = []
        self.state = ""
        self._ended = False
        self._wake = asyncio.Event()

    def end(self) -> None:
        self._ended = True
        self._wake.set()

    async def opened(self, request: Request) -> Response:
        """Raises what is wrong with the request."""
        if request.path.rstrip("/") != PATH:
            raise NotFound(f"There is nothing at {request.path}. Ask {PATH}?collections=a,b.")
        if len(_open) >= MOST_STREAMS:
            raise Unavailable("Too many maps listen already; ask again in a minute.", retry_after=60)
        names = {name for value in request.query.get("collections", []) for name in value.split(",") if name}
        if not names:
            raise InvalidInput(f"Say which collections: {PATH}?collections=parcels,trees.")
        self.collections = tuple(sorted(names))
        await self._look_up_rights()
        ledger = await listener().fresh()
        told = request.headers.get("last-event-id", "")
        resumes = len(told.split("-")) == len(self.collections) and told != ""
        self.state = told if resumes else ledger.state_of(self.collections)
        return Response(200, b"", "text/event-stream", _HEADERS)

    async def run(self, receive: Receive, send: Send) -> None:
        end_all_on_shutdown()
        wakes = listener().wakes
        gone = asyncio.create_task(self._until_gone(receive))
        wakes.add(self._wake)
        _open.add(self)
        try:
            await send(_chunk(f"retry: {RETRY_MS}\nid: {self.state}\n\n"))
            while not self._ended:
                self._wake.clear()
                await self._tell(send)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            _open.discard(self)
            wakes.discard(self._wake)
            gone.cancel()

    async def _tell(self, send: Send) -> None:
        if news := self._news():
            await send(_chunk(news))
            return
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._wake.wait()
        except TimeoutError:
            await self._look_up_rights()
            await send(_chunk(": still here\n\n"))

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()

    async def _look_up_rights(self) -> None:
        """Raises NotFound, NotAuthenticated or NotAllowed."""
        self.accesses = await accesses_to(self.request, [get_collection(name) for name in self.collections])

    def _news(self) -> str:
        """The events since `state`, which moves on; the last one names it."""
        ledger = listener().ledger
        now = ledger.state_of(self.collections)
        if now == self.state:
            return ""
        events = []
        for access, moment in zip(self.accesses, self.state.split("-"), strict=True):
            name = access.collection.id
            if ledger.state_of([name]) == moment:
                continue
            for box in told_boxes(access, ledger.changes_since(name, moment)):
                events.append({"collection": name, "revision": ledger.revision_of(name), "bbox": box})
        self.state = now
        told = "".join(f"event: change\ndata: {json.dumps(event)}\n\n" for event in events[:-1])
        last = f"event: change\ndata: {json.dumps(events[-1])}\n" if events else ""
        return f"{told}{last}id: {now}\n\n"


def told_boxes(access: Access, changes: Sequence[Change] | None) -> list[list[float] | None]:
    """Boxes in degrees; None is everywhere. Who may read only a part is not told where the rest changes."""
    if changes is None or access.read is not Extent.CITY or any(change.bounds is None for change in changes):
        return [None]
    boxes = list(dict.fromkeys(_boxes(changes)))
    if len(boxes) > MOST_BOXES:
        west, south, east, north = zip(*(box.as_tuple() for box in boxes), strict=True)
        boxes = [Bounds(min(west), min(south), max(east), max(north))]
    return [_in_degrees(box) for box in boxes]


def _boxes(changes: Sequence[Change]) -> Iterator[Bounds]:
    for change in reversed(changes):
        if change.bounds is not None and change.touches(None):
            yield change.bounds


def _in_degrees(box: Bounds) -> list[float]:
    def lon(x: float) -> float:
        return round(degrees(x / _RADIUS_M), 7)

    def lat(y: float) -> float:
        return round(degrees(atan(sinh(y / _RADIUS_M))), 7)

    return [lon(box.min_x), lat(box.min_y), lon(box.max_x), lat(box.max_y)]


def _chunk(text: str) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
