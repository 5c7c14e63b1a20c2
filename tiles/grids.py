"""Tile grids: pure arithmetic between a tile's address and its bounds in the grid's coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import cos, floor, log2, radians

from pyproj import CRS, Transformer

from gis_core.city import City, current_city
from gis_core.errors import InvalidInput, NotFound
from gis_core.geometry import WGS84_SRID, BBox

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

    def covers(self, other: Bounds) -> bool:
        return self.contains(other.min_x, other.min_y) and self.contains(other.max_x, other.max_y)

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
    """A square quadtree of tiles. `left`, `top` and `side` (of the one tile of zoom 0) in units of EPSG:`srid`,
    x before y whatever the authority says; `web_zooms`: how far Web Mercator's zooms are ahead at the city."""

    id: str
    srid: int
    left: float
    top: float
    side: float
    max_zoom: int
    web_zooms: int = 0

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

    def corner_tiles(self, area: Bounds, z: int) -> tuple[TileId, TileId]:
        """The upper left and the lower right one of the tiles that cover an area on the grid."""
        return self.tile_at(area.min_x, area.max_y, z), self.tile_at(area.max_x, area.min_y, z)

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
        return z + self.web_zooms

    def own_zoom(self, web_zoom: int) -> int:
        """The first zoom of this grid that shows things at least as large as that zoom of Web Mercator."""
        return max(0, web_zoom - self.web_zooms)

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
SMALLEST_SIDE = 2.0**21  # 256 cells of 8192 m at zoom 0
ANCHOR = 2.0**16  # left and top are multiples of it


def quad_of(srid: int, latitude: float) -> TileMatrixSet:
    """The grid of a projected CRS, from the CRS alone, so that addresses hold for ever: around the middle of its
    area of use, as large as the first power of two that holds that area, on round numbers. `latitude` only tells
    how its zooms compare with Web Mercator's. Raises InvalidInput for a CRS that is no plane."""
    crs = CRS.from_epsg(srid)
    if not (crs.is_projected and crs.area_of_use):
        raise InvalidInput(f"EPSG:{srid} is no projected CRS; put one into the city file as grid_crs.")
    to_crs = Transformer.from_crs(WGS84_SRID, srid, always_xy=True)
    area = Bounds(*to_crs.transform_bounds(*crs.area_of_use.bounds))
    side, square = SMALLEST_SIDE, _square_around(area, SMALLEST_SIDE)
    while not square.covers(area):
        side *= 2
        square = _square_around(area, side)
    side_m = side * crs.axis_info[0].unit_conversion_factor
    web_zooms = round(log2(WEB_MERCATOR_QUAD.side * cos(radians(latitude)) / side_m))
    return TileMatrixSet(
        f"EPSG{srid}Quad",
        srid=srid,
        left=square.min_x,
        top=square.max_y,
        side=side,
        max_zoom=WEB_MERCATOR_QUAD.max_zoom - web_zooms,
        web_zooms=web_zooms,
    )


def _square_around(area: Bounds, side: float) -> Bounds:
    left = round(((area.min_x + area.max_x - side) / 2) / ANCHOR) * ANCHOR
    top = round(((area.min_y + area.max_y + side) / 2) / ANCHOR) * ANCHOR
    return Bounds(left, top - side, left + side, top)


@cache
def bounds_in(srid: int, box: BBox) -> Bounds:
    """A box of degrees in a CRS, one unit larger, because another PROJ may place its edge a little elsewhere."""
    to_crs = Transformer.from_crs(WGS84_SRID, srid, always_xy=True)
    return Bounds(*to_crs.transform_bounds(*box.as_tuple())).grown(1)


def city_grid(city: City) -> TileMatrixSet:
    """Raises InvalidInput where the city's `grid_crs` is no plane or does not reach the city."""
    grid = quad_of(city.grid_crs, city.bbox.center[1])
    if not grid.bounds(TileId(0, 0, 0)).covers(bounds_in(grid.srid, city.bbox)):
        raise InvalidInput(
            f"EPSG:{grid.srid} is not made for {city.name.en}; put another grid_crs into its file."
        )
    return grid


GRIDS = {grid.id: grid for grid in (WEB_MERCATOR_QUAD, city_grid(current_city()))}


def get_grid(grid_id: str) -> TileMatrixSet:
    """Raises NotFound with the known ids."""
    if grid_id not in GRIDS:
        raise NotFound(f"There is no tile matrix set {grid_id!r}. Known: {', '.join(GRIDS)}.")
    return GRIDS[grid_id]
