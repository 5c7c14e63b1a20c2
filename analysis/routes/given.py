"""A plan made elsewhere: who serves what in which order; its directions, tippings and breaks where it names none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.routes.departure import leave_late
from analysis.routes.plan import Halt, Refusal, Rest, Route, RoutePlan, Serve, Tip, drive, make_plan, refusals
from analysis.routes.problem import DEPOT, RouteProblem, Vehicle
from analysis.routes.rests import needs_rest, with_rest

Order = Sequence[int | Tip]  # tasks by number, and tippings


def drive_orders(problem: RouteProblem, orders: Mapping[str, Order]) -> RoutePlan:
    """The plan of these orders by vehicle, whether or not it keeps the rules: ask check_plan.

    Directions, sites and, for a vehicle whose order names none, tippings are those that take the least time together;
    every vehicle tips on its way home.
    """
    routes = [_driven(problem, v, orders[v.id]) for v in problem.vehicles if v.id in orders]
    left_out = dict.fromkeys(range(len(problem.tasks)), Refusal.NOT_GIVEN)
    return make_plan(problem, routes, left_out | refusals(problem))


def _driven(problem: RouteProblem, vehicle: Vehicle, order: Order) -> Route:
    halts = _halts(problem, vehicle, order)
    route = with_rest(problem, vehicle, halts) or _with_late_rest(problem, vehicle, halts)
    return leave_late(problem, route)


@dataclass(frozen=True)
class _At:
    """Seconds since the start, the place, the last halt and what came before it."""

    time_s: float
    place: int
    halt: Halt | None = None
    before: _At | None = None

    def halts(self) -> list[Halt]:
        found, at = list[Halt](), self
        while at.halt is not None and at.before is not None:
            found.append(at.halt)
            at = at.before
        return found[::-1]


def _halts(problem: RouteProblem, vehicle: Vehicle, order: Order) -> list[Halt]:
    """The order with ways and tippings, so that all and the way home take the least time; windows aside."""
    tasks = [stop for stop in order if not isinstance(stop, Tip)]
    tips_found = len(tasks) == len(order) and bool(problem.tips)
    ends = _with_tips(problem, vehicle, tasks) if tips_found else _as_named(problem, vehicle, order)
    return min(ends, key=lambda at: at.time_s + float(problem.time_s[at.place, DEPOT])).halts()


def _as_named(problem: RouteProblem, vehicle: Vehicle, order: Order) -> list[_At]:
    reached = [_At(0.0, vehicle.start)]
    for stop in order:
        choice = [stop] if isinstance(stop, Tip) else _ways(problem, stop)
        reached = _onward(problem, reached, choice)
    if problem.tips and order and not isinstance(order[-1], Tip):
        return _onward(problem, reached, [Tip(row) for row in problem.tips])
    return reached


def _with_tips(problem: RouteProblem, vehicle: Vehicle, tasks: Sequence[int]) -> list[_At]:
    """By dynamic programming over where the truck is empty; a task that is too large alone has a trip of its own."""
    tips = [Tip(row) for row in problem.tips]
    empty: list[list[_At]] = [[_At(0.0, vehicle.start)], *([] for _ in tasks)]
    for first in range(len(tasks)):
        reached, kg, m3 = empty[first], 0.0, 0.0
        for last in range(first, len(tasks)):
            task = problem.tasks[tasks[last]]
            kg, m3 = kg + task.load_kg, m3 + task.load_m3
            if last > first and (kg > vehicle.capacity_kg or m3 > vehicle.capacity_m3):
                break
            reached = _onward(problem, reached, _ways(problem, tasks[last]))
            tipped = _onward(problem, reached, tips)
            known = empty[last + 1] or tipped
            empty[last + 1] = [
                min(pair, key=lambda at: at.time_s) for pair in zip(known, tipped, strict=True)
            ]
    return empty[-1]


def _ways(problem: RouteProblem, task: int) -> list[Halt]:
    return [Serve(task, way) for way in range(len(problem.tasks[task].ways))]


def _onward(problem: RouteProblem, reached: Sequence[_At], choice: Sequence[Halt]) -> list[_At]:
    """Where each halt of the choice ends, come to from where that takes least."""
    found = []
    for halt in choice:
        enter, leave, service_s = _ends(problem, halt)
        arrivals = [(at.time_s + float(problem.time_s[at.place, enter]), n) for n, at in enumerate(reached)]
        time_s, n = min(arrivals)
        found.append(_At(time_s + service_s, leave, halt, reached[n]))
    return found


def _ends(problem: RouteProblem, halt: Halt) -> tuple[int, int, float]:
    """Where it begins and ends, and how long it takes."""
    match halt:
        case Serve(task, number):
            way = problem.tasks[task].ways[number]
            return way.enter, way.leave, way.service_s
        case Tip(row):
            return row, row, problem.site_at(row).service_s
        case _:
            raise AssertionError(halt)


def _with_late_rest(problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt]) -> Route:
    """Where no break keeps all the rules: one that begins before the last halt that it may begin before."""
    route = drive(problem, vehicle, halts)
    rest = vehicle.rest
    if rest is None or not needs_rest(route):
        return route
    at = sum(visit.departure_s <= rest.until_s for visit in route.visits[1:-1])
    return drive(problem, vehicle, [*halts[:at], Rest(), *halts[at:]])
