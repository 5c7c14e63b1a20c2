"""Tile grids: pure arithmetic between a tile's address and its bounds in the grid's coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor

from gis_core.errors import InvalidInput, NotFound

EXTENT = 4096  # units along one side of a vector tile
BUFFER = 64  # units around it, so that lines and symbols meet across its edges
TILE_PX = 512  # the size on the screen that zooms and thinning are meant for


@dataclass(frozen=True)
class Bounds:
    """A box in the units of a grid's CRS."""

    min_x: float
    min_y: float
    max_x: float
    max_y: float

    def grown(self, margin: float) -> Bounds:
        return Bounds(self.min_x - margin, self.min_y - margin, self.max_x + margin, self.max_y + margin)

    def contains(self, x: float, y: float) -> bool:
        return self.min_x <= x <= self.max_x and self.min_y <= y <= self.max_y

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.min_x, self.min_y, self.max_x, self.max_y


@dataclass(frozen=True)
class TileId:
    """One tile's address: zoom, column from the left, row from the top. TileMatrixSet.tile makes a checked one."""

    z: int
    x: int
    y: int

    def children(self) -> tuple[TileId, TileId, TileId, TileId]:
        z, x, y = self.z + 1, 2 * self.x, 2 * self.y
        return TileId(z, x, y), TileId(z, x + 1, y), TileId(z, x, y + 1), TileId(z, x + 1, y + 1)


@dataclass(frozen=True)
class TileMatrixSet:
    """A square quadtree of tiles. `left`, `top` and `side` (of the one tile of zoom 0) in units of EPSG:`srid`."""

    id: str
    srid: int
    left: float
    top: float
    side: float
    max_zoom: int

    def tile(self, z: int | str, x: int | str, y: int | str) -> TileId:
        """Raises InvalidInput for what is no whole number, and NotFound with the range for a tile off the grid."""
        tile = TileId(_whole("z", z), _whole("x", x), _whole("y", y))
        if not 0 <= tile.z <= self.max_zoom:
            raise NotFound(f"Zoom {tile.z} is off the grid {self.id}; its zooms are 0 to {self.max_zoom}.")
        last = 2**tile.z - 1
        if not (0 <= tile.x <= last and 0 <= tile.y <= last):
            raise NotFound(
                f"Tile {tile.z}/{tile.x}/{tile.y} is off the grid {self.id}; at zoom {tile.z} x and y are 0 to {last}."
            )
        return tile

    def tile_at(self, x: float, y: float, z: int) -> TileId:
        """The tile that holds a point; the grid's right and bottom edges belong to its last tiles."""
        last = 2**z - 1
        column = floor((x - self.left) / self.side * 2.0**z)
        row = floor((self.top - y) / self.side * 2.0**z)
        return self.tile(z, min(column, last), min(row, last))

    def bounds(self, tile: TileId) -> Bounds:
        """Neighbours share their edges bit for bit, and so do a tile and its children: x / 2**z is exact."""
        return Bounds(
            min_x=self._x(tile.x, tile.z),
            min_y=self._y(tile.y + 1, tile.z),
            max_x=self._x(tile.x + 1, tile.z),
            max_y=self._y(tile.y, tile.z),
        )

    def buffered_bounds(self, tile: TileId, *, buffer: int = BUFFER, extent: int = EXTENT) -> Bounds:
        """With `buffer` of the tile's `extent` units around it: what a vector tile is cut from."""
        return self.bounds(tile).grown(self.side / 2.0**tile.z * buffer / extent)

    def pixel(self, z: int) -> float:
        """The side of one pixel of a tile shown at TILE_PX, in units of the CRS."""
        return self.side / TILE_PX / 2.0**z

    def web_zoom(self, z: int) -> int:
        """The zoom of Web Mercator that shows things at the city as large as zoom `z` of this grid does."""
        return z

    def _x(self, column: int, z: int) -> float:
        return self.left + self.side * (column / 2.0**z)

    def _y(self, row: int, z: int) -> float:
        return self.top - self.side * (row / 2.0**z)


def _whole(name: str, value: int | str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        raise InvalidInput(f"{name}={value!r} is no whole number; a tile is addressed as z/x/y.")
    return int(value)


_HALF_WORLD = 20037508.342789244
WEB_MERCATOR_QUAD = TileMatrixSet(
    "WebMercatorQuad", srid=3857, left=-_HALF_WORLD, top=_HALF_WORLD, side=2 * _HALF_WORLD, max_zoom=24
)
