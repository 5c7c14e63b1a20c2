"""An independent check of a plan: recomputed from the matrices and the visits alone, by none of the planner's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from analysis.routes.plan import Route, RoutePlan, VisitKind
from analysis.routes.problem import RouteProblem

CLOCK_S = 0.5
LENGTH_M = 0.5
LOAD = 1e-6  # kg or m³
COST = 0.01


def check_plan(problem: RouteProblem, plan: RoutePlan) -> tuple[str, ...]:
    """What is wrong with the plan, one sentence each; empty when every rule is kept."""
    return (*_check_coverage(problem, plan), *_check_cost(problem, plan), *_check_routes(problem, plan))


def _check_coverage(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    """Every stop is served once or listed as unserved, and nothing else is; no vehicle drives twice."""
    named = Counter(v.id for route in plan.routes for v in route.visits if v.kind == VisitKind.CONTAINER)
    named.update(unserved.id for unserved in plan.unserved)
    known = {stop.id for stop in problem.stops}
    yield from (f"Stop {id} is neither served nor listed." for id in sorted(known - set(named)))
    yield from (f"Stop {id} is not in the problem." for id in sorted(set(named) - known))
    yield from (f"Stop {id} occurs {times} times." for id, times in sorted(named.items()) if times > 1)
    fleet = {vehicle.id: vehicle for vehicle in problem.vehicles}
    for id, times in Counter(route.vehicle.id for route in plan.routes).items():
        if times > 1:
            yield f"Vehicle {id} has {times} routes."
        if id not in fleet:
            yield f"Vehicle {id} is not in the fleet."
    for route in plan.routes:
        if fleet.get(route.vehicle.id, route.vehicle) != route.vehicle:
            yield f"Vehicle {route.vehicle.id} is not as the fleet has it."


def _check_cost(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    cost = 0.0
    for route in plan.routes:
        rows = [visit.place for visit in route.visits]
        metres = sum(float(problem.length_m[a, b]) for a, b in pairwise(rows))
        seconds = route.visits[-1].arrival_s - route.visits[0].arrival_s
        cost += problem.costs.per_vehicle
        cost += problem.costs.per_hour * seconds / 3600 + problem.costs.per_km * metres / 1000
        if abs(metres - route.distance_m) > LENGTH_M:
            yield f"Vehicle {route.vehicle.id} states {route.distance_m:.0f} m and drives {metres:.0f} m."
    if abs(cost - plan.cost) > COST:
        yield f"The plan states a cost of {plan.cost:.2f}; it is {cost:.2f}."


def _check_routes(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    for route in plan.routes:
        for check in (_check_shape, _check_places, _check_clock, _check_loads):
            yield from (f"Vehicle {route.vehicle.id}: {fault}" for fault in check(problem, route))


def _check_shape(problem: RouteProblem, route: Route) -> Iterator[str]:
    kinds = [visit.kind for visit in route.visits]
    if kinds[:1] != [VisitKind.START] or kinds[-1:] != [VisitKind.END]:
        yield "does not start and end at the depot."
    if set(kinds[1:-1]) - {VisitKind.CONTAINER, VisitKind.TIP}:
        yield "is at the depot in the middle of its route."
    if kinds[-2:-1] != [VisitKind.TIP]:
        yield "does not tip before it returns to the depot."
    fractions = route.vehicle.fractions
    if fractions and problem.fraction not in fractions:
        yield f"does not take {problem.fraction}."


def _check_places(problem: RouteProblem, route: Route) -> Iterator[str]:
    """Kind, id and matrix row of each visit say the same; the site takes the fraction."""
    sites = {site.id: (row, site) for row, site in enumerate(problem.disposal_sites, start=1)}
    stops = {stop.id: row for row, stop in enumerate(problem.stops, start=1 + len(problem.disposal_sites))}
    for visit in route.visits:
        if visit.kind == VisitKind.TIP:
            row, site = sites.get(visit.id, (-1, None))
            if site is not None and site.fractions and problem.fraction not in site.fractions:
                yield f"tips {problem.fraction} at {visit.id}, which does not take it."
        elif visit.kind == VisitKind.CONTAINER:
            row = stops.get(visit.id, -1)
        else:
            row = 0 if visit.id == problem.depot_id else -1
        if row != visit.place:
            yield f"visit {visit.id} is not at place {visit.place}."


def _check_clock(problem: RouteProblem, route: Route) -> Iterator[str]:
    """Arrivals follow from travel and service times; the shift is kept."""
    clock_s = route.visits[0].arrival_s
    for before, visit in pairwise(route.visits):
        at_depot = before.kind in (VisitKind.START, VisitKind.END)
        clock_s += 0.0 if at_depot else _service_s(problem, before.id, before.kind)
        clock_s += float(problem.time_s[before.place, visit.place])
        if not abs(clock_s - visit.arrival_s) <= CLOCK_S:
            yield f"cannot be at {visit.id} at {visit.arrival_s:.0f} s; it arrives at {clock_s:.0f} s."
            return
    if route.visits[0].arrival_s < route.vehicle.shift_start_s - CLOCK_S:
        yield "starts before its shift."
    if clock_s > route.vehicle.shift_end_s + CLOCK_S:
        yield f"ends {clock_s - route.vehicle.shift_end_s:.0f} s after its shift."


def _service_s(problem: RouteProblem, id: str, kind: VisitKind) -> float:
    halts = problem.disposal_sites if kind == VisitKind.TIP else problem.stops
    return next((halt.service_s for halt in halts if halt.id == id), float("nan"))


def _check_loads(problem: RouteProblem, route: Route) -> Iterator[str]:
    loads = {stop.id: (stop.load_kg, stop.load_m3) for stop in problem.stops}
    on_board_kg = on_board_m3 = 0.0
    for visit in route.visits:
        if visit.kind == VisitKind.TIP:
            on_board_kg = on_board_m3 = 0.0
        elif visit.kind == VisitKind.CONTAINER:
            kg, m3 = loads.get(visit.id, (0.0, 0.0))
            on_board_kg, on_board_m3 = on_board_kg + kg, on_board_m3 + m3
            if abs(visit.load_kg - kg) > LOAD or abs(visit.load_m3 - m3) > LOAD:
                yield f"states {visit.load_kg:.1f} kg for {visit.id}, which holds {kg:.1f} kg."
        if abs(visit.load_after_kg - on_board_kg) > LOAD or abs(visit.load_after_m3 - on_board_m3) > LOAD:
            yield f"states {visit.load_after_kg:.1f} kg on board after {visit.id}; it is {on_board_kg:.1f} kg."
        if on_board_kg > route.vehicle.capacity_kg + LOAD or on_board_m3 > route.vehicle.capacity_m3 + LOAD:
            yield f"is overloaded after {visit.id}: {on_board_kg:.1f} kg, {on_board_m3:.2f} m³."
            return
    if on_board_kg > LOAD or on_board_m3 > LOAD:
        yield f"returns to the depot with {on_board_kg:.1f} kg on board."
