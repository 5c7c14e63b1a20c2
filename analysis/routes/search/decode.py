"""The search's lists of visits as a plan of ours, and a plan of ours as lists of visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.routes.plan import Halt, Route, RoutePlan, Serve, Tip, VisitKind
from analysis.routes.problem import RouteProblem, Vehicle
from analysis.routes.rests import with_rest
from analysis.routes.search.encode import Encoded
from analysis.routes.search.model import NONE, State

Stop = tuple[int, bool]  # number of a chosen task; whether the vehicle tips before it


def best_stops(encoded: Encoded, state: State) -> list[list[Stop]]:
    """Per slot what the best solution serves there, in order."""
    return [list(_follow(encoded, state, slot)) for slot in range(len(encoded.model.start))]


def _follow(encoded: Encoded, state: State, slot: int) -> Iterator[Stop]:
    visit = int(state.best_first[slot])
    while visit != NONE:
        yield int(encoded.model.task[visit]), bool(state.best_tip[visit])
        visit = int(state.best_next[visit])


def routes(problem: RouteProblem, encoded: Encoded, stops: Sequence[Sequence[Stop]]) -> list[Route] | None:
    """The routes of these stops, in their best directions, with rests; None where a rest finds no place."""
    found = []
    for slot, own in enumerate(stops):
        if own:
            day, number = divmod(slot, len(problem.crews))
            vehicle = problem.crews[number]
            route = with_rest(problem, vehicle, halts(problem, encoded, vehicle, own), day=day)
            if route is None:
                return None
            found.append(route)
    return found


def halts(problem: RouteProblem, encoded: Encoded, vehicle: Vehicle, stops: Sequence[Stop]) -> list[Halt]:
    """Directions by dynamic programming, each tip at the best site between its neighbours, one at the end."""
    ways = _directions(problem, encoded, vehicle, stops)
    here, found = vehicle.start, list[Halt]()
    for (task, tip), number in zip(stops, ways, strict=True):
        way = problem.tasks[encoded.tasks[task]].ways[number]
        if tip:
            found.append(Tip(tip_between(problem, here, way.enter)))
        found.append(Serve(encoded.tasks[task], number))
        here = way.leave
    if problem.disposal_sites:
        found.append(Tip(problem.best_tip(here)))
    return found


def tip_between(problem: RouteProblem, here: int, there: int) -> int:
    """The disposal site on the quickest way from the end of a place to the beginning of another."""
    sites = list(problem.tips)
    service_s = np.array([problem.site_at(row).service_s for row in sites])
    return sites[int((problem.time_s[here, sites] + service_s + problem.time_s[sites, there]).argmin())]


def _directions(
    problem: RouteProblem, encoded: Encoded, vehicle: Vehicle, stops: Sequence[Stop]
) -> list[int]:
    model = encoded.model
    ends, costs, cameFrom = [int(model.start[problem.crews.index(vehicle)])], [0], list[list[int]]()
    for task, tip in stops:
        options = [
            [
                cost + int(model.time[int(tip), end, model.column[task, d]])
                for cost, end in zip(costs, ends, strict=True)
            ]
            for d in (0, 1)
        ]
        cameFrom.append([option.index(min(option)) for option in options])
        costs = [min(option) + int(model.service[task, d]) for d, option in enumerate(options)]
        ends = [int(end) for end in model.row[task]]
    last = [cost + int(model.home[end]) for cost, end in zip(costs, ends, strict=True)]
    way, ways = last.index(min(last)), list[int]()
    for (task, _), back in zip(reversed(stops), reversed(cameFrom), strict=True):
        only = len(problem.tasks[encoded.tasks[task]].ways) == 1
        ways.append(0 if only else way)
        way = back[way]
    return ways[::-1]


def stops_of(problem: RouteProblem, encoded: Encoded, plan: RoutePlan) -> dict[int, list[Stop]]:
    """By slot the stops of a plan, as far as its vehicles and tasks are in the problem."""
    number = {problem.tasks[n].id: task for task, n in enumerate(encoded.tasks)}
    crew = {vehicle.id: n for n, vehicle in enumerate(problem.crews)}
    found: dict[int, list[Stop]] = {}
    for route in plan.routes:
        if route.vehicle.id not in crew or not 0 <= route.day < problem.days:
            continue
        own = found.setdefault(route.day * len(crew) + crew[route.vehicle.id], [])
        tip = False
        for visit in route.visits:
            tip = tip or visit.kind is VisitKind.TIP
            if visit.kind is VisitKind.TASK and visit.id in number:
                own.append((number[visit.id], tip and bool(own)))
                tip = False
    return found
