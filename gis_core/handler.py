"""Django behind one thread hop: its middleware and views are synchronous here, so a request runs in one worker thread.

Django's own ASGIHandler makes a thread for each request, hops between it and the event loop at every signal, and
collects what a synchronous streaming response yields in a list before it sends the first byte
(docs/decisions/0007-one-thread-hop.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Message], Awaitable[None]]
THREADS = 8  # each keeps a database connection


class ThreadedHandler(ASGIHandler):
    """Answers in one worker thread. A stream holds none: it is sent part by part, as fast as its reader takes it, and
    closed when the reader goes away."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Django answers HTTP, not {scope['type']}.")
        try:
            body = await self.read_body(receive)
            response = await self._in_thread(self._answer, scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await send(_start(response))
                await send(_body(response.content))
        except RequestAborted:
            return

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    def _answer(self, scope: Scope, body: IO[bytes]) -> Any:
        """The response; a whole one is closed already. Closing sends request_finished, and that gives the database
        connection back; a stream gives this thread's connection back at once, because it reads by its own."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = self.__class__
        body.close()
        if response.streaming:
            connections.close_all()
        else:
            response.close()
        return response

    async def _stream(self, response: Any, receive: Receive, send: Send) -> None:
        try:
            async with _reader(receive) as gone:
                await send(_start(response))
                async for part in response if response.is_async else _threaded(response):
                    if gone.done():
                        return
                    await send(_body(part, more=True))
                await send(_body(b""))
        finally:
            await self._in_thread(response.close)


@asynccontextmanager
async def _reader(receive: Receive) -> AsyncIterator[asyncio.Task[None]]:
    """A task that is done when the reader has gone away."""

    async def until_disconnect() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task = asyncio.create_task(until_disconnect())
    try:
        yield task
    finally:
        task.cancel()


async def _threaded(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    """The parts of a synchronous stream, all made in one thread of its own."""
    loop, made = asyncio.get_running_loop(), iter(parts)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="stream") as thread:
        while (part := await loop.run_in_executor(thread, next, made, None)) is not None:
            yield part


def _start(response: HttpResponseBase) -> Message:
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [
        (b"Set-Cookie", cookie.OutputString().encode("ascii")) for cookie in response.cookies.values()
    ]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


def _body(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}
