"""The ASGI door of pictures: MapProxy (WMS, WMTS, TMS) of rasters and vector layers below /maps/."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from mapproxy.wsgiapp import MapProxyApp
from psycopg import sql

from gis_core.errors import InvalidInput, NotAllowed, NotAuthenticated, NotFound, Unavailable
from layers.definitions import Extent, Layer
from layers.policy import Access
from tiles import connections
from tiles.http import Receive, Request, Response, Scope, Send, serve
from tiles.raster.application import Current, guarded
from tiles.raster.asked import Asked, asked_layers, parameter
from tiles.raster.exceptions import service_exception
from tiles.raster.files import Files, RasterFile, by_layer, file_at, files_sql, raster_layers
from tiles.raster.moments import parse_span
from tiles.raster.parameters import refuse_bad_numbers
from tiles.raster.sight import Sight
from tiles.readers import accesses_to
from tiles.states import STATE
from tiles.vector.service import PRIVATE, REVALIDATE

PREFIX = "/maps"
# MapProxy would believe these of any client and write them into its answers.
_NOT_PASSED_ON = {
    b"x-script-name",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"if-none-match",
    b"if-modified-since",
}
_KEPT = ("content-disposition", "location")
_STATES = sql.SQL("SELECT {state} AS rasters, {state} AS asked").format(state=STATE)
UPSTREAM_KEPT = {"cache-control": "max-age=3600"}
AT_ONCE = 2  # pictures drawn at the same time in one process; others wait, and tiles have their turn
_current = Current()
_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    async def respond(request: Request) -> Response:
        return await _respond(scope, request)

    await serve(scope, send, respond)


async def _respond(scope: Scope, request: Request) -> Response:
    try:
        refuse_bad_numbers(request)
    except InvalidInput as error:
        return service_exception(request, error)
    asked = asked_layers(request)
    accesses = await _accesses(request, asked)
    app, files, state = await _application(asked, accesses.values())
    tag = _tag(asked, accesses, state)
    headers = _headers(tag, asked, accesses.values())
    if "etag" in headers and tag in request.known_etags:
        return Response(304, headers=headers)
    try:
        chosen = _chosen(request, asked, files)
    except (InvalidInput, NotFound) as error:
        return service_exception(request, error, code="InvalidDimensionValue" if _time(request) else "")
    sight = Sight(accesses, chosen, _reader(), _language(request))
    async with _slot() if asked.layers else nullcontext():  # an upstream that is slow holds up nobody
        answer = await _ask(WsgiToAsgi(guarded(app, sight)), scope, request)  # type: ignore[no-untyped-call]
    if sight.failure:
        raise sight.failure
    if asked.upstreams and answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(
            f"{', '.join(asked.upstreams)} does not answer, and this is not stored; ask again later."
        )
    return _told(answer, headers, _warnings(request, chosen))


def _slot() -> asyncio.Semaphore:
    return _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def _told(answer: Response, headers: Mapping[str, str], warnings: Mapping[str, str]) -> Response:
    """With the tag on pictures, and private where a right was asked for."""
    picture = answer.status == HTTPStatus.OK and (answer.media_type or "").startswith("image/")
    kept = {**headers, **warnings} if picture else {k: v for k, v in headers.items() if k != "etag"}
    body = answer.body.replace(b'nearestValue="0"', b'nearestValue="1"') if not picture else answer.body
    return replace(answer, status=_status(answer), body=body, headers={**answer.headers, **kept})


def _status(answer: Response) -> int:
    """MapProxy says 500 to a request that it refuses, too; raises RuntimeError for a real failure."""
    if answer.status != HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer.status
    if answer.body == b"internal error":
        raise RuntimeError("MapProxy failed; its own log line stands above.")
    return HTTPStatus.BAD_REQUEST


async def _accesses(request: Request, asked: Asked) -> dict[str, Access]:
    """By layer id. Raises NotAuthenticated or NotAllowed for a named layer that the sender may not see."""
    found = {}
    for layer in asked.layers:
        try:
            (access,) = await accesses_to(request, [layer.collection])
        except (NotAllowed, NotAuthenticated):
            if layer in asked.named:
                raise
        else:
            found[layer.id] = access
    for layer in asked.named:
        if layer.raster and found[layer.id].read is not Extent.CITY:
            raise NotAllowed("These pictures show the whole city; your right is for an area of it.")
    return found


async def _application(asked: Asked, accesses: Iterable[Access]) -> tuple[MapProxyApp, Files, str]:
    """MapProxy of the rasters as they are, their files, and the state of what is asked."""
    rasters = raster_layers()
    borders = ["districts"] if any(access.read is Extent.AREA for access in accesses) else []
    collections = [_collections(rasters), [*_collections(asked.layers), *borders]]
    ((state, asked_state),) = [row.values() for row in await connections.read(_STATES, collections)]
    made = _current.known(state)
    if made is None:
        files = by_layer(await connections.read(*files_sql(rasters)))
        made = await asyncio.to_thread(_current.make, state, files)
    return *made, asked_state


def _collections(layers: Sequence[Layer]) -> list[str]:
    return sorted({layer.collection.id for layer in layers})


def _tag(asked: Asked, accesses: Mapping[str, Access], state: str) -> str:
    """Of the data, of who sees it, and of how it is drawn."""
    drawn = [
        (
            layer.id,
            accesses[layer.id].key,
            layer.min_zoom,
            repr(layer.thinning),
            json.dumps(layer.style.layers),
        )
        for layer in asked.layers
        if layer.id in accesses
    ]
    return f"{sha256(repr(drawn).encode()).hexdigest()[:10]}-{state}"


def _headers(tag: str, asked: Asked, accesses: Iterable[Access]) -> dict[str, str]:
    """Private where anything shows more than the public sees; an upstream has no state that a tag could tell."""
    if any(access.restricted for access in accesses):
        rights = PRIVATE
    else:
        rights = UPSTREAM_KEPT if asked.upstreams else REVALIDATE
    return rights if asked.upstreams else {"etag": f'W/"{tag}"', **rights}


def _chosen(request: Request, asked: Asked, files: Files) -> dict[str, RasterFile]:
    """The file of each named raster at the asked time. Raises InvalidInput or NotFound."""
    span = parse_span(_time(request))
    return {layer.id: file_at(layer.id, files, span) for layer in asked.named if layer.raster}


def _warnings(request: Request, chosen: Mapping[str, RasterFile]) -> dict[str, str]:
    """WMS 1.3.0, annex C: a time that the client did not name is told."""
    times = {file.time for file in chosen.values()} - {_time(request)}
    kind = "Nearest" if _time(request) else "Default"
    return {"warning": f"99 {kind} value used: time={','.join(sorted(times))} ISO8601"} if times else {}


def _time(request: Request) -> str:
    return parameter(request, "time") or parameter(request, "datetime")


def _language(request: Request) -> str:
    language = parameter(request, "language")
    return language if language in dict(settings.LANGUAGES) else str(settings.LANGUAGE_CODE)


def _reader() -> Any:
    """Runs a statement on this loop's pool, from MapProxy's thread."""
    loop = asyncio.get_running_loop()

    def read(query: sql.Composed, params: Sequence[object]) -> list[dict[str, Any]]:
        return asyncio.run_coroutine_threadsafe(connections.read(query, params), loop).result()

    return read


async def _ask(application: WsgiToAsgi, scope: Scope, request: Request) -> Response:
    """One request to MapProxy, in a thread of its own, with the origin that the client sees."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    async with ThreadSensitiveContext():
        await application(_inner_scope(scope, request), receive, send)
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in messages[0]["headers"]
    }
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Response(messages[0]["status"], body, headers.get("content-type"), _kept(headers))


def _inner_scope(scope: Scope, request: Request) -> Scope:
    host = request.origin.partition("://")[2].encode("latin-1")
    headers = [(name, value) for name, value in scope["headers"] if name not in _NOT_PASSED_ON | {b"host"}]
    return {
        **scope,
        "method": "GET",
        "scheme": request.scheme,
        "root_path": PREFIX,
        "query_string": _without_time(scope["query_string"]),
        "headers": [*headers, (b"host", host)],
    }


def _without_time(query: bytes) -> bytes:
    """The time is chosen here; MapProxy knows only the times that it lists."""
    parts = [part for part in query.split(b"&") if not part.lower().startswith((b"time=", b"datetime="))]
    return b"&".join(parts)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in _KEPT if name in headers}
