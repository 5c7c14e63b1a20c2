"""A plan as what each vehicle does in which order: what a part of a job hands to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.routes import Halt, Rest, Route, RoutePlan, RouteProblem, Serve, Tip, VisitKind, drive
from analysis.routes.plan import make_plan, refusals

Orders = dict[str, dict[str, Any]]


def orders_of(plan: RoutePlan) -> Orders:
    """By vehicle when it leaves (seconds after midnight) and its halts: ["task", id, way], ["tip", row], ["rest"]."""
    return {
        route.vehicle.id: {
            "departs_s": route.visits[0].departure_s,
            "halts": [_told(visit) for visit in route.visits[1:-1]],
        }
        for route in plan.routes
    }


def _told(visit: Any) -> list[Any]:
    match visit.kind:
        case VisitKind.TASK:
            return ["task", visit.id, visit.way]
        case VisitKind.TIP:
            return ["tip", visit.place]
        case _:
            return ["rest"]


def driven(problem: RouteProblem, orders: Mapping[str, Mapping[str, Any]], iterations: int) -> RoutePlan:
    """The plan of these orders, driven in the problem that they were made for."""
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    routes: list[Route] = []
    for vehicle in problem.vehicles:
        if own := orders.get(vehicle.id):
            halts = [_halt(number, told) for told in own["halts"]]
            routes.append(drive(problem, vehicle, halts, depart_s=own["departs_s"]))
    return make_plan(problem, routes, refusals(problem), iterations)


def _halt(number: Mapping[str, int], told: Sequence[Any]) -> Halt:
    match told:
        case ["task", id, way]:
            return Serve(number[id], way)
        case ["tip", row]:
            return Tip(row)
        case _:
            return Rest()
