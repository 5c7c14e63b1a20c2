"""Breaks: room for them while a route is planned, and their place in the finished route."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from analysis.routes.plan import Halt, Rest, Route, Serve, Tip, VisitKind, drive
from analysis.routes.problem import RouteProblem, Vehicle


def working_s(vehicle: Vehicle) -> float:
    """How long the vehicle can work and drive in its shift: overtime counts, the break does not."""
    rest_s = vehicle.rest.duration_s if vehicle.rest else 0.0
    return vehicle.latest_s - vehicle.shift_start_s - rest_s


def needs_rest(route: Route) -> bool:
    """Whether the vehicle is still on the road when its break must have begun."""
    rest = route.vehicle.rest
    return rest is not None and route.visits[-1].arrival_s > rest.until_s


def with_rest(
    problem: RouteProblem,
    vehicle: Vehicle,
    halts: Sequence[Halt],
    *,
    day: int = 0,
    depart_s: float | None = None,
) -> Route | None:
    """The route of these halts with its break, where one is due, at the place that ends the shift soonest.

    None: no place keeps the break's window, the tasks' windows and the shift.
    """
    plain = drive(problem, vehicle, halts, day=day, depart_s=depart_s)
    if not needs_rest(plain):
        return plain if is_legal(problem, plain) else None
    routes = (
        drive(problem, vehicle, [*halts[:at], Rest(), *halts[at:]], day=day, depart_s=depart_s)
        for at in _gaps(plain)
    )
    return min(
        filter(lambda r: is_legal(problem, r), routes), key=lambda r: r.visits[-1].arrival_s, default=None
    )


def fitted(problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt]) -> Route:
    """The route of these halts with its break and a last tipping. Where that is not legal, without the one task whose
    window stands in the way, or else without the last ones."""
    left = list(halts)
    while served := [at for at, halt in enumerate(left) if isinstance(halt, Serve)]:
        if route := _closed(problem, vehicle, left):
            return route
        windowed = [at for at in served if _has_window(problem, left[at])]
        fewer = (_closed(problem, vehicle, [*left[:at], *left[at + 1 :]]) for at in windowed)
        if route := next(filter(None, fewer), None):
            return route
        del left[served[-1] :]
    return drive(problem, vehicle, closed(problem, vehicle, []))


def _closed(problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt]) -> Route | None:
    return with_rest(problem, vehicle, closed(problem, vehicle, halts))


def _has_window(problem: RouteProblem, halt: Halt) -> bool:
    return isinstance(halt, Serve) and problem.tasks[halt.task].window_s is not None


def closed(problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt]) -> list[Halt]:
    """The halts, and where something is on board at their end, the disposal site on the way home."""
    last = next((halt for halt in reversed(halts) if not isinstance(halt, Rest)), None)
    on_board = isinstance(last, Serve) or (last is None and (vehicle.load_kg > 0 or vehicle.load_m3 > 0))
    if not problem.disposal_sites or not on_board:
        return list(halts)
    here = problem.tasks[last.task].ways[last.way].leave if isinstance(last, Serve) else vehicle.start
    return [*halts, Tip(problem.best_tip(here))]


def _gaps(route: Route) -> list[int]:
    """Before which halts the break can begin in its window, by how much waiting it would bring."""
    rest = route.vehicle.rest
    assert rest is not None  # noqa: S101 - asked only for routes that need one
    ready_s = [visit.departure_s for visit in route.visits[:-1]]
    open_ = [at for at, s in enumerate(ready_s) if s <= rest.until_s]
    return [at for at in open_ if at == open_[-1] or ready_s[at + 1] > rest.from_s]


def is_legal(problem: RouteProblem, route: Route) -> bool:
    """Whether the route keeps the shift, the windows of its tasks and of its break."""
    windows = {task.id: task.window_s for task in problem.tasks if task.window_s}
    for visit in route.visits:
        window = windows.get(visit.id) if visit.kind is VisitKind.TASK else None
        if window and visit.start_s > window[1]:
            return False
        if visit.kind is VisitKind.REST and route.vehicle.rest and visit.start_s > route.vehicle.rest.until_s:
            return False
    in_order = all(a.departure_s <= b.arrival_s for a, b in pairwise(route.visits))
    return in_order and route.visits[-1].arrival_s <= route.vehicle.latest_s + 1e-6
