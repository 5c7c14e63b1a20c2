"""What it costs to give tasks to another crew, what forbids it, and why a task is where it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite

from analysis.routes.departure import halts_of, leave_late
from analysis.routes.insertion import insertions, without
from analysis.routes.plan import Halt, Refusal, Route, RoutePlan, VisitKind, drive, make_plan
from analysis.routes.problem import RouteProblem, RoutingError, Vehicle
from analysis.routes.rests import closed, is_legal, with_rest

TRIED = 24  # places of a route, cheapest first, that are driven to see whether they are legal
CLOCK_S = 0.5


class Barrier(StrEnum):
    """What forbids a move."""

    FRACTION = "wrong-fraction"
    LOCKED = "may-not-serve"
    TOO_LARGE = "too-large"
    UNREACHABLE = "unreachable"
    WINDOW = "time-window"
    SHIFT = "shift"
    BREAK = "break"
    SPREAD = "spread"


@dataclass(frozen=True)
class Move:
    """Tasks given to `vehicle`. Differences to the plan before: money, metres, seconds of work (inf: no such drive).

    `plan` is the plan after it, only where nothing forbids it; `late_s` is how much too long the shift, or how much
    too far apart the shifts, would be.
    """

    vehicle: str
    cost: float
    distance_m: float
    duration_s: float
    barrier: Barrier | None = None
    late_s: float = 0.0
    plan: RoutePlan | None = None


@dataclass(frozen=True)
class Explanation:
    """Who serves the task, as which of its tasks (1, 2, …), and what every other vehicle would cost, cheapest first."""

    vehicle: str | None
    position: int | None
    alternatives: tuple[Move, ...]


def price_move(problem: RouteProblem, plan: RoutePlan, tasks: Sequence[str], vehicle: str) -> Move:
    """The tasks leave their crews and enter the vehicle's route one after the other, each where it costs least.

    The order of everything else stays; breaks and last tippings are placed anew. Raises RoutingError for a task or
    vehicle that the problem does not have.
    """
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    fleet = {v.id: v for v in problem.vehicles}
    if unknown := [id for id in tasks if id not in number]:
        raise RoutingError(f"The plan has no task {unknown[0]!r}.")
    if vehicle not in fleet:
        raise RoutingError(f"The plan has no vehicle {vehicle!r}.")
    taker, moved = fleet[vehicle], [number[id] for id in dict.fromkeys(tasks)]
    if (barrier := _never(problem, taker, moved)) is not None:
        return Move(vehicle, inf, inf, inf, barrier)
    others = [_lightened(problem, route, frozenset(moved)) for route in plan.routes if route.vehicle != taker]
    own = next((route for route in plan.routes if route.vehicle == taker), None)
    halts = without(halts_of(problem, own), frozenset(moved)) if own else []
    taken, barrier = _taken(problem, taker, halts, moved)
    return _compared(problem, plan, [*filter(None, others), taken], taker, barrier)


def explain(problem: RouteProblem, plan: RoutePlan, task: str) -> Explanation:
    """Raises RoutingError for a task that the problem does not have."""
    served = [
        (route.vehicle.id, n) for route in plan.routes for n, v in enumerate(route.served, 1) if v.id == task
    ]
    vehicle, position = served[0] if served else (None, None)
    moves = [price_move(problem, plan, [task], v.id) for v in problem.vehicles if v.id != vehicle]
    moves.sort(key=lambda move: (move.barrier is not None, move.cost, move.vehicle))
    return Explanation(vehicle, position, tuple(moves))


def _never(problem: RouteProblem, vehicle: Vehicle, tasks: Iterable[int]) -> Barrier | None:
    """What no order of the route could mend."""
    if vehicle not in problem.crews:
        return Barrier.FRACTION
    for task in (problem.tasks[n] for n in tasks):
        if not isfinite(task.prices.get(vehicle.id, 0.0)):
            return Barrier.LOCKED
        if task.load_kg > vehicle.capacity_kg or task.load_m3 > vehicle.capacity_m3:
            return Barrier.TOO_LARGE
    return None


def _lightened(problem: RouteProblem, route: Route, gone: frozenset[int]) -> Route | None:
    """The route without these tasks; None where nothing is left to do. Less work keeps every rule that more kept."""
    halts = halts_of(problem, route)
    kept = without(halts, gone)
    if len(kept) == len(without(halts, frozenset())):
        return route
    if not kept:
        return None
    driven = with_rest(problem, route.vehicle, closed(problem, route.vehicle, kept))
    return leave_late(problem, driven) if driven else route


def _taken(
    problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt], tasks: Sequence[int]
) -> tuple[Route | None, Barrier | None]:
    """The vehicle's route with the tasks; with what is broken by the best that there is, None: nothing leads there."""
    route: Route | None = None
    barrier: Barrier | None = None
    for task in tasks:
        route, barrier, halts = _with_task(problem, vehicle, halts, task)
        if route is None:
            return None, Barrier.UNREACHABLE
    return route and leave_late(problem, route), barrier


def _with_task(
    problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt], task: int
) -> tuple[Route | None, Barrier | None, Sequence[Halt]]:
    candidates = [c for c in insertions(problem, vehicle, halts, task) if isfinite(c.cost)]
    for candidate in candidates[:TRIED]:
        whole = closed(problem, vehicle, candidate.halts)
        if (route := with_rest(problem, vehicle, whole)) is not None:
            return route, None, candidate.halts
    if not candidates:
        return None, Barrier.UNREACHABLE, halts
    best = candidates[0].halts
    route = drive(problem, vehicle, closed(problem, vehicle, best))
    return route, _broken(problem, route), best


def _broken(problem: RouteProblem, route: Route) -> Barrier:
    windows = {task.id: task.window_s for task in problem.tasks if task.window_s}
    for visit in route.visits:
        window = windows.get(visit.id) if visit.kind is VisitKind.TASK else None
        if window and visit.start_s > window[1]:
            return Barrier.WINDOW
    return Barrier.BREAK if is_legal(problem, route) else Barrier.SHIFT


def _compared(
    problem: RouteProblem,
    plan: RoutePlan,
    routes: list[Route | None],
    taker: Vehicle,
    barrier: Barrier | None,
) -> Move:
    if routes[-1] is None:
        return Move(taker.id, inf, inf, inf, barrier)
    kept = [route for route in routes if route is not None]
    late_s = max(0.0, kept[-1].visits[-1].arrival_s - taker.latest_s)
    spread_s, was_s = _spread_s(kept), _spread_s(plan.routes)
    if barrier is None and problem.spread_s is not None and spread_s > max(problem.spread_s, was_s) + CLOCK_S:
        barrier, late_s = Barrier.SPREAD, spread_s - problem.spread_s
    after = make_plan(problem, kept, _reasons(problem, plan))
    return Move(
        taker.id,
        after.cost - plan.cost,
        after.distance_m - plan.distance_m,
        after.duration_s - plan.duration_s,
        barrier,
        late_s,
        None if barrier else after,
    )


def _spread_s(routes: Sequence[Route]) -> float:
    worked_s = [route.duration_s for route in routes]
    return max(worked_s) - min(worked_s) if worked_s else 0.0


def _reasons(problem: RouteProblem, plan: RoutePlan) -> dict[int, Refusal]:
    reasons = {unserved.id: unserved.reason for unserved in plan.unserved}
    return {n: reasons[task.id] for n, task in enumerate(problem.tasks) if task.id in reasons}
