"""Coverage of GeoParquet files in parts equals coverage of everything at once; files that lack something are named."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.engine import Cluster
from analysis.engine.files import AREAS, BadFile, cover_files
from analysis.green import Patches, cover
from tests.analysis.engine.cluster import cluster

CRS = 32629
ORIGIN = np.array([620_000.0, 3_716_000.0])


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    shapes = [shapely.box(x, y, x + 50, y + 50) for x in range(0, 1000, 50) for y in range(0, 1000, 50)]
    moved = shapely.transform(np.array(shapes), lambda xy: xy + ORIGIN)
    return gpd.GeoDataFrame({"id": range(len(shapes))}, geometry=moved, crs=CRS).sample(
        frac=1, random_state=1
    )


@pytest.fixture
def greens() -> gpd.GeoDataFrame:
    random = np.random.default_rng(3)
    shapes = shapely.buffer(
        shapely.points(ORIGIN + random.uniform(0, 1000, (150, 2))), random.uniform(5, 80, 150)
    )
    access = random.choice(["public", "private"], 150)
    return gpd.GeoDataFrame({"access": access}, geometry=shapes, crs=CRS)


@pytest.fixture
def whole(zones, greens) -> pd.DataFrame:
    public = Patches.of(greens.geometry[greens["access"] == "public"])
    found = cover(zones.geometry, Patches.of(greens.geometry), public)
    table = pd.DataFrame({"id": zones["id"].to_numpy(), **{name: getattr(found, name) for name in AREAS}})
    return table.sort_values("id", ignore_index=True)


@pytest.mark.parametrize("with_bbox", [True, False])
def test_files_as_everything_at_once(tmp_path: Path, zones, greens, whole, with_bbox):
    zones.to_parquet(tmp_path / "zones.parquet")
    greens.to_parquet(tmp_path / "greens.parquet", write_covering_bbox=with_bbox)
    found = cover_files(tmp_path / "zones.parquet", tmp_path / "greens.parquet", CRS, part_rows=60)
    assert found["id"].tolist() == whole["id"].tolist()
    assert found[list(AREAS)].to_numpy() == pytest.approx(whole[list(AREAS)].to_numpy(), abs=1e-6)


def test_files_on_workers(tmp_path: Path, zones, greens, whole):
    zones.to_parquet(tmp_path / "zones.parquet")
    greens.to_parquet(tmp_path / "greens.parquet")
    with cluster(2) as running:
        found = cover_files(
            tmp_path / "zones.parquet",
            tmp_path / "greens.parquet",
            CRS,
            cluster=Cluster(running.address),
            part_rows=60,
        )
    assert found[list(AREAS)].to_numpy() == pytest.approx(whole[list(AREAS)].to_numpy(), abs=1e-6)


def test_file_without_the_column_is_named(tmp_path: Path, zones, greens):
    zones.drop(columns="id").to_parquet(tmp_path / "zones.parquet")
    with pytest.raises(BadFile, match="no column 'id'; it has geometry"):
        cover_files(tmp_path / "zones.parquet", tmp_path / "greens.parquet", CRS)


def test_parquet_without_geometry_is_named(tmp_path: Path):
    pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "zones.parquet")
    with pytest.raises(BadFile, match="without geometry"):
        cover_files(tmp_path / "zones.parquet", tmp_path / "greens.parquet", CRS)


def test_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadFile, match=r"zones\.parquet cannot be read"):
        cover_files(tmp_path / "zones.parquet", tmp_path / "greens.parquet", CRS)
