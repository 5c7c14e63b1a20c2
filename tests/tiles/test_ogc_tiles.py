"""The door of OGC API Tiles: decoded tiles in both grids, limits, selection of collections, rights."""

from __future__ import annotations

import re
from collections import defaultdict

import mapbox_vector_tile
import pytest
import shapely
from django.conf import settings
from django.contrib.gis.geos import Point
from pyproj import Transformer
from shapely.geometry import box
from shapely.ops import unary_union

from layers.catalog.green_spaces.model import GreenSpace
from layers.catalog.trees.model import Tree
from layers.catalog.waste_containers.model import WasteContainer
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.registry import LAYERS, get_layer
from tests.tiles.conftest import COMMITTED, TO_3857, with_client
from tests.tiles.conftest import ask as ask_door
from tests.tiles.drawing import decode, geos, placed
from tests.tiles.test_vector_tiles import stars
from tiles.grids import EXTENT, GRIDS, WEB_MERCATOR_QUAD, TileId, TileMatrixSet
from tiles.ogc.asgi import application
from tiles.ogc.limits import corners, zooms_of

pytestmark = COMMITTED
OWN = next(grid for grid in GRIDS.values() if grid is not WEB_MERCATOR_QUAD)
TO_OWN = Transformer.from_crs(4326, OWN.srid, always_xy=True)
both_grids = pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.id)


def ask(path: str, **headers: str):
    return ask_door(path, application, **headers)


def address(grid: TileMatrixSet, tile: TileId, collection: str = "") -> str:
    """Row before column, as the standard has it."""
    return f"{collection and f'/collections/{collection}'}/tiles/{grid.id}/{tile.z}/{tile.y}/{tile.x}"


def at(grid: TileMatrixSet, place: tuple[float, float], z: int) -> TileId:
    return grid.tile_at(*Transformer.from_crs(4326, grid.srid, always_xy=True).transform(*place), z)


def test_row_comes_before_column(center) -> None:
    tree = Tree.objects.create(geom=Point(*center, srid=4326))
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*center), 14)
    assert tile.x != tile.y
    answer = ask(address(WEB_MERCATOR_QUAD, tile, "trees"))
    assert [feature["id"] for feature in decode(answer.content, "trees")] == [tree.pk]
    assert answer.content == ask_door(f"/tiles/trees/{tile.z}/{tile.x}/{tile.y}").content
    assert ask(address(WEB_MERCATOR_QUAD, TileId(14, tile.y, tile.x), "trees")).status_code == 404


@both_grids
def test_feature_lies_where_it_is_within_one_unit(grid: TileMatrixSet, center) -> None:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    places = [
        center,
        (west + 0.001, south + 0.001),
        (east - 0.001, north - 0.001),
        (west + 0.1, north - 0.01),
    ]
    transform = Transformer.from_crs(4326, grid.srid, always_xy=True).transform
    for place in places:
        tree = Tree.objects.create(geom=Point(*place, srid=4326))
        for z in zooms_of([get_layer("trees")], grid):
            tile = at(grid, place, z)
            found = {f["id"]: f for f in decode(ask(address(grid, tile, "trees")).content, "trees")}
            x, y = transform(*place)
            assert (
                placed(found[tree.pk], tile, grid).distance(shapely.Point(x, y)) <= grid.side / 2**z / EXTENT
            )


@pytest.mark.parametrize("web_zoom", [12, 14, 16])
def test_union_of_decoded_tiles_is_the_source_in_the_citys_own_grid(center, web_zoom: int) -> None:
    z = OWN.own_zoom(web_zoom)
    greens = [
        GreenSpace.objects.create(geom=geos(star))
        for star in stars(40 if web_zoom < 16 else 8, center, seed=web_zoom)
    ]
    sources = {g.pk: _in_own(shapely.from_wkb(bytes(g.geom.wkb))) for g in greens}
    parts = defaultdict(list)
    for tile, body in _drawn(shapely.total_bounds([*sources.values()]), z):
        for feature in decode(body, "green-spaces") if body else []:
            geometry = placed(feature, tile, OWN)
            assert geometry.is_valid
            parts[feature["id"]].append(geometry.intersection(box(*OWN.bounds(tile).as_tuple())))

    unit = OWN.side / 2**z / EXTENT
    assert {pk for pk, source in sources.items() if source.area > 64 * unit**2} <= parts.keys()
    for pk, drawn in parts.items():
        union = unary_union(drawn).buffer(unit / 100)
        assert union.difference(sources[pk].buffer(2 * unit)).area == 0
        assert sources[pk].buffer(-2 * unit).difference(union).area == 0


