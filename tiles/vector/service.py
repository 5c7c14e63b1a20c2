"""One tile for one reader: rights, tag, then the bytes. Every door of vector tiles answers with this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from layers.definitions import Layer
from layers.policy import Access
from tiles import connections
from tiles.grids import WEB_MERCATOR_QUAD, TileId, TileMatrixSet
from tiles.http import Request, Response
from tiles.readers import accesses_to
from tiles.vector.sql import Shown, shape_of, tagged_tile_sql
from tiles.vector.thinning import thinning_header

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
REVALIDATE = {"cache-control": "no-cache"}  # keep it, but ask: an edit shows at the next look
# What not everybody may see stays out of every shared cache.
PRIVATE = {"cache-control": "private, no-cache", "vary": "Accept-Encoding, Cookie, Authorization"}


async def tile_response(
    request: Request, layers: Sequence[Layer], tile: TileId, grid: TileMatrixSet = WEB_MERCATOR_QUAD
) -> Response:
    """200 with the tile, 204 for an empty one, 304 where the reader knows it. Raises NotAuthenticated or NotAllowed."""
    shown = await layers_shown(request, layers)
    return guarded(await _draw(request, shown, tile, grid), shown)


async def layers_shown(request: Request, layers: Sequence[Layer]) -> Shown:
    """The layers with what the sender may see of each. Raises NotAuthenticated or NotAllowed."""
    accesses: list[Access] = await accesses_to(request, [layer.collection for layer in layers])
    return list(zip(layers, accesses, strict=True))


def guarded(answer: Response, shown: Shown) -> Response:
    """Private where any layer shows more than the public sees."""
    if not any(access.restricted for _, access in shown):
        return answer
    return replace(answer, headers={**answer.headers, **PRIVATE})


async def _draw(request: Request, layers: Shown, tile: TileId, grid: TileMatrixSet) -> Response:
    shown = [(layer, access) for layer, access in layers if layer.min_zoom <= grid.web_zoom(tile.z)]
    if not shown:
        return Response(204, headers=REVALIDATE)
    prefix = shape_of(shown, tile.z, grid) + "-"
    known = [tag.removeprefix(prefix) for tag in request.known_etags if tag.startswith(prefix)]
    rows = await connections.read(*tagged_tile_sql(shown, tile, known, grid))
    ((state, body),) = [row.values() for row in rows]
    thinned = thinning_header([layer for layer, _ in shown], grid.web_zoom(tile.z))
    headers: Mapping[str, str] = {"etag": f'W/"{prefix}{state}"', **REVALIDATE, **thinned}
    if body is None:
        return Response(304, headers=headers)
    return Response(200, bytes(body), MEDIA_TYPE, headers) if body else Response(204, headers=headers)
