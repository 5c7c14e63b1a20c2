"""The answer: which vehicle drives where in which order, when, with what on board, and what nobody serves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.routes.problem import DEPOT, RouteProblem, Stop, Vehicle

M_PER_KM = 1000.0
S_PER_H = 3600.0


class VisitKind(StrEnum):
    START = "start"
    CONTAINER = "container"
    TIP = "tip"
    END = "end"


class Refusal(StrEnum):
    """Why a stop is not served."""

    TOO_LARGE = "larger-than-every-vehicle"
    WRONG_FRACTION = "no-vehicle-takes-fraction"
    NO_DISPOSAL = "no-disposal-site-takes-fraction"
    UNREACHABLE = "unreachable"
    BEYOND_SHIFT = "too-far-for-one-shift"
    NO_TIME = "no-shift-time-left"


@dataclass(frozen=True)
class Visit:
    """One halt. `place` is the matrix row; loads are what is picked up here and what is on board on leaving."""

    kind: VisitKind
    place: int
    id: str
    arrival_s: float
    departure_s: float
    load_kg: float = 0.0
    load_m3: float = 0.0
    load_after_kg: float = 0.0
    load_after_m3: float = 0.0


@dataclass(frozen=True)
class Route:
    """One vehicle's shift; times in seconds after midnight."""

    vehicle: Vehicle
    visits: tuple[Visit, ...]
    distance_m: float

    @property
    def duration_s(self) -> float:
        return self.visits[-1].arrival_s - self.visits[0].arrival_s

    @property
    def stops(self) -> tuple[Visit, ...]:
        return tuple(v for v in self.visits if v.kind is VisitKind.CONTAINER)

    @property
    def tips(self) -> int:
        return sum(v.kind is VisitKind.TIP for v in self.visits)

    @property
    def load_kg(self) -> float:
        return sum(v.load_kg for v in self.visits)

    @property
    def load_m3(self) -> float:
        return sum(v.load_m3 for v in self.visits)


@dataclass(frozen=True)
class Unserved:
    id: str
    reason: Refusal


@dataclass(frozen=True)
class RoutePlan:
    """Routes with at least one container each; `cost` by the problem's Costs."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: float

    @property
    def distance_m(self) -> float:
        return sum(route.distance_m for route in self.routes)

    @property
    def duration_s(self) -> float:
        return sum(route.duration_s for route in self.routes)

    @property
    def load_kg(self) -> float:
        return sum(route.load_kg for route in self.routes)


def drive(problem: RouteProblem, vehicle: Vehicle, rows: Sequence[int]) -> Route:
    """The route that leaves the depot when the shift starts and visits these matrix rows (stops and tips) in order."""
    clock_s, load_kg, load_m3, distance_m, here = vehicle.shift_start_s, 0.0, 0.0, 0.0, DEPOT
    visits = [Visit(VisitKind.START, DEPOT, problem.depot_id, clock_s, clock_s)]
    for row in (*rows, DEPOT):
        clock_s += float(problem.time_s[here, row])
        distance_m += float(problem.length_m[here, row])
        if row == DEPOT:
            visits.append(
                Visit(VisitKind.END, DEPOT, problem.depot_id, clock_s, clock_s, 0.0, 0.0, load_kg, load_m3)
            )
        elif row < problem.first_stop:
            site, load_kg, load_m3 = problem.site_at(row), 0.0, 0.0
            visits.append(Visit(VisitKind.TIP, row, site.id, clock_s, clock_s + site.service_s))
        else:
            stop = problem.stop_at(row)
            load_kg, load_m3 = load_kg + stop.load_kg, load_m3 + stop.load_m3
            visits.append(_served(stop, row, clock_s, load_kg, load_m3))
        clock_s, here = visits[-1].departure_s, row
    return Route(vehicle, tuple(visits), distance_m)


def _served(stop: Stop, row: int, clock_s: float, load_kg: float, load_m3: float) -> Visit:
    leaves_s = clock_s + stop.service_s
    return Visit(
        VisitKind.CONTAINER, row, stop.id, clock_s, leaves_s, stop.load_kg, stop.load_m3, load_kg, load_m3
    )


def make_plan(problem: RouteProblem, routes: Iterable[Route], refused: dict[int, Refusal]) -> RoutePlan:
    """The plan of these routes; a stop neither served nor refused beforehand (by row) found no shift time."""
    driven = tuple(route for route in routes if route.stops)
    served = {visit.place for route in driven for visit in route.stops}
    unserved = tuple(
        Unserved(stop.id, refused.get(row, Refusal.NO_TIME))
        for row, stop in enumerate(problem.stops, start=problem.first_stop)
        if row not in served
    )
    return RoutePlan(driven, unserved, plan_cost(problem, driven))


def plan_cost(problem: RouteProblem, routes: Sequence[Route]) -> float:
    costs = problem.costs
    hours = sum(route.duration_s for route in routes) / S_PER_H
    km = sum(route.distance_m for route in routes) / M_PER_KM
    return costs.per_vehicle * len(routes) + costs.per_hour * hours + costs.per_km * km


def refusals(problem: RouteProblem) -> dict[int, Refusal]:
    """By matrix row, the stops that no vehicle could serve even alone, and why."""
    rows = range(problem.first_stop, problem.first_stop + len(problem.stops))
    return {row: reason for row in rows if (reason := _refusal(problem, row)) is not None}


def _refusal(problem: RouteProblem, row: int) -> Refusal | None:
    stop = problem.stop_at(row)
    if not problem.crews:
        return Refusal.WRONG_FRACTION
    if not problem.tips:
        return Refusal.NO_DISPOSAL
    fitting = [v for v in problem.crews if stop.load_kg <= v.capacity_kg and stop.load_m3 <= v.capacity_m3]
    if not fitting:
        return Refusal.TOO_LARGE
    alone_s = float(problem.time_s[DEPOT, row]) + stop.service_s + float(problem.way_home_s[row])
    if not alone_s < float("inf"):
        return Refusal.UNREACHABLE
    if all(alone_s > v.shift_end_s - v.shift_start_s for v in fitting):
        return Refusal.BEYOND_SHIFT
    return None
