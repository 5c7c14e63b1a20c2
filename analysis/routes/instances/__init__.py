"""Published benchmark instances as route problems: one reader per format."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from analysis.routes.check import check_plan
from analysis.routes.plan import RoutePlan
from analysis.routes.problem import RouteProblem, RoutingError

WHOLE = 1e-3  # a cost so near to a whole number is one
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
    name = str(source) if isinstance(source, Path) else "The text"
    try:
        read: RouteProblem = import_module(READERS[format]).read(source)
    except OSError as error:
        raise RoutingError(f"{name} cannot be read: {error.strerror}.") from error
    except RoutingError as error:
        raise RoutingError(f"{name}: {error}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise RoutingError(f"{name} is no {format} file: {error!r}.") from error
    return read


def benchmark_cost(problem: RouteProblem, plan: RoutePlan) -> float:
    """What the published tables compare: the plan's cost without the price that keeps the number of vehicles low."""
    return plan.cost - problem.costs.per_vehicle * len(plan.routes)


def figures(problem: RouteProblem, plan: RoutePlan) -> dict[str, Any]:
    """What tables of benchmarks state; a plan that leaves out what must be served is not feasible."""
    optional = {task.id for task in problem.tasks if task.prize is not None}
    complete = all(unserved.id in optional for unserved in plan.unserved)
    cost = benchmark_cost(problem, plan)
    return {
        "cost": round(cost) if abs(cost - round(cost)) < WHOLE else round(cost, 3),
        "shifts": len(plan.routes),
        "trips": sum(max(1, route.tips) for route in plan.routes),
        "feasible": complete and check_plan(problem, plan) == (),
        "iterations": plan.iterations,
    }
