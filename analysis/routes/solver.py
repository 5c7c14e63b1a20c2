"""One door for every problem: which solver takes it."""

from __future__ import annotations

from analysis.routes import containers
from analysis.routes.budget import Budget, OnProgress
from analysis.routes.plan import RoutePlan
from analysis.routes.problem import RouteProblem


def solve(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    start: RoutePlan | None = None,
) -> RoutePlan:
    """The best plan found, never worse than nearest_neighbour or `start`: more tasks served first, then the lower cost.

    `on_progress` is called about four times a second; when it answers True, SolveCancelled is raised; what it raises
    goes through. The same problem, seed, start and max_iterations give the same plan.
    """
    return containers.solve(problem, stop, seed, on_progress, start)
