"""Process compute-exposure: what inhabitants breathe by district, and which schools and parks are above limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.air import NoStandard
from analysis.air.exposure import Exposure
from analysis.air.standards import AVERAGING, Limit
from analysis.green import Indicator, Subject
from analysis.green.plane import Floats
from analysis.processes.air.breathing import breathe
from analysis.processes.air.concentrations import Air, read_air
from analysis.processes.air.readings import city_standards
from analysis.processes.indicators import store_indicators
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output
from layers.catalog.air_observations.model import Pollutant

RULE = (
    "Population-weighted mean: sum of inhabitants times concentration over the sum of inhabitants whose air is known;"
    " people: {people}, in the districts; concentration: that of the cell where they live; above: more than the limit,"
    " compared with the mean of the grid's period."
)
SCHOOLS = ("school", "kindergarten", "university", "college")
MAX_NAMED = 200


class ComputeExposure:
    """By a pollution grid, or by the pollution cells of the city."""

    id = "compute-exposure"
    title = _("Compute exposure to air pollution")
    description = _(
        "Population-weighted mean and people above limits by district; schools and parks above limits."
    )
    role = "planner"
    inputs = (
        Input(
            "pollutant", _("Pollutant"), {"type": "string", "enum": list(Pollutant.values), "default": "no2"}
        ),
        Input(
            "grid",
            _("Pollution grid (identifier)"),
            {"type": "string"},
            _(
                "Default: the newest of a period that fits the limits; where there is none, the pollution cells."
            ),
        ),
        Input(
            "averaging",
            _("Limits for means over"),
            {"type": "string", "enum": list(AVERAGING), "default": "year"},
            _("A grid of a month compared with a yearly limit is a hint, no verdict."),
        ),
    )
    outputs = (
        Output("city", _("The city")),
        Output("districts", _("Districts"), {"type": "array"}),
        Output("places", _("Schools and parks above limits")),
        Output("limits", _("Limits with their sources"), {"type": "array"}),
        Output("air", _("Concentrations used")),
        Output("rule", _("Rules"), {"type": "string"}),
        Output("written", _("Rows changed")),
        Output("inputs", _("Features and revision of each collection read")),
        Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        frames, computed_at = InputFrames(settings.CITY.metric_crs), timezone.now()
        pollutant = str(inputs.get("pollutant") or "no2")
        context.progress(0, _t("Reading concentrations"))
        averaging = str(inputs.get("averaging") or "year")
        asked = {"pollutant": pollutant, "grid": inputs.get("grid"), "averaging": averaging}
        air, limits = read_air(frames, asked), _limits(pollutant, averaging)
        context.progress(20, _t("Placing people"))
        districts = frames.read("districts", ["name_fr"])
        values = {limit.id: limit.value_ug_m3 for limit in limits}
        breathing = breathe(
            frames,
            districts,
            air,
            values,
            lambda share: context.progress(20 + 50 * share, _t("Placing people")),
        )
        by_district, whole = breathing.exposure, breathing.exposure.together()
        context.progress(70, _t("Looking at schools and parks"))
        places = {kind: _places(frames, air, kind, limits) for kind in ("schools", "parks")}
        rule = RULE.format(people=breathing.people_rule)
        context.progress(85, _t("Writing results"))
        subjects = [None if pd.isna(id) else Subject("districts", str(id)) for id in districts["external_id"]]
        found = [
            *_indicators([Subject("city", settings.CITY.slug)], whole, pollutant, limits, air, rule),
            *_indicators(subjects, by_district, pollutant, limits, air, rule),
        ]
        with transaction.atomic():
            report = store_indicators(found, frames.record, computed_at=computed_at)
        return {
            "city": _told(whole, 0),
            "districts": [
                {"external_id": row.external_id, "name": row.name_fr, **_told(by_district, n)}
                for n, row in enumerate(districts.itertuples())
            ],
            "places": places,
            "limits": [limit.as_json() for limit in limits],
            "air": air.told,
            "rule": rule,
            "written": {"added": report.added, "changed": report.changed},
            "inputs": frames.record,
            "computed_at": computed_at.isoformat(),
        }


def _limits(pollutant: str, averaging: str) -> list[Limit]:
    """Those in force today. Raises InvalidInput when there is none: then nothing can be above."""
    try:
        found = city_standards().limits_of(pollutant, averaging, timezone.localdate())
    except NoStandard as error:
        raise InvalidInput(str(error)) from error
    if not found:
        raise InvalidInput(
            f"No limit for the mean of {pollutant} over a {averaging} is in force; choose another averaging, or add one"
            " with its source to [air] of the city file."
        )
    return list(found)


def _places(frames: InputFrames, air: Air, kind: str, limits: Sequence[Limit]) -> dict[str, Any]:
    """How many there are, and those above a limit with the highest first."""
    frame, names = _facilities(frames, kind)
    points = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
    values = air.at(points) if len(points) else np.empty(0)
    above = {limit.id: int((values > limit.value_ug_m3).sum()) for limit in limits}
    lowest = min(limit.value_ug_m3 for limit in limits)
    order = [n for n in np.argsort(-np.nan_to_num(values)) if values[n] > lowest][:MAX_NAMED]
    first = [
        {"id": int(frame["id"].iloc[n]), "name": names[n], "value_ug_m3": round(float(values[n]), 2)}
        for n in order
    ]
    return {"places": len(frame), "unknown": int(np.isnan(values).sum()), "above": above, "first": first}


def _facilities(frames: InputFrames, kind: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    if kind == "schools":
        buildings = frames.read("buildings", ["use"])
        schools = buildings[buildings["use"].isin(SCHOOLS)]
        return schools, [str(id) for id in schools["external_id"].fillna(schools["id"].astype(str))]
    greens = frames.read("green-spaces", ["name_fr", "access"])
    parks = greens[greens["access"] == "public"]
    return parks, [str(name or id) for name, id in zip(parks["name_fr"], parks["external_id"], strict=True)]


def _indicators(
    subjects: Sequence[Subject | None],
    found: Exposure,
    pollutant: str,
    limits: Sequence[Limit],
    air: Air,
    rule: str,
) -> list[Indicator]:
    told = {**air.told, "pollutant": pollutant}
    rows = []
    for n, subject in enumerate(subjects):
        if subject is None:
            continue
        mean = _number(found.mean_ug_m3, n)
        rows.append(Indicator(f"exposure_{pollutant}_ug_m3", subject, mean, "µg/m³", rule, told))
        for limit in limits:
            share, by = _share(found.above[limit.id], found, n), {**told, "limit": limit.as_json()}
            rows.append(
                Indicator(f"above_{pollutant}_limit_pct", subject, share, "%", rule, by, variant=limit.id)
            )
    return rows


def _number(values: Floats, n: int) -> float | None:
    return round(float(values[n]), 3) if np.isfinite(values[n]) else None


def _share(above: Floats, found: Exposure, n: int) -> float | None:
    known = found.people[n] - found.unknown[n]
    return round(100 * float(above[n]) / float(known), 3) if known > 0 else None


def _told(found: Exposure, n: int) -> dict[str, Any]:
    return {
        "mean_ug_m3": _number(found.mean_ug_m3, n),
        "people": round(float(found.people[n])),
        "unknown": round(float(found.unknown[n])),
        "above": {id: round(float(people[n])) for id, people in found.above.items()},
    }
