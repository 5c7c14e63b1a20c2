"""What tiles leave out or put together, told: in TileJSON, in the list of layers and in a header of each tile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layers.definitions import Clusters, FirstZooms, Layer, SmallAreas
from tiles.grids import TILE_PX
from tiles.vector.bands import TOP_ZOOM

HEADER = "tile-thinning"


def thinning_told(layer: Layer) -> dict[str, Any]:
    """The whole rule, sizes in pixels of a tile shown at `tile_px`. Areas below the tile's grain (1/8 px) vanish by
    rounding in every layer."""
    match layer.thinning:
        case SmallAreas(min_px2=min_px2, cell_px=cell_px, cells_until=until):
            cells = {"cell_px": cell_px, "cells_until_zoom": until} if until >= 0 else {}
            return {"rule": "small-areas", "min_px2": min_px2, **cells, "tile_px": TILE_PX}
        case FirstZooms(field=field, zooms=zooms):
            return {"rule": "first-zooms", "field": field, "zooms": zooms}
        case Clusters(until=until, cell_px=cell_px):
            return {"rule": "clusters", "until_zoom": until, "cell_px": cell_px, "tile_px": TILE_PX}
        case _:
            return {"rule": "none"}


def last_thinned_zoom(layer: Layer) -> int | None:
    """The last zoom at which features that could be seen are left out or put together; None: at no zoom.

    Areas of a fraction of a pixel, which nobody could see, do not count.
    """
    match layer.thinning:
        case SmallAreas(cells_until=until) | Clusters(until=until):
            return until if until >= layer.min_zoom else None
        case FirstZooms(zooms=zooms):
            return max(zooms.values()) - 1
        case _:
            return None


def thinning_header(layers: Iterable[Layer], z: int) -> dict[str, str]:
    """`tile-thinning: parcels;rule="largest-of-cell";cell-px=4`, a list (RFC 9651) of the rules that hold at this zoom;
    no header where none does."""
    told = [f"{layer.id};{rule}" for layer in layers if (rule := _rule_at(layer, z))]
    return {HEADER: ", ".join(told)} if told else {}


def _rule_at(layer: Layer, z: int) -> str:
    match layer.thinning:
        case SmallAreas(cell_px=cell_px, cells_until=until) if z <= until:
            return f'rule="largest-of-cell";cell-px={cell_px:g}'
        case SmallAreas(min_px2=min_px2) if z <= TOP_ZOOM:
            return f'rule="small-areas";min-px2={min_px2:g}'
        case FirstZooms(field=field, zooms=zooms) if any(zoom > z for zoom in zooms.values()):
            return f'rule="first-zooms";field="{field}"'
        case Clusters(until=until, cell_px=cell_px) if z <= until:
            return f'rule="clusters";cell-px={cell_px:g}'
        case _:
            return ""
