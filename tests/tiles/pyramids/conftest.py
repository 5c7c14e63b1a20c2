"""A small seeded city for these tests, and how they run a process and read what it made."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon
from pmtiles.reader import MmapSource, Reader, all_tiles

from gis_core.geometry import BBox
from gis_core.jobs.files import files_of
from gis_core.jobs.models import Job
from gis_core.jobs.run import run_process
from layers.catalog.districts.model import District
from layers.catalog.green_spaces.model import GreenSpace
from layers.catalog.streets.model import Street
from layers.catalog.trees.model import Tree
from tiles.grids import TileId

Tiles = dict[TileId, bytes]  # gunzipped


@pytest.fixture(autouse=True)
def files_apart(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    yield
    Job.objects.all().delete()


@pytest.fixture
def box(center: tuple[float, float]) -> BBox:
    """2 km by 2 km or so."""
    lon, lat = center
    return BBox(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)


def text_of(box: BBox) -> str:
    return ",".join(f"{side:.7f}" for side in box.as_tuple())


def make_city(box: BBox, *, seed: int, trees: int = 60, greens: int = 12) -> None:
    """Trees, green spaces and a street in the box and around it, and a district over all of it."""
    rng = np.random.default_rng(seed)
    lon, lat = middle = np.array(box.center)
    for place in middle + rng.uniform(-0.02, 0.02, (trees, 2)):
        Tree.objects.create(geom=Point(*place, srid=4326), species=f"Ficus {rng.integers(5)}")
    for west, south, side in rng.uniform((-0.02, -0.02, 0.0002), (0.02, 0.02, 0.004), (greens, 3)):
        square = Polygon.from_bbox((lon + west, lat + south, lon + west + side, lat + south + side))
        GreenSpace.objects.create(geom=MultiPolygon(square, srid=4326), name_ar="حديقة الجامعة العربية")
    course = LineString((middle + rng.uniform(-0.015, 0.015, (5, 2))).tolist(), srid=4326)
    Street.objects.create(geom=course, name_fr="Rue d’Alger", street_class="residential")
    area = Polygon.from_bbox((lon - 0.03, lat - 0.03, lon + 0.03, lat + 0.03))
    District.objects.create(geom=MultiPolygon(area, srid=4326), external_id="d", name_ar="أنفا")


def planner() -> User:
    user = User.objects.create_user("amina")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    return user


def export(actor: str = "cli:test", **inputs: Any) -> tuple[Job, Path]:
    job = run_process("export-tiles", inputs, actor=actor)
    assert job.status == "successful", job.problem
    return job, files_of(job.id) / job.outputs["file"]["title"]


def read_pmtiles(path: Path) -> Tiles:
    with path.open("rb") as file:
        return {TileId(*zxy): gzip.decompress(body) for zxy, body in all_tiles(MmapSource(file))}


def header_of(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        return dict(reader.header()), dict(reader.metadata())


def read_mbtiles(path: Path) -> Tiles:
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles").fetchall()
    return {TileId(z, x, 2**z - 1 - row): gzip.decompress(body) for z, x, row, body in rows}


READ = {"pmtiles": read_pmtiles, "mbtiles": read_mbtiles}
