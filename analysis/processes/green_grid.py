"""Process compute-green-grid: green of every cell of a grid over the city, as a Cloud Optimized GeoTIFF on the map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import Band, Grid, GridTooLarge, write_cog
from analysis.green import Indicator, MetricCrs, NotMetric, Patches, Subject, cover
from analysis.processes.computed_rasters import publish_raster
from analysis.processes.indicators import source_of, store_indicators
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput, TooLarge
from gis_core.jobs.process import Context, Input, Output
from layers.catalog.rasters.model import RasterKind
from layers.queries.changes import changed_since, read_snapshot, shapes_of
from layers.queries.frames import read_frame

GREEN, RASTERS = "green-spaces", "rasters"
EXTERNAL_ID = "computed:green-share"
VARIANT = "grid"
CELL_M = 100.0
MOST_CELLS = 1_000_000
NODATA = -9999.0
BANDS = ("all green", "public green")
RULE = (
    "Mean over the {cells} cells of {cell_m:g} m that touch a district of the share of the whole cell that is green;"
    " the lines of the grid are whole multiples of the cell in {crs}. {cover}"
)
Shares = npt.NDArray[np.float32]  # [band, row, column] in percent, NODATA where no district is


class ComputeGreenGrid:
    """Share of all and of public green in every cell, overlaps counted once; update-green-coverage keeps it true."""

    id = "compute-green-grid"
    title = _("Compute green by grid cell")
    description = _("Share of green in every cell of a grid over the city, as Cloud Optimized GeoTIFF.")
    role = "planner"
    inputs = (
        Input(
            "cell_m",
            _("Cell size in metres"),
            {"type": "number", "minimum": 5, "maximum": 10_000, "default": CELL_M},
        ),
    )
    outputs = (
        Output("rule", _("Rules"), {"type": "string"}),
        Output("raster", _("The raster's feature")),
        Output("cells", _("Cells measured"), {"type": "integer"}),
        Output("green_share_pct", _("Share of green"), {"type": "number"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        computed_at, frames = timezone.now(), InputFrames(settings.CITY.metric_crs)
        context.progress(0, _t("Reading green spaces"))
        snapshot = read_snapshot()
        cells = _cells(frames, float(inputs.get("cell_m") or CELL_M))
        context.progress(10, _t("Measuring the green of the grid"))
        shares, rule = _measured(cells, cells.number, frames, cells.empty())
        feature = _store(cells, shares, rule, frames, snapshot, computed_at, context)
        return {
            "rule": rule,
            "raster": {name: str(value) for name, value in feature.items()},
            "cells": len(cells.number),
            "green_share_pct": round(cells.mean(shares), 3),
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
        }


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a grid that touch a district: `number` counts them row by row from the north-west corner."""

    grid: Grid
    number: npt.NDArray[np.intp]

    def boxes(self, number: npt.NDArray[np.intp]) -> gpd.GeoSeries:
        row, column = np.divmod(number, self.grid.columns)
        west, north = (
            self.grid.west_m + column * self.grid.cell_m,
            self.grid.north_m - row * self.grid.cell_m,
        )
        shapes = shapely.box(west, north - self.grid.cell_m, west + self.grid.cell_m, north)
        return gpd.GeoSeries(shapes, crs=self.grid.crs.crs)

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.boxes(self.number).to_numpy())

    def touched_by(self, shapes: gpd.GeoSeries) -> npt.NDArray[np.intp]:
        _shape, place = self.tree.query(shapes.to_numpy(), predicate="intersects")
        return np.asarray(self.number[np.unique(place)])

    def empty(self) -> Shares:
        return np.full((len(BANDS), *self.grid.shape), NODATA, dtype=np.float32)

    def mean(self, shares: Shares) -> float:
        return float(shares[0].ravel()[self.number].mean(dtype=np.float64))


def _cells(frames: InputFrames, cell_m: float) -> Cells:
    """Raises InvalidInput without districts, TooLarge for too many cells."""
    districts = frames.read("districts").geometry
    if districts.empty:
        raise InvalidInput("There are no districts: import some first.")
    try:
        grid = Grid.covering(tuple(districts.total_bounds), cell_m, MetricCrs.of(districts.crs))
    except NotMetric as error:
        raise InvalidInput(f"metric_crs of the city file of {settings.CITY.slug}: {error}") from error
    except GridTooLarge as error:
        raise TooLarge(str(error)) from error
    if grid.rows * grid.columns > MOST_CELLS:
        raise TooLarge(
            f"The grid has {grid.rows * grid.columns} cells; take larger ones ({MOST_CELLS} at most)."
        )
    every = Cells(grid, np.arange(grid.rows * grid.columns))
    return Cells(grid, every.touched_by(districts))


