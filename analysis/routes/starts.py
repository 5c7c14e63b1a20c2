"""What is left of an older plan when tasks, loads, vehicles or their places have changed."""

from __future__ import annotations

from math import inf

from analysis.routes.departure import leave_late
from analysis.routes.plan import Halt, Refusal, Route, RoutePlan, Serve, Tip, VisitKind, make_plan
from analysis.routes.problem import RouteProblem, Vehicle
from analysis.routes.rests import fitted


def adopt(problem: RouteProblem, start: RoutePlan, refused: dict[int, Refusal]) -> RoutePlan:
    """A legal plan that keeps the order of `start`: tasks that are still asked for, on vehicles that may serve them;
    a tipping is added where the load has grown, and what its shift has no more time for is left out."""
    fleet = {vehicle.id: vehicle for vehicle in problem.crews}
    number = {task.id: n for n, task in enumerate(problem.tasks) if n not in refused}
    seen: set[int] = set()
    routes = []
    for route in start.routes:
        if (vehicle := fleet.get(route.vehicle.id)) and route.day == 0:
            halts = _kept(problem, vehicle, route, number, seen)
            routes.append(leave_late(problem, fitted(problem, vehicle, halts)))
    return make_plan(problem, routes, refused)


def _kept(
    problem: RouteProblem, vehicle: Vehicle, route: Route, number: dict[str, int], seen: set[int]
) -> list[Halt]:
    """The halts without what is gone; `seen` takes the tasks served."""
    halts: list[Halt] = []
    kg, m3 = vehicle.load_kg, vehicle.load_m3
    for visit in route.visits:
        n = number.get(visit.id, -1) if visit.kind is VisitKind.TASK else -1
        if visit.kind is VisitKind.TIP and kg + m3 > 0 and visit.place in problem.tips:
            halts.append(Tip(visit.place))
            kg = m3 = 0.0
        if n < 0 or n in seen or not _may(problem, vehicle, n):
            continue
        task = problem.tasks[n]
        if kg + task.load_kg > vehicle.capacity_kg or m3 + task.load_m3 > vehicle.capacity_m3:
            if not problem.tips:
                continue
            halts.append(Tip(problem.best_tip(_here(problem, vehicle, halts))))
            kg = m3 = 0.0
        seen.add(n)
        halts.append(Serve(n, visit.way if visit.way < len(task.ways) else 0))
        kg, m3 = kg + task.load_kg, m3 + task.load_m3
    return halts


def _may(problem: RouteProblem, vehicle: Vehicle, n: int) -> bool:
    task = problem.tasks[n]
    fits = task.load_kg <= vehicle.capacity_kg and task.load_m3 <= vehicle.capacity_m3
    return fits and task.prices.get(vehicle.id, 0.0) < inf


def _here(problem: RouteProblem, vehicle: Vehicle, halts: list[Halt]) -> int:
    match halts[-1] if halts else None:
        case Serve(task, way):
            return problem.tasks[task].ways[way].leave
        case Tip(row):
            return row
        case _:
            return vehicle.start
