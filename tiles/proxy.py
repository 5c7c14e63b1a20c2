"""The cache of the nginx in front (docker/nginx.conf.template): which tiles it may keep, and the end of changed ones.

nginx keeps a tile for a second and then asks whether it is still true; in that second the files of exactly the tiles
that a change touches are taken away. Which layers it may hold is noted in a folder that all processes share.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import md5
from math import floor
from pathlib import Path
from urllib.parse import quote, unquote

from django.conf import settings

from tiles.encodings import CODINGS
from tiles.grids import WEB_MERCATOR_QUAD, Bounds
from tiles.pulse import folder
from tiles.vector.drawing import REACH_SHARE, Order

KEEP_S = 1
LAST_ZOOM = 17  # deeper tiles are many and cheap
MOST_NAMES = 64  # combinations of layers; a further one is not kept there
MOST_TILES = 2_000  # of one change and one combination; more, and everything is taken away
Boxes = Mapping[str, Sequence[Bounds | None]]  # by collection; None is everywhere
_noted: set[Path] = set()
log = logging.getLogger(__name__)


def keep_header(order: Order, path: str) -> dict[str, str]:
    """For a tile that everybody sees, asked for at `path`."""
    if settings.NGINX_CACHE is None or order.tile.z > LAST_ZOOM or order.grid is not WEB_MERCATOR_QUAD:
        return {}
    tile, name = order.tile, path.split("/")[2] if path.count("/") == 5 else ""
    if path != f"/tiles/{name}/{tile.z}/{tile.x}/{tile.y}" or not _note(name, order.collections):
        return {}
    return {"x-accel-expires": str(KEEP_S)}


def _note(name: str, collections: Sequence[str]) -> bool:
    place = folder() / "proxied"
    note = place / f"{quote(name, safe='')}.{'.'.join(sorted(set(collections)))}"
    if note in _noted:
        return True
    place.mkdir(exist_ok=True)
    if len(list(place.iterdir())) >= MOST_NAMES or len(note.name) > 250:
        return False
    note.touch()
    _noted.add(note)
    return True


def expire(changed: Boxes) -> None:
    """Takes away the files of all tiles that the boxes touch. Without a proxy, nothing."""
    if settings.NGINX_CACHE is None:
        return
    try:
        for note in (folder() / "proxied").iterdir():
            name, *collections = note.name.split(".")
            boxes = [box for collection in collections for box in changed.get(collection, ())]
            _expire(settings.NGINX_CACHE, unquote(name), boxes)
    except FileNotFoundError:
        return  # nothing is kept yet
    except OSError:
        log.exception("the proxy may show tiles as they were for another second")


def _expire(place: Path, name: str, boxes: Sequence[Bounds | None]) -> None:
    paths = list(touched_paths(name, boxes))
    files: Iterable[Path] = (cache_file(place, path, coding) for path in paths for coding in ("", *CODINGS))
    if len(paths) > MOST_TILES or None in boxes:
        files = place.glob("?/??/*")
    for file in files:
        file.unlink(missing_ok=True)


def touched_paths(name: str, boxes: Sequence[Bounds | None]) -> Iterator[str]:
    """At most one more than MOST_TILES."""
    found = 0
    for box in {box for box in boxes if box is not None and box.min_x <= box.max_x}:
        for z in range(LAST_ZOOM + 1):
            side = WEB_MERCATOR_QUAD.side / 2**z
            reach = box.grown(side * REACH_SHARE)
            left, right = (floor((x - WEB_MERCATOR_QUAD.left) / side) for x in (reach.min_x, reach.max_x))
            top, bottom = (floor((WEB_MERCATOR_QUAD.top - y) / side) for y in (reach.max_y, reach.min_y))
            for x in range(left, right + 1):
                for y in range(top, bottom + 1):
                    yield f"/tiles/{name}/{z}/{x}/{y}"
                    if (found := found + 1) > MOST_TILES:
                        return


def cache_file(place: Path, path: str, coding: str) -> Path:
    """Where nginx keeps it, by proxy_cache_key "$uri $tile_coding" and levels=1:2."""
    name = md5(f"{path} {coding}".encode(), usedforsecurity=False).hexdigest()
    return place / name[-1] / name[-3:-1] / name
