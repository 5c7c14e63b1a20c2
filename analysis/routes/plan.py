"""The answer: which vehicle drives where in which order, when, with what on board, and what nobody serves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from math import inf

from analysis.routes.problem import DEPOT, RouteProblem, Task, Vehicle

M_PER_KM = 1000.0
S_PER_H = 3600.0


class VisitKind(StrEnum):
    START = "start"
    TASK = "task"
    TIP = "tip"
    REST = "rest"
    END = "end"


class Refusal(StrEnum):
    """Why a task is not served."""

    TOO_LARGE = "larger-than-every-vehicle"
    WRONG_FRACTION = "no-vehicle-takes-fraction"
    NO_DISPOSAL = "no-disposal-site-takes-fraction"
    UNREACHABLE = "unreachable"
    BEYOND_SHIFT = "too-far-for-one-shift"
    WINDOW = "no-vehicle-in-its-time-window"
    FORBIDDEN = "no-vehicle-may-serve-it"
    NOT_WORTH = "not-worth-the-detour"
    NO_TIME = "no-shift-time-left"
    NOT_GIVEN = "not-in-the-imported-plan"


@dataclass(frozen=True)
class Serve:
    """Serve the problem's task of this number, in this of its ways."""

    task: int
    way: int = 0


@dataclass(frozen=True)
class Tip:
    """Tip at the disposal site with this matrix row."""

    row: int


@dataclass(frozen=True)
class Rest:
    """The vehicle's break, where it stands."""


Halt = Serve | Tip | Rest


@dataclass(frozen=True)
class Visit:
    """One halt: `place` is the matrix row where it begins, `leave` where it ends; waiting is from arrival to start, and
    at a disposal site before departure where the next trip's tasks are not released yet.

    Loads are what is picked up here and what is on board on leaving.
    """

    kind: VisitKind
    place: int
    leave: int
    id: str
    arrival_s: float
    start_s: float
    departure_s: float
    way: int = 0
    load_kg: float = 0.0
    load_m3: float = 0.0
    load_after_kg: float = 0.0
    load_after_m3: float = 0.0


