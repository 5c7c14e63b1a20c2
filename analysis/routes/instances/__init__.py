"""Published benchmark instances as route problems: one reader per format."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from analysis.routes.plan import RoutePlan
from analysis.routes.problem import RouteProblem, RoutingError

READERS = {
    "carplib": "analysis.routes.instances.carplib",
    "mcarptif": "analysis.routes.instances.mcarptif",
    "mcarptif-tp": "analysis.routes.instances.mcarptif_tp",
    "pvrpif": "analysis.routes.instances.pvrpif",
    "vrplib": "analysis.routes.instances.vrplib",
}


def read_instance(source: Path | str, format: str) -> RouteProblem:
    """The problem of a file (a Path) or of its text in one of the formats of READERS. Raises RoutingError."""
    if format not in READERS:
        raise RoutingError(f"There is no reader for {format!r}; the formats are {', '.join(READERS)}.")
    read: RouteProblem = import_module(READERS[format]).read(source)
    return read


def benchmark_cost(problem: RouteProblem, plan: RoutePlan) -> float:
    """What the published tables compare: the plan's cost without the price that keeps the number of vehicles low."""
    return plan.cost - problem.costs.per_vehicle * len(plan.routes)
