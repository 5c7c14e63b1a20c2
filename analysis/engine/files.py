"""Green coverage of GeoParquet files larger than memory: zones shuffled into parts of neighbours by dask-geopandas."""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyproj

from analysis.green import Patches, cover

if TYPE_CHECKING:
    from analysis.engine.cluster import Cluster

PART_ROWS = 20_000
AREAS = ("zone_area_m2", "green_area_m2", "green_public_area_m2")


class BadFile(ValueError):
    """A file that lacks what is needed; the message names it."""


def cover_files(
    zones: Path, greens: Path, crs: Any, *, cluster: Cluster | None = None, part_rows: int = PART_ROWS
) -> pd.DataFrame:
    """Per zone its id and the areas of `cover`, in m² on the ellipsoid, ordered by id.

    zones: GeoParquet with a column `id`; greens: GeoParquet with a column `access` ("public" counts as public); both
    in any CRS, measured in `crs`. Each part reads the greens of its own box: at once where the file has a bbox column
    (GeoParquet 1.1), else by reading the whole. Workers must see the files under the same paths. Raises BadFile.
    """
    import dask  # noqa: PLC0415  two seconds, for large files only
    import dask_geopandas  # noqa: PLC0415

    rows = _rows(zones, "id")
    _rows(greens, "access")
    frame = dask_geopandas.read_parquet(str(zones), columns=["id", _geometry(zones)])
    parts = frame.spatial_shuffle(by="hilbert", npartitions=max(1, ceil(rows / part_rows)))
    meta = {"id": frame.dtypes["id"], **dict.fromkeys(AREAS, "f8")}
    table = parts.map_partitions(_cover_part, str(greens), crs, meta=meta)
    if cluster is None:
        found = table.compute(scheduler="threads")
    else:
        with cluster.client() as client, dask.config.set({"dataframe.shuffle.method": "tasks"}):
            found = client.compute(table, retries=3).result()  # the other shuffle, "p2p", loses geometry
    return found.sort_values("id", ignore_index=True)


def _cover_part(zones: gpd.GeoDataFrame, greens: str, crs: Any) -> pd.DataFrame:
    near = _read_near(Path(greens), zones)
    measured = near.to_crs(crs)
    public = measured.geometry[measured["access"] == "public"]
    found = cover(zones.geometry.to_crs(crs), Patches.of(measured.geometry), Patches.of(public))
    return pd.DataFrame({"id": zones["id"].to_numpy(), **{name: getattr(found, name) for name in AREAS}})


def _read_near(path: Path, zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The greens of a box around the zones, in the file's CRS."""
    columns = ["access", _geometry(path)]
    crs = _crs(path)
    box = zones.geometry.to_crs(crs).total_bounds
    if not len(zones) or not np.isfinite(box).all():
        return gpd.read_parquet(path, columns=columns).iloc[:0]
    try:
        return gpd.read_parquet(path, columns=columns, bbox=tuple(box))
    except ValueError:  # no bbox column
        return gpd.read_parquet(path, columns=columns).cx[box[0] : box[2], box[1] : box[3]]


def _rows(path: Path, column: str) -> int:
    """How many rows the file has. Raises BadFile when it is no GeoParquet or lacks the column."""
    try:
        schema = pq.read_schema(path)
        rows = pq.read_metadata(path).num_rows
    except (OSError, ValueError) as error:
        raise BadFile(f"{path} cannot be read as Parquet: {error}") from error
    if b"geo" not in (schema.metadata or {}):
        raise BadFile(f"{path} is Parquet without geometry: write it as GeoParquet.")
    if column not in schema.names:
        raise BadFile(f"{path} has no column {column!r}; it has {', '.join(schema.names)}.")
    return int(rows)


def _geo(path: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(pq.read_schema(path).metadata[b"geo"])
    return described


def _geometry(path: Path) -> str:
    return str(_geo(path)["primary_column"])


def _crs(path: Path) -> Any:
    """GeoParquet: CRS84 where nothing is said."""
    described = _geo(path)
    said = described["columns"][described["primary_column"]].get("crs", "OGC:CRS84")
    return pyproj.CRS.from_user_input(said)
