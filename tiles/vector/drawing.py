"""Drawing a tile in the database: its bytes and, of the same snapshot, the state that they show."""

from __future__ import annotations

from layers.definitions import Extent
from tiles import connections
from tiles.grids import BUFFER, EXTENT, Bounds, TileId, TileMatrixSet
from tiles.states import STATE
from tiles.vector.extents import bounds_3857
from tiles.vector.sql import Part, Shown, fixed, joined, shape_of, tile_part

# How far around a tile something may lie that its content depends on, in units: the buffer and a cell of a cluster
# (64 px) that reaches into it, and a little for rounding.
REACH = BUFFER + EXTENT // 8 + 16
REACH_SHARE = REACH / EXTENT  # of the tile's side
AREAS = "districts"  # whose shapes say what a reader of an area sees
MOST_STATEMENTS = 500
_TAGGED = "SELECT {state} AS state, {tile} AS tile"  # one statement, one snapshot
_statements: dict[str, tuple[bytes, Part]] = {}


class Order:
    """A tile as one reader, or everybody, may see it.

    shown: at least one layer, all of them at their zooms. lane: orders for the same layers wait in one (tiles.turns).
    key: a path below a folder of caches. collections: what the tile depends on, in the order in which its state tells
    them. bounds: the box of EPSG:3857 outside of which a change leaves the tile as it is; None where there is no such
    box, because a change of an area may show or hide features.
    """

    def __init__(self, shown: Shown, tile: TileId, grid: TileMatrixSet) -> None:
        self.shown, self.tile, self.grid = shown, tile, grid
        self.shape = shape_of(shown, tile.z, grid)
        self.lane = ",".join(layer.id for layer, _ in shown)
        self.key = f"{self.lane[:150]}/{grid.id}/{tile.z}/{tile.x}/{tile.y}-{self.shape}"
        by_area = any(access.read is Extent.AREA for _, access in shown)
        self.collections = (*(layer.collection.id for layer, _ in shown), *([AREAS] if by_area else []))
        seen = bounds_3857(grid, grid.buffered_bounds(tile, buffer=REACH))
        self.bounds: Bounds | None = None if by_area else seen

    @property
    def restricted(self) -> bool:
        """Whether any layer shows other than what the public sees."""
        return any(access.restricted for _, access in self.shown)


async def draw(order: Order) -> tuple[str, bytes]:
    """State and tile."""
    text, part = _statement(order)
    rows = await connections.read(text, part.values(order.tile), lane=order.lane)
    return rows[0]["state"], bytes(rows[0]["tile"])


def etag_of(order: Order, state: str) -> str:
    """Weak, because the bytes also depend on the content coding."""
    return f'W/"{order.shape}-{state}"'


def _statement(order: Order) -> tuple[bytes, Part]:
    """The text, and the part that has the values for a tile; put together once for each shape."""
    key = f"{order.lane} {order.shape}"
    if key not in _statements:
        if len(_statements) > MOST_STATEMENTS:
            _statements.clear()
        state = fixed(STATE, [list(order.collections)])
        part = joined(_TAGGED, state=state, tile=tile_part(order.shown, order.tile.z, order.grid))
        _statements[key] = (part.text.as_string().encode(), part)
    return _statements[key]
