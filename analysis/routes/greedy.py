"""The comparison plan: a crew drives to the nearest container left, tips when full, goes home when its shift ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.routes.plan import Route, RoutePlan, drive, make_plan, refusals
from analysis.routes.problem import DEPOT, RouteProblem, Vehicle

Ints = npt.NDArray[np.int64]


def nearest_neighbour(problem: RouteProblem) -> RoutePlan:
    """A plan under all the constraints that `solve` keeps: capacity, shift, tipping before the way home."""
    refused = refusals(problem)
    rows = range(problem.first_stop, problem.first_stop + len(problem.stops))
    left = np.array([row for row in rows if row not in refused], dtype=np.int64)
    routes = []
    for vehicle in problem.crews if problem.tips else ():
        route = _shift(problem, vehicle, left)
        left = np.setdiff1d(left, [visit.place for visit in route.stops])
        routes.append(route)
    return make_plan(problem, routes, refused)


def _shift(problem: RouteProblem, vehicle: Vehicle, left: Ints) -> Route:
    """One vehicle's shift, from the matrix rows that are left."""
    rows: list[int] = []
    clock_s, load_kg, load_m3, here = vehicle.shift_start_s, 0.0, 0.0, DEPOT
    open_rows = np.array([row for row in left if _fits(problem, vehicle, int(row), 0.0, 0.0)], dtype=np.int64)
    while len(in_time := _in_time(problem, vehicle, open_rows, here, clock_s)):
        nearest = int(in_time[problem.time_s[here, in_time].argmin()])
        if not _fits(problem, vehicle, nearest, load_kg, load_m3):
            tip = _tip_in_time(problem, vehicle, here, clock_s)
            clock_s += float(problem.time_s[here, tip]) + problem.site_at(tip).service_s
            rows, load_kg, load_m3, here = [*rows, tip], 0.0, 0.0, tip
            continue
        stop = problem.stop_at(nearest)
        clock_s += float(problem.time_s[here, nearest]) + stop.service_s
        here, rows, open_rows = nearest, [*rows, nearest], open_rows[open_rows != nearest]
        load_kg, load_m3 = load_kg + stop.load_kg, load_m3 + stop.load_m3
    return drive(problem, vehicle, [*rows, problem.best_tip(here)] if here >= problem.first_stop else rows)


def _in_time(problem: RouteProblem, vehicle: Vehicle, rows: Ints, here: int, clock_s: float) -> Ints:
    """The rows that can be served next and leave time to tip and to be home when the shift ends."""
    home_s = clock_s + problem.time_s[here, rows] + problem.service_s[rows] + problem.way_home_s[rows]
    return np.asarray(rows[home_s <= vehicle.shift_end_s], dtype=np.int64)


def _tip_in_time(problem: RouteProblem, vehicle: Vehicle, here: int, clock_s: float) -> int:
    """The nearest disposal site, unless only the one on the way home leaves enough time."""
    nearest = min(problem.tips, key=lambda tip: problem.time_s[here, tip])
    home_s = (
        clock_s
        + problem.time_s[here, nearest]
        + problem.site_at(nearest).service_s
        + problem.time_s[nearest, DEPOT]
    )
    return nearest if home_s <= vehicle.shift_end_s else problem.best_tip(here)


def _fits(problem: RouteProblem, vehicle: Vehicle, row: int, load_kg: float, load_m3: float) -> bool:
    stop = problem.stop_at(row)
    return load_kg + stop.load_kg <= vehicle.capacity_kg and load_m3 + stop.load_m3 <= vehicle.capacity_m3
