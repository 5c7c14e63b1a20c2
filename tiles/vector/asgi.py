"""The raw ASGI door of vector tiles: /tiles/{layers} is TileJSON, /tiles/{layers}/{z}/{x}/{y} a Mapbox Vector Tile."""

from __future__ import annotations

import re
from dataclasses import replace

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import translation

from gis_core.errors import InvalidInput, NotFound
from layers.definitions import Layer
from layers.registry import get_layer
from tiles import connections
from tiles.grids import WEB_MERCATOR_QUAD, TileId
from tiles.http import Receive, Request, Response, Scope, Send, json_response, serve
from tiles.readers import accesses_to
from tiles.sources import attribution, sources_of
from tiles.vector.sql import Shown, shape_of, tagged_tile_sql
from tiles.vector.tilejson import tilejson

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_ADDRESS = re.compile(
    r"/tiles/(?P<layers>[^/]+)(?:/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/.]+)(?:\.(?:mvt|pbf))?)?/?"
)
_REVALIDATE = {"cache-control": "no-cache"}  # keep it, but ask: an edit shows at the next look
# What not everybody may see stays out of every shared cache.
PRIVATE = {"cache-control": "private, no-cache", "vary": "Accept-Encoding, Cookie, Authorization"}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await serve(scope, send, respond)


async def respond(request: Request) -> Response:
    address = _ADDRESS.fullmatch(request.path)
    if address is None:
        raise NotFound(
            f"There is nothing at {request.path}. Ask /tiles/{{layer}} or /tiles/{{layer}}/{{z}}/{{x}}/{{y}}."
        )
    layers = vector_layers(address["layers"])
    tile = address["z"] and WEB_MERCATOR_QUAD.tile(address["z"], address["x"], address["y"])
    accesses = await accesses_to(request, [layer.collection for layer in layers])
    shown = list(zip(layers, accesses, strict=True))
    answer = await (_draw(request, shown, tile) if tile else _describe(request, shown))
    if any(access.restricted for access in accesses):
        return replace(answer, headers={**answer.headers, **PRIVATE})
    return answer


def vector_layers(names: str) -> list[Layer]:
    """The layers of `a,b,c`; raises NotFound for an unknown or a raster layer, InvalidInput for one named twice."""
    ids = names.split(",")
    if len(set(ids)) < len(ids):
        raise InvalidInput(f"{names!r} names a layer twice; a tile holds each layer once.")
    layers = [get_layer(layer_id) for layer_id in ids]
    if rasters := [layer.id for layer in layers if layer.raster]:
        raise NotFound(f"{', '.join(rasters)} is a raster; its pictures are below /maps/, see /layers.")
    return layers


async def _draw(request: Request, layers: Shown, tile: TileId) -> Response:
    shown = [(layer, access) for layer, access in layers if layer.min_zoom <= tile.z]
    if not shown:
        return Response(204, headers=_REVALIDATE)
    prefix = shape_of(shown, tile.z) + "-"
    known = [tag.removeprefix(prefix) for tag in request.known_etags if tag.startswith(prefix)]
    ((state, body),) = [row.values() for row in await connections.read(*tagged_tile_sql(shown, tile, known))]
    headers = {"etag": f'W/"{prefix}{state}"', **_REVALIDATE}
    if body is None:
        return Response(304, headers=headers)
    return Response(200, bytes(body), MEDIA_TYPE, headers) if body else Response(204, headers=headers)


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
        return json_response(tilejson(shown, url=url, attribution=attribution(sources)), **_REVALIDATE)


def _sources(layers: list[Layer]) -> set[str]:
    try:
        return {
            source
            for sources in sources_of([layer.collection for layer in layers]).values()
            for source in sources
        }
    finally:
        connection.close()  # of this thread, which ends with the request
