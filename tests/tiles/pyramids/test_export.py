"""Archives of tiles, read back by others' readers and held against the tiles' own addresses."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from typing import Any

import pyogrio
import pytest
from django.contrib.gis.geos import Point
from mapbox_vector_tile import decode
from pmtiles.tile import Compression, TileType

from gis_core.jobs.files import exports
from gis_core.jobs.run import run_process, workspace_of
from layers.catalog.parcels.model import Parcel
from layers.catalog.trees.model import Tree
from layers.models import Revision
from tests.tiles.conftest import COMMITTED, TO_3857, tile_path, with_client
from tests.tiles.pyramids.conftest import (
    READ,
    Tiles,
    export,
    header_of,
    make_city,
    planner,
    read_pmtiles,
    text_of,
)
from tiles.grids import WEB_MERCATOR_QUAD, TileId
from tiles.pyramids import export as exporting

pytestmark = COMMITTED


def tiles_of(box, zooms) -> list[TileId]:
    """Every tile that touches the box, by its corners."""
    found = []
    for z in zooms:
        first = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(box.west, box.north), z)
        last = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(box.east, box.south), z)
        found += [TileId(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]
    return found


def served(layers: str, tiles: list[TileId]) -> dict[TileId, bytes]:
    """The tiles that their own address gives, empty ones left out."""

    async def ask_all(client) -> dict[TileId, bytes]:
        answers = {tile: await client.get(tile_path(layers, tile)) for tile in tiles}
        assert {answer.status_code for answer in answers.values()} <= {200, 204}
        return {tile: answer.content for tile, answer in answers.items() if answer.status_code == 200}

    return with_client(ask_all)


def contents(tiles: Tiles) -> dict[TileId, dict[str, list[str]]]:
    """Decoded; features have no order."""
    return {
        tile: {name: sorted(map(repr, layer["features"])) for name, layer in decode(body).items()}
        for tile, body in tiles.items()
    }


@pytest.mark.parametrize(("kind", "seed"), [("pmtiles", 1), ("pmtiles", 2), ("mbtiles", 3)])
def test_archive_holds_the_tiles_of_the_box_and_no_others(box, kind: str, seed: int) -> None:
    make_city(box, seed=seed)
    layers = "streets,green-spaces,trees"
    job, path = export(layers=layers, format=kind, min_zoom=12, max_zoom=17, bbox=text_of(box))
    wanted = served(layers, tiles_of(box, range(12, 18)))
    assert contents(READ[kind](path)) == contents(wanted)
    assert 20 < job.outputs["tiles"] == len(wanted) < len(tiles_of(box, range(12, 18)))


def test_every_tree_of_the_box_is_in_its_tile(box) -> None:
    make_city(box, seed=4, greens=0)
    _, path = export(layers="trees", bbox=text_of(box), max_zoom=18)
    tiles = read_pmtiles(path)
    for tree in Tree.objects.filter(geom__contained=Point(*box.center, srid=4326).buffer(0.0095)):
        tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*tree.geom.coords), 18)
        ids = {feature["id"] for feature in decode(tiles[tile])["trees"]["features"]}
        assert tree.pk in ids


def test_pmtiles_tells_what_it_is(box) -> None:
    make_city(box, seed=5)
    _, path = export(layers="green-spaces,trees", bbox=text_of(box), min_zoom=10, max_zoom=15)
    header, metadata = header_of(path)
    assert header["tile_type"] is TileType.MVT
    assert header["tile_compression"] is header["internal_compression"] is Compression.GZIP
    assert header["clustered"]
    assert (header["min_zoom"], header["max_zoom"], header["center_zoom"]) == (10, 15, 12)
    sides = [header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat")]
    assert sides == pytest.approx(box.as_tuple(), abs=1e-6)
    greens, trees = metadata["vector_layers"]
    assert (greens["id"], greens["fields"]["area_m2"], trees["id"]) == ("green-spaces", "Number", "trees")
    assert greens["thinning"]["rule"] == "small-areas"
    assert metadata["name"] == "Green spaces, Trees"
    assert metadata["attribution"]
    state = Revision.objects.get(collection="trees")
    told = {"revision": state.revision, "changed_at": state.changed_at.isoformat()}
    assert metadata["collections"]["trees"] == told
    assert metadata["version"] == sum(row["revision"] for row in metadata["collections"].values())


def test_mbtiles_tells_what_it_is(box) -> None:
    make_city(box, seed=5)
    _, path = export(layers="green-spaces", format="mbtiles", bbox=text_of(box), max_zoom=14)
    with sqlite3.connect(path) as database:
        rows = dict(database.execute("SELECT name, value FROM metadata"))
        assert database.execute("PRAGMA application_id").fetchone() == (0x4D504258,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        indexes = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
    assert (rows["format"], rows["minzoom"], rows["maxzoom"], rows["type"]) == ("pbf", "9", "14", "overlay")
    assert [float(side) for side in rows["bounds"].split(",")] == pytest.approx(box.as_tuple(), abs=1e-6)
    assert rows["center"].endswith(",12")
    assert json.loads(rows["json"])["vector_layers"][0]["id"] == "green-spaces"
    assert rows["version"].isdigit()
    assert "UNIQUE" in indexes["tile_index"]


@pytest.mark.parametrize("kind", ["pmtiles", "mbtiles"])
def test_gdal_reads_it_with_arabic_names(box, kind: str) -> None:
    make_city(box, seed=6)
    _, path = export(layers="green-spaces,trees", format=kind, bbox=text_of(box), max_zoom=15)
    assert {str(name) for name, _ in pyogrio.list_layers(path)} == {"green-spaces", "trees"}
    greens = pyogrio.read_dataframe(path, layer="green-spaces")
    assert greens.crs.to_epsg() == 3857
    assert set(greens["name_ar"]) == {"حديقة الجامعة العربية"}
    assert greens.geometry.is_valid.all()
    west, south, east, north = greens.to_crs(4326).total_bounds
    assert west < box.center[0] < east
    assert south < box.center[1] < north


def test_the_systems_gdal_reads_mbtiles(box) -> None:
    make_city(box, seed=6)
    _, path = export(layers="trees", format="mbtiles", bbox=text_of(box))
    try:
        told = subprocess.run(
            ["ogrinfo", "-al", "-so", str(path)], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("ogrinfo is not installed: gdal-bin")
    assert "Layer name: trees" in told.stdout
    assert "species: String" in told.stdout


def test_equal_tiles_are_kept_once(box) -> None:
    make_city(box, seed=7, trees=0, greens=0)
    job, path = export(layers="districts", bbox=text_of(box), min_zoom=15, max_zoom=18)
    header, _ = header_of(path)
    assert header["addressed_tiles_count"] == job.outputs["tiles"] == len(read_pmtiles(path)) > 200
    assert header["tile_contents_count"] <= 4  # the district covers each tile whole
    assert path.stat().st_size < 4000


def test_export_shows_what_its_starter_may_see(box) -> None:
    make_city(box, seed=8)
    area = Point(*box.center, srid=4326).buffer(0.001)
    Parcel.objects.create(geom=f"SRID=4326;MULTIPOLYGON({area.wkt.removeprefix('POLYGON ')})", reference="T1")
    run = {"layers": "route-stops", "bbox": text_of(box)}
    job = run_process("export-tiles", run, actor="nobody")
    assert (job.status, job.problem["status"]) == ("failed", 401)
    planner()
    job = run_process("export-tiles", run, actor="amina")
    assert job.problem["detail"].startswith("There is nothing to export")  # allowed, but empty
    job, path = export(actor="amina", layers="parcels", bbox=text_of(box))
    (layer,) = header_of(path)[1]["vector_layers"]
    assert layer["fields"].keys() == {"reference", "land_use", "green_share_pct"}


def test_one_moment_whatever_is_edited_meanwhile(box, monkeypatch) -> None:
    """Every tree is deleted after the first tiles were drawn: all tiles show them, and the revision of then."""
    make_city(box, seed=9)
    revision = Revision.objects.get(collection="trees").revision
    drawn = exporting.draw_all

    def draw_all(*args: Any):
        for number, tile in enumerate(drawn(*args)):
            if number == 1:
                Tree.objects.all().delete()
            yield tile

    monkeypatch.setattr(exporting, "draw_all", draw_all)
    _, path = export(layers="trees", bbox=text_of(box), min_zoom=14, max_zoom=17)
    deepest = [body for tile, body in read_pmtiles(path).items() if tile.z == 17]
    assert len(deepest) > 5
    assert header_of(path)[1]["collections"]["trees"]["revision"] == revision


@pytest.mark.parametrize("kind", ["pmtiles", "mbtiles"])
def test_failure_in_the_middle_leaves_no_file(box, kind: str, monkeypatch) -> None:
    make_city(box, seed=10)
    monkeypatch.setattr(exporting, "MOST_BYTES", 1000)
    job = run_process("export-tiles", {"layers": "trees,green-spaces", "format": kind}, actor="cli:test")
    assert (job.status, job.problem["status"]) == ("failed", 413)
    assert not workspace_of(job.id).exists()
    assert list(exports().glob("*/*")) == []


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"max_zoom": 22}, r"Zooms 5 to 22 .* are [\d,]+ tiles; at most 500,000 .* End at zoom 19"),
        ({"min_zoom": 20, "max_zoom": 20}, "Take a smaller box"),
        ({"min_zoom": 16, "max_zoom": 12}, "swap them"),
        ({"bbox": "-190,0,10,20"}, "must lie in longitudes"),
        ({"bbox": "1,2,3"}, "bbox has 3 numbers"),
        ({"layers": "pollution-grids"}, "is a raster"),
        ({"layers": "map:secret"}, "There is no map 'secret'"),
        ({"layers": "trees", "bbox": "10,50,10.01,50.01"}, "There is nothing to export"),
    ],
)
def test_what_cannot_be_exported_is_told_with_the_cure(inputs: dict[str, Any], words: str) -> None:
    job = run_process("export-tiles", inputs, actor="cli:test")
    assert job.status == "failed"
    assert re.search(words, job.problem["detail"])
