"""Processes what-if, save-scenario and share-scenario: imagine a change, keep it by name, show it by a link."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analysis.green import NotMetric
from analysis.green.equity import RULE as EQUITY_RULE
from analysis.green.equity import spread
from analysis.green.nearness import LINE_RULE, SIZE_RULE, WALKING_RULE
from analysis.green.walk import NoStreets
from analysis.green.what_if import Figures as DistrictFigures
from analysis.green.what_if import Outcome, idle_doors, what_if
from analysis.green.what_if.state import TREES
from analysis.processes.green_indicators import DISTRICTS
from analysis.processes.green_indicators import UNITS as EQUITY_UNITS
from analysis.processes.green_scenes import Scene, current_scene
from analysis.processes.scenario_operations import SCHEMA, extent_of, read_operations
from gis_core.city import City
from gis_core.errors import Conflict, InvalidInput, NotFound
from gis_core.jobs.process import Context, Input, Output
from layers.base import Source
from layers.queries.frames import read_frame
from layers.services.load import load_features

COLLECTION = "scenarios"
UNITS = {
    "green_area_m2": "m²",
    "green_share_pct": "%",
    "green_m2_per_inhabitant": "m²",
    "green_access_line_pct": "%",
    "green_access_walk_pct": "%",
    "trees": "",
    "three_trees_pct": "%",
}
OF_CITY = {**UNITS, "green_gini": "", "green_p90_p10": "", "green_below_threshold_pct": "%"}
FAR_DOOR = "no-public-green-near"  # an entrance farther than 30 m from public green opens none
_OPERATIONS = Input("operations", _("Changes imagined"), SCHEMA, required=True)
_NAME = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}  # blanks alone are no name
_SCENARIO = Input("scenario", _("Scenario (identifier)"), {"type": "string"}, required=True)
_RESULTS = (
    Output("city", _("City"), {"type": "array"}),
    Output("districts", _("Districts that change"), {"type": "array"}),
    Output("parcels", _("Parcels whose green changes")),
    Output("without_effect", _("Operations that change nothing"), {"type": "array"}),
    Output("rule", _("Rules")),
    Output("inputs", _("Features and revision of each collection read")),
    Output("computed_at", _("Computed"), {"type": "string", "format": "date-time"}),
)


class WhatIf:
    """Every indicator before and after, for the city and each district that changes; nothing is written."""

    id = "what-if"
    title = _("What if")
    description = _("What an imagined change of green would do to every indicator.")
    role = "planner"
    quick = True
    inputs = (_OPERATIONS,)
    outputs = (*_RESULTS, Output("took_ms", _("Milliseconds"), {"type": "number"}))

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        return answer_to(inputs["operations"])


class SaveScenario:
    """Computes a scenario's indicators anew and keeps them with its operations; a saved one is changed in place."""

    id = "save-scenario"
    title = _("Save a scenario")
    description = _("Keep an imagined change of green under a name, with what it would do.")
    role = "planner"
    quick = True
    inputs = (
        Input("name", _("Name"), _NAME, required=True),
        Input("comment", _("Comment"), {"type": "string", "maxLength": 2000}),
        _OPERATIONS,
        Input(
            "scenario",
            _("Scenario (identifier)"),
            {"type": "string"},
            _("The saved one to change; a new one is made without it."),
        ),
        Input("version", _("The version that the change was made from"), {"type": "integer"}),
    )
    outputs = (Output("scenario", _("Scenario (identifier)"), {"type": "string"}), *_RESULTS)

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        city: City = settings.CITY
        held = _held(inputs["scenario"]) if inputs.get("scenario") else None
        if held is not None and inputs.get("version") not in (None, held["version"]):
            raise Conflict(
                "Somebody else saved this scenario since; open it again, or save yours as a new one."
            )
        results = answer_to(inputs["operations"])
        name = str(held["external_id"]) if held is not None else str(uuid4())
        row = {
            "external_id": name,
            "name": inputs["name"].strip(),
            "comment": inputs.get("comment") or "",
            "author": held["author"] if held is not None else context.actor,
            "operations": json.dumps(inputs["operations"]),
            "results": json.dumps(results),
            "computed_at": timezone.now(),
            "source": Source.COMPUTED.value,
        }
        _write(row, extent_of(inputs["operations"], city))
        return {"scenario": name, **results}


