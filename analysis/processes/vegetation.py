"""Process compute-vegetation: a vegetation index of the rasters in, indicators of districts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.green import Indicator, NotMetric, Subject
from analysis.green.plane import Floats
from analysis.green.vegetation import Vegetation, trees_per_ha
from analysis.processes.by_parts import measure_by_parts, on_workers
from analysis.processes.canopy_heights import HEIGHT, HEIGHT_INPUT, HEIGHT_M, CanopyHeights, measure_heights
from analysis.processes.indicators import store_indicators
from analysis.processes.input_frames import InputFrames, plain
from analysis.processes.raster_zones import chosen_raster, measure_zones
from analysis.processes.remote import ZonesPart
from gis_core.errors import InvalidInput, NotFound
from gis_core.jobs.process import Context, Input, Output
from layers.catalog.rasters.model import RasterKind
from layers.queries.frames import read_frame

PART_DISTRICTS = 20
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
        Input(
            "canopy_heights",
            _("Canopy heights (identifier)"),
            {"type": "string"},
            _("A canopy height model of the collection rasters; default: the newest, if there is one."),
        ),
        HEIGHT_INPUT,
    )
    outputs = (
        Output("rule", _("Rules"), {"type": "string"}),
        Output("canopy_rule", _("Rule of the canopy by heights")),
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
        heights = _heights(districts, inputs, frames)
        context.progress(60, _t("Counting trees"))
        try:
            trees = trees_per_ha(districts.geometry, frames.read("trees").geometry)
        except NotMetric as error:
            raise InvalidInput(f"metric_crs of the city file of {settings.CITY.slug}: {error}") from error
        context.progress(85, _t("Writing results"))
        columns = {"ndvi_mean": found.mean, **found.above_pct, "trees_per_ha": trees}
        if heights:
            columns["canopy_height_share_pct"] = heights.share_pct
        with transaction.atomic():
            written = 0
            for indicators, read in _indicators(districts, found, heights, trees, raster, limits):
                written += _stored(indicators, frames.of(read), computed_at)
            context.progress(98, _t("Writing results"))
        return {
            "rule": found.rule,
            "canopy_rule": heights.rule if heights else None,
            "raster": raster,
            "districts": _rows(districts, {**columns, "known_pct": found.known_pct}),
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
            "written": {"indicators": written},
        }


_INPUT = {"vegetation_share_pct": "vegetation_above", "canopy_share_pct": "canopy_above"}


def _heights(
    districts: gpd.GeoDataFrame, inputs: Mapping[str, Any], frames: InputFrames
) -> CanopyHeights | None:
    """None where no model was asked for and there is none."""
    asked = inputs.get("canopy_heights")
    try:
        model = chosen_raster(frames, asked, RasterKind.CANOPY_HEIGHT)
    except NotFound:
        if asked:
            raise
        return None
    return measure_heights(districts.geometry, model, float(inputs.get("canopy_from_m", HEIGHT_M)))


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
    rules = [str(table[name].iloc[0]) for name in ("cells_rule", "rule")]
    return Vegetation(table["mean"].to_numpy(float), table["known_pct"].to_numpy(float), above, *rules)


def measure_part(part: ZonesPart) -> pd.DataFrame:
    """The vegetation of one part's zones; its index is the zones' id."""
    zones = read_frame(part.collection, (), ids=part.ids, srid=part.srid)
    found = measure_zones(zones.geometry, part.asked["raster"], part.asked["limits"])
    rules = {"cells_rule": found.cells_rule, "rule": found.rule}
    columns = {"mean": found.mean, "known_pct": found.known_pct, **found.above_pct, **rules}
    return pd.DataFrame(columns, index=pd.Index(zones["id"], name="id"))


def _indicators(
    districts: pd.DataFrame,
    found: Vegetation,
    heights: CanopyHeights | None,
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
    if heights:
        share = heights.share_pct[named]
        canopy = _each("canopy_share_pct", subjects, share, "%", heights.rule, heights.parameters, HEIGHT)
        yield list(canopy), ("rasters", "districts")
    yield list(_each("trees_per_ha", subjects, trees[named], "1/ha", TREES_RULE, {})), ("trees", "districts")


def _each(
    name: str,
    subjects: list[Subject],
    values: Floats,
    unit: str,
    rule: str,
    parameters: Mapping[str, Any],
    variant: str = "",
) -> Iterator[Indicator]:
    for subject, value in zip(subjects, values, strict=True):
        known = None if np.isnan(value) else round(float(value), 4)
        yield Indicator(name, subject, known, unit, rule, parameters, variant=variant)


def _stored(indicators: list[Indicator], inputs: Mapping[str, Mapping[str, int]], computed_at: Any) -> int:
    report = store_indicators(indicators, inputs, computed_at=computed_at)
    return report.added + report.changed


def _rows(districts: pd.DataFrame, columns: Mapping[str, Floats]) -> list[dict[str, Any]]:
    rounded = {name: values.round(4) for name, values in columns.items()}
    return [plain(row) for row in districts[["external_id", "name_fr"]].assign(**rounded).to_dict("records")]
