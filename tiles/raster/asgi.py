"""The ASGI door of rasters: MapProxy (WMS, WMTS, TMS) below /maps/, always of the newest grids."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from mapproxy.config.configuration.proxy import ProxyConfiguration
from mapproxy.config.spec import validate_options
from mapproxy.config.validator import validate
from mapproxy.wsgiapp import MapProxyApp

from gis_core.errors import NotAllowed, NotAuthenticated, Unavailable
from layers.definitions import Extent
from layers.registry import get_layer
from tiles.http import Receive, Request, Response, Scope, Send, serve
from tiles.raster import source
from tiles.raster.configuration import Configuration, mapproxy_configuration
from tiles.raster.newest import Grids, newest_grids
from tiles.raster.parameters import refuse_bad_numbers
from tiles.readers import accesses_to

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


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    async def respond(request: Request) -> Response:
        return await _respond(scope, request)

    await serve(scope, send, respond)


async def _respond(scope: Scope, request: Request) -> Response:
    refuse_bad_numbers(request)
    grids = await newest_grids()
    allowed = await allowed_layers(request, grids)
    headers = {"etag": f'W/"{grids.state}"', "cache-control": "no-cache"}
    if grids.state in request.known_etags:
        return Response(304, headers=headers)
    application = guarded(await _current.application(grids), allowed)
    answer = await _ask(WsgiToAsgi(application), scope, request)  # type: ignore[no-untyped-call]
    picture = answer.status == HTTPStatus.OK and (answer.media_type or "").startswith("image/")
    return replace(answer, status=_status(answer), headers={**answer.headers, **(headers if picture else {})})


def _status(answer: Response) -> int:
    """MapProxy says 500 to a request that it refuses, too; raises RuntimeError for a real failure."""
    if answer.status != HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer.status
    if answer.body == b"internal error":
        raise RuntimeError("MapProxy failed; its own log line stands above.")
    return HTTPStatus.BAD_REQUEST


class _Current:
    """The MapProxy application of the newest grids, made anew when they change."""

    def __init__(self) -> None:
        self._made: tuple[Grids, MapProxyApp] | None = None

    async def application(self, grids: Grids) -> MapProxyApp:
        if self._made is None or self._made[0] != grids:
            self._made = grids, await asyncio.to_thread(make_application, grids)
        return self._made[1]


_current = _Current()


async def allowed_layers(request: Request, grids: Grids) -> frozenset[str]:
    """The raster layers that the sender may see; raises NotAuthenticated or NotAllowed when that is none of them.

    A picture shows the whole city, so a right to an area is not enough.
    """
    allowed, refusal = set(), None
    for layer_id, _file in grids.files:
        try:
            (access,) = await accesses_to(request, [get_layer(layer_id).collection])
        except (NotAllowed, NotAuthenticated) as error:
            refusal = error
        else:
            allowed |= {layer_id} if access.read is Extent.CITY else set()
    if not allowed:
        raise refusal or NotAllowed("These pictures show the whole city; your right is for an area of it.")
    return frozenset(allowed)


def guarded(application: MapProxyApp, allowed: frozenset[str]) -> Callable[..., Any]:
    """MapProxy asks this for every layer of every service, capabilities included."""

    def authorize(service: str, layers: Sequence[str], **_more: Any) -> dict[str, Any]:
        every = {"map": True, "tile": True, "featureinfo": True, "legendgraphic": True}
        return {"authorized": "partial", "layers": {name: every for name in layers if name in allowed}}

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        return application({**environ, "mapproxy.authorize": authorize}, start_response)

    return wsgi


def make_application(grids: Grids) -> MapProxyApp:
    """Raises Unavailable, with MapProxy's own words, for a configuration that its validators refuse."""
    source.register()
    configuration = mapproxy_configuration(grids, settings.CITY)
    if errors := configuration_errors(configuration):
        raise Unavailable(f"MapProxy refuses its configuration: {'; '.join(errors)}.")
    loaded = ProxyConfiguration(configuration, conf_base_dir=str(settings.VAR / "mapproxy"))
    return MapProxyApp(loaded.configured_services(), loaded.base_config)


def configuration_errors(configuration: Configuration) -> list[str]:
    """What MapProxy's two validators say: of the options, and of the references between them."""
    of_options, _informal = validate_options(configuration)
    return [*of_options, *validate(configuration)]


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
        "headers": [*headers, (b"host", host)],
    }


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in _KEPT if name in headers}
