"""A file over HTTP in whole or in part (RFC 9110, 13 and 14): readers of archives ask for pieces, phones go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_etags

CHUNK_BYTES = 2**18
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


class _Piece(Iterator[bytes]):
    """`length` bytes of an open file from where it stands."""

    def __init__(self, file: BufferedReader, length: int) -> None:
        self._file, self._left = file, length

    def __next__(self) -> bytes:
        chunk = self._file.read(min(CHUNK_BYTES, self._left))
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()


def file_response(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    """200, 206 for one range, 304 for a known tag, 416 for a range past the end; several ranges get the whole.

    Raises FileNotFoundError. Only its own reader may keep it.
    """
    file = path.open("rb")
    stat = path.stat()
    size, etag = stat.st_size, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(stat.st_mtime),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Type": media_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": content_disposition_header(True, path.name) or "attachment",
    }
    status, start, end = _answer(request, size, etag, headers["Last-Modified"])
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if status == 416:
        headers["Content-Range"] = f"bytes */{size}"
    if status != 304:
        headers["Content-Length"] = str(end - start)
    if status in {304, 416} or request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers)
    file.seek(start)
    return StreamingHttpResponse(_Piece(file, end - start), status=status, headers=headers)


def _answer(request: HttpRequest, size: int, etag: str, modified: str) -> tuple[int, int, int]:
    """Status, first byte, and the byte after the last."""
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    if etag in known or "*" in known:
        return 304, 0, 0
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if_range = request.headers.get("If-Range")
    if request.method != "GET" or asked is None or not any(asked.groups()):
        return 200, 0, size
    if if_range is not None and if_range not in {etag, modified}:  # it changed: a part would not fit
        return 200, 0, size
    start, end = _bounds(asked[1], asked[2], size)
    if asked[1] and asked[2] and int(asked[2]) < int(asked[1]):  # not a range at all, so as if not asked
        return 200, 0, size
    return (206, start, end) if start < end else (416, 0, 0)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
