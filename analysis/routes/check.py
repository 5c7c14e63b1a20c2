"""An independent check of a plan: recomputed from the matrices and the visits alone, by none of the planner's code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import inf

from analysis.routes.plan import Route, RoutePlan, Visit, VisitKind
from analysis.routes.problem import RouteProblem, Task

CLOCK_S = 0.5
LENGTH_M = 0.5
LOAD = 1e-6  # kg or m³
COST = 0.01  # and a millionth of the cost


def check_plan(problem: RouteProblem, plan: RoutePlan) -> tuple[str, ...]:
    """What is wrong with the plan, one sentence each; empty when every rule is kept."""
    return tuple(_check_visits(problem, plan)) or (
        *_check_coverage(problem, plan),
        *_check_fleet(problem, plan),
        *_check_spread(problem, plan),
        *_check_cost(problem, plan),
        *_check_routes(problem, plan),
    )


def _check_visits(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    """What nothing else can be computed of: no visits, or places outside the matrices."""
    for route in plan.routes:
        if not route.visits:
            yield f"Vehicle {route.vehicle.id}: has a route of no visits."
        for visit in route.visits:
            for place in (visit.place, visit.leave):
                if not 0 <= place < problem.places:
                    yield f"Vehicle {route.vehicle.id}: visit {visit.id or visit.kind} is not at place {place}."


def _check_coverage(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    """Every task is served once on each day of one of its patterns, or listed as unserved; nothing else is."""
    days: dict[str, list[int]] = defaultdict(list)
    for route in plan.routes:
        for visit in route.visits:
            if visit.kind == VisitKind.TASK:
                days[visit.id].append(route.day)
    left = Counter(unserved.id for unserved in plan.unserved)
    tasks = {task.id: task for task in problem.tasks}
    yield from (f"Task {id} is not in the problem." for id in sorted((set(days) | set(left)) - set(tasks)))
    for id, task in tasks.items():
        if id in left:
            if days[id] or left[id] > 1:
                yield f"Task {id} occurs {len(days[id]) + left[id]} times."
        elif not days[id]:
            yield f"Task {id} is neither served nor listed."
        elif len(days[id]) != len(set(days[id])):
            yield f"Task {id} occurs {len(days[id])} times."
        elif set(days[id]) not in _patterns(problem, task):
            yield f"Task {id} is served on days {sorted(days[id])}, which is none of its patterns."


def _patterns(problem: RouteProblem, task: Task) -> list[set[int]]:
    return [set(pattern) for pattern in task.patterns] or [set(range(problem.days))]


def _check_fleet(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    """A vehicle has one route a day, and is as the problem has it."""
    fleet = {vehicle.id: vehicle for vehicle in problem.vehicles}
    for (id, day), times in Counter((route.vehicle.id, route.day) for route in plan.routes).items():
        if times > 1:
            yield f"Vehicle {id} has {times} routes."
        if id not in fleet:
            yield f"Vehicle {id} is not in the fleet."
        if not 0 <= day < problem.days:
            yield f"Vehicle {id} drives on day {day}, which the problem does not have."
    for route in plan.routes:
        if fleet.get(route.vehicle.id, route.vehicle) != route.vehicle:
            yield f"Vehicle {route.vehicle.id} is not as the fleet has it."


def _check_spread(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    hours: dict[int, list[float]] = defaultdict(list)
    for route in plan.routes:
        hours[route.day].append(_worked_s(route))
    for day, worked_s in hours.items():
        spread_s = max(worked_s) - min(worked_s)
        if problem.spread_s is not None and spread_s > problem.spread_s + CLOCK_S:
            yield (
                f"On day {day} the shifts differ by {spread_s / 60:.0f} min;"
                f" {problem.spread_s / 60:.0f} min are allowed."
            )


def _worked_s(route: Route) -> float:
    return route.visits[-1].arrival_s - route.visits[0].departure_s


def _check_cost(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    tasks, costs, served = {task.id: task for task in problem.tasks}, problem.costs, set()
    cost = 0.0
    for route in plan.routes:
        metres = _metres(problem, route)
        overtime_s = max(0.0, route.visits[-1].arrival_s - route.vehicle.shift_end_s)
        cost += costs.per_vehicle + costs.per_km * metres / 1000
        cost += costs.per_hour * (_worked_s(route) - overtime_s) / 3600
        cost += costs.per_overtime_hour * overtime_s / 3600
        for visit in route.visits:
            if visit.kind == VisitKind.TASK and visit.id in tasks:
                served.add(visit.id)
                cost += tasks[visit.id].prices.get(route.vehicle.id, 0.0)
        if not abs(metres - route.distance_m) <= LENGTH_M:
            yield f"Vehicle {route.vehicle.id} states {route.distance_m:.0f} m and drives {metres:.0f} m."
    cost += sum(task.prize or 0.0 for id, task in tasks.items() if id not in served)
    if not abs(cost - plan.cost) <= COST + 1e-6 * abs(cost):
        yield f"The plan states a cost of {plan.cost:.2f}; it is {cost:.2f}."


def _metres(problem: RouteProblem, route: Route) -> float:
    lengths = {(task.id, n): way.length_m for task in problem.tasks for n, way in enumerate(task.ways)}
    legs = sum(float(problem.length_m[a.leave, b.place]) for a, b in pairwise(route.visits))
    return legs + sum(lengths.get((v.id, v.way), 0.0) for v in route.visits if v.kind == VisitKind.TASK)


def _check_routes(problem: RouteProblem, plan: RoutePlan) -> Iterator[str]:
    tasks = {task.id: task for task in problem.tasks}
    for route in plan.routes:
        for check in (_check_shape, _check_places, _check_clock, _check_rest, _check_loads):
            yield from (f"Vehicle {route.vehicle.id}: {fault}" for fault in check(problem, tasks, route))


Tasks = dict[str, Task]


def _check_shape(problem: RouteProblem, tasks: Tasks, route: Route) -> Iterator[str]:
    ends = [route.visits[0].kind, route.visits[-1].kind]
    kinds = [visit.kind for visit in route.visits if visit.kind != VisitKind.REST]
    if ends != [VisitKind.START, VisitKind.END]:
        yield "does not start and end at the depot."
    if set(kinds[1:-1]) - {VisitKind.TASK, VisitKind.TIP}:
        yield "is at the depot in the middle of its route."
    if problem.disposal_sites and kinds[-2:-1] != [VisitKind.TIP]:
        yield "does not tip before it returns to the depot."
    fractions = route.vehicle.fractions
    if fractions and problem.fraction not in fractions:
        yield f"does not take {problem.fraction}."
    for visit in route.visits:
        if visit.id in tasks and not tasks[visit.id].prices.get(route.vehicle.id, 0.0) < inf:
            yield f"may not serve {visit.id}."


def _check_places(problem: RouteProblem, tasks: Tasks, route: Route) -> Iterator[str]:
    """Kind, id, way and matrix rows of each visit say the same; the site takes the fraction."""
    sites = {site.id: (row, site) for row, site in enumerate(problem.disposal_sites, start=1)}
    before: Visit | None = None
    for visit in route.visits:
        if visit.kind == VisitKind.TIP and visit.id in sites:
            site = sites[visit.id][1]
            if site.fractions and problem.fraction not in site.fractions:
                yield f"tips {problem.fraction} at {visit.id}, which does not take it."
        if (visit.place, visit.leave) != _rows(problem, tasks, route, visit, before):
            yield f"visit {visit.id or visit.kind} is not at place {visit.place}."
        before = visit


def _rows(
    problem: RouteProblem, tasks: Tasks, route: Route, visit: Visit, before: Visit | None
) -> tuple[int, int]:
    """Where such a visit begins and ends; (-1, -1) where there is none."""
    ids = [site.id for site in problem.disposal_sites]
    if visit.kind == VisitKind.REST:
        return (before.leave, before.leave) if before else (-1, -1)
    if visit.kind == VisitKind.TASK:
        ways = tasks[visit.id].ways if visit.id in tasks else ()
        return (ways[visit.way].enter, ways[visit.way].leave) if 0 <= visit.way < len(ways) else (-1, -1)
    if visit.kind == VisitKind.TIP:
        return (1 + ids.index(visit.id),) * 2 if visit.id in ids else (-1, -1)
    row = route.vehicle.start if visit.kind == VisitKind.START else 0
    return (row, row) if visit.id == problem.depot_id else (-1, -1)


def _check_clock(problem: RouteProblem, tasks: Tasks, route: Route) -> Iterator[str]:
    """Arrivals follow from travel, waiting and service; windows and the shift are kept."""
    vehicle, clock_s = route.vehicle, route.visits[0].departure_s
    if clock_s < vehicle.shift_start_s - CLOCK_S:
        yield "starts before its shift."
    if clock_s < _release_s(tasks, route, 0) - CLOCK_S:
        yield "starts before all tasks of its first trip are released."
    for number, (before, visit) in enumerate(pairwise(route.visits), start=1):
        clock_s += float(problem.time_s[before.leave, visit.place]) if visit.kind != VisitKind.REST else 0.0
        if not abs(clock_s - visit.arrival_s) <= CLOCK_S:
            yield f"cannot be at {visit.id} at {visit.arrival_s:.0f} s; it arrives at {clock_s:.0f} s."
            return
        opens_s, closes_s = _window(tasks, route, visit)
        begin_s = max(clock_s, opens_s)
        if not abs(begin_s - visit.start_s) <= CLOCK_S or begin_s > closes_s + CLOCK_S:
            yield f"begins {visit.id or visit.kind} at {visit.start_s:.0f} s, outside its window."
        clock_s = begin_s + _service_s(problem, tasks, route, visit)
        if visit.kind == VisitKind.TIP:
            clock_s = max(clock_s, _release_s(tasks, route, number))
        if not abs(clock_s - visit.departure_s) <= CLOCK_S:
            yield f"cannot leave {visit.id or visit.kind} at {visit.departure_s:.0f} s."
            return
    if clock_s > vehicle.shift_end_s + vehicle.overtime_s + CLOCK_S:
        yield f"ends {clock_s - vehicle.shift_end_s:.0f} s after its shift."


def _release_s(tasks: Tasks, route: Route, number: int) -> float:
    """When all tasks between this visit and the next tipping are released."""
    latest_s = -inf
    for visit in route.visits[number + 1 :]:
        if visit.kind == VisitKind.TIP:
            break
        if visit.kind == VisitKind.TASK and visit.id in tasks:
            latest_s = max(latest_s, tasks[visit.id].release_s)
    return latest_s


def _window(tasks: Tasks, route: Route, visit: Visit) -> tuple[float, float]:
    if visit.kind == VisitKind.REST and route.vehicle.rest:
        return route.vehicle.rest.from_s, route.vehicle.rest.until_s
    window = tasks[visit.id].window_s if visit.kind == VisitKind.TASK and visit.id in tasks else None
    return window or (-inf, inf)


def _service_s(problem: RouteProblem, tasks: Tasks, route: Route, visit: Visit) -> float:
    if visit.kind == VisitKind.TASK and visit.id in tasks:
        ways = tasks[visit.id].ways
        return ways[visit.way].service_s if 0 <= visit.way < len(ways) else float("nan")
    if visit.kind == VisitKind.TIP:
        return next((s.service_s for s in problem.disposal_sites if s.id == visit.id), float("nan"))
    if visit.kind == VisitKind.REST:
        return route.vehicle.rest.duration_s if route.vehicle.rest else float("nan")
    return 0.0 if visit.kind == VisitKind.END else float("nan")


def _check_rest(problem: RouteProblem, tasks: Tasks, route: Route) -> Iterator[str]:
    """Whoever is on the road when the break's window closes has had it, once."""
    rests = sum(visit.kind == VisitKind.REST for visit in route.visits)
    rest = route.vehicle.rest
    if rest is None:
        if rests:
            yield "rests, though it has no break."
    elif rests > 1 or (rests == 0 and route.visits[-1].arrival_s > rest.until_s + CLOCK_S):
        yield f"has {rests} breaks; it needs one that begins by {rest.until_s:.0f} s."


