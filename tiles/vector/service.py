"""One tile for one reader: rights, tag, caches, then the drawing. Every door of vector tiles answers with this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from layers.definitions import Layer
from tiles.cache import NOT_MODIFIED
from tiles.encodings import IDENTITY
from tiles.grids import WEB_MERCATOR_QUAD, TileId, TileMatrixSet
from tiles.http import Request, Response
from tiles.listener import listener
from tiles.proxy import keep_header
from tiles.readers import accesses_to, is_public, public, readable_by
from tiles.vector.drawing import Order, draw, etag_of
from tiles.vector.public_tiles import public_tiles
from tiles.vector.sql import Shown
from tiles.vector.thinning import thinning_header

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
REVALIDATE = {"cache-control": "no-cache"}  # keep it, but ask: an edit shows at the next look
# What not everybody may see stays out of every shared cache.
PRIVATE = {"cache-control": "private, no-cache", "vary": "Accept-Encoding, Cookie, Authorization"}


async def tile_response(
    request: Request,
    layers: Sequence[Layer],
    tile: TileId,
    grid: TileMatrixSet = WEB_MERCATOR_QUAD,
    *,
    only_readable: bool = False,
) -> Response:
    """200 with the tile, 204 for an empty one, 304 where the reader knows it. Raises NotAuthenticated or NotAllowed.

    only_readable: layers that the sender may not read are left out.
    """
    shown = await layers_shown(request, layers, only_readable=only_readable)
    rights = public.number
    drawn = [(layer, access) for layer, access in shown if layer.min_zoom <= grid.web_zoom(tile.z)]
    if not drawn:
        return guarded(Response(204, headers=REVALIDATE), shown)
    order = Order(drawn, tile, grid)
    headers = {**REVALIDATE, **thinning_header([layer for layer, _ in drawn], grid.web_zoom(tile.z))}
    if tag := await _known_tag(request, order):
        return guarded(Response(304, headers={"etag": tag, **headers}), shown)
    if not order.restricted:
        return guarded(await _public_answer(request, order, headers, rights), shown)
    state, body = await draw(order)
    return guarded(_answer(body, {"etag": etag_of(order, state), **headers}), shown)


async def layers_shown(request: Request, layers: Sequence[Layer], *, only_readable: bool = False) -> Shown:
    """The layers with what the sender may see of each. Raises NotAuthenticated or NotAllowed."""
    if only_readable:
        open_to = await readable_by(request)
        return [(layer, open_to[layer.collection.id]) for layer in layers if layer.collection.id in open_to]
    accesses = await accesses_to(request, [layer.collection for layer in layers])
    return list(zip(layers, accesses, strict=True))


def guarded(answer: Response, shown: Shown) -> Response:
    """Private where any layer shows more than the public sees."""
    if not any(access.restricted for _, access in shown):
        return answer
    return replace(answer, headers={**answer.headers, **PRIVATE})


async def _known_tag(request: Request, order: Order) -> str:
    """The tag that the client has, if nothing that the tile shows was changed since; else empty."""
    ledger = await listener().fresh()
    for tag in request.known_etags:
        shape, _, state = tag.partition("-")
        if shape == order.shape and ledger.unchanged_since(order.collections, state, order.bounds):
            return etag_of(order, state)
    return ""


async def _public_answer(request: Request, order: Order, headers: Mapping[str, str], rights: int) -> Response:
    """`rights`: the number of the public's rights that the order was made by."""
    tiles = public_tiles()
    kept = await tiles.get(order, request.coding)
    coding = kept.coding(request.coding)
    tagged = {"etag": kept.etag, **headers, **keep_header(order, request.path)}
    coded = tagged if coding == IDENTITY else {**tagged, "content-encoding": coding}
    answer = _answer(kept.in_coding(coding), coded)
    if is_public(request) and not request.query:  # from now on by the quick path
        kept.rights = rights
        kept.answers[coding] = answer.messages()
        kept.answers[NOT_MODIFIED] = Response(304, headers=tagged).messages()
        tiles.memory.name(kept, request.path)
    return answer


def _answer(body: bytes, headers: Mapping[str, str]) -> Response:
    return Response(200, body, MEDIA_TYPE, headers) if body else Response(204, headers=headers)
