"""Process solve-benchmark: a published problem from a file of this machine, solved and checked; command line only."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from analysis.routes import Budget, Progress, RoutingError, explain_infeasible, solve
from analysis.routes.instances import READERS, figures, read_instance
from gis_core.errors import InvalidInput
from gis_core.jobs.process import Context, Input, Output


class SolveBenchmark:
    """One file in, figures out; nothing is stored."""

    id = "solve-benchmark"
    title = _("Solve a published routing problem")
    description = _("Reads a file of this machine, searches for so many CPU seconds, and checks the plan.")
    role = "admin"
    local = True
    inputs = (
        Input("file", _("Path of the file"), {"type": "string"}, required=True),
        Input(
            "format",
            _("Format"),
            {"type": "string", "oneOf": [{"const": name, "title": name} for name in READERS]},
            required=True,
        ),
        Input(
            "seconds",
            _("CPU seconds of search"),
            {"type": "number", "minimum": 0},
            _("Default: 10, or no limit where iterations are given."),
        ),
        Input("max_iterations", _("Iterations of search"), {"type": "integer", "minimum": 0}),
        Input("seed", _("Seed"), {"type": "integer", "minimum": 0, "default": 0}),
    )
    outputs = (
        Output("cost", _("Cost, as the set's tables state it"), {"type": "number"}),
        Output("shifts", _("Vehicles that drive, over all days"), {"type": "integer"}),
        Output("trips", _("Trips, each ended by unloading"), {"type": "integer"}),
        Output("feasible", _("All is served and the independent check found no fault"), {"type": "boolean"}),
        Output("iterations", _("Iterations done"), {"type": "integer"}),
    )

    def run(self, inputs: Mapping[str, Any], context: Context) -> dict[str, Any]:
        try:
            problem = read_instance(Path(inputs["file"]), inputs["format"])
            plan = solve(problem, _budget(inputs), int(inputs.get("seed") or 0), _teller(context))
        except RoutingError as error:
            raise InvalidInput(str(error)) from error
        if problem.days == 1:
            for cure in explain_infeasible(problem, plan):
                context.progress(100, f"{len(cure.tasks)} left out: {cure.text}")
        return figures(problem, plan)


def _budget(inputs: Mapping[str, Any]) -> Budget:
    seconds, iterations = inputs.get("seconds"), inputs.get("max_iterations")
    if seconds is None and iterations is None:
        seconds = 10.0
    return Budget(iterations, None if seconds is None else float(seconds), cpu=True)


def _teller(context: Context) -> Any:
    def told(progress: Progress) -> None:
        found = _t("Cost %(cost).0f") % {"cost": progress.cost} if isfinite(progress.cost) else ""
        context.progress(100 * progress.share, found)

    return told
