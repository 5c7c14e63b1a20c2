"""Concentrations at any place: of a pollution grid, or of the pollution cells of the city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from django.conf import settings

from analysis.air.exposure import values_in_cells, values_on_grid
from analysis.green.plane import Floats
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput

_LONGEST_H = (1, 8, 25, 7 * 24 + 1)  # of an hour, 8 hours, a day, a week; what is longer stands for a year
_KIND = {"hour": 0, "8h": 1, "day": 2, "year": 4}


@dataclass(frozen=True, eq=False)
class Air:
    """µg/m³ at places (n x 2, x and y in the metric CRS), what they are, and what was asked to get them."""

    at: Callable[[Floats], Floats]
    told: dict[str, Any]
    asked: Mapping[str, Any]


def read_air(frames: InputFrames, asked: Mapping[str, Any]) -> Air:
    """asked: pollutant, the identifier of a grid or None, and the averaging time that it will be compared with.

    Raises InvalidInput where there is nothing to read.
    """
    pollutant, grid = str(asked["pollutant"]), asked.get("grid")
    names = ["period_start", "period_end", "method", "file", "cell_m"]
    grids = frames.read("pollution-grids", names, equals={"pollutant": pollutant})
    chosen = grids[grids["external_id"] == grid] if grid else fitting_grid(grids, asked.get("averaging"))
    if grid and chosen.empty:
        known = ", ".join(sorted(grids["external_id"].dropna())) or "none"
        raise InvalidInput(f"There is no pollution grid {grid!r} of {pollutant}. Known: {known}.")
    return _cells(frames, asked) if chosen.empty else _grid(chosen.iloc[0], asked)


def fitting_grid(grids: pd.DataFrame, averaging: str | None) -> pd.DataFrame:
    """The newest of those whose period is nearest in kind to the averaging time: for a year a month, not a day."""
    if grids.empty:
        return grids
    hours = (grids["period_end"] - grids["period_start"]).dt.total_seconds() / 3600
    kind = np.searchsorted(_LONGEST_H, hours)
    apart = np.abs(kind - _KIND.get(str(averaging), len(_LONGEST_H)))
    order = grids.assign(apart=-apart, hours=hours).sort_values(["apart", "period_end", "hours"])
    return grids.loc[order.index[-1:]]


def _grid(row: pd.Series, asked: Mapping[str, Any]) -> Air:
    path = Path(settings.MEDIA_ROOT) / row["file"]
    try:
        with rasterio.open(path) as raster:
            values = raster.read(1, masked=True).astype(np.float64).filled(np.nan)
            west_m, north_m, cell_m = raster.transform.c, raster.transform.f, raster.transform.a
            same_crs = raster.crs == rasterio.CRS.from_epsg(settings.CITY.metric_crs)
    except rasterio.errors.RasterioIOError as error:
        raise InvalidInput(
            f"The file of pollution grid {row['external_id']} cannot be read: compute it anew."
        ) from error
    if not same_crs:
        raise InvalidInput(
            f"Pollution grid {row['external_id']} is not in the city's metric CRS: compute it anew."
        )
    period = f"{row['period_start'].isoformat()}/{row['period_end'].isoformat()}"
    told = {"grid": row["external_id"], "period": period, "method": row["method"], "cell_m": row["cell_m"]}
    return Air(lambda xy_m: values_on_grid(values, west_m, north_m, cell_m, xy_m), told, asked)


def _cells(frames: InputFrames, asked: Mapping[str, Any]) -> Air:
    pollutant = str(asked["pollutant"])
    cells = frames.read("pollution-cells", ["value_ug_m3"], equals={"pollutant": pollutant})
    if cells.empty:
        raise InvalidInput(
            f"There is neither a pollution grid nor a pollution cell of {pollutant}:"
            " run compute-pollution-grid, or import pollution-cells."
        )
    values = cells["value_ug_m3"].to_numpy(float)
    told = {"cells": len(cells), "method": "the cells as they were imported, the mean where several meet"}
    return Air(lambda xy_m: values_in_cells(cells.geometry, values, xy_m), told, asked)
