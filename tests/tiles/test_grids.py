"""The arithmetic of tile grids, by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.errors import InvalidInput, NotFound
from tiles.grids import WEB_MERCATOR_QUAD as GRID
from tiles.grids import TileId

HALF = 20037508.342789244
metres = st.floats(-HALF, HALF)
zooms = st.integers(0, GRID.max_zoom)


@st.composite
def tiles(draw: st.DrawFn, last_zoom: int = GRID.max_zoom - 1) -> TileId:
    z = draw(st.integers(0, last_zoom))
    column = st.integers(0, 2**z - 1)
    return TileId(z, draw(column), draw(column))


@given(metres, metres, zooms)
def test_tile_of_a_point_contains_it(x: float, y: float, z: int) -> None:
    tile = GRID.tile_at(x, y, z)
    assert GRID.bounds(tile).grown(1e-8).contains(x, y)


@given(tiles())
def test_children_tile_their_parent(tile: TileId) -> None:
    parent = GRID.bounds(tile)
    upper_left, upper_right, lower_left, lower_right = (GRID.bounds(child) for child in tile.children())
    assert (upper_left.min_x, upper_left.max_y) == (parent.min_x, parent.max_y)
    assert (lower_right.max_x, lower_right.min_y) == (parent.max_x, parent.min_y)
    assert upper_left.max_x == upper_right.min_x == lower_left.max_x == lower_right.min_x
    assert upper_left.min_y == lower_left.max_y == upper_right.min_y == lower_right.max_y


@given(tiles())
def test_neighbours_share_their_edges_bit_for_bit(tile: TileId) -> None:
    right, below = TileId(tile.z, tile.x + 1, tile.y), TileId(tile.z, tile.x, tile.y + 1)
    assert GRID.bounds(tile).max_x == GRID.bounds(right).min_x
    assert GRID.bounds(tile).min_y == GRID.bounds(below).max_y


@given(tiles())
def test_buffer_is_a_64th_of_the_tile_on_every_side(tile: TileId) -> None:
    inner, outer = GRID.bounds(tile), GRID.buffered_bounds(tile)
    side = inner.max_x - inner.min_x
    assert outer.max_x - inner.max_x == pytest.approx(side / 64, rel=1e-4)
    assert inner.min_y - outer.min_y == pytest.approx(side / 64, rel=1e-4)


def test_zoom_0_is_the_world_and_casablanca_has_its_known_tile() -> None:
    assert GRID.bounds(TileId(0, 0, 0)).as_tuple() == (-HALF, -HALF, HALF, HALF)
    assert GRID.tile_at(-845_000.0, 3_970_000.0, 12) == TileId(12, 1961, 1642)


@pytest.mark.parametrize("address", [(3, 8, 0), (3, 0, 8), (3, -1, 0), (0, 1, 0)])
def test_tile_off_the_grid_is_named_with_the_valid_range(address: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound) as error:
        GRID.tile(*address)
    assert "/".join(map(str, address)) in error.value.detail
    assert f"0 to {2 ** address[0] - 1}" in error.value.detail


@pytest.mark.parametrize("z", [-1, 25, 10**17])
def test_zoom_off_the_grid_is_named(z: int) -> None:
    with pytest.raises(NotFound, match="zooms are 0 to 24"):
        GRID.tile(z, 0, 0)


@pytest.mark.parametrize("text", ["", "1.5", "a", "1_0", "١", "9" * 30, " 1"])
def test_address_that_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="x="):
        GRID.tile(5, text, "3")