def _in_own(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, TO_OWN.transform, interleaved=False)


def _drawn(bounds, z: int) -> list[tuple[TileId, bytes]]:
    first, last = OWN.tile_at(bounds[0], bounds[3], z), OWN.tile_at(bounds[2], bounds[1], z)
    tiles = [TileId(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]

    async def draw(client) -> list[bytes]:
        return [(await client.get(address(OWN, tile, "green-spaces"))).content for tile in tiles]

    return [*zip(tiles, with_client(draw, application), strict=True)]


def test_feature_that_lies_only_in_the_buffer_is_there_in_the_own_grid(center) -> None:
    z = OWN.own_zoom(16)
    tile = at(OWN, center, z)
    bounds = OWN.bounds(tile)
    place = TO_OWN.transform(bounds.max_x + OWN.pixel(z) * 4, bounds.min_y + 50, direction="INVERSE")
    tree = Tree.objects.create(geom=Point(*place, srid=4326))
    (feature,) = decode(ask(address(OWN, tile, "trees")).content, "trees")
    assert feature["id"] == tree.pk
    assert EXTENT < feature["geometry"]["coordinates"][0] <= EXTENT + 64


@both_grids
@pytest.mark.parametrize("collection", ["trees", "parcels", "districts"])
def test_the_citys_tiles_are_there_and_those_around_are_not(grid: TileMatrixSet, collection: str) -> None:
    for z in zooms_of([get_layer(collection)], grid):
        first, last = corners(grid, z)
        inside = {first, last, TileId(z, last.x, first.y), TileId(z, first.x, last.y)}
        beyond = {
            TileId(z, first.x - 1, first.y), TileId(z, first.x, first.y - 1),
            TileId(z, last.x + 1, last.y), TileId(z, last.x, last.y + 1), TileId(z, 2**31 - 1, 2**31 - 1),
        }  # fmt: skip

        async def statuses(client, tiles=(*inside, *beyond)) -> list[int]:
            return [(await client.get(address(grid, tile, collection))).status_code for tile in tiles]

        got = with_client(statuses, application)
        assert (set(got[: len(inside)]), set(got[len(inside) :])) == ({204}, {404})


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/collections/trees/tiles/WebMercatorQuad/3/0/0", 404, "tile matrices are 11 to 16"),
        ("/collections/trees/tiles/WebMercatorQuad/17/0/0", 404, "tile matrices are 11 to 16"),
        ("/collections/trees/tiles/WebMercatorQuad/99/0/0", 404, "zooms are 0 to 24"),
        ("/collections/trees/tiles/WebMercatorQuad/14/x/0", 400, "no whole number"),
        ("/collections/trees/tiles/WebMercatorQuad/14/1.5/0", 400, "no whole number"),
        ("/collections/trees/tiles/WebMercatorQuad/14/0/0", 404, "rows are 6563 to 6574"),
        ("/collections/trees/tiles/Mars/14/0/0", 404, "Known: WebMercatorQuad"),
        ("/collections/nothing/tiles/WebMercatorQuad/14/0/0", 404, "no collection 'nothing'"),
        ("/collections/vehicles/tiles/WebMercatorQuad/14/0/0", 404, "vehicles has no vector tiles"),
        ("/collections/pollution-grids/tiles/WebMercatorQuad/14/0/0", 404, "has no vector tiles"),
        ("/collections/trees/tiles/WebMercatorQuad/14/0", 404, "{tileMatrix}/{tileRow}/{tileCol}"),
        ("/collections/trees/tiles/WebMercatorQuad/14/6563/7838?f=png", 400, "f=mvt"),
        ("/collections/trees/tiles/WebMercatorQuad/14/6563/7838?datetime=2026", 400, "parameter datetime"),
        ("/collections/trees/tiles/WebMercatorQuad/14/6563/7838?collections=trees", 400, "parameter collections"),
        ("/tiles/WebMercatorQuad/14/6563/7838?collections=trees,nothing", 404, "no collection 'nothing'"),
        ("/tiles/WebMercatorQuad/14/6563/7838?collections=trees,trees", 400, "twice"),
        ("/tiles/WebMercatorQuad/14/6563/7838?collections=", 404, "no collection ''"),
    ],
)  # fmt: skip
def test_bad_addresses_are_problems(path: str, status: int, told: str) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert told in answer.json()["detail"]


