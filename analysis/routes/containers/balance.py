"""Shifts of like length: how far apart they are, and moving or leaving out tasks until they are near enough."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from analysis.routes.departure import halts_of, leave_late
from analysis.routes.plan import Halt, Refusal, Rest, Route, RoutePlan, Serve, Tip, Visit, drive, make_plan
from analysis.routes.problem import RouteProblem, Vehicle
from analysis.routes.rests import closed, with_rest


def spread_s(routes: Sequence[Route]) -> float:
    """How much longer the longest shift is than the shortest."""
    hours = [route.duration_s for route in routes]
    return max(hours, default=0.0) - min(hours, default=0.0)


def mean_s(routes: Sequence[Route]) -> float:
    return sum(route.duration_s for route in routes) / len(routes)


def is_balanced(problem: RouteProblem, routes: Sequence[Route]) -> bool:
    return problem.spread_s is None or spread_s(routes) <= problem.spread_s


def level(problem: RouteProblem, plan: RoutePlan, refused: dict[int, Refusal]) -> RoutePlan:
    """The plan, its longest shift giving tasks to the shortest, or giving them up where that helps nobody, until the
    problem's spread is kept."""
    if is_balanced(problem, plan.routes):
        return plan
    routes = list(plan.routes)
    while not is_balanced(problem, routes):
        routes.sort(key=lambda route: route.duration_s)
        given = _given(problem, routes[-1], routes[0])
        routes[-1], routes[0] = given or (_without_last(problem, routes[-1]), routes[0])
        routes = [route for route in routes if route.served]
    return make_plan(problem, routes, refused)


def _given(problem: RouteProblem, longest: Route, shortest: Route) -> tuple[Route, Route] | None:
    """Both shifts after the best gift of one task, None where none brings them nearer to each other."""
    halts = halts_of(problem, longest)
    for n in _nearest_first(problem, longest, shortest):
        lighter = _driven(problem, longest, [halt for halt in halts if not _serves(halt, n)])
        heavier = _with(problem, shortest, next(halt for halt in halts if _serves(halt, n)))
        if lighter and heavier and max(lighter.duration_s, heavier.duration_s) < longest.duration_s:
            return lighter, heavier
    return None


GIFTS = 5  # tasks tried; the sixth nearest is seldom a better one


def _nearest_first(problem: RouteProblem, longest: Route, shortest: Route) -> list[int]:
    """The tasks of the longest shift that the shortest may serve, those nearest to it first, a few."""
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    places = [visit.leave for visit in shortest.served]
    far_s = {
        number[v.id]: float(np.min(problem.time_s[places, v.place]))
        for v in longest.served
        if problem.tasks[number[v.id]].prices.get(shortest.vehicle.id, 0.0) < inf
    }
    return sorted(far_s, key=lambda n: (far_s[n], n))[:GIFTS]


def _serves(halt: Halt, n: int) -> bool:
    return isinstance(halt, Serve) and halt.task == n


def _with(problem: RouteProblem, route: Route, gift: Halt) -> Route | None:
    """The shift with one more task where it ends soonest."""
    halts = halts_of(problem, route)
    tried = (_driven(problem, route, [*halts[:at], gift, *halts[at:]]) for at in range(len(halts) + 1))
    return min(filter(None, tried), key=lambda r: r.duration_s, default=None)


def _without_last(problem: RouteProblem, route: Route) -> Route:
    halts = halts_of(problem, route)
    while last := [at for at, halt in enumerate(halts) if isinstance(halt, Serve)]:
        del halts[last[-1] :]
        if shorter := _driven(problem, route, halts):
            return shorter
    return drive(problem, route.vehicle, closed(problem, route.vehicle, []))


def _driven(problem: RouteProblem, route: Route, halts: Sequence[Halt]) -> Route | None:
    """The vehicle's shift with these halts, its break placed anew; None where that breaks a rule."""
    vehicle = route.vehicle
    driven = with_rest(problem, vehicle, closed(problem, vehicle, _tidy(vehicle, halts)), day=route.day)
    if driven is None or any(_is_overloaded(visit, vehicle) for visit in driven.visits):
        return None
    return leave_late(problem, driven)


def _tidy(vehicle: Vehicle, halts: Sequence[Halt]) -> list[Halt]:
    """Without breaks, and without tipping an empty vehicle."""
    kept: list[Halt] = []
    for halt in halts:
        empty = isinstance(kept[-1], Tip) if kept else vehicle.load_kg + vehicle.load_m3 == 0
        if not isinstance(halt, Rest) and not (empty and isinstance(halt, Tip)):
            kept.append(halt)
    return kept


def _is_overloaded(visit: Visit, vehicle: Vehicle) -> bool:
    return (
        visit.load_after_kg > vehicle.capacity_kg + 1e-6 or visit.load_after_m3 > vehicle.capacity_m3 + 1e-6
    )
