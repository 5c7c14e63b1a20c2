"""Vector tiles against the features that they show, on real PostGIS."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
from django.conf import settings
from django.db import connection
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import unary_union

from gis_core.actors import PUBLIC
from layers.catalog.green_spaces.model import GreenSpace
from layers.catalog.streets.model import Street
from layers.catalog.trees.model import Tree
from layers.catalog.waste_containers.model import WasteContainer
from layers.policy import access_to, readable
from layers.registry import LAYERS, get_layer
from tests.tiles.conftest import COMMITTED, TO_3857, TO_4326, ask, tile_path, with_client
from tests.tiles.drawing import decode, geos, placed, to_4326
from tiles.grids import EXTENT, WEB_MERCATOR_QUAD, TileId
from tiles.vector.sql import tile_sql

pytestmark = COMMITTED


def stars(count: int, center: tuple[float, float], seed: int) -> list[MultiPolygon]:
    """Spiky polygons of 20 to 700 m around a centre, inside the city, every third with a hole."""
    rng = np.random.default_rng(seed)
    x0, y0 = TO_3857.transform(*center)
    west, _ = TO_3857.transform(settings.CITY.bbox.west, center[1])
    spread = min(3000, x0 - west - 360)
    found = []
    for i in range(count):
        turns = np.linspace(0, 2 * np.pi, int(rng.integers(5, 40)), endpoint=False)
        radii = rng.uniform(10, 350) * rng.uniform(0.4, 1, len(turns))
        middle = np.array([x0, y0]) + rng.uniform(-spread, spread, 2)
        ring = np.column_stack([np.cos(turns), np.sin(turns)]) * radii[:, None] + middle
        outer = Polygon(ring)
        hole = [outer.representative_point().buffer(radii.min() / 4)] if i % 3 == 0 else []
        polygon = shapely.make_valid(outer.difference(unary_union(hole)) if hole else outer)
        found.append(MultiPolygon([to_4326(polygon)]))
    return found


@pytest.mark.parametrize("z", [12, 14, 16])
def test_union_of_decoded_tiles_is_the_source_within_a_pixel(center: tuple[float, float], z: int) -> None:
    greens = [
        GreenSpace.objects.create(geom=geos(star)) for star in stars(40 if z < 16 else 8, center, seed=z)
    ]
    sources = {
        green.pk: shapely.from_wkb(bytes(green.geom.transform(3857, clone=True).wkb)) for green in greens
    }
    boxes = [source.bounds for source in sources.values()]
    first = WEB_MERCATOR_QUAD.tile_at(min(b[0] for b in boxes), max(b[3] for b in boxes), z)
    last = WEB_MERCATOR_QUAD.tile_at(max(b[2] for b in boxes), min(b[1] for b in boxes), z)
    tiles = [TileId(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]

    async def draw_all(client):
        return [(await client.get(tile_path("green-spaces", tile))).content for tile in tiles]

    parts = defaultdict(list)
    for tile, body in zip(tiles, with_client(draw_all), strict=True):
        for feature in decode(body, "green-spaces") if body else []:
            geometry = placed(feature, tile)
            assert geometry.is_valid
            parts[feature["id"]].append(
                geometry.intersection(box(*WEB_MERCATOR_QUAD.bounds(tile).as_tuple()))
            )

    unit = WEB_MERCATOR_QUAD.side / 2**z / EXTENT
    reach = (2 if z == 16 else 6) * unit  # of the 8 that a pixel has
    large = {pk for pk, source in sources.items() if source.area > 64 * unit**2}
    assert large <= parts.keys()
    for pk, drawn in parts.items():
        union = unary_union(drawn).buffer(unit / 100)
        assert union.difference(sources[pk].buffer(reach)).area == 0
        assert sources[pk].buffer(-reach).difference(union).area == 0


def test_feature_that_lies_only_in_the_buffer_is_there(tile_of_center) -> None:
    tile = tile_of_center(16)
    bounds = WEB_MERCATOR_QUAD.bounds(tile)
    beside = bounds.max_x + WEB_MERCATOR_QUAD.pixel(16) * 4  # half of the buffer's 8 px
    tree = Tree.objects.create(geom=geos(Point(TO_4326.transform(beside, bounds.min_y + 100))))
    (feature,) = decode(ask(tile_path("trees", tile)).content, "trees")
    assert feature["id"] == tree.pk
    assert EXTENT < feature["geometry"]["coordinates"][0] <= EXTENT + 64


def test_attributes_are_the_layers_fields_and_null_is_absent(center, tile_of_center) -> None:
    container = WasteContainer.objects.create(geom=geos(Point(center)), fraction="glass", capacity_l=1100)
    (feature,) = decode(ask(tile_path("waste-containers", tile_of_center(15))).content, "waste-containers")
    assert feature["id"] == container.pk
    assert feature["properties"] == {"fraction": "glass", "capacity_l": 1100}


def test_arrays_dates_and_times_become_text(center, tile_of_center) -> None:
    WasteContainer.objects.create(
        geom=geos(Point(center)),
        collection_days=[1, 4],
        fill_pct=61.5,
        fill_observed_at="2026-03-01T06:30:00+01:00",
    )
    layer = replace(
        get_layer("waste-containers"), tile_fields=("collection_days", "fill_observed_at", "fill_pct")
    )
    query, params = tile_sql(layer, access_to(PUBLIC, layer.collection), tile_of_center(15))
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        ((body,),) = cursor.fetchall()
    (feature,) = decode(bytes(body), "waste-containers")
    assert feature["properties"] == {
        "collection_days": "1,4",
        "fill_observed_at": "2026-03-01T05:30:00Z",
        "fill_pct": 61.5,
    }


def test_small_streets_enter_at_their_zoom(center, tile_of_center) -> None:
    lon, lat = center
    line = geos(LineString([(lon, lat), (lon + 0.005, lat + 0.005)]))
    for street_class in ("primary", "tertiary", "residential", "steps"):
        Street.objects.create(geom=line, street_class=street_class)
    seen = {}
    for z in (9, 12, 13, 15):
        body = ask(tile_path("streets", tile_of_center(z))).content
        seen[z] = {feature["properties"]["street_class"] for feature in decode(body, "streets")}
    assert seen[9] == {"primary"}
    assert seen[12] == {"primary", "tertiary"}
    assert seen[13] == {"primary", "tertiary", "residential"}
    assert seen[15] == {"primary", "tertiary", "residential", "steps"}


def test_polygon_below_a_quarter_pixel_is_left_out_and_above_is_not(center, tile_of_center) -> None:
    x, y = TO_3857.transform(*center)
    half = WEB_MERCATOR_QUAD.pixel(12) * 0.25  # a square of half a pixel has a quarter of a pixel squared
    squares = [box(x - half * s, y - half * s, x + half * s, y + half * s) for s in (0.98, 1.02)]
    small, large = (GreenSpace.objects.create(geom=geos(MultiPolygon([to_4326(s)]))) for s in squares)
    ids = {
        feature["id"]
        for feature in decode(ask(tile_path("green-spaces", tile_of_center(12))).content, "green-spaces")
    }
    assert ids == {large.pk}
    ids = {
        feature["id"]
        for feature in decode(ask(tile_path("green-spaces", tile_of_center(13))).content, "green-spaces")
    }
    assert ids == {small.pk, large.pk}


def test_several_layers_come_in_one_tile(center, tile_of_center) -> None:
    Tree.objects.create(geom=geos(Point(center)))
    WasteContainer.objects.create(geom=geos(Point(center)))
    body = ask(tile_path("trees,waste-containers,parcels", tile_of_center(15))).content
    assert set(mapbox_vector_tile.decode(body)) == {"trees", "waste-containers"}


def test_same_data_makes_the_same_bytes(center, tile_of_center) -> None:
    for star in stars(30, center, seed=1):
        GreenSpace.objects.create(geom=geos(star))
    path = tile_path("green-spaces", tile_of_center(13))
    assert len({ask(path).content for _ in range(3)}) == 1


def test_every_public_vector_layer_draws(tile_of_center) -> None:
    public = {access.collection.id for access in readable(PUBLIC)}
    for layer in LAYERS.values():
        if not layer.raster and layer.collection.id in public:
            assert ask(tile_path(layer.id, tile_of_center(16))).status_code == 204, layer.id


def test_gdals_mvt_driver_reads_a_tile(center, tile_of_center, tmp_path: Path) -> None:
    Tree.objects.create(geom=geos(Point(center)), species="Ficus", condition="good")
    tile = tile_of_center(16)
    path = tmp_path / "tile.mvt"
    path.write_bytes(ask(tile_path("trees", tile)).content)
    found = pyogrio.read_dataframe(f"MVT:{path}", layer="trees", X=tile.x, Y=tile.y, Z=tile.z)
    assert found["species"].tolist() == ["Ficus"]
    expected = TO_3857.transform(*center)
    assert found.geometry.iloc[0].distance(Point(expected)) < WEB_MERCATOR_QUAD.pixel(16)