@both_grids
def test_dataset_tile_holds_what_is_selected_in_that_order(grid: TileMatrixSet, center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326))
    WasteContainer.objects.create(geom=Point(*center, srid=4326))
    path = address(grid, at(grid, center, grid.own_zoom(15)))
    assert [*mapbox_vector_tile.decode(ask(path).content)] == [
        "waste-containers"
    ]  # as the map shows at first
    for chosen in (["trees"], ["trees", "waste-containers"], ["waste-containers", "trees"]):
        body = ask(f"{path}?collections={','.join(chosen)}").content
        assert [*mapbox_vector_tile.decode(body)] == chosen
    by_address = ask(f"{path}?collections=http://testserver/collections/trees,waste-containers").content
    assert [*mapbox_vector_tile.decode(by_address)] == ["trees", "waste-containers"]


def test_tile_is_tagged_and_a_known_tag_is_304(center) -> None:
    Tree.objects.create(geom=Point(*center, srid=4326))
    path = address(OWN, at(OWN, center, 11), "trees")
    first = ask(f"{path}?f=mvt")
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert ask(path, if_none_match=first.headers["etag"]).status_code == 304
    Tree.objects.all().delete()
    assert ask(path, if_none_match=first.headers["etag"]).status_code == 204


def test_tags_of_the_two_grids_differ(center) -> None:
    """The same address numbers in the other grid are another place."""
    Tree.objects.create(geom=Point(*center, srid=4326))
    tags = {ask(address(g, at(g, center, g.own_zoom(14)), "trees")).headers["etag"] for g in GRIDS.values()}
    assert len(tags) == len(GRIDS)


def test_what_may_not_be_read_is_refused_by_name_and_left_out_of_the_map(center) -> None:
    WasteContainer.objects.create(geom=Point(*center, srid=4326))
    GreenSpace.objects.create(geom=geos(stars(1, center, seed=1)[0]))
    tile = at(WEB_MERCATOR_QUAD, center, 15)
    CollectionRight.objects.create(collection="waste-containers", role="public", read="none", write="none")
    forget_rights()
    assert ask(address(WEB_MERCATOR_QUAD, tile, "waste-containers")).status_code == 401
    whole = address(WEB_MERCATOR_QUAD, tile)
    assert ask(f"{whole}?collections=waste-containers,trees").status_code == 401
    assert "waste-containers" not in mapbox_vector_tile.decode(ask(whole).content or b"")
    assert ask(whole, authorization="Bearer casagis_wrong").status_code == 401
    assert ask("/collections/route-stops/tiles/WebMercatorQuad/14/6563/7838").status_code == 401


def test_the_doors_are_told_apart() -> None:
    """Ids of layers begin small and those of tile matrix sets do not: /tiles/… leads to the right door by that."""
    assert all(re.match("[a-z]", name) for name in (*LAYERS, "map:public"))
    assert all(re.match("[A-Z]", name) for name in GRIDS)
    doors = {
        "/tiles/trees": "vector", "/tiles/trees/1/2/3": "vector", "/tiles/map:public/1/2/3": "vector",
        "/tiles/WebMercatorQuad/1/2/3": "ogc", "/collections/trees/tiles/WebMercatorQuad/1/2/3": "ogc",
        "/tiles": None, "/tiles/WebMercatorQuad": None, "/collections/trees/tiles": None,
        "/collections/trees/tiles/WebMercatorQuad": None, "/collections/trees/items/1": None,
    }  # fmt: skip
    for path, room in doors.items():
        door = next((door for begin, door in settings.ASGI_MOUNTS.items() if re.match(begin, path)), None)
        assert door == (room and f"tiles.{room}.asgi.application"), path
