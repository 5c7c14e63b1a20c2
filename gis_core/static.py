"""Static files in front of Django (settings.ASGI_MOUNTS), by WhiteNoise: compressed, and kept for ever where hashed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from whitenoise import WhiteNoise

HASHED_NAME = r"\.[0-9a-f]{12}\.\w+$"


def _not_found(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"There is no such file. script/bootstrap builds and collects them."]


def _no_sniffing(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


_files = WsgiToAsgi(  # type: ignore[no-untyped-call]
    WhiteNoise(
        _not_found,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        immutable_file_test=HASHED_NAME,
        add_headers_function=_no_sniffing,
    )
)


async def application(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    async def marked_send(
        message: Any,
    ) -> None:  # asgiref warns of a send that is not marked as a coroutine function
        await send(message)

    await _files(scope, receive, marked_send)
