"""One answer in one format: its bytes as they are made, and its end whatever happens on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from gis_core.errors import InvalidInput, Unavailable
from layers.formats.catalog import Format
from layers.formats.snapshot import Abandoned, Snapshot
from layers.formats.source import FeatureSource, rows_sql

MOST_AT_ONCE = 8  # in a process: each holds a connection
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class Download:
    """An iterator of bytes. Closing it, or letting it go, ends its transaction and removes its files."""

    def __init__(self, form: Format, source: FeatureSource) -> None:
        """Raises InvalidInput where the format cannot hold the collection, Unavailable when too many are on their way.

        The first rows are read here, so that a query that fails does so before the answer has begun.
        """
        self._chunks: Generator[bytes] | None = None
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._open = False
        if form.needs_geometry and source.geometry_type is None:
            raise InvalidInput(f"{source.id} has no geometry, which {form.title} needs; use f=csv or f=gpkg.")
        if not _places.acquire(blocking=False):
            raise Unavailable(f"{MOST_AT_ONCE} downloads are on their way already; try again in a minute.")
        self._open = True
        try:
            self._snapshot = Snapshot()
            rows = self._snapshot.read(rows_sql(source, form.columns(source)))
            self._chunks = form.write(source, rows)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            raise StopIteration
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def abandon(self) -> None:
        """Stop at the next batch; may be called while another thread makes a chunk, which `close` may not."""
        if self._snapshot is not None:
            self._snapshot.abandon()

    def close(self) -> None:
        with self._lock:
            was_open, self._open = self._open, False
        if not was_open:
            return
        try:
            if self._chunks is not None:
                self._chunks.close()
        finally:
            if self._snapshot is not None:
                self._snapshot.close()
            _places.release()

    def __del__(self) -> None:
        self.close()


def stream(form: Format, source: FeatureSource) -> Download:
    """The bytes of the source in the format, for a reader that pulls in one thread."""
    return Download(form, source)


def download(request: HttpRequest, form: Format, source: FeatureSource) -> HttpResponseBase:
    """The answer to GET: an attachment named after the collection. HEAD gets the headers alone."""
    headers = {
        "Content-Type": form.content_type,
        "Content-Disposition": f'attachment; filename="{source.id}.{form.extension}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    chunks = stream(form, source)
    if isinstance(request, ASGIRequest):
        return _ThreadedResponse(chunks, headers=headers)
    return StreamingHttpResponse(chunks, headers=headers)


class _ThreadedResponse(StreamingHttpResponse):
    """Chunks are made in a thread of their own, so that the event loop serves others meanwhile.

    Django closes the iterator of `__aiter__` at once when the client goes away, but not what stands behind it: that is
    why the clean-up is here. A client who goes away earlier leaves a response that nobody sends: nothing refers back
    to it, so that it is let go, and the download with it.
    """

    def __init__(self, chunks: Download, headers: dict[str, str]) -> None:
        self._download = chunks
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="download")
        super().__init__(_pull(chunks, self._thread), headers=headers)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in super().__aiter__():
                yield part
        finally:
            self._end()

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        """In the same thread, so after the chunk that is being made."""
        self._download.abandon()
        with suppress(RuntimeError):  # ended before
            self._thread.submit(_close, self._download)
        self._thread.shutdown(wait=False)


async def _pull(chunks: Download, thread: ThreadPoolExecutor) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while (chunk := await loop.run_in_executor(thread, next, chunks, None)) is not None:
        yield chunk


def _close(chunks: Download) -> None:
    with suppress(Abandoned):
        chunks.close()
