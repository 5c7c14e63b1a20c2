"""The process seed-upstream: stores an upstream's tiles of some zooms, so that it works without its server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from mapproxy.cache.tile_manager import TileManager
from mapproxy.source import SourceError
from mapproxy.srs import SRS

from gis_core.city import Upstream
from gis_core.errors import InvalidInput, NotFound, TooLarge, Unavailable
from gis_core.jobs.process import Context, Input, Output
from tiles.raster.application import load
from tiles.raster.configuration import mapproxy_configuration

MOST_TILES = 500_000
GIVE_UP_AFTER = 20  # failures in a row
DAY_S = 86_400
TileCoord = tuple[int, int, int]


class SeedUpstream:
    """Tile by tile and one at a time, gentle to a foreign server; what is stored stays when it is cancelled."""

    id = "seed-upstream"
    title = _("Store an upstream's tiles")
    description = _("Fetches the tiles of a foreign map server ahead, so that it is shown without asking it.")
    role = "steward"
    inputs = (
        Input("upstream", _("Upstream"), {"type": "string"}, _("Its id in the city file."), required=True),
        Input(
            "min_zoom",
            _("Smallest zoom"),
            {"type": "integer", "minimum": 0, "maximum": 19, "default": 0},
            _("Of 256 px tiles, as in the addresses of XYZ servers."),
        ),
        Input(
            "max_zoom",
            _("Largest zoom"),
            {"type": "integer", "minimum": 0, "maximum": 19, "default": 16},
        ),
        Input(
            "older_than_days",
            _("Fetch again what is older, in days"),
            {"type": "number", "minimum": 0},
            _("Default: what is stored stays."),
        ),
    )
    outputs = (
        Output("tiles", _("Tiles that are stored now"), {"type": "integer"}),
        Output("fetched", _("Fetched now"), {"type": "integer"}),
        Output("failed", _("Not delivered by the upstream"), {"type": "integer"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        upstream = _upstream(str(inputs["upstream"]))
        manager = _manager(upstream)
        days = inputs.get("older_than_days")
        if days is not None:
            manager._expire_timestamp = time.time() - float(days) * DAY_S  # as MapProxy's own seeding sets it
        first, last = int(inputs.get("min_zoom") or 0), int(inputs.get("max_zoom") or 16)
        levels = range(first, min(last, upstream.max_zoom) + 1)
        total = sum(_count(manager, upstream, level) for level in levels)
        if total > MOST_TILES:
            raise TooLarge(
                f"{total} tiles are more than {MOST_TILES} at once; take a smaller max_zoom, or a smaller bbox."
            )
        return _seed(
            manager,
            upstream,
            [tile for level in levels for tile in _tiles(manager, upstream, level)],
            context,
        )


def _upstream(upstream_id: str) -> Upstream:
    known = {upstream.id: upstream for upstream in settings.CITY.upstreams}
    if upstream_id not in known:
        raise NotFound(
            f"There is no upstream {upstream_id!r}. Known: {', '.join(known) or 'none'}; see the city file."
        )
    if settings.OFFLINE:
        raise InvalidInput("CASAGIS_OFFLINE is 1: no upstream is asked. Set it to 0 to seed.")
    return known[upstream_id]


def _manager(upstream: Upstream) -> TileManager:
    loaded = load(mapproxy_configuration({}, settings.CITY), seed=True)
    ((_grid, _extent, manager),) = loaded.caches[f"{upstream.id}-tiles"].caches()
    return manager


def _seed(
    manager: TileManager, upstream: Upstream, tiles: list[TileCoord], context: Context
) -> dict[str, Any]:
    message = _t("Fetching tiles of %(upstream)s") % {"upstream": upstream.id}
    fetched = failed = in_a_row = 0
    for number, tile in enumerate(tiles):
        context.progress(100 * number / len(tiles), message)
        if manager.is_cached(tile):
            continue
        try:
            manager.load_tile_coord(tile)
        except SourceError as error:
            failed, in_a_row = failed + 1, in_a_row + 1
            if in_a_row >= GIVE_UP_AFTER:
                raise Unavailable(
                    f"{upstream.id} does not deliver ({error}); {fetched} tiles were fetched and stay."
                ) from error
        else:
            fetched, in_a_row = fetched + 1, 0
    return {"tiles": sum(manager.is_cached(tile) for tile in tiles), "fetched": fetched, "failed": failed}


def _tiles(manager: TileManager, upstream: Upstream, level: int) -> Iterator[TileCoord]:
    _bbox, _size, tiles = manager.grid.get_affected_level_tiles(_bounds(upstream), level)
    return (tile for tile in tiles if tile is not None)


def _count(manager: TileManager, upstream: Upstream, level: int) -> int:
    _bbox, (columns, rows), _tiles = manager.grid.get_affected_level_tiles(_bounds(upstream), level)
    return int(columns * rows)


def _bounds(upstream: Upstream) -> Any:
    """In Web Mercator."""
    bbox = (upstream.bbox or settings.CITY.bbox).as_tuple()
    return SRS(4326).transform_bbox_to(SRS(3857), bbox)
