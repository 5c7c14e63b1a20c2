"""The raw ASGI door of vector tiles: /tiles/{layers} is TileJSON, /tiles/{layers}/{z}/{x}/{y} a Mapbox Vector Tile."""

from __future__ import annotations

import re

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import translation

from gis_core.errors import InvalidInput, NotFound
from layers.definitions import Layer
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.http import Receive, Request, Response, Scope, Send, json_response, serve
from tiles.sources import attribution, sources_of
from tiles.vector.maps import PREFIX, vector_layers
from tiles.vector.quick import quick_answer
from tiles.vector.service import REVALIDATE, guarded, layers_shown, tile_response
from tiles.vector.sql import Shown
from tiles.vector.tilejson import tilejson

_ADDRESS = re.compile(
    r"/tiles/(?P<layers>[^/]+)(?:/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/.]+)(?:\.(?:mvt|pbf))?)?/?"
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if (answer := quick_answer(scope)) is None:
        await serve(scope, send, respond)
        return
    for message in answer:
        await send(message)


async def respond(request: Request) -> Response:
    address = _ADDRESS.fullmatch(request.path)
    if address is None:
        raise NotFound(
            f"There is nothing at {request.path}. Ask /tiles/{{layer}} or /tiles/{{layer}}/{{z}}/{{x}}/{{y}}."
        )
    layers, is_map = vector_layers(address["layers"]), address["layers"].startswith(PREFIX)
    if not address["z"]:
        shown = await layers_shown(request, layers, only_readable=is_map)
        return guarded(await _describe(request, shown), shown)
    tile = WEB_MERCATOR_QUAD.tile(address["z"], address["x"], address["y"])
    return await tile_response(request, layers, tile, only_readable=is_map)


async def _describe(request: Request, shown: Shown) -> Response:
    layers = [layer for layer, _ in shown]
    url = f"{request.origin}/tiles/{','.join(layer.id for layer in layers)}"
    language = request.query.get("lang", [settings.LANGUAGE_CODE])[-1]
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(
            f"lang={language!r} is not spoken here; use {', '.join(dict(settings.LANGUAGES))}."
        )
    async with ThreadSensitiveContext():
        sources = await sync_to_async(_sources)(layers)
    with translation.override(language):
        return json_response(tilejson(shown, url=url, attribution=attribution(sources)), **REVALIDATE)


def _sources(layers: list[Layer]) -> set[str]:
    try:
        return {
            source
            for sources in sources_of([layer.collection for layer in layers]).values()
            for source in sources
        }
    finally:
        connection.close()  # of this thread, which ends with the request
