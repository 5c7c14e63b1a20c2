"""Process rank-green-sites: which public parcels would serve most people as green, one by one and for a budget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.green import MetricCrs, NotMetric, Patches
from analysis.green.access import M2_PER_HA
from analysis.green.nearness import LINE, LINE_RULE, SIZE_RULE, WALK, WALKING_RULE, Nearness
from analysis.green.plane import Floats
from analysis.green.sites import Choice, choose_best, choose_greedily, newly_served, serves
from analysis.green.slope import SLOPE_RULE, mean_slope_pct
from analysis.green.walk import SNAP_M, NoStreets
from analysis.processes.green_people import read_people
from analysis.processes.green_standards import as_json
from analysis.processes.green_walking import walk_network
from analysis.processes.input_frames import InputFrames
from analysis.processes.raster_zones import chosen_raster, placed_on
from gis_core.city import City
from gis_core.errors import InvalidInput, NotFound
from gis_core.jobs.process import Context, Input, Output
from layers.base import GEOM_SRID
from layers.catalog.rasters.model import RasterKind

OWNERS = ("city", "state")
USES = ("vacant", "public", "other", "green")
MAX_SLOPE_PCT = 10.0  # an assumption that can be changed for each search
MAX_SITES = 2_000
SHOWN = 100
DEGREE_DIGITS = 7  # about 1 cm
RULE = (
    "Candidates: parcels of owner {owners} and use {uses}, of which {min_ha:g} ha or more is neither green yet, public"
    " or not, nor built on. Each is counted for itself: parcels side by side are not joined. People who have no"
    " public green of {min_ha:g} ha within {distance_m:g} m are newly served by a candidate within {distance_m:g} m."
    " The set for the budget is the maximum coverage problem, solved by HiGHS; its gap is to the best that could be."
    " {slope}"
)
NO_SLOPE = "No elevation is known, so slopes play no part."
FLAT_RULE = (
    "Parcels steeper than {steep:g} % in the mean by the elevation {raster} are left out; {unknown} of unknown slope"
    " are not."
)


class RankGreenSites:
    """Newly served people for the money of each candidate; the best set for a budget with its gap; greedy's beside."""

    id = "rank-green-sites"
    title = _("Rank sites for new green")
    description = _(
        "Public parcels that would serve most people for the money, and the best set for a budget."
    )
    role = "planner"
    inputs = (
        Input("cost_per_m2", _("Cost per m²"), {"type": "number", "exclusiveMinimum": 0}, required=True),
        Input(
            "cost_source",
            _("Where the cost comes from, or whose assumption it is"),
            {"type": "string", "minLength": 3, "pattern": r"\S.*\S"},
            required=True,
        ),
        Input("budget", _("Budget"), {"type": "number", "exclusiveMinimum": 0}, required=True),
        Input("by", _("Distance"), {"type": "string", "enum": [LINE, WALK], "default": WALK}),
        Input(
            "most_sites",
            _("Most sites"),
            {"type": "integer", "minimum": 1},
            _("How many sites at most; default: as many as the budget pays."),
        ),
        Input(
            "max_slope_pct",
            _("Steepest mean slope, in percent"),
            {"type": "number", "minimum": 0, "maximum": 100, "default": MAX_SLOPE_PCT},
            _("Of parcels whose elevation is known, by a raster of that kind."),
        ),
        Input(
            "seconds", _("Seconds of search"), {"type": "number", "minimum": 1, "maximum": 600, "default": 30}
        ),
    )
    outputs = (
        Output("chosen", _("Best set for the budget")),
        Output(
            "sites", _("Candidates, best first"), {"type": "object", "format": "geojson-feature-collection"}
        ),
        Output("people", _("People with and without public green near")),
        Output("asked", _("What was asked")),
        Output("greedy", _("What greedy choice would serve")),
        Output("rule", _("Rules")),
        Output("thresholds", _("Thresholds with their sources"), {"type": "array"}),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        frames = InputFrames(city.metric_crs)
        limits = [city.threshold(key) for key in ("green_access_m", "green_access_min_ha")]
        by = inputs.get("by") or WALK
        try:
            steep = float(inputs.get("max_slope_pct", MAX_SLOPE_PCT))
            sites, all_people, unserved, table = _candidates(
                frames, by, limits[0].value, limits[1].value, steep, context
            )
        except (NotMetric, NoStreets) as error:
            raise InvalidInput(str(error)) from error
        context.progress(60, _t("Searching the best set"))
        cost, budget, most = sites.area_m2 * inputs["cost_per_m2"], inputs["budget"], inputs.get("most_sites")
        best = choose_best(table, unserved, cost, budget, float(inputs.get("seconds") or 30), most)
        return {
            "chosen": {**_told(best), "gap": round(best.gap, 6), "sites": _steps(best, sites, unserved)},
            "sites": _ranked(sites, newly_served(table, unserved), cost, best),
            "people": {"all": round(all_people, 1), "without": round(float(unserved.sum()), 1)},
            "asked": {"by": by, **inputs},
            "greedy": _told(choose_greedily(table, unserved, cost, budget, most)),
            "rule": _rules(limits[0].value, limits[1].value, by, sites.slope_rule, inputs),
            "thresholds": [as_json(limit) for limit in limits],
            "inputs": frames.record,
            "computed_at": timezone.now().isoformat(),
        }


@dataclass(frozen=True, eq=False)
class Sites:
    """Candidate parcels: what they are called, their shape, how much of them is free, and how steep they are."""

    rows: gpd.GeoDataFrame
    area_m2: Floats
    slope_pct: Floats  # NaN where it is not known
    slope_rule: str


def _candidates(
    frames: InputFrames, by: str, distance_m: float, min_ha: float, steep_pct: float, context: Context
) -> tuple[Sites, float, Floats, Any]:
    """Sites, all people, those of them who are not served today, and which site would serve whom of these."""
    context.progress(0, _t("Reading people and green spaces"))
    lived = read_people(frames)
    green = frames.read("green-spaces", ["access"])
    public = Patches.of(green.geometry[green["access"] == "public"])
    network = walk_network(frames)
    nearness = Nearness(lived.people, public, network)
    unserved = ~nearness.near(by, distance_m, min_ha)
    context.progress(30, _t("Measuring candidate parcels"))
    taken = pd.concat([green.geometry, lived.buildings.geometry])
    sites = _sites(frames, taken, public.crs, min_ha, steep_pct)
    context.progress(45, _t("Measuring the way to green"))
    xy, people = lived.people.xy[unserved], lived.people.count[unserved]
    shapes = np.asarray(sites.rows.geometry.to_numpy(), dtype=object)
    places = network.snap(xy, SNAP_M)
    table = serves(shapes, xy, by, distance_m, network.plane_m, network, places)
    return sites, float(lived.people.count.sum()), people, table


def _sites(
    frames: InputFrames, taken: gpd.GeoSeries, crs: MetricCrs, min_ha: float, steep_pct: float
) -> Sites:
    """taken: green and buildings. Raises InvalidInput when there is none, or more than can be searched."""
    parcels = frames.read("parcels", ["reference", "owner_kind", "land_use"])
    offered = parcels[parcels["owner_kind"].isin(OWNERS) & parcels["land_use"].isin(USES)]
    offered = offered[offered.geometry.area >= min_ha * M2_PER_HA / 2]  # the rest is too small at any scale
    shapes = offered.geometry.to_numpy()
    on_them = np.unique(taken.sindex.query(shapes, predicate="intersects")[1])
    taken_m2 = Patches.of(taken.iloc[on_them]).plane_area_in(shapes)
    free_m2 = (offered.geometry.area.to_numpy() - taken_m2) / crs.areal_scale(shapes)
    large = free_m2 >= min_ha * M2_PER_HA
    if not large.any():
        raise InvalidInput(
            f"No public parcel has {min_ha:g} ha free of green and buildings: import owners and uses of parcels."
        )
    slope_pct, rule = _slopes(offered.geometry[large], frames, steep_pct)
    flat = ~(slope_pct > steep_pct)
    if not flat.any():
        raise InvalidInput(f"All {len(flat)} public parcels are steeper than {steep_pct:g} %.")
    if flat.sum() > MAX_SITES:
        raise InvalidInput(
            f"{flat.sum()} parcels could become green, more than {MAX_SITES} that can be searched."
        )
    return Sites(offered[large][flat], free_m2[large][flat], slope_pct[flat], rule)


def _slopes(shapes: gpd.GeoSeries, frames: InputFrames, steep_pct: float) -> tuple[Floats, str]:
    """Of the newest elevation; NaN where it does not reach, and for all in a city without one."""
    unknown = np.full(len(shapes), np.nan)
    try:
        model = chosen_raster(frames, None, RasterKind.ELEVATION)
    except NotFound:
        return unknown, NO_SLOPE
    try:
        slope_pct = mean_slope_pct(*placed_on(shapes, model))
    except InvalidInput:
        slope_pct = unknown
    told = {"raster": model["external_id"], "steep": steep_pct, "unknown": int(np.isnan(slope_pct).sum())}
    return slope_pct, f"{FLAT_RULE.format(**told)} {SLOPE_RULE}"


def _ranked(sites: Sites, served: Floats, cost: Floats, best: Choice) -> dict[str, Any]:
    """The first hundred by people newly served for a million of money, and what else was chosen: GeoJSON in CRS84."""
    place = {int(row): number for number, row in enumerate(best.sites, 1)}
    order = enumerate(np.argsort(-served / cost, kind="stable"), 1)
    shown = [(rank, int(row)) for rank, row in order if rank <= SHOWN or int(row) in place]
    shapes = sites.rows.geometry.iloc[[row for _, row in shown]].to_crs(GEOM_SRID)
    features = [
        {
            "type": "Feature",
            "id": int(sites.rows["id"].iloc[row]),
            "geometry": json.loads(shapely.to_geojson(_rounded(shape))),
            "properties": {
                "rank": rank,
                **_named(sites, row),
                "area_m2": round(float(sites.area_m2[row]), 1),
                "slope_pct": None if np.isnan(slope := sites.slope_pct[row]) else round(float(slope), 1),
                "cost": round(float(cost[row]), 2),
                "newly_served": round(float(served[row]), 1),
                "served_per_million": round(float(1e6 * served[row] / cost[row]), 2),
                "chosen": place.get(row),
            },
        }
        for (rank, row), shape in zip(shown, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _steps(best: Choice, sites: Sites, unserved: Floats) -> list[dict[str, Any]]:
    """What each chosen site adds to those before it, and the share of all who are without that is served by then."""
    together = np.cumsum(best.added)
    return [
        {
            "place": place,
            **_named(sites, row),
            "added": round(float(added), 1),
            "together": round(float(sum_), 1),
            "share_pct": round(float(100 * sum_ / unserved.sum()), 2),
        }
        for place, (row, added, sum_) in enumerate(zip(best.sites, best.added, together, strict=True), 1)
    ]


def _named(sites: Sites, row: int) -> dict[str, Any]:
    found = sites.rows.iloc[row]
    return {"parcel": int(found["id"]), "external_id": found["external_id"], "reference": found["reference"]}


def _told(choice: Choice) -> dict[str, Any]:
    return {"newly_served": round(choice.served, 1), "cost": round(choice.cost, 2)}


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda degrees: degrees.round(DEGREE_DIGITS))


def _rules(
    distance_m: float, min_ha: float, by: str, slope: str, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    owners, uses = " or ".join(OWNERS), ", ".join(USES)
    words = RULE.format(owners=owners, uses=uses, min_ha=min_ha, distance_m=distance_m, slope=slope)
    return {
        "sites": words,
        "distance": f"{LINE_RULE if by == LINE else WALKING_RULE} {SIZE_RULE}",
        "cost": f"{inputs['cost_per_m2']:g} per m², by: {inputs['cost_source']}",
    }
