"""Process compute-vegetation: a vegetation index of the rasters in, indicators of districts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rasterio.io import DatasetReader
from rasterio.windows import Window, from_bounds

from analysis.green import Indicator, NotMetric, Subject
from analysis.green.plane import Floats
from analysis.green.vegetation import Cells, Vegetation, measure_vegetation, trees_per_ha
from analysis.processes.by_parts import measure_by_parts, on_workers
from analysis.processes.indicators import store_indicators
from analysis.processes.input_frames import InputFrames, plain
from analysis.processes.remote import ZonesPart
from gis_core.errors import InvalidInput, NotFound, TooLarge
from gis_core.jobs.process import Context, Input, Output
from layers.queries.frames import read_frame

PART_DISTRICTS = 20
MOST_CELLS = 400_000_000  # 1.6 GB
# Share of vegetation and of dense vegetation: defaults of Hashim et al. 2019. NDVI is not canopy: irrigated grass
# lies above the second, trees of a dry summer may lie below it.
ABOVE = {"vegetation_share_pct": 0.2, "canopy_share_pct": 0.5}
TREES_RULE = "Points of the collection trees in the zone, by hectare on the ellipsoid."


class ComputeVegetation:
    """Mean vegetation index and vegetated share of each district with exact cell coverage; trees by hectare."""

    id = "compute-vegetation"
    title = _("Compute vegetation from a raster")
    description = _("Mean vegetation index and share of vegetation by district, and trees by hectare.")
    role = "planner"
    inputs = (
        Input(
            "raster",
            _("Raster (identifier)"),
            {"type": "string"},
            _("A vegetation index (NDVI) of the collection rasters; default: the newest."),
        ),
        Input(
            "vegetation_above",
            _("Vegetation above"),
            {"type": "number", "minimum": -1, "maximum": 1, "default": ABOVE["vegetation_share_pct"]},
        ),
        Input(
            "canopy_above",
            _("Dense vegetation above"),
            {"type": "number", "minimum": -1, "maximum": 1, "default": ABOVE["canopy_share_pct"]},
            _("An index is no canopy: watered grass may lie above it, and dry trees below."),
        ),
    )
    outputs = (
        Output("rule", _("Rules"), {"type": "string"}),
        Output("raster", _("The raster's feature")),
        Output("districts", _("Districts"), {"type": "array"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
        Output("written", _("Rows changed")),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        computed_at, frames = timezone.now(), InputFrames(settings.CITY.metric_crs)
        context.progress(0, _t("Reading the raster"))
        raster = chosen_raster(frames, inputs.get("raster"))
        districts = frames.read("districts", ["name_fr"])
        if districts.empty:
            raise InvalidInput("There are no districts: import some first.")
        limits = {name: float(inputs.get(_INPUT[name], limit)) for name, limit in ABOVE.items()}
        found = _measured(districts, raster, limits)
        context.progress(60, _t("Counting trees"))
        try:
            trees = trees_per_ha(districts.geometry, frames.read("trees").geometry)
        except NotMetric as error:
            raise InvalidInput(f"metric_crs of the city file of {settings.CITY.slug}: {error}") from error
        context.progress(85, _t("Writing results"))
        columns = {"ndvi_mean": found.mean, **found.above_pct, "trees_per_ha": trees}
        with transaction.atomic():
            written = 0
            for indicators, read in _indicators(districts, found, trees, raster, limits):
                written += _stored(indicators, frames.of(read), computed_at)
            context.progress(98, _t("Writing results"))
        return {
            "rule": found.rule,
            "raster": raster,
            "districts": _rows(districts, {**columns, "known_pct": found.known_pct}),
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
            "written": {"indicators": written},
        }


_INPUT = {"vegetation_share_pct": "vegetation_above", "canopy_share_pct": "canopy_above"}


def chosen_raster(frames: InputFrames, asked: str | None) -> dict[str, Any]:
    """external_id, file and period_end of the one asked for, or of the newest."""
    rows = frames.read("rasters", ["file", "period_start", "period_end"], equals={"kind": "ndvi"})
    if asked:
        rows = rows[rows["external_id"] == asked]
    if rows.empty:
        wanted = f"no vegetation index {asked!r}" if asked else "no vegetation index"
        raise NotFound(f"There is {wanted} in the collection rasters: bring one in with import-raster.")
    row = rows.sort_values("period_start").iloc[-1]
    told = {name: row[name] for name in ("external_id", "file")}
    return {
        **told,
        "period_start": row["period_start"].isoformat(),
        "period_end": row["period_end"].isoformat(),
    }


def _measured(
    districts: gpd.GeoDataFrame, raster: Mapping[str, Any], limits: Mapping[str, float]
) -> Vegetation:
    """Of all districts at once, or on workers that read the file of the raster from the media folder themselves."""
    if not on_workers():
        return measure_zones(districts.geometry, raster, limits)
    asked = {"raster": dict(raster), "limits": dict(limits)}
    table = measure_by_parts(f"{__name__}.measure_part", "districts", asked, part_rows=PART_DISTRICTS)
    table = table.reindex(districts["id"])
    above = {name: table[name].to_numpy(float) for name in limits}
    rule = str(table["rule"].iloc[0])
    return Vegetation(table["mean"].to_numpy(float), table["known_pct"].to_numpy(float), above, rule)


def measure_part(part: ZonesPart) -> pd.DataFrame:
    """The vegetation of one part's zones; its index is the zones' id."""
    zones = read_frame(part.collection, (), ids=part.ids, srid=part.srid)
    found = measure_zones(zones.geometry, part.asked["raster"], part.asked["limits"])
    columns = {"mean": found.mean, "known_pct": found.known_pct, **found.above_pct, "rule": found.rule}
    return pd.DataFrame(columns, index=pd.Index(zones["id"], name="id"))


def measure_zones(zones: gpd.GeoSeries, raster: Mapping[str, Any], limits: Mapping[str, float]) -> Vegetation:
    """Of a raster as `chosen_raster` tells it. Raises NotFound without its file, InvalidInput for no overlap."""
    path = Path(settings.MEDIA_ROOT) / str(raster["file"])
    if not path.is_file():
        raise NotFound(f"The file of {raster['external_id']} is missing: {raster['file']}. Import it again.")
    with rasterio.open(path) as file:
        placed = zones.to_crs(file.crs.to_wkt())
        cells = read_cells(file, tuple(placed.total_bounds), placed.crs)
    return measure_vegetation(placed, cells, limits)


def read_cells(file: DatasetReader, bounds: tuple[float, ...], crs: pyproj.CRS) -> Cells:
    """The first band where the zones lie, scaled, NaN for nodata. Raises InvalidInput for no overlap."""
    whole = Window(0, 0, file.width, file.height)
    try:
        window = from_bounds(*bounds, transform=file.transform).round_offsets().round_lengths(op="ceil")
        window = Window(window.col_off, window.row_off, window.width + 1, window.height + 1).intersection(
            whole
        )
    except rasterio.errors.WindowError as error:
        raise InvalidInput("The raster and the districts do not overlap.") from error
    if window.width * window.height > MOST_CELLS:
        raise TooLarge(f"{window.width} × {window.height} cells are too many at once: take a coarser raster.")
    band = file.read(1, window=window, masked=True).astype(np.float32)
    values = np.ascontiguousarray(
        band.filled(np.nan) * np.float32(file.scales[0]) + np.float32(file.offsets[0])
    )
    west, north = file.transform @ (window.col_off, window.row_off)
    return Cells(values, west, north, (file.transform.a, -file.transform.e), crs)


def _indicators(
    districts: pd.DataFrame,
    found: Vegetation,
    trees: Floats,
    raster: Mapping[str, Any],
    limits: Mapping[str, float],
) -> Iterator[tuple[list[Indicator], tuple[str, ...]]]:
    about = {"raster": raster["external_id"], "period_start": raster["period_start"]}
    named = districts["external_id"].notna().to_numpy()
    subjects = [Subject("districts", str(name)) for name in districts["external_id"][named]]
    by_raster = [
        *_each("ndvi_mean", subjects, found.mean[named], "", found.rule, about),
        *(
            one
            for name, share in found.above_pct.items()
            for one in _each(name, subjects, share[named], "%", found.rule, {**about, "above": limits[name]})
        ),
    ]
    yield by_raster, ("rasters", "districts")
    yield list(_each("trees_per_ha", subjects, trees[named], "1/ha", TREES_RULE, {})), ("trees", "districts")


def _each(
    name: str, subjects: list[Subject], values: Floats, unit: str, rule: str, parameters: Mapping[str, Any]
) -> Iterator[Indicator]:
    for subject, value in zip(subjects, values, strict=True):
        yield Indicator(
            name, subject, None if np.isnan(value) else round(float(value), 4), unit, rule, parameters
        )


def _stored(indicators: list[Indicator], inputs: Mapping[str, Mapping[str, int]], computed_at: Any) -> int:
    report = store_indicators(indicators, inputs, computed_at=computed_at)
    return report.added + report.changed


def _rows(districts: pd.DataFrame, columns: Mapping[str, Floats]) -> list[dict[str, Any]]:
    rounded = {name: values.round(4) for name, values in columns.items()}
    return [plain(row) for row in districts[["external_id", "name_fr"]].assign(**rounded).to_dict("records")]
