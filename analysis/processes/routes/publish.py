"""Process publish-plan: a stored plan becomes what everybody sees for its day, fraction and districts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from analysis.processes.routes.publication import publish
from gis_core.jobs.process import Context, Input, Output


class PublishPlan:
    """Publishing an earlier plan again is the way back."""

    id = "publish-plan"
    title = _("Publish a route plan")
    description = _(
        "Shows the plan to crews and the public, in place of the published one of its day, fraction and districts."
    )
    role = "planner"
    quick = True
    inputs = (Input("plan", _("Plan"), {"type": "string"}, required=True),)
    outputs = (
        Output("plan", _("Plan"), {"type": "string"}),
        Output("replaced", _("Plans replaced"), {"type": "array"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        return {"plan": inputs["plan"], "replaced": publish(inputs["plan"])}
