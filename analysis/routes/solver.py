"""One door for every problem: which solver takes it."""

from __future__ import annotations

from analysis.routes.budget import Budget, OnProgress
from analysis.routes.departure import waits_in_yard
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
        from analysis.routes.search import search  # noqa: PLC0415 - numba takes long to load

        return search(problem, stop, seed, on_progress, start)
    from analysis.routes import containers  # noqa: PLC0415 - so does PyVRP

    return containers.solve(problem, stop, seed, on_progress, start)


def is_for_search(problem: RouteProblem) -> bool:
    """Whether our own search takes it: streets and several days, where no clock counts; and of containers what asks
    neither for balance nor for prizes."""
    clock = any(task.window_s or task.release_s > 0 for task in problem.tasks)
    streets = any(len(task.ways) > 1 or task.ways[0].enter != task.ways[0].leave for task in problem.tasks)
    if not clock and (streets or problem.days > 1):
        return True
    plain = problem.spread_s is None and all(task.prize is None for task in problem.tasks)
    return plain and (not clock or _is_simple(problem, streets))


def _is_simple(problem: RouteProblem, streets: bool) -> bool:
    """Overtime only where hours cost; trucks on the road only for streets; one disposal site at most where tasks are
    released during the day."""
    overtime = any(vehicle.overtime_s for vehicle in problem.crews) and not problem.costs.per_hour
    away = not all(waits_in_yard(vehicle) for vehicle in problem.crews)
    released = any(task.release_s > 0 for task in problem.tasks)
    return (
        not overtime and not (away and (released or not streets)) and not (released and len(problem.tips) > 1)
    )
