"""Process seed-tiles: the tiles that everybody sees are drawn and kept before anybody asks for them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from typing import Any

import psycopg
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis_core.actors import PUBLIC
from gis_core.errors import NotAllowed, NotAuthenticated, TooLarge, Unavailable
from gis_core.jobs.process import Context, Input, Output
from layers.definitions import Layer
from layers.policy import access_to
from tiles.disk import LEFT_SHARE, DiskCache, Stored
from tiles.encodings import FROM_BYTES, IDENTITY, encoded
from tiles.pyramids.background import background_connection
from tiles.pyramids.drawing import Drawn, draw_all, shown_at
from tiles.pyramids.inputs import INPUTS, pyramid_of
from tiles.pyramids.pyramid import GRID, tile_of, tiles_with_features
from tiles.pyramids.told import TOLD_EVERY, progress_told
from tiles.states import STATE
from tiles.vector.drawing import Order
from tiles.vector.maps import vector_layers
from tiles.vector.public_tiles import public_tiles
from tiles.vector.sql import Shown

CODING = "zstd"  # what browsers like best; other codings are made when somebody asks for them
_STATE_NOW = sql.SQL("SELECT {}").format(STATE)
BLOCK_BYTES = 4096  # what even an empty tile takes on the disk


class SeedTiles:
    """Coarse tiles first, then along a curve, so that tiles near each other follow each other."""

    id = "seed-tiles"
    title = _("Prepare tiles")
    description = _(
        "Draws the public tiles of layers or of a map before anybody asks, so that the first visitor does not wait."
    )
    role = "steward"
    pausable = True
    inputs = (
        *INPUTS,
        Input(
            "together",
            _("As one tile"),
            {"type": "boolean", "default": False},
            _(
                "All layers in one tile, as at their common address; else each by itself, as the map page asks."
            ),
        ),
    )
    outputs = (
        Output("tiles", _("Tiles drawn"), {"type": "integer"}),
        Output("ready", _("Tiles that were ready"), {"type": "integer"}),
        Output("bytes", _("Bytes kept"), {"type": "integer"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The checkpoint: `tileset` and number of the `last` tile that was kept, and what was kept so far."""
        layers = vector_layers(inputs.get("layers") or "map:public")
        tilesets = _tilesets(layers, together=bool(inputs.get("together")))
        pyramid, disk = pyramid_of(inputs, layers, tilesets=len(tilesets)), _disk()
        kept = dict(context.checkpoint or {"tileset": 0, "last": -1, "tiles": 0, "bytes": 0})
        with background_connection() as connection:
            context.progress(0, _t("Looking for the tiles that hold something"))
            found = [(shown, tiles_with_features(connection, shown, pyramid)) for shown in tilesets]
            total = sum(len(numbers) for _shown, numbers in found)
            with closing(_draw_missing(connection, disk, found, kept)) as drawing:
                for tileset, done, drawn in drawing:
                    size, count = kept["bytes"] + _keep(disk, tilesets[tileset], drawn), kept["tiles"] + 1
                    kept = {"tileset": tileset, "last": drawn.number, "tiles": count, "bytes": size}
                    context.checkpoint = kept
                    if count % TOLD_EVERY == 0:
                        _require_room(size, disk)
                        context.progress(100 * done / total, progress_told(done, total, size))
        return {"tiles": kept["tiles"], "ready": total - kept["tiles"], "bytes": kept["bytes"]}


def _tilesets(layers: Sequence[Layer], *, together: bool) -> list[Shown]:
    """The layers as the public sees them. Raises NotAllowed for one that is not public: what is kept here goes to
    everybody."""
    try:
        shown = [(layer, access_to(PUBLIC, layer.collection)) for layer in layers]
    except (NotAuthenticated, NotAllowed) as error:
        told = _t("Only what everybody may see is prepared, because everybody gets it: %(reason)s")
        raise NotAllowed(told % {"reason": error.detail}) from error
    return [shown] if together else [[one] for one in shown]


def _disk() -> DiskCache:
    """Raises Unavailable where tiles are not kept."""
    disk = public_tiles().disk
    if not disk.limit:
        raise Unavailable(
            _t("No tiles are kept on this server; an operator has to give CASAGIS_TILE_DISK_MB a size.")
        )
    return disk


def _require_room(size: int, disk: DiskCache) -> None:
    """Raises TooLarge before the newest tiles push out the first."""
    room = int(disk.limit * LEFT_SHARE)
    if size > room:
        told = _t(
            "The tiles take more than the %(room)s that the server keeps: end at a lower zoom, take a smaller box,"
            " or ask an operator to raise CASAGIS_TILE_DISK_MB."
        )
        raise TooLarge(told % {"room": filesizeformat(room)})


def _draw_missing(
    connection: psycopg.Connection[Any],
    disk: DiskCache,
    found: Sequence[tuple[Shown, array[int]]],
    kept: Mapping[str, int],
) -> Generator[tuple[int, int, Drawn], None, None]:
    """After what was `kept`: the tileset, how many tiles of all are done with this one, and the tile."""
    before = 0
    for tileset, (shown, numbers) in enumerate(found):
        if tileset >= kept["tileset"]:
            begin = bisect_right(numbers, kept["last"]) if tileset == kept["tileset"] else 0
            wanted = _not_ready(connection, disk, shown, numbers[begin:])
            with closing(draw_all(connection, shown, wanted)) as drawing:
                for drawn in drawing:
                    yield tileset, before + bisect_right(numbers, drawn.number), drawn
        before += len(numbers)


def _not_ready(
    connection: psycopg.Connection[Any], disk: DiskCache, shown: Shown, numbers: array[int]
) -> Iterator[int]:
    """The tiles that are not kept as the data are now, or were when their zoom was begun."""

    @cache
    def state(z: int) -> str:
        collections = [layer.collection.id for layer, _ in shown_at(shown, z)]
        ((now,),) = connection.execute(_STATE_NOW, [collections]).fetchall()
        return str(now)

    for number in numbers:
        stored = disk.get(_order(shown, number).key)
        if stored is None or stored.state != state(tile_of(number).z):
            yield number


def _keep(disk: DiskCache, shown: Shown, drawn: Drawn) -> int:
    """The bytes that it takes on the disk, or nearly so."""
    bodies = {IDENTITY: drawn.body}
    if len(drawn.body) >= FROM_BYTES:
        bodies[CODING] = encoded(drawn.body, CODING)
    disk.put(_order(shown, drawn.number).key, Stored(drawn.state, bodies))
    return (1 + sum(map(len, bodies.values())) // BLOCK_BYTES) * BLOCK_BYTES


def _order(shown: Shown, number: int) -> Order:
    tile = tile_of(number)
    return Order(shown_at(shown, tile.z), tile, GRID)