def _check_loads(problem: RouteProblem, tasks: Tasks, route: Route) -> Iterator[str]:
    vehicle = route.vehicle
    on_board_kg, on_board_m3 = vehicle.load_kg, vehicle.load_m3
    for visit in route.visits:
        kg = m3 = 0.0
        if visit.kind == VisitKind.TIP:
            on_board_kg = on_board_m3 = 0.0
        elif visit.kind == VisitKind.TASK and visit.id in tasks:
            kg, m3 = tasks[visit.id].load_kg, tasks[visit.id].load_m3
            on_board_kg, on_board_m3 = on_board_kg + kg, on_board_m3 + m3
        if not (abs(visit.load_kg - kg) <= LOAD and abs(visit.load_m3 - m3) <= LOAD):
            yield f"states {visit.load_kg:.1f} kg for {visit.id}, which holds {kg:.1f} kg."
        if not (
            abs(visit.load_after_kg - on_board_kg) <= LOAD and abs(visit.load_after_m3 - on_board_m3) <= LOAD
        ):
            yield f"states {visit.load_after_kg:.1f} kg on board after {visit.id}; it is {on_board_kg:.1f} kg."
        if on_board_kg > vehicle.capacity_kg + LOAD or on_board_m3 > vehicle.capacity_m3 + LOAD:
            yield f"is overloaded after {visit.id}: {on_board_kg:.1f} kg, {on_board_m3:.2f} m³."
            return
    if problem.disposal_sites and (on_board_kg > LOAD or on_board_m3 > LOAD):
        yield f"returns to the depot with {on_board_kg:.1f} kg on board."