def _measured(
    cells: Cells, number: npt.NDArray[np.intp], frames: InputFrames, shares: Shares
) -> tuple[Shares, str]:
    """`shares` with those cells measured; only green that touches them is united."""
    zones = cells.boxes(number)
    green = frames.read(GREEN, ["access"])
    if len(number) < len(cells.number):
        touching = np.unique(green.sindex.query(zones, predicate="intersects")[1])
        green = green.iloc[touching]
    public = green.geometry[green["access"] == "public"]
    coverage = cover(zones, Patches.of(green.geometry), Patches.of(public)).rounded()
    for band, area_m2 in zip(shares, (coverage.green_area_m2, coverage.green_public_area_m2), strict=True):
        band.ravel()[number] = (100 * area_m2 / coverage.zone_area_m2).round(3)
    rule = RULE.format(
        cells=len(cells.number), cell_m=cells.grid.cell_m, crs=cells.grid.crs.name, cover=coverage.rule
    )
    return shares, rule


def _store(
    cells: Cells,
    shares: Shares,
    rule: str,
    frames: InputFrames,
    snapshot: str,
    computed_at: datetime,
    context: Context,
) -> dict[str, Any]:
    """The file, its feature and the indicator that explains them; `snapshot` is where the next update begins."""
    read = frames.of((GREEN, "districts"))
    feature = {
        "external_id": EXTERNAL_ID,
        "source": source_of(read).value,
        "kind": RasterKind.GREEN_SHARE.value,
        "period_start": computed_at,
        "period_end": computed_at,
        "cell_m": cells.grid.cell_m,
        "bands": len(BANDS),
        "file": f"{RASTERS}/green-share-{uuid4().hex[:8]}.tif",
    }
    read[GREEN] = {**read[GREEN], "snapshot": snapshot}
    parameters = {"cell_m": cells.grid.cell_m, "cells": len(cells.number), "raster": EXTERNAL_ID}
    subject, share = Subject("city", settings.CITY.slug), round(cells.mean(shares), 3)
    figure = Indicator("green_share_pct", subject, share, "%", rule, parameters, variant=VARIANT)
    with transaction.atomic():
        publish_raster(RASTERS, feature, cells.grid, partial(_write, cells.grid, shares, rule), context)
        store_indicators([figure], read, computed_at=computed_at)
    return feature


def _write(grid: Grid, shares: Shares, rule: str, path: Path) -> None:
    bands = [Band(values, name, "%") for values, name in zip(shares, BANDS, strict=True)]
    tags = {"RULE": rule}
    write_cog(path, bands, transform=grid.transform, crs=grid.crs.crs, nodata=NODATA, tags=tags)


def update_grid(frames: InputFrames, snapshot: str, computed_at: datetime, context: Context) -> int | None:
    """Measure again the cells that edits of green spaces and districts touched; how many, None where there is no grid.

    snapshot: taken before anything was read.
    """
    known = read_frame("indicators", ["inputs"], equals={"external_id": _indicator_id()})
    stored = read_frame(RASTERS, ["file", "cell_m"], equals={"external_id": EXTERNAL_ID})
    if known.empty or stored.empty:
        return None
    inputs = known["inputs"].iloc[0]
    seen = (json.loads(inputs) if isinstance(inputs, str) else inputs)[GREEN]["snapshot"]
    cells = _cells(frames, float(stored["cell_m"].iloc[0]))
    before = _read(Path(settings.MEDIA_ROOT) / str(stored["file"].iloc[0]), cells.grid)
    number = cells.number if before is None else _stale(cells, before, seen)
    left = cells.empty()
    if before is not None:
        left.reshape(len(BANDS), -1)[:, cells.number] = before.reshape(len(BANDS), -1)[:, cells.number]
    if not len(number) and before is not None and np.array_equal(left, before):
        return 0
    shares, rule = _measured(cells, number, frames, left)
    _store(cells, shares, rule, frames, snapshot, computed_at, context)
    return len(number)


def _indicator_id() -> str:
    return f"green_share_pct:city:{settings.CITY.slug}:{VARIANT}"


def _read(path: Path, grid: Grid) -> Shares | None:
    """None where the file is gone, or lies on another grid because the districts reach elsewhere now."""
    if not path.is_file():
        return None
    with rasterio.open(path) as file:
        same = file.shape == grid.shape and file.transform.almost_equals(grid.transform)
        return np.asarray(file.read(), dtype=np.float32) if same else None


def _stale(cells: Cells, before: Shares, seen: str) -> npt.NDArray[np.intp]:
    """Cells on which a changed green space lay or lies, and those that touch a district only now."""
    changed = changed_since(GREEN, seen)
    touched = cells.touched_by(shapes_of(GREEN, changed, srid=settings.CITY.metric_crs))
    new = cells.number[before[0].ravel()[cells.number] == NODATA]
    return np.union1d(touched, new)
