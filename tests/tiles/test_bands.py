"""Prepared bands: kept by whoever writes, cut where shapes are large, and thinned alike on both sides of a border."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
import shapely
from django.db import connection
from psycopg import sql
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.ops import unary_union

from gis_core.actors import PUBLIC
from layers.catalog.districts.model import District
from layers.catalog.green_spaces.model import GreenSpace
from layers.catalog.parcels.model import Parcel
from layers.definitions import Extent
from layers.policy import Access, access_to
from layers.registry import COLLECTIONS, get_layer
from tests.tiles.conftest import TO_3857
from tests.tiles.drawing import draw, geos, placed, to_4326
from tiles.grids import BUFFER, EXTENT, WEB_MERCATOR_QUAD, TileId
from tiles.vector.bands import WHOLE, band_of, bands_of, rows_sql
from tiles.vector.bands_sync import sync_bands
from tiles.vector.sql import shape_of

pytestmark = pytest.mark.django_db
PARCELS, GREENS = get_layer("parcels"), get_layer("green-spaces")


def square(x: float, y: float, side: float) -> MultiPolygon:
    """Of EPSG:3857, given in degrees; x and y are its middle."""
    return MultiPolygon([to_4326(box(x - side / 2, y - side / 2, x + side / 2, y + side / 2))])


def rows(query: str | sql.Composable, params: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def difference_to_a_new_build(collection_id: str) -> int:
    """Rows that a band has too much, or lacks."""
    collection = COLLECTIONS[collection_id]
    count = 0
    for band in bands_of(collection):
        made = rows_sql(band, sql.Identifier(collection.table))
        kept = sql.SQL("SELECT * FROM {}").format(sql.Identifier(band.table))
        for more, less in ((made, kept), (kept, made)):
            ((n,),) = rows(sql.SQL("SELECT count(*) FROM (({}) EXCEPT ({})) AS d").format(more, less))
            count += n
    return count


@pytest.mark.parametrize("seed", range(4))
def test_bands_are_what_a_new_build_would_make_after_any_edits(center, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = TO_3857.transform(*center)

    def some(count: int) -> list[Parcel]:
        places = rng.uniform(-2000, 2000, (count, 2))
        return [Parcel(geom=geos(square(x + dx, y + dy, rng.uniform(0.5, 300)))) for dx, dy in places]

    Parcel.objects.bulk_create(some(10))
    for _ in range(12):
        ids = list(Parcel.objects.values_list("pk", flat=True))
        chosen = [int(i) for i in rng.permutation(ids)[: rng.integers(0, 5)]]
        match rng.integers(0, 6):
            case 0:
                Parcel.objects.bulk_create(some(int(rng.integers(1, 30))))
            case 1:
                some(1)[0].save()
            case 2:
                Parcel.objects.filter(pk__in=chosen).update(geom=some(1)[0].geom)
            case 3:
                Parcel.objects.filter(pk__in=chosen).update(land_use=rng.choice(["green", "public"]))
            case 4:
                Parcel.objects.filter(pk__in=chosen).delete()
            case 5:
                rows(
                    "UPDATE layers_parcel SET geom = ST_Translate(geom, 0.0001, 0) WHERE id % 2 = 0 RETURNING 1"
                )
        assert difference_to_a_new_build("parcels") == 0


def test_truncate_empties_the_bands(center) -> None:
    Parcel(geom=geos(square(*TO_3857.transform(*center), 50))).save()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE layers_parcel CASCADE")
    assert rows("SELECT count(*) FROM tiles_parcels_z15") == [(0,)]


def test_a_change_that_no_tile_shows_leaves_the_bands_alone(center) -> None:
    parcel = Parcel.objects.create(geom=geos(square(*TO_3857.transform(*center), 50)))
    before = rows("SELECT ctid, xmin FROM tiles_parcels_z15")
    Parcel.objects.filter(pk=parcel.pk).update(green_computed_at="2026-01-01T00:00Z", owner_kind="city")
    assert rows("SELECT ctid, xmin FROM tiles_parcels_z15") == before
    Parcel.objects.filter(pk=parcel.pk).update(land_use="green")
    assert rows("SELECT land_use FROM tiles_parcels_z15") == [("green",)]


def test_a_lost_band_is_made_anew_and_what_fits_is_left_alone(center) -> None:
    Parcel(geom=geos(square(*TO_3857.transform(*center), 50))).save()
    oids = "SELECT 'tiles_parcels_z15'::regclass::oid, 'tiles_parcels_z13'::regclass::oid"
    before = rows(oids)
    sync_bands(verbosity=0)
    assert rows(oids) == before
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tiles_parcels_z13; CREATE TABLE tiles_parcels_z3 (id bigint)")
    sync_bands(verbosity=0)
    assert difference_to_a_new_build("parcels") == 0
    assert rows("SELECT to_regclass('tiles_parcels_z3')") == [(None,)]


def test_bands_that_are_made_otherwise_have_other_tags(monkeypatch) -> None:
    shown = [(PARCELS, access_to(PUBLIC, PARCELS.collection))]
    before = shape_of(shown, 14)
    monkeypatch.setattr("tiles.vector.bands.CUT_FROM_POINTS", 500)
    monkeypatch.setattr("tiles.vector.sql._shapes", {})
    assert shape_of(shown, 14) != before


# --- Large shapes -------------------------------------------------------------------------------------------------


def coast(x: float, y: float, radius: float, points: int, seed: int) -> Polygon:
    """A ragged ring with an island cut out, in EPSG:3857."""
    rng = np.random.default_rng(seed)
    turns = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radii = radius * (0.8 + 0.2 * np.sin(7 * turns) * np.cos(3 * turns)) + rng.uniform(-5, 5, points)
    ring = np.column_stack([x + radii * np.cos(turns), y + radii * np.sin(turns)])
    outer = shapely.make_valid(Polygon(ring))
    return outer.difference(shapely.Point(x + radius / 5, y).buffer(radius / 4, quad_segs=64))


@pytest.mark.parametrize("z", [11, 12, 13, 14, 15, 16])
def test_a_large_shape_is_kept_in_pieces_and_drawn_whole(center, z: int) -> None:
    x, y = TO_3857.transform(*center)
    source = coast(x, y, 3000, 5000, seed=1)
    whole = shapely.multipolygons([source]) if source.geom_type == "Polygon" else source
    water = GreenSpace.objects.create(geom=geos(to_4326(whole)))
    band = band_of(GREENS, z)
    cells = [cell for (cell,) in rows(f"SELECT cell FROM {band.table} WHERE id = %s", [water.pk])]
    assert WHOLE not in cells
    assert len(cells) == len(set(cells)) >= (20 if band.zoom == 15 else 1)
    west, south, east, north = source.bounds
    first, last = WEB_MERCATOR_QUAD.tile_at(west, north, z), WEB_MERCATOR_QUAD.tile_at(east, south, z)
    columns, lines = range(first.x, last.x + 1), range(first.y, last.y + 1)
    if z == 16:  # one quarter is enough
        columns, lines = columns[: len(columns) // 2], lines[: len(lines) // 2]
    area, unit = 0.0, WEB_MERCATOR_QUAD.side / 2**z / EXTENT
    reach = (4 if z > 14 else 6) * unit  # of the 8 that a pixel has
    for tile in (TileId(z, i, j) for i in columns for j in lines):
        frame = box(*WEB_MERCATOR_QUAD.bounds(tile).as_tuple())
        drawn = draw(GREENS, tile)
        assert len(drawn) <= 1
        shown = unary_union([placed(feature, tile) for feature in drawn]).intersection(frame)
        assert all(placed(feature, tile).is_valid for feature in drawn)
        assert shown.difference(source.buffer(reach)).area == 0
        assert source.buffer(-reach).intersection(frame).difference(shown.buffer(unit / 100)).area == 0
        area += shown.area
    assert area > 0


# --- The largest of each cell -------------------------------------------------------------------------------------


def test_only_the_largest_of_each_cell_is_shown_on_both_sides_of_a_border(tile_of_center) -> None:
    z, rng = 12, np.random.default_rng(5)
    west = tile_of_center(z)
    east = TileId(z, west.x + 1, west.y)
    border, px = WEB_MERCATOR_QUAD.bounds(west).max_x, WEB_MERCATOR_QUAD.pixel(z)
    middle = WEB_MERCATOR_QUAD.bounds(west).min_y + 256 * px
    places = rng.uniform(-20, 20, (300, 2)) * px
    sides = np.where(rng.uniform(size=300) < 0.9, rng.uniform(1, 3, 300), rng.uniform(5, 9, 300)) * px
    shapes = [square(border + dx, middle + dy, side) for (dx, dy), side in zip(places, sides, strict=True)]
    Parcel.objects.bulk_create([Parcel(geom=geos(shape)) for shape in shapes])
    expected = largest_of_cells(z)
    shown = {
        tile: {feature["id"]: placed(feature, tile) for feature in draw(PARCELS, tile)}
        for tile in (west, east)
    }
    for tile, drawn in shown.items():
        reach = WEB_MERCATOR_QUAD.buffered_bounds(tile)
        near = {
            pk
            for pk, geometry in expected.items()
            if geometry.intersects(box(*reach.as_tuple()).buffer(-px / 2))
        }
        assert near <= drawn.keys() <= expected.keys()
    assert len(expected) < 200
    assert shown[west].keys() & shown[east].keys()


def largest_of_cells(z: int) -> dict[int, shapely.Geometry]:
    """An oracle of its own: exact geometries of all that zoom `z` shows, by id."""
    rule, px = PARCELS.thinning, WEB_MERCATOR_QUAD.pixel(z)
    cell, unit = rule.cell_px * px, band_of(PARCELS, z).unit_m
    best: dict[object, tuple] = {}
    for parcel in Parcel.objects.all():
        geometry = shapely.from_wkb(bytes(parcel.geom_3857.wkb))
        min_x, min_y, max_x, max_y = geometry.bounds
        column = math.floor(((min_x + max_x) / 2 - WEB_MERCATOR_QUAD.left) / cell)
        line = math.floor((WEB_MERCATOR_QUAD.top - (min_y + max_y) / 2) / cell)
        small = math.ceil(max(max_x - min_x, max_y - min_y) / unit) * unit < cell
        key = (column, line) if small else parcel.pk
        rank = (geometry.area, -parcel.pk, parcel.pk, geometry)
        best[key] = max(best.get(key, rank), rank, key=lambda found: found[:2])
    return {pk: geometry for _, _, pk, geometry in best.values()}


def test_a_reader_of_one_area_sees_the_shapes_of_it(center, tile_of_center) -> None:
    x, y = TO_3857.transform(*center)
    inside = Parcel.objects.create(geom=geos(square(x + 100, y, 50)))
    Parcel.objects.create(geom=geos(square(x - 100, y, 50)))
    District.objects.create(external_id="east", geom=geos(square(x + 100, y, 150)))
    public = access_to(PUBLIC, PARCELS.collection)
    actor = type(PUBLIC)(name="amina", areas=("east",))
    access = Access(PARCELS.collection, actor, Extent.AREA, Extent.NONE, public.hidden, public.locked)
    for z in (12, 14, 16, 18):
        assert {f["id"] for f in draw(PARCELS, WEB_MERCATOR_QUAD.tile_at(x, y, z), access=access)} == {
            inside.pk
        }


def test_fields_enter_at_their_zoom(center, tile_of_center) -> None:
    Parcel.objects.create(
        geom=geos(square(*TO_3857.transform(*center), 50)), reference="T1/56", land_use="green"
    )
    seen = {z: draw(PARCELS, tile_of_center(z))[0]["properties"] for z in (12, 14, 15, 17)}
    assert seen[12] == seen[14] == {"land_use": "green"}
    assert seen[15] == seen[17] == {"land_use": "green", "reference": "T1/56"}


# --- Clusters of points -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [11, 13])
def test_clusters_count_every_point_once_and_agree_on_borders(center, z: int) -> None:
    rng, (x, y) = np.random.default_rng(z), TO_3857.transform(*center)
    trees = get_layer("trees")
    tree = trees.collection.model
    points = [shapely.Point(x + dx, y + dy) for dx, dy in rng.normal(0, 1500, (400, 2))]
    tree.objects.bulk_create([tree(geom=geos(to_4326(point)), species="Ficus") for point in points])
    middle = WEB_MERCATOR_QUAD.tile_at(x, y, z)
    tiles = [TileId(z, middle.x + i, middle.y + j) for i in range(-2, 3) for j in range(-2, 3)]
    seen = {tile: clusters_of(draw(trees, tile), tile) for tile in tiles}
    assert sum(count for tile in tiles for *place, count in seen[tile] if inside(tile, place, 0)) == 400
    meetings = 0
    for one, other in combinations(tiles, 2):
        for place in seen[one] | seen[other]:
            if inside(one, place, BUFFER - 4) and inside(other, place, BUFFER - 4):
                assert place in seen[one] & seen[other]
                meetings += 1
    assert meetings


def clusters_of(features: list[dict], tile: TileId) -> set[tuple[int, int, int]]:
    """Column, row (in units of the whole world) and number of points; a single point is itself, a cluster is nobody."""
    found = set()
    for feature in features:
        count = feature["properties"].get("point_count", 1)
        own = {"species": "Ficus", "condition": "unknown"}
        assert feature["properties"] == (own if count == 1 else {"point_count": count})
        assert (feature.get("id", 0) != 0) == (count == 1)
        column, row = feature["geometry"]["coordinates"]
        found.add((tile.x * EXTENT + column, tile.y * EXTENT + row, count))
    return found


def inside(tile: TileId, place: Sequence[int], margin: int) -> bool:
    column, row = place[0] - tile.x * EXTENT, place[1] - tile.y * EXTENT
    return -margin <= column < EXTENT + margin and -margin <= row < EXTENT + margin
