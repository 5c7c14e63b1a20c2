"""A plan made elsewhere: who serves what in which order; its directions, tippings and breaks where it names none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.routes.departure import leave_late
from analysis.routes.plan import Halt, Refusal, Rest, Route, RoutePlan, Serve, Tip, drive, make_plan, refusals
from analysis.routes.problem import DEPOT, RouteProblem, Vehicle
from analysis.routes.rests import needs_rest, with_rest

Order = Sequence[int | Tip]  # tasks by number, and tippings


def drive_orders(problem: RouteProblem, orders: Mapping[str, Order]) -> RoutePlan:
    """The plan of these orders by vehicle, whether or not it keeps the rules: ask check_plan.

    Streets are served in the directions that take the least time together. A vehicle whose order names no tipping tips
    where the next load would be too much, where that is quickest; every vehicle tips on its way home.
    """
    routes = [_driven(problem, v, orders[v.id]) for v in problem.vehicles if v.id in orders]
    left_out = dict.fromkeys(range(len(problem.tasks)), Refusal.NOT_GIVEN)
    return make_plan(problem, routes, left_out | refusals(problem))


def _driven(problem: RouteProblem, vehicle: Vehicle, order: Order) -> Route:
    halts = _quickest(problem, vehicle, list(_choices(problem, vehicle, order)))
    route = with_rest(problem, vehicle, halts) or _with_late_rest(problem, vehicle, halts)
    return leave_late(problem, route)


def _choices(problem: RouteProblem, vehicle: Vehicle, order: Order) -> Iterator[Sequence[Halt]]:
    """What the vehicle may do at each of its halts: the ways of a task, the sites of a tipping."""
    anywhere = [Tip(row) for row in problem.tips]
    named = any(isinstance(stop, Tip) for stop in order)
    kg, m3 = vehicle.load_kg, vehicle.load_m3
    for stop in order:
        if isinstance(stop, Tip):
            yield [stop]
            continue
        task = problem.tasks[stop]
        full = kg + task.load_kg > vehicle.capacity_kg or m3 + task.load_m3 > vehicle.capacity_m3
        if full and kg + m3 > 0 and anywhere and not named:
            yield anywhere
            kg = m3 = 0.0
        yield [Serve(stop, way) for way in range(len(task.ways))]
        kg, m3 = kg + task.load_kg, m3 + task.load_m3
    if anywhere and order and not isinstance(order[-1], Tip):
        yield anywhere


def _quickest(problem: RouteProblem, vehicle: Vehicle, choices: Sequence[Sequence[Halt]]) -> list[Halt]:
    """One halt of each choice, so that the drive over all of them and home takes the least time; windows aside."""
    reached: list[tuple[float, int]] = [
        (0.0, vehicle.start)
    ]  # seconds, and the place, at the end of each halt
    came_from: list[list[int]] = []
    for choice in choices:
        ends = [_ends(problem, halt) for halt in choice]
        options = [[s + float(problem.time_s[here, enter]) for s, here in reached] for enter, _, _ in ends]
        came_from.append([own.index(min(own)) for own in options])
        reached = [(min(own) + s, leave) for own, (_, leave, s) in zip(options, ends, strict=True)]
    home_s = [s + float(problem.time_s[here, DEPOT]) for s, here in reached]
    at, halts = home_s.index(min(home_s)), list[Halt]()
    for choice, before in zip(reversed(choices), reversed(came_from), strict=True):
        halts.append(choice[at])
        at = before[at]
    return halts[::-1]


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