class ShareScenario:
    """Gives a scenario a link that shows it to anybody, or takes the link back; a taken one never works again."""

    id = "share-scenario"
    title = _("Share a scenario")
    description = _("Show a scenario to anybody who has its link, or to nobody any more.")
    role = "planner"
    quick = True
    inputs = (
        _SCENARIO,
        Input("shared", _("Shared by link"), {"type": "boolean", "default": True}),
    )
    outputs = (Output("share_key", _("Key of the shared link"), {"type": ["string", "null"]}),)

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        held = _held(inputs["scenario"])
        shared = inputs.get("shared", True)
        key = (held["share_key"] or secrets.token_urlsafe(32)) if shared else None
        if key != held["share_key"]:
            _write({"external_id": held["external_id"], "share_key": key}, held["geom"])
        return {"share_key": key}


def answer_to(operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Raises InvalidInput when an operation, or the city's data, is of no use."""
    try:
        scene = current_scene()
        imagined = read_operations(operations, scene, settings.CITY)
        start = time.perf_counter()
        outcome = what_if(scene.state, imagined)
    except (NotMetric, NoStreets) as error:
        raise InvalidInput(str(error)) from error
    took_ms = round(1000 * (time.perf_counter() - start), 1)
    idle = [{"operation": row + 1, "reason": FAR_DOOR} for row in idle_doors(scene.state, imagined)]
    return {
        **_told(scene, outcome),
        "without_effect": idle,
        "computed_at": timezone.now().isoformat(),
        "took_ms": took_ms,
    }


def _told(scene: Scene, outcome: Outcome) -> dict[str, Any]:
    before, after = outcome.before.indicators(), outcome.after.indicators()
    whole = _of_city(outcome.before), _of_city(outcome.after)
    changed = [place for place in range(len(scene.districts)) if _differs(before, after, place)]
    return {
        "city": _pairs(*whole, 0, OF_CITY),
        "districts": [
            {**scene.districts[place], "indicators": _pairs(before, after, place)} for place in changed
        ],
        "parcels": {
            "changed": len(outcome.parcels),
            "green_m2_before": round(float(outcome.parcel_before_m2.sum()), 1),
            "green_m2_after": round(float(outcome.parcel_after_m2.sum()), 1),
        },
        "rule": _rules(scene),
        "inputs": scene.inputs,
    }


Figures = Mapping[str, Any]


def _of_city(figures: DistrictFigures) -> Figures:
    """Of all districts as one, and how evenly public green is spread between them."""
    limit = settings.CITY.threshold("green_m2_per_inhabitant").value
    found = spread(figures.indicators()["green_m2_per_inhabitant"], figures.people, limit)
    equity = (found.gini, found.p90_p10, found.below_pct)
    names = ("green_gini", "green_p90_p10", "green_below_threshold_pct")
    return {**figures.city().indicators(), **{n: [value] for n, value in zip(names, equity, strict=True)}}


def _pairs(
    before: Figures, after: Figures, place: int, units: Mapping[str, str] = UNITS
) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "unit": unit,
            "before": _number(before[name][place]),
            "after": _number(after[name][place]),
        }
        for name, unit in units.items()
    ]


def _differs(before: Figures, after: Figures, place: int) -> bool:
    return any(_number(before[name][place]) != _number(after[name][place]) for name in UNITS)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _rules(scene: Scene) -> dict[str, str]:
    reach = scene.state.reach
    near = f"People within {reach.distance_m:g} m of public green of {reach.min_area_ha:g} ha or more. {SIZE_RULE}"
    return {
        "people": scene.people_rule,
        "green": "Green spaces are united first, so that a place under several of them counts once.",
        "green_m2_per_inhabitant": "public green over the people placed in the district",
        "green_access_line_pct": f"{near} {LINE_RULE}",
        "green_access_walk_pct": f"{near} {WALKING_RULE}",
        "green_gini": f"{EQUITY_RULE} {EQUITY_UNITS[DISTRICTS]}",
        "three_trees_pct": f"People in buildings with {TREES} trees within {reach.tree_m:g} m of the walls",
    }


def _held(scenario: str) -> Mapping[Any, Any]:
    """The scenario as it stands; raises NotFound."""
    found = read_frame(COLLECTION, ["author", "share_key", "version"], equals={"external_id": scenario})
    if found.empty:
        raise NotFound(f"There is no scenario {scenario!r} (any more).")
    row: Mapping[Any, Any] = found.iloc[0].where(found.iloc[0].notna(), None).to_dict()
    return row


def _write(row: Mapping[str, Any], extent: Any) -> None:
    frame = gpd.GeoDataFrame(pd.DataFrame([row]), geometry=[extent], crs=4326).rename_geometry("geom")
    report = load_features(COLLECTION, frame)
    if report.rejected:
        issue = report.rejected[0]
        raise InvalidInput(f"{issue.field} {issue.rule} ({issue.value}). {issue.cure}")
