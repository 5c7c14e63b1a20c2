"""Rasters of the collection `rasters` by zone: which one, its cells where the zones lie, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import rasterio
from django.conf import settings
from rasterio.io import DatasetReader
from rasterio.windows import Window, from_bounds

from analysis.green.vegetation import Cells, Vegetation, measure_vegetation
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput, NotFound, TooLarge
from layers.catalog.rasters.model import RasterKind

MOST_CELLS = 400_000_000  # 1.6 GB


def chosen_raster(
    frames: InputFrames, asked: str | None, kind: RasterKind = RasterKind.NDVI
) -> dict[str, Any]:
    """external_id, file and period_end of the one asked for, or of the newest of its kind. Raises NotFound."""
    rows = frames.read("rasters", ["file", "period_start", "period_end"], equals={"kind": kind})
    if asked:
        rows = rows[rows["external_id"] == asked]
    if rows.empty:
        named = f" {asked!r}" if asked else ""
        raise NotFound(
            f"There is no raster{named} of kind {kind} in the collection rasters: bring one in with import-raster."
        )
    row = rows.sort_values("period_start").iloc[-1]
    told = {name: row[name] for name in ("external_id", "file")}
    return {
        **told,
        "period_start": row["period_start"].isoformat(),
        "period_end": row["period_end"].isoformat(),
    }


def measure_zones(zones: gpd.GeoSeries, raster: Mapping[str, Any], limits: Mapping[str, float]) -> Vegetation:
    """Of a raster as `chosen_raster` tells it. Raises NotFound without its file, InvalidInput for no overlap."""
    return measure_vegetation(*placed_on(zones, raster), limits)


def placed_on(zones: gpd.GeoSeries, raster: Mapping[str, Any]) -> tuple[gpd.GeoSeries, Cells]:
    """The zones in the raster's CRS, and its cells where they lie. Raises as `measure_zones`."""
    path = Path(settings.MEDIA_ROOT) / str(raster["file"])
    if not path.is_file():
        raise NotFound(f"The file of {raster['external_id']} is missing: {raster['file']}. Import it again.")
    with rasterio.open(path) as file:
        placed = zones.to_crs(file.crs.to_wkt())
        return placed, read_cells(file, tuple(placed.total_bounds), placed.crs)


def read_cells(file: DatasetReader, bounds: tuple[float, ...], crs: pyproj.CRS) -> Cells:
    """The first band where the zones lie, scaled, NaN for nodata. Raises InvalidInput for no overlap."""
    whole = Window(0, 0, file.width, file.height)
    try:
        window = from_bounds(*bounds, transform=file.transform).round_offsets().round_lengths(op="ceil")
        window = Window(window.col_off, window.row_off, window.width + 1, window.height + 1).intersection(
            whole
        )
    except rasterio.errors.WindowError as error:
        raise InvalidInput("The raster does not reach there: it and the zones do not overlap.") from error
    if window.width * window.height > MOST_CELLS:
        raise TooLarge(f"{window.width} × {window.height} cells are too many at once: take a coarser raster.")
    band = file.read(1, window=window, masked=True).astype(np.float32)
    values = np.ascontiguousarray(
        band.filled(np.nan) * np.float32(file.scales[0]) + np.float32(file.offsets[0])
    )
    west, north = file.transform @ (window.col_off, window.row_off)
    return Cells(values, west, north, (file.transform.a, -file.transform.e), crs)
