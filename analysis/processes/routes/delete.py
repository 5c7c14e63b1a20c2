"""Process delete-plan: a plan that nobody follows goes, with its routes, stops and streets; the history keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from analysis.processes.routes.publication import lock_publication, read_plan
from analysis.processes.routes.storing import PLANS, ROUTES, STOPS, STREETS
from gis_core.actors import SYSTEM
from gis_core.errors import Conflict
from gis_core.jobs.process import Context, Input, Output
from layers.queries.frames import read_frame
from layers.services.edit import Delete, apply_edits
from layers.services.load import load_features

_REMOVER = replace(SYSTEM, unconditional=True)  # what stands is locked and goes, whatever its version


class DeletePlan:
    """Undone like any batch of the history."""

    id = "delete-plan"
    title = _("Delete a route plan")
    description = _("Removes a plan that is not published, with its routes, stops and streets.")
    role = "planner"
    quick = True
    inputs = (Input("plan", _("Plan"), {"type": "string"}, required=True),)
    outputs = (
        Output("plan", _("Plan"), {"type": "string"}),
        Output("removed", _("Features removed, by collection"), {"type": "object"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        return {"plan": inputs["plan"], "removed": delete_plan(inputs["plan"])}


def delete_plan(plan: str) -> dict[str, int]:
    """How many features went, by collection. Raises NotFound; Conflict for a plan of which something is published.

    Plans made from it count from then on as made from what it was made from, so that they can still be compared.
    """
    with transaction.atomic():
        lock_publication()
        row = read_plan(plan)
        routes = read_frame(ROUTES, ["published"], equals={"plan": plan})
        if row["status"] == "published" or routes["published"].any():
            raise Conflict(
                f"Plan {plan} is published: crews and the public follow it."
                " Publish another plan in its place, then delete it."
            )
        ids = {ROUTES: list(routes["id"]), PLANS: [row["id"]]}
        ids |= {name: list(read_frame(name, [], equals={"plan": plan})["id"]) for name in (STOPS, STREETS)}
        apply_edits(_REMOVER, [Delete(name, int(id)) for name, own in ids.items() for id in own])
        children = read_frame(PLANS, ["external_id"], equals={"based_on": plan})[["external_id"]]
        if not children.empty:
            load_features(PLANS, children.assign(based_on=row["based_on"]))
    return {name: len(own) for name, own in ids.items()}
