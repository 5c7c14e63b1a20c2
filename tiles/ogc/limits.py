"""Which tiles of a grid an OGC tileset has: those that touch the city, at the zooms of its layers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.conf import settings

from gis_core.errors import NotFound
from gis_core.geometry import BBox
from layers.definitions import Layer
from tiles.grids import TileId, TileMatrixSet, bounds_in


def zooms_of(layers: Iterable[Layer], grid: TileMatrixSet) -> range:
    """From the first zoom that shows any of the layers to the last that shows more than the one before."""
    pairs = [(grid.own_zoom(layer.min_zoom), grid.own_zoom(layer.max_zoom)) for layer in layers]
    return range(min(first for first, _ in pairs), max(last for _, last in pairs) + 1)


def corners(grid: TileMatrixSet, z: int) -> tuple[TileId, TileId]:
    """The upper left and the lower right tile at one zoom."""
    return _corners(grid, z, settings.CITY.bbox)


@cache
def _corners(grid: TileMatrixSet, z: int, box: BBox) -> tuple[TileId, TileId]:
    return grid.corner_tiles(bounds_in(grid.srid, box), z)


def tile_within(layers: Iterable[Layer], grid: TileMatrixSet, z: str, row: str, column: str) -> TileId:
    """Raises InvalidInput for what is no whole number, NotFound for a tile off the grid or beyond the limits that the
    tileset tells (20-057, /req/core/tc-error)."""
    tile, zooms = grid.tile(z, column, row), zooms_of(layers, grid)
    if tile.z not in zooms:
        raise NotFound(f"There are no tiles at {tile.z} here; tile matrices are {zooms[0]} to {zooms[-1]}.")
    first, last = corners(grid, tile.z)
    if not (first.x <= tile.x <= last.x and first.y <= tile.y <= last.y):
        raise NotFound(
            f"Row {tile.y}, column {tile.x} lies outside the city; in tile matrix {tile.z}"
            f" rows are {first.y} to {last.y} and columns {first.x} to {last.x}."
        )
    return tile
