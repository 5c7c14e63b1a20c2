"""The raw ASGI door of OGC API Tiles: a vector tile by tile matrix, row and column, of a collection or of several."""

from __future__ import annotations

import re

from gis_core.errors import InvalidInput, NotAllowed, NotAuthenticated, NotFound
from layers.definitions import Layer
from tiles.grids import get_grid
from tiles.http import Receive, Request, Response, Scope, Send, serve
from tiles.ogc.limits import tile_within
from tiles.ogc.selection import layer_of, selected_layers, usual_layers
from tiles.vector.service import layers_shown, tile_response

_ADDRESS = re.compile(
    r"(?:/collections/(?P<collection>[^/]+))?/tiles/(?P<grid>[^/]+)/(?P<matrix>[^/]+)/(?P<row>[^/]+)/(?P<column>[^/]+)"
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    await serve(scope, send, respond)


async def respond(request: Request) -> Response:
    address = _ADDRESS.fullmatch(request.path)
    if address is None:
        raise NotFound(
            f"There is nothing at {request.path}."
            " A tile is at …/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}."
        )
    grid = get_grid(address["grid"])
    layers = [layer_of(address["collection"])] if address["collection"] else await _dataset(request)
    _refuse_unknown(request, *(() if address["collection"] else ("collections",)))
    tile = tile_within(layers, grid, address["matrix"], address["row"], address["column"])
    return await tile_response(request, layers, tile, grid)


async def _dataset(request: Request) -> list[Layer]:
    """What is selected; else what the map shows, less what the reader may not see."""
    if chosen := request.query.get("collections"):
        return selected_layers(chosen[-1])
    layers = usual_layers()
    if await _may_read(request, layers):
        return layers
    return [layer for layer in layers if await _may_read(request, [layer])] or layers


async def _may_read(request: Request, layers: list[Layer]) -> bool:
    try:
        await layers_shown(request, layers)
    except (NotAuthenticated, NotAllowed):
        return False
    return True


def _refuse_unknown(request: Request, *known: str) -> None:
    unknown = sorted(set(request.query) - {*known, "f", "lang"})
    if unknown:
        raise InvalidInput(
            f"Unknown query parameter {', '.join(unknown)}. Known here: {', '.join((*known, 'f'))}."
        )
    if request.query.get("f", ["mvt"]) != ["mvt"]:
        raise InvalidInput(f"f={request.query['f'][-1]!r} is not offered; a tile is f=mvt.")
