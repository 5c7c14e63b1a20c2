"""Who reads, at the raw doors: Django's session or a token, asked for once in a moment and then remembered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from layers.registry import COLLECTIONS
from tiles.http import Request

MOST_REMEMBERED = 1000
Rights = Mapping[str, Access | CasaGISError]  # by collection id


@dataclass
class PublicRights:
    """Until when (time.monotonic) the public's rights need not be asked for again; `number` rises when they change."""

    until: float = 0.0
    number: int = 0
    _keys: tuple[str, ...] = field(default=())

    def learn(self, rights: Rights, until: float) -> None:
        keys = tuple(right.key if isinstance(right, Access) else "" for right in rights.values())
        if keys != self._keys:
            self._keys, self.number = keys, self.number + 1
        self.until = until


public = PublicRights()
_remembered: dict[str, tuple[float, Rights | CasaGISError]] = {}
_asking: dict[str, asyncio.Task[Rights | CasaGISError]] = {}


async def accesses_to(request: Request, collections: Sequence[Collection]) -> list[Access]:
    """What the sender may see of each collection. Raises NotAuthenticated or NotAllowed where that is nothing."""
    rights = await _rights_of(request)
    return [_granted(rights[collection.id]) for collection in collections]


async def readable_by(request: Request) -> dict[str, Access]:
    """What the sender may see of the collections that are open to him. Raises NotAuthenticated for a bad token."""
    rights = await _rights_of(request)
    return {name: right for name, right in rights.items() if isinstance(right, Access)}


def is_public(request: Request) -> bool:
    """Whether the request names nobody."""
    return not _credentials(request)


def forget_readers() -> None:
    """Between tests: nobody is remembered."""
    _remembered.clear()
    public.until = 0.0


def _granted(right: Access | CasaGISError) -> Access:
    if isinstance(right, CasaGISError):
        raise right
    return right


async def _rights_of(request: Request) -> Rights:
    key = _credentials(request)
    now = time.monotonic()
    if key not in _remembered or now >= _remembered[key][0]:
        if len(_remembered) > MOST_REMEMBERED:
            _remembered.clear()
        told = await _ask_once(key, request)
        _remembered[key] = (now + RIGHTS_HOLD_S, told)
        if not key and not isinstance(told, CasaGISError):
            public.learn(told, now + RIGHTS_HOLD_S)
    rights = _remembered[key][1]
    if isinstance(rights, CasaGISError):
        raise rights
    return rights


async def _ask_once(key: str, request: Request) -> Rights | CasaGISError:
    """Those who come with the same credentials in the same moment wait for one answer."""
    if key not in _asking:
        _asking[key] = asyncio.create_task(_ask_in_thread(request))
        _asking[key].add_done_callback(lambda _: _asking.pop(key, None))
    return await asyncio.shield(_asking[key])


async def _ask_in_thread(request: Request) -> Rights | CasaGISError:
    async with ThreadSensitiveContext():
        return await sync_to_async(_ask)(request)


def _credentials(request: Request) -> str:
    """A digest of the session and the token, empty for the public."""
    told = (request.headers.get("authorization", ""), _session_key(request))
    return sha256(repr(told).encode()).hexdigest() if any(told) else ""


def _session_key(request: Request) -> str:
    cookies = parse_cookie(request.headers.get("cookie", ""))
    return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))


def _ask(request: Request) -> Rights | CasaGISError:
    try:
        actor = _actor(request)
        return {name: _right(actor, collection) for name, collection in COLLECTIONS.items()}
    except CasaGISError as error:
        return error
    finally:
        connection.close()  # of this thread, which ends with the request


def _right(actor: Actor, collection: Collection) -> Access | CasaGISError:
    try:
        access = access_to(actor, collection)
    except CasaGISError as error:
        return error
    _ = access.restricted  # may ask the database, so it is asked here and not in the loop
    return access


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
