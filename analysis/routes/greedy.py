"""The comparison plan: a crew drives to the nearest task left, tips when full, goes home when its shift ends."""

from __future__ import annotations

from math import inf

import numpy as np
import numpy.typing as npt

from analysis.routes.plan import Halt, Route, RoutePlan, Serve, Tip, make_plan, refusals
from analysis.routes.problem import RouteProblem, RoutingError, Task, Vehicle
from analysis.routes.rests import fitted, working_s

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def nearest_neighbour(problem: RouteProblem, *, optional: bool = True) -> RoutePlan:
    """A plan of one day under all the constraints that `solve` keeps: capacity, shift, windows, rests, tipping.

    It weighs no prizes: `optional` says whether the tasks that have one are served like the others or not at all.
    """
    if problem.days > 1:
        raise RoutingError("The nearest-neighbour plan is of one day.")
    refused = refusals(problem)
    left = {n for n, task in enumerate(problem.tasks) if optional or task.prize is None} - set(refused)
    routes: list[Route] = []
    for vehicle in problem.crews:
        route = _Shift(problem, vehicle, left).route()
        left -= _served(problem, route)
        routes.append(route)
    return make_plan(problem, routes, refused)


def _served(problem: RouteProblem, route: Route) -> set[int]:
    ids = {visit.id for visit in route.served}
    return {n for n, task in enumerate(problem.tasks) if task.id in ids}


class _Shift:
    """One vehicle's shift over the tasks that are left."""

    def __init__(self, problem: RouteProblem, vehicle: Vehicle, left: set[int]) -> None:
        self.problem, self.vehicle = problem, vehicle
        self.clock_s = self.trip_s = vehicle.shift_start_s  # now; when the present trip began
        self.here = vehicle.start
        self.load_kg, self.load_m3 = vehicle.load_kg, vehicle.load_m3
        self.latest_s = vehicle.shift_start_s + working_s(vehicle)
        self.halts: list[Halt] = []
        open_ = [n for n in sorted(left) if self._may(problem.tasks[n])]
        ways = [(n, w, way) for n in open_ for w, way in enumerate(problem.tasks[n].ways)]
        self.task = np.array([n for n, _, _ in ways], dtype=np.int64)
        self.way = np.array([w for _, w, _ in ways], dtype=np.int64)
        self.enter = np.array([way.enter for _, _, way in ways], dtype=np.int64)
        self.service_s = np.array([way.service_s for _, _, way in ways])
        self.home_s = problem.way_home_s[[way.leave for _, _, way in ways]] if ways else np.empty(0)
        self.release_s = np.array([problem.tasks[n].release_s for n, _, _ in ways])
        windows = [problem.tasks[n].window_s or (-inf, inf) for n, _, _ in ways]
        self.opens_s, self.closes_s = np.array(windows).reshape(-1, 2).T

    def _may(self, task: Task) -> bool:
        vehicle = self.vehicle
        fits = task.load_kg <= vehicle.capacity_kg and task.load_m3 <= vehicle.capacity_m3
        return fits and task.prices.get(vehicle.id, 0.0) < inf

    def route(self) -> Route:
        while len(open_ := self._open()) or self._await_release():
            if not len(open_):
                continue
            nearest = int(open_[self._drives()[open_].argmin()])
            task = self.problem.tasks[self.task[nearest]]
            if self._is_full_for(task):
                if not self.problem.tips:
                    break
                self._go_tip()
            else:
                self._go_serve(nearest, task)
        return fitted(self.problem, self.vehicle, self.halts)

    def _drives(self) -> Floats:
        return np.asarray(self.problem.time_s[self.here, self.enter], dtype=np.float64)

    def _open(self) -> Ints:
        """The ways that can be served next and leave time to tip and to be home when the shift ends."""
        if not len(self.enter):
            return np.empty(0, dtype=np.int64)
        begin_s = np.maximum(self.clock_s + self._drives(), self.opens_s)
        home_s = begin_s + self.service_s + self.home_s
        in_time = (home_s <= self.latest_s) & (begin_s <= self.closes_s)
        return np.flatnonzero(in_time & (self.release_s <= self.trip_s))

    def _await_release(self) -> bool:
        """Tip, or at the beginning of a trip wait for the next task that is released; False: none comes in time."""
        later = self.release_s[(self.release_s > self.trip_s) & (self.release_s < self.latest_s)]
        if not len(later):
            return False
        if self.halts and isinstance(self.halts[-1], Serve):
            if not self.problem.tips:
                return False
            self._go_tip()
        self.clock_s = self.trip_s = max(self.clock_s, float(later.min()))
        return self.clock_s < self.latest_s

    def _is_full_for(self, task: Task) -> bool:
        vehicle = self.vehicle
        return (
            self.load_kg + task.load_kg > vehicle.capacity_kg
            or self.load_m3 + task.load_m3 > vehicle.capacity_m3
        )

    def _go_tip(self) -> None:
        """To the nearest disposal site, unless only the one on the way home leaves enough time."""
        problem = self.problem
        nearest = min(problem.tips, key=lambda row: problem.time_s[self.here, row])
        if self._after_tip_s(nearest) + float(problem.time_s[nearest, 0]) > self.latest_s:
            nearest = problem.best_tip(self.here)
        self.clock_s = self.trip_s = self._after_tip_s(nearest)
        self.here = nearest
        self.load_kg = self.load_m3 = 0.0
        self.halts.append(Tip(nearest))

    def _after_tip_s(self, row: int) -> float:
        return self.clock_s + float(self.problem.time_s[self.here, row]) + self.problem.site_at(row).service_s

    def _go_serve(self, nearest: int, task: Task) -> None:
        number, way = int(self.task[nearest]), int(self.way[nearest])
        begin_s = max(self.clock_s + float(self._drives()[nearest]), self.opens_s[nearest])
        self.clock_s, self.here = begin_s + task.ways[way].service_s, task.ways[way].leave
        self.load_kg, self.load_m3 = self.load_kg + task.load_kg, self.load_m3 + task.load_m3
        self.halts.append(Serve(number, way))
        self._drop(self.task == number)

    def _drop(self, gone: npt.NDArray[np.bool_]) -> None:
        for name in ("task", "way", "enter", "service_s", "home_s", "opens_s", "closes_s", "release_s"):
            setattr(self, name, getattr(self, name)[~gone])
