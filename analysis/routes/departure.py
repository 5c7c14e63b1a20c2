"""When a vehicle leaves the yard: as late as ends its shift no later, so that nobody waits at a gate."""

from __future__ import annotations

from math import inf

from analysis.routes.plan import Halt, Rest, Route, Serve, Tip, Visit, VisitKind, drive
from analysis.routes.problem import DEPOT, RouteProblem, Vehicle


def leave_late(problem: RouteProblem, route: Route) -> Route:
    """The same halts, departing later by as much waiting as no window forbids (the forward time slack of
    Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration", 1992).

    A truck on the road drives on at once.
    """
    vehicle = route.vehicle
    if not waits_in_yard(vehicle):
        return route
    later_s = _slack_s(problem, route)
    if later_s <= 0:
        return route
    depart_s = route.visits[0].departure_s + later_s
    return drive(problem, vehicle, halts_of(problem, route), day=route.day, depart_s=depart_s)


def waits_in_yard(vehicle: Vehicle) -> bool:
    return vehicle.start == DEPOT and vehicle.load_kg == 0 and vehicle.load_m3 == 0


def _slack_s(problem: RouteProblem, route: Route) -> float:
    windows = {task.id: task.window_s for task in problem.tasks if task.window_s}
    waited_s, slack_s = 0.0, inf
    for visit in route.visits[1:]:
        waited_s += visit.start_s - visit.arrival_s
        closes_s = _closes_s(route, visit, windows)
        slack_s = min(slack_s, waited_s + closes_s - visit.start_s)
        if visit.kind is VisitKind.TIP:
            site = problem.site_at(visit.place)
            waited_s += max(0.0, visit.departure_s - visit.start_s - site.service_s)
    return min(slack_s, waited_s)


def _closes_s(route: Route, visit: Visit, windows: dict[str, tuple[float, float]]) -> float:
    if visit.kind is VisitKind.REST and route.vehicle.rest:
        return route.vehicle.rest.until_s
    window = windows.get(visit.id) if visit.kind is VisitKind.TASK else None
    return window[1] if window else inf


def halts_of(problem: RouteProblem, route: Route) -> list[Halt]:
    """What the vehicle does between its start and its end."""
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    halts: list[Halt] = []
    for visit in route.visits:
        match visit.kind:
            case VisitKind.TASK:
                halts.append(Serve(number[visit.id], visit.way))
            case VisitKind.TIP:
                halts.append(Tip(visit.place))
            case VisitKind.REST:
                halts.append(Rest())
    return halts
