"""The arithmetic of tile grids, by properties."""

from dataclasses import replace
from math import cos, log2, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from gis_core.city import City, load_city
from gis_core.errors import InvalidInput, NotFound
from gis_core.geometry import BBox
from tiles.grids import (
    GRIDS,
    WEB_MERCATOR_QUAD,
    TileId,
    TileMatrixSet,
    bounds_in,
    city_grid,
    get_grid,
    quad_of,
)
from tiles.grids import WEB_MERCATOR_QUAD as GRID

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


# The grid of the city


CASABLANCA, HELSINKI = load_city("casablanca"), load_city("helsinki")
TO_GRID = {grid.id: Transformer.from_crs(4326, grid.srid, always_xy=True) for grid in GRIDS.values()}


def test_city_grids_lie_where_they_always_lay() -> None:
    """Published addresses depend on these numbers: they may not change, whatever PROJ or the city's box say."""
    for city, srid, left, top in (
        (CASABLANCA, 26191, -524_288, 1_376_256),
        (HELSINKI, 3067, -655_360, 8_192_000),
    ):
        grid = city_grid(city)
        assert (grid.id, grid.srid, grid.left, grid.top) == (f"EPSG{srid}Quad", srid, left, top)
        assert grid.side == 2**21
    moved = replace(CASABLANCA, bbox=BBox(-6.9, 33.9, -6.7, 34.1))  # Rabat
    assert city_grid(moved) == city_grid(CASABLANCA)


@pytest.mark.parametrize("srid", [26191, 26192, 3067, 3879, 3346, 2154, 32629, 32737])
def test_grid_of_a_crs_holds_its_area_of_use_on_round_numbers(srid: int) -> None:
    grid = quad_of(srid, latitude=40)
    area = CRS.from_epsg(srid).area_of_use
    assert grid.bounds(TileId(0, 0, 0)).covers(bounds_in(srid, BBox(*area.bounds)))
    assert (grid.left % 2**16, grid.top % 2**16, log2(grid.side) % 1) == (0, 0, 0)
    assert grid.side / 256 >= 8192


@pytest.mark.parametrize("srid", [4326, 4979])
def test_grid_needs_a_plane(srid: int) -> None:
    with pytest.raises(InvalidInput, match=f"EPSG:{srid} .* grid_crs"):
        quad_of(srid, latitude=40)


def test_grid_that_does_not_reach_the_city_is_refused() -> None:
    with pytest.raises(InvalidInput, match="EPSG:26191 is not made for Helsinki"):
        city_grid(replace(HELSINKI, grid_crs=26191))


@given(tiles(last_zoom=20))
def test_bounds_of_the_city_grid_are_whole_binary_fractions(tile: TileId) -> None:
    grid = city_grid(CASABLANCA)
    inner, outer = grid.bounds(tile), grid.buffered_bounds(tile)
    side = 2.0 ** (21 - tile.z)
    assert (inner.max_x - inner.min_x, inner.max_y - inner.min_y) == (side, side)
    assert (outer.max_x - inner.max_x, inner.min_y - outer.min_y) == (side / 64, side / 64)
    assert grid.tile_at(inner.min_x, inner.max_y, tile.z) == tile
    assert grid.tile_at(inner.max_x - side / 2, inner.min_y + side / 2, tile.z) == tile


@pytest.mark.parametrize("city", [CASABLANCA, HELSINKI])
def test_web_zoom_shows_things_as_large_on_the_ground(city: City) -> None:
    grid = city_grid(city)
    for z in range(grid.max_zoom + 1):
        web_pixel_m = WEB_MERCATOR_QUAD.pixel(grid.web_zoom(z)) * cos(radians(city.bbox.center[1]))
        assert 2**-0.5 <= grid.pixel(z) / web_pixel_m <= 2**0.5
        assert grid.own_zoom(grid.web_zoom(z)) == z
    assert grid.own_zoom(0) == 0
    assert grid.web_zoom(grid.max_zoom) == WEB_MERCATOR_QUAD.max_zoom


@given(
    st.floats(-7.76, -7.42), st.floats(33.46, 33.66), st.sampled_from([*GRIDS.values()]), st.integers(0, 20)
)
def test_corner_tiles_enclose_every_place_of_the_city(
    lon: float, lat: float, grid: TileMatrixSet, z: int
) -> None:
    first, last = grid.corner_tiles(bounds_in(grid.srid, CASABLANCA.bbox), z)
    tile = grid.tile_at(*TO_GRID[grid.id].transform(lon, lat), z)
    assert first.x <= tile.x <= last.x and first.y <= tile.y <= last.y


def test_unknown_grid_is_named_with_the_known_ones() -> None:
    assert get_grid("WebMercatorQuad") is WEB_MERCATOR_QUAD
    with pytest.raises(NotFound, match=f"'Mars'. Known: {', '.join(GRIDS)}"):
        get_grid("Mars")
