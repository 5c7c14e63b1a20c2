"""Coverage in parts of neighbours equals coverage of all at once; on real workers too, one of them killed."""

from __future__ import annotations

import threading

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from django.conf import settings as django_settings
from django.db import connection

from analysis.green import Coverage, Patches, cover
from analysis.processes.green_parts import cover_by_parts
from gis_core.errors import Unavailable
from layers.queries.frames import read_frame
from layers.queries.parts import split_collection
from layers.services.load import load_features
from tests.analysis.engine.cluster import cluster
from tests.conftest import eventually
from tests.databases import url_of

LON, LAT = django_settings.CITY.bbox.center
COLUMNS = ["zone_area_m2", "green_area_m2", "green_public_area_m2"]


@pytest.fixture
def town(transactional_db) -> pd.DataFrame:
    """30 x 30 parcels under 200 greens that overlap, and their coverage measured all at once."""
    random = np.random.default_rng(5)
    parcels = [shapely.box(LON + x / 2000, LAT + y / 2000, LON + (x + 1) / 2000, LAT + (y + 1) / 2000)
               for x in range(30) for y in range(30)]  # fmt: skip
    middles = np.array([LON, LAT]) + random.uniform(0, 30 / 2000, (200, 2))
    greens = [
        shapely.Point(p).buffer(r) for p, r in zip(middles, random.uniform(0.0001, 0.001, 200), strict=True)
    ]
    access = random.choice(["public", "private"], 200)
    load_features("parcels", _frame(parcels, "p"), source="synthetic")
    load_features("green-spaces", _frame(greens, "g").assign(access=access), source="synthetic")
    srid = django_settings.CITY.metric_crs
    zones, green = read_frame("parcels", (), srid=srid), read_frame("green-spaces", ["access"], srid=srid)
    public = Patches.of(green.geometry[green["access"] == "public"])
    whole = cover(zones.geometry, Patches.of(green.geometry), public)
    return pd.DataFrame({"id": zones["id"], **{name: getattr(whole, name) for name in COLUMNS}})


def _frame(shapes: list, name: str) -> gpd.GeoDataFrame:
    ids = [f"{name}{n}" for n in range(len(shapes))]
    geometry = [shapely.MultiPolygon([shape]) for shape in shapes]
    return gpd.GeoDataFrame({"external_id": ids}, geometry=geometry, crs=4326).rename_geometry("geom")


def _same(found: Coverage, whole: pd.DataFrame) -> None:
    columns = np.column_stack([getattr(found, name) for name in COLUMNS])
    assert columns == pytest.approx(whole[COLUMNS].to_numpy(), abs=1e-6)


def test_parts_hold_every_feature_once_and_lie_together(town):
    parts = split_collection("parcels", 100)
    assert sorted(id for part in parts for id in part.ids) == town["id"].tolist()
    boxes = [part.bbox for part in parts]
    around = [2000 * (box.east - box.west + box.north - box.south) for box in boxes]
    assert len(parts) == 9
    assert np.mean(around) < 30  # a stripe through the town has 33, a square 20


def test_in_parts_as_all_at_once(town):
    told: list[float] = []
    _same(
        cover_by_parts("parcels", town["id"], part_rows=100, on_progress=told.append),
        town,
    )
    assert told == pytest.approx([n / 9 for n in range(1, 10)])


def test_on_workers_of_which_one_is_killed(town, settings):
    before = _others()
    database = url_of(connection.settings_dict, connection.settings_dict["NAME"])
    with cluster(2, DATABASE_URL=database, CASAGIS_TEST_DB="") as running:
        settings.ANALYSIS_ENGINE, settings.ANALYSIS_SCHEDULER = "dask", running.address
        begun = threading.Event()
        victim = running.workers[0]
        killer = threading.Thread(target=lambda: (begun.wait(60), victim.kill()))
        killer.start()
        found = cover_by_parts("parcels", town["id"], part_rows=20, on_progress=lambda share: begun.set())
        killer.join()
        assert victim.wait(5) == -9
    _same(found, town)
    assert eventually(lambda: _others() <= before, 60)


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_no_cluster_is_told_with_the_cure(town, settings, monkeypatch):
    monkeypatch.setattr("analysis.engine.cluster.CONNECT_S", 0.5)
    settings.ANALYSIS_ENGINE, settings.ANALYSIS_SCHEDULER = "dask", "tcp://127.0.0.1:1"
    with pytest.raises(Unavailable, match="dask scheduler"):
        cover_by_parts("parcels", town["id"])
