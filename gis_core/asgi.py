"""The ASGI entry: doors beside Django (settings.ASGI_MOUNTS) by how a path begins, everything else to Django."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  after Django is set up
from django.utils.module_loading import import_string  # noqa: E402

from gis_core.handler import ThreadedHandler  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
django_application = ThreadedHandler()
MOUNTS = [(re.compile(begin).match, import_string(path)) for begin, path in settings.ASGI_MOUNTS.items()]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    mounted = next((app for begins, app in MOUNTS if begins(scope["path"])), None)
    await (mounted or django_application)(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
