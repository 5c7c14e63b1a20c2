"""Who reads, at the raw doors: Django's session or a token, asked for once in a moment and then remembered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, parse_cookie

from gis_core.actors import PUBLIC, Actor, actor_of_user
from gis_core.errors import CasaGISError
from gis_core.tokens import token_of
from layers.definitions import Collection
from layers.policy import RIGHTS_HOLD_S, Access, access_to
from tiles.http import Request

MOST_REMEMBERED = 1000
_remembered: dict[tuple[str, ...], tuple[float, list[Access] | CasaGISError]] = {}


async def accesses_to(request: Request, collections: Sequence[Collection]) -> list[Access]:
    """What the sender may see of each collection. Raises NotAuthenticated or NotAllowed where that is nothing."""
    key = (_credentials(request), *(collection.id for collection in collections))
    kept = _remembered.get(key)
    now = time.monotonic()
    if kept is None or now - kept[0] > RIGHTS_HOLD_S:
        if len(_remembered) > MOST_REMEMBERED:
            _remembered.clear()
        async with ThreadSensitiveContext():
            kept = _remembered[key] = (now, await sync_to_async(_ask)(request, collections))
    if isinstance(kept[1], CasaGISError):
        raise kept[1]
    return kept[1]


def forget_readers() -> None:
    """Between tests: nobody is remembered."""
    _remembered.clear()


def _credentials(request: Request) -> str:
    """A digest of the session and the token, empty for the public."""
    told = (request.headers.get("authorization", ""), _session_key(request))
    return sha256(repr(told).encode()).hexdigest() if any(told) else ""


def _session_key(request: Request) -> str:
    cookies = parse_cookie(request.headers.get("cookie", ""))
    return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))


def _ask(request: Request, collections: Sequence[Collection]) -> list[Access] | CasaGISError:
    try:
        actor = _actor(request)
        accesses = [access_to(actor, collection) for collection in collections]
        for access in accesses:
            _ = access.restricted  # may ask the database, so it is asked here and not in the loop
        return accesses
    except CasaGISError as error:
        return error
    finally:
        connection.close()  # of this thread, which ends with the request


def _actor(request: Request) -> Actor:
    """As ActorMiddleware judges it: a token before a session. Raises NotAuthenticated for a bad token."""
    if not _credentials(request):
        return PUBLIC
    seen = HttpRequest()
    seen.method = request.method
    seen.META = {
        "REMOTE_ADDR": request.client,
        "HTTP_AUTHORIZATION": request.headers.get("authorization", ""),
        "HTTP_X_FORWARDED_FOR": request.headers.get("x-forwarded-for", ""),
    }
    if "authorization" in request.headers:
        token = token_of(seen)
        return actor_of_user(token.user, token=token) if token else PUBLIC
    seen.session = SessionStore(_session_key(request))
    return actor_of_user(get_user(seen))
