"""GET /audit.csv: every change as a table for spreadsheets, written as it is read, for auditors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.negotiation import refuse_unknown
from gis_core.permissions import Role, require_role
from layers.api.batches import read_time
from layers.policy import access_to, readable
from layers.queries.audit import AuditFilter
from layers.registry import get_collection
from layers.services.audit import audit_chunks


@require_safe
def audit(request: HttpRequest) -> StreamingHttpResponse:
    """?from=&to=&collection=&actor=: UTF-8 with a byte order mark, CRLF; no cell that a spreadsheet would run."""
    refuse_unknown(request, "from", "to", "collection", "actor")
    actor = actor_of(request)
    require_role(actor, Role.AUDITOR, Role.STEWARD, Role.ADMIN)
    name = request.GET.get("collection")
    accesses = [access_to(actor, get_collection(name))] if name else readable(actor)
    asked = AuditFilter(
        since=read_time(request, "from"),
        until=read_time(request, "to"),
        actor=request.GET.get("actor", "").replace("\x00", ""),
    )
    chunks = audit_chunks(accesses, asked)
    return StreamingHttpResponse(
        _in_thread(chunks) if isinstance(request, ASGIRequest) else chunks,
        content_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": 'attachment; filename="audit.csv"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def _in_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Django would read a plain iterator to its end before it sends the first byte."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit")
    try:
        while (chunk := await loop.run_in_executor(thread, next, chunks, None)) is not None:
            yield chunk
    finally:
        thread.submit(chunks.close)  # type: ignore[attr-defined]
        thread.shutdown(wait=False)
