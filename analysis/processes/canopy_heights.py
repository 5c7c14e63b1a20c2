"""Canopy from a canopy height model: what of each zone is as high as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from django.utils.translation import gettext_lazy as _

from analysis.green.plane import Floats
from analysis.processes.raster_zones import measure_zones
from gis_core.jobs.process import Input

HEIGHT = "height"
HEIGHT_M = 3.0  # an assumption that the answer names: shrubs are lower, and trees of a street higher
HEIGHT_INPUT = Input(
    "canopy_from_m",
    _("Canopy from this height, in metres"),
    {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "default": HEIGHT_M},
    _("Cells of a canopy height model that are at least so high count as canopy."),
)
HEIGHT_RULE = (
    "Canopy: what is {from_m:g} m high or more in the canopy height model {raster} of {day}. The model has"
    " values on {known:.1f} % or more of each district; a district without any is not counted. A model tells what it"
    " takes for vegetation of that height: what it was made from, and how well, is told by its source. {cover}"
)


@dataclass(frozen=True, eq=False)
class CanopyHeights:
    """Share of each zone in percent, NaN where the model knows nothing of it."""

    share_pct: Floats
    rule: str
    parameters: Mapping[str, Any]


def measure_heights(districts: gpd.GeoSeries, raster: Mapping[str, Any], from_m: float) -> CanopyHeights:
    """Of a canopy height model as `chosen_raster` tells it; cells without a value are not in the denominator."""
    below = float(
        np.nextafter(np.float32(from_m), np.float32(0))
    )  # "at least" is "above the next lower number"
    found = measure_zones(districts, raster, {"canopy": below})
    rule = HEIGHT_RULE.format(
        from_m=from_m,
        raster=raster["external_id"],
        day=raster["period_start"][:10],
        cover=found.cells_rule,
        known=np.nan_to_num(found.known_pct).min(),
    )
    parameters = {"raster": raster["external_id"], "period_start": raster["period_start"], "from_m": from_m}
    return CanopyHeights(found.above_pct["canopy"], rule, parameters)
