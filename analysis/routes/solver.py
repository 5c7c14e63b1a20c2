"""One door for every problem: which solver takes it."""

from __future__ import annotations

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
    if is_for_search(problem):
        from analysis.routes.search import search  # scipy and numba take long to load

        return search(problem, stop, seed, on_progress, start)
    from analysis.routes import containers  # PyVRP too

    return containers.solve(problem, stop, seed, on_progress, start)


def is_for_search(problem: RouteProblem) -> bool:
    """Whether our own search takes it: streets with two directions, or several days, and no windows or releases."""
    windows = any(task.window_s or task.release_s > 0 for task in problem.tasks)
    streets = any(len(task.ways) > 1 or task.ways[0].enter != task.ways[0].leave for task in problem.tasks)
    return not windows and (streets or problem.days > 1)