@dataclass(frozen=True)
class Route:
    """One vehicle's shift on one day; times in seconds after midnight. `distance_m` includes the streets served."""

    vehicle: Vehicle
    visits: tuple[Visit, ...]
    distance_m: float
    day: int = 0

    @property
    def duration_s(self) -> float:
        return self.visits[-1].arrival_s - self.visits[0].departure_s

    @property
    def overtime_s(self) -> float:
        return max(0.0, self.visits[-1].arrival_s - self.vehicle.shift_end_s)

    @property
    def served(self) -> tuple[Visit, ...]:
        return tuple(v for v in self.visits if v.kind is VisitKind.TASK)

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
    """Routes with at least one task each; `cost` by the problem's Costs, prices and lost prizes included."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: float
    iterations: int = 0

    @property
    def distance_m(self) -> float:
        return sum(route.distance_m for route in self.routes)

    @property
    def duration_s(self) -> float:
        return sum(route.duration_s for route in self.routes)

    @property
    def load_kg(self) -> float:
        return sum(route.load_kg for route in self.routes)


def drive(
    problem: RouteProblem,
    vehicle: Vehicle,
    halts: Sequence[Halt],
    *,
    day: int = 0,
    depart_s: float | None = None,
) -> Route:
    """The route of these halts. It leaves at `depart_s`, by default when the shift starts, and waits for windows."""
    return _Drive(problem, vehicle, vehicle.shift_start_s if depart_s is None else depart_s).route(halts, day)


class _Drive:
    """The state of a vehicle on its way."""

    def __init__(self, problem: RouteProblem, vehicle: Vehicle, depart_s: float) -> None:
        self.problem, self.vehicle = problem, vehicle
        self.clock_s, self.here, self.distance_m = depart_s, vehicle.start, 0.0
        self.load_kg, self.load_m3 = vehicle.load_kg, vehicle.load_m3
        self.visits: list[Visit] = []

    def route(self, halts: Sequence[Halt], day: int) -> Route:
        self.clock_s = max(self.clock_s, self._release_s(halts))
        start = self.vehicle.start
        self.visits.append(self._visit(VisitKind.START, start, start, self.problem.depot_id, 0.0))
        for number, halt in enumerate(halts, start=1):
            match halt:
                case Serve(task, way):
                    self._serve(self.problem.tasks[task], way)
                case Tip(row):
                    self._tip(row, self._release_s(halts[number:]))
                case Rest():
                    self._rest()
        self._go(DEPOT)
        self.visits.append(self._visit(VisitKind.END, DEPOT, DEPOT, self.problem.depot_id, 0.0))
        return Route(self.vehicle, tuple(self.visits), self.distance_m, day)

    def _release_s(self, halts: Sequence[Halt]) -> float:
        """When the trip that begins with these halts may leave."""
        trip = takewhile(lambda halt: not isinstance(halt, Tip), halts)
        tasks = (self.problem.tasks[halt.task] for halt in trip if isinstance(halt, Serve))
        return max((task.release_s for task in tasks), default=-inf)

    def _go(self, place: int) -> None:
        self.clock_s += float(self.problem.time_s[self.here, place])
        self.distance_m += float(self.problem.length_m[self.here, place])
        self.here = place

    def _serve(self, task: Task, number: int) -> None:
        way = task.ways[number]
        self._go(way.enter)
        self.load_kg, self.load_m3 = self.load_kg + task.load_kg, self.load_m3 + task.load_m3
        opens_s = task.window_s[0] if task.window_s else -inf
        loads = (task.load_kg, task.load_m3)
        self.visits.append(
            self._visit(
                VisitKind.TASK, way.enter, way.leave, task.id, way.service_s, number, loads, opens_s=opens_s
            )
        )
        self.distance_m, self.here = self.distance_m + way.length_m, way.leave

    def _tip(self, row: int, release_s: float) -> None:
        self._go(row)
        self.load_kg = self.load_m3 = 0.0
        site = self.problem.site_at(row)
        self.visits.append(self._visit(VisitKind.TIP, row, row, site.id, site.service_s, leaves_s=release_s))

    def _rest(self) -> None:
        assert self.vehicle.rest is not None  # noqa: S101 - who places a rest has one
        rest = self.vehicle.rest
        self.visits.append(
            self._visit(VisitKind.REST, self.here, self.here, "", rest.duration_s, opens_s=rest.from_s)
        )

    def _visit(
        self,
        kind: VisitKind,
        place: int,
        leave: int,
        id: str,
        service_s: float,
        way: int = 0,
        loads: tuple[float, float] = (0.0, 0.0),
        *,
        opens_s: float = -inf,
        leaves_s: float = -inf,
    ) -> Visit:
        arrival_s, start_s = self.clock_s, max(self.clock_s, opens_s)
        self.clock_s = max(start_s + service_s, leaves_s)
        times = (arrival_s, start_s, self.clock_s)
        return Visit(kind, place, leave, id, *times, way, *loads, self.load_kg, self.load_m3)


def make_plan(
    problem: RouteProblem, routes: Iterable[Route], refused: dict[int, Refusal], iterations: int = 0
) -> RoutePlan:
    """The plan of these routes; a task neither served nor refused beforehand (by number) found no shift time."""
    driven = tuple(route for route in routes if route.served)
    served = {visit.id for route in driven for visit in route.served}
    left_out = [(n, task) for n, task in enumerate(problem.tasks) if task.id not in served]
    unserved = tuple(Unserved(task.id, refused.get(n, _left(task))) for n, task in left_out)
    return RoutePlan(driven, unserved, plan_cost(problem, driven), iterations)


def _left(task: Task) -> Refusal:
    return Refusal.NO_TIME if task.prize is None else Refusal.NOT_WORTH


def plan_cost(problem: RouteProblem, routes: Sequence[Route]) -> float:
    """Money: vehicles, hours, kilometres, overtime, prices of who serves what, and the prizes lost."""
    costs = problem.costs
    tasks = {task.id: task for task in problem.tasks}
    overtime_h = sum(route.overtime_s for route in routes) / S_PER_H
    hours = sum(route.duration_s for route in routes) / S_PER_H - overtime_h
    km = sum(route.distance_m for route in routes) / M_PER_KM
    prices = sum(tasks[v.id].prices.get(r.vehicle.id, 0.0) for r in routes for v in r.served)
    served = {visit.id for route in routes for visit in route.served}
    lost = sum(task.prize or 0.0 for task in problem.tasks if task.id not in served)
    driven = costs.per_vehicle * len(routes) + costs.per_hour * hours + costs.per_km * km
    return driven + costs.per_overtime_hour * overtime_h + prices + lost


def refusals(problem: RouteProblem) -> dict[int, Refusal]:
    """By number, the tasks that no vehicle could serve even alone, and why."""
    found = ((n, _refusal(problem, task)) for n, task in enumerate(problem.tasks))
    return {n: reason for n, reason in found if reason is not None}


def _refusal(problem: RouteProblem, task: Task) -> Refusal | None:
    if not problem.crews:
        return Refusal.WRONG_FRACTION
    if problem.disposal_sites and not problem.tips:
        return Refusal.NO_DISPOSAL
    fitting = [v for v in problem.crews if task.load_kg <= v.capacity_kg and task.load_m3 <= v.capacity_m3]
    if not fitting:
        return Refusal.TOO_LARGE
    allowed = [v for v in fitting if task.prices.get(v.id, 0.0) < inf]
    if not allowed:
        return Refusal.FORBIDDEN
    reached = [(v, *_alone_s(problem, v, task)) for v in allowed]
    if not any(home_s < inf for _, _, home_s in reached):
        return Refusal.UNREACHABLE
    in_time = [(v, begin_s) for v, begin_s, home_s in reached if home_s <= v.latest_s]
    if not in_time:
        return Refusal.BEYOND_SHIFT
    if task.window_s and not any(begin_s <= task.window_s[1] for _, begin_s in in_time):
        return Refusal.WINDOW
    return None


def _alone_s(problem: RouteProblem, vehicle: Vehicle, task: Task) -> tuple[float, float]:
    """When a vehicle that does nothing else begins the task and is home; its rest is not counted."""
    opens_s = task.window_s[0] if task.window_s else -inf
    ways = []
    for way in task.ways:
        leave_s = max(vehicle.shift_start_s, task.release_s)
        begin_s = max(leave_s + float(problem.time_s[vehicle.start, way.enter]), opens_s)
        ways.append((begin_s, begin_s + way.service_s + float(problem.way_home_s[way.leave])))
    return min(ways, key=lambda times: times[1])
