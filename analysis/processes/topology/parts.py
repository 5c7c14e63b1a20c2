"""The tools for areas and lines alike, and for streets: split, merge, planarise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.processes.topology.areas import MARGIN_M, tolerance_input
from analysis.processes.topology.surroundings import Surroundings, read_around
from analysis.processes.topology.tool import APPLYING, Request, TopologyTool, common_inputs, geometry_schema
from analysis.topology import Plan, merge, planarise, split
from gis_core.jobs.process import Input
from layers.policy import Access
from layers.queries.frames import read_frame
from layers.queries.items import read_feature

KINDS = ("MultiPolygon", "LineString")
END_M = 0.1
TURNS = "turn-restrictions"


class SplitFeatures(TopologyTool):
    id = "split-features"
    title = _("Split by a line")
    description = _(
        "Areas or lines cut in parts; the largest part keeps its number, neighbours get the new corners."
    )
    inputs = (
        *common_inputs(KINDS),
        Input("blade", _("Line"), geometry_schema("LineString"), _("From side to side."), required=True),
        tolerance_input(0.5),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        reach_m = request.number("tolerance_m", 0.5)
        return split(around.scene, request.ids, request.drawing("blade"), tolerance_m=reach_m)

    def notes(self, request: Request, around: Surroundings, plan: Plan) -> Iterator[str]:
        yield from _turn_notes(request, around, {origin for origin, _shape in plan.created})


class MergeFeatures(TopologyTool):
    id = "merge-features"
    title = _("Merge features")
    description = _(
        "Neighbouring areas, or lines end to end, become one; the largest keeps its number and its values."
    )
    inputs = (*common_inputs(KINDS), *APPLYING)

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        return merge(around.scene, request.ids)

    def notes(self, request: Request, around: Surroundings, plan: Plan) -> Iterator[str]:
        (keeper,) = set(request.ids) - set(plan.removed)
        yield from _lost_values(request.access, keeper, plan.removed)
        yield from _turn_notes(request, around, set(request.ids))


class PlanariseStreets(TopologyTool):
    id = "planarise-streets"
    title = _("Cut streets at crossings")
    description = _(
        "Lines are cut where they meet on one level, so that equal end points mean a junction;"
        " bridges and tunnels pass."
    )
    inputs = (
        *common_inputs(("LineString",)),
        Input(
            "tolerance_m",
            _("Tolerance in metres"),
            {"type": "number", "minimum": 0, "maximum": 10, "default": END_M},
            _("Ends that stop this near to another line, or run past it, are put on it."),
        ),
        *APPLYING,
    )

    def look(self, request: Request) -> Surroundings:
        return read_around(request.access, request.ids, request.number("tolerance_m", END_M) + MARGIN_M)

    def plan(self, request: Request, around: Surroundings) -> Plan:
        levels = {id: found.level for id, found in around.features.items()}
        reach_m = request.number("tolerance_m", END_M)
        return planarise(around.scene, request.ids, levels, tolerance_m=reach_m)

    def notes(self, request: Request, around: Surroundings, plan: Plan) -> Iterator[str]:
        yield from _turn_notes(request, around, {origin for origin, _shape in plan.created})


def _lost_values(access: Access, keeper: int, removed: tuple[int, ...]) -> Iterator[str]:
    """What the merged features say otherwise than the one that stays."""
    kept = _properties(access, keeper)
    for id in removed:
        lost = _properties(access, id)
        for field in access.fields:
            if field.name in access.writable and lost.get(field.name) not in (
                kept.get(field.name),
                None,
                "",
                [],
            ):
                told = {
                    "field": field.title,
                    "kept": kept.get(field.name) or "–",
                    "lost": lost[field.name],
                    "keeper": keeper,
                    "id": id,
                }
                yield _t("%(field)s: %(kept)s of %(keeper)s stays, %(lost)s of %(id)s goes.") % told


def _properties(access: Access, id: int) -> dict[str, Any]:
    row = read_feature(access, id)
    found: dict[str, Any] = json.loads(row.text)["properties"] if row else {}
    return found


def _turn_notes(request: Request, around: Surroundings, ids: set[int]) -> Iterator[str]:
    """Turn restrictions name streets by identifier, which only the largest part keeps."""
    names = {around.features[id].external_id for id in ids} - {None}
    if request.access.collection.id != "streets" or not names:
        return
    turns = read_frame(TURNS, ["from_street", "to_street"])
    there = turns[turns["from_street"].isin(names) | turns["to_street"].isin(names)]
    if len(there):
        told = {"ids": ", ".join(map(str, there["id"]))}
        yield _t("Turn restrictions name these streets; look at them afterwards: %(ids)s.") % told
