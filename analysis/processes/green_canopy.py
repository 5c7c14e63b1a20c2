"""The canopy of neighbourhoods that 3-30-300 asks for: from crowns, an index above a line, or heights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from django.utils.translation import gettext_lazy as _

from analysis.green.plane import Floats
from analysis.green.rule_3_30_300 import CANOPY_RULE, canopy_share, crowns
from analysis.processes.canopy_heights import HEIGHT, HEIGHT_INPUT, HEIGHT_M, measure_heights
from analysis.processes.input_frames import InputFrames
from analysis.processes.raster_zones import chosen_raster, measure_zones
from analysis.processes.vegetation import ABOVE
from gis_core.jobs.process import Input
from layers.catalog.rasters.model import RasterKind

CROWNS, RASTER = "crowns", "raster"
CROWNS_VARIANT, RASTER_VARIANT, HEIGHT_VARIANT = "district-crowns", "district-raster", "district-height"
_ABOVE = ABOVE["canopy_share_pct"]
INPUTS = (
    Input(
        "canopy",
        _("Canopy of the rule 3-30-300"),
        {"type": "string", "enum": [CROWNS, RASTER, HEIGHT], "default": CROWNS},
        _(
            "From the crowns of the trees that are known, from a vegetation index, or from a canopy height model."
        ),
    ),
    Input(
        "raster",
        _("Raster (identifier)"),
        {"type": "string"},
        _("A vegetation index, or canopy heights, of the collection rasters; default: the newest."),
    ),
    Input(
        "canopy_above",
        _("Dense vegetation above"),
        {"type": "number", "minimum": -1, "maximum": 1, "default": _ABOVE},
        _("An index is no canopy: watered grass may lie above it, and dry trees below."),
    ),
    HEIGHT_INPUT,
)
RASTER_RULE = (
    "Canopy of a neighbourhood: what of it lies above {above:g} in the vegetation index {raster} of {day}. The"
    " index has values on {known:.1f} % or more of each district; a district without any is not counted. An index is"
    " no canopy: watered grass may lie above the line, and dry trees below. {cover}"
)


@dataclass(frozen=True, eq=False)
class Canopy:
    """Share of each district in percent, NaN where it is not known; `variant` names how it was had."""

    share_pct: Floats
    rule: str
    variant: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def district_canopy(
    districts: gpd.GeoSeries, trees: gpd.GeoDataFrame, inputs: Mapping[str, Any], frames: InputFrames
) -> Canopy:
    """Raises NotFound when the raster that was asked for, or its file, is not there."""
    asked = inputs.get("canopy") or CROWNS
    if asked == RASTER:
        return _of_raster(districts, inputs, frames)
    return _of_heights(districts, inputs, frames) if asked == HEIGHT else _of_crowns(districts, trees)


def _of_crowns(districts: gpd.GeoSeries, trees: gpd.GeoDataFrame) -> Canopy:
    diameter_m = pd.to_numeric(trees["crown_diameter_m"]).to_numpy(float, na_value=np.nan)
    share = canopy_share(districts, crowns(trees.geometry, diameter_m))
    unknown = int((~(diameter_m > 0)).sum())
    if unknown == len(trees):  # nobody measured a crown: that is no canopy of 0 %
        share = np.full(len(share), np.nan)
    return Canopy(share, CANOPY_RULE.format(unknown=unknown, trees=len(trees)), CROWNS_VARIANT)


def _of_raster(districts: gpd.GeoSeries, inputs: Mapping[str, Any], frames: InputFrames) -> Canopy:
    raster, above = chosen_raster(frames, inputs.get("raster")), float(inputs.get("canopy_above", _ABOVE))
    found = measure_zones(districts, raster, {"canopy": above})
    rule = RASTER_RULE.format(
        above=above,
        raster=raster["external_id"],
        day=raster["period_start"][:10],
        cover=found.rule,
        known=np.nan_to_num(found.known_pct).min(),
    )
    parameters = {"raster": raster["external_id"], "period_start": raster["period_start"], "above": above}
    return Canopy(found.above_pct["canopy"], rule, RASTER_VARIANT, parameters)


def _of_heights(districts: gpd.GeoSeries, inputs: Mapping[str, Any], frames: InputFrames) -> Canopy:
    raster = chosen_raster(frames, inputs.get("raster"), RasterKind.CANOPY_HEIGHT)
    found = measure_heights(districts, raster, float(inputs.get("canopy_from_m", HEIGHT_M)))
    return Canopy(found.share_pct, found.rule, HEIGHT_VARIANT, found.parameters)
