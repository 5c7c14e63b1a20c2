"""The search's lists of visits as a plan of ours, and a plan of ours as lists of visits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from analysis.routes.departure import leave_late
from analysis.routes.plan import Halt, Route, RoutePlan, Serve, Tip, VisitKind
from analysis.routes.problem import RouteProblem, Vehicle
from analysis.routes.rests import with_rest
from analysis.routes.search.encode import FORBIDDEN, Encoded
from analysis.routes.search.kernels import anneal
from analysis.routes.search.model import NONE, Model, State


class Stop(NamedTuple):
    """Number of a chosen task; whether the vehicle tips before it; its direction, which counts where clocks do."""

    task: int
    tip: bool
    way: int


def best_stops(encoded: Encoded, state: State) -> list[list[Stop]]:
    """Per slot what the best solution serves there, in order."""
    return [list(_follow(encoded, state, slot)) for slot in range(len(encoded.model.start))]


def _follow(encoded: Encoded, state: State, slot: int) -> Iterator[Stop]:
    visit = int(state.best_first[slot])
    while visit != NONE:
        yield Stop(int(encoded.model.task[visit]), bool(state.best_tip[visit]), int(state.best_way[visit]))
        visit = int(state.best_next[visit])


def routes(problem: RouteProblem, encoded: Encoded, stops: Sequence[Sequence[Stop]]) -> list[Route]:
    """The routes of these stops, in their best directions, with rests.

    Where a rest finds no place, the task whose window stands in the way, or else the last one, is given up, on all
    days, until it does.
    """
    given_up: set[int] = set()
    while True:
        found = list[Route]()
        for slot, own in enumerate(stops):
            left = _without(own, given_up)
            if not left:
                continue
            route = _driven(problem, encoded, slot, left)
            if route is None:
                given_up.add(_in_the_way(problem, encoded, slot, left))
                break
            found.append(leave_late(problem, route) if encoded.model.timed else route)
        else:
            return found


def _driven(problem: RouteProblem, encoded: Encoded, slot: int, stops: Sequence[Stop]) -> Route | None:
    day, number = divmod(slot, len(problem.crews))
    vehicle = problem.crews[number]
    return with_rest(problem, vehicle, halts(problem, encoded, vehicle, stops), day=day)


def _in_the_way(problem: RouteProblem, encoded: Encoded, slot: int, stops: Sequence[Stop]) -> int:
    """The task with a window without which the rest finds a place; the last one where there is none."""
    for stop in stops:
        others = _without(stops, {stop.task})
        windowed = problem.tasks[encoded.tasks[stop.task]].window_s is not None
        if windowed and others and _driven(problem, encoded, slot, others):
            return stop.task
    return stops[-1].task


def _without(stops: Sequence[Stop], given_up: Collection[int]) -> list[Stop]:
    """The other stops; a tip before one that is given up stays before the next, if something is on board there."""
    left, tip, loaded = list[Stop](), False, bool(stops) and stops[0].tip
    for stop in stops:
        tip = tip or stop.tip
        if stop.task not in given_up:
            left.append(stop._replace(tip=tip and (loaded or bool(left))))
            tip = False
    return left


def halts(problem: RouteProblem, encoded: Encoded, vehicle: Vehicle, stops: Sequence[Stop]) -> list[Halt]:
    """Directions by dynamic programming, where no clock counts; each tip at the best site between its neighbours, one
    at the end."""
    timed = encoded.model.timed
    ways = [stop.way for stop in stops] if timed else _directions(problem, encoded, vehicle, stops)
    here, found = vehicle.start, list[Halt]()
    for (task, tip, _), number in zip(stops, ways, strict=True):
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
    for task, tip, _ in stops:
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
    for (task, _, _), back in zip(reversed(stops), reversed(cameFrom), strict=True):
        only = len(problem.tasks[encoded.tasks[task]].ways) == 1
        ways.append(0 if only else way)
        way = back[way]
    return ways[::-1]


def load(problem: RouteProblem, encoded: Encoded, state: State, plan: RoutePlan) -> None:
    """Make a plan the state's solution, as far as this problem has its vehicles and tasks and allows its routes."""
    stops = _stops_of(problem, encoded, plan)
    while True:
        _keep_patterns(encoded.model, stops)
        _set_best(encoded.model, state, stops)
        anneal.restore(encoded.model, state)
        broken = [
            slot for slot, own in enumerate(stops) if own and not _is_allowed(encoded.model, state, slot, own)
        ]
        if not broken:
            return
        for slot in broken:
            stops[slot].pop()


def _stops_of(problem: RouteProblem, encoded: Encoded, plan: RoutePlan) -> list[list[Stop]]:
    number = {problem.tasks[n].id: task for task, n in enumerate(encoded.tasks)}
    crew = {vehicle.id: n for n, vehicle in enumerate(problem.crews)}
    stops: list[list[Stop]] = [[] for _ in encoded.model.start]
    seen: set[tuple[int, int]] = set()
    for route in plan.routes:
        if route.vehicle.id not in crew or not 0 <= route.day < problem.days:
            continue
        own, tip = stops[route.day * len(crew) + crew[route.vehicle.id]], False
        for visit in route.visits:
            tip = tip or visit.kind is VisitKind.TIP
            task = number.get(visit.id, NONE) if visit.kind is VisitKind.TASK else NONE
            if task != NONE and (task, route.day) not in seen:
                seen.add((task, route.day))
                own.append(Stop(task, tip and encoded.model.tips, visit.way))
                tip = False
    return stops


def _keep_patterns(model: Model, stops: list[list[Stop]]) -> None:
    """Drop tasks whose days are none of their patterns."""
    days: dict[int, int] = {}
    for slot, own in enumerate(stops):
        for task, _, _ in own:
            days[task] = days.get(task, 0) | 1 << slot // model.vehicles
    wrong = {
        task
        for task, bits in days.items()
        if bits not in model.pattern[model.pattern_from[task] : model.pattern_from[task + 1]]
    }
    for slot, own in enumerate(stops):
        if wrong.intersection(stop.task for stop in own):
            stops[slot] = _without(own, wrong)


def _set_best(model: Model, state: State, stops: Sequence[Sequence[Stop]]) -> None:
    state.best_first[:], state.best_next[:], state.best_tip[:] = NONE, NONE, 0
    for slot, own in enumerate(stops):
        visits = [stop.task * model.days + slot // model.vehicles for stop in own]
        if visits:
            state.best_first[slot] = visits[0]
            state.best_next[visits[:-1]] = visits[1:]
            state.best_tip[visits] = [stop.tip for stop in own]
            state.best_way[visits] = [stop.way for stop in own]


def _is_allowed(model: Model, state: State, slot: int, stops: Sequence[Stop]) -> bool:
    tasks = [stop.task for stop in stops]
    visits = np.array(tasks) * model.days + slot // model.vehicles
    loads = bool((state.load_to[visits] <= model.capacity[slot]).all())
    priced = model.has_prices and (model.price[tasks, slot % model.vehicles] >= FORBIDDEN).any()
    return loads and not priced and state.length[slot] <= model.limit[slot]
