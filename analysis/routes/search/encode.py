"""A route problem in the whole numbers that the search works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.routes.departure import waits_in_yard
from analysis.routes.plan import M_PER_KM, S_PER_H
from analysis.routes.problem import DEPOT, Break, RouteProblem, RoutingError, Task, Vehicle
from analysis.routes.rests import working_s
from analysis.routes.search.model import MUST, NO_WAY, NONE, Array, Model

TICKS_PER_S = (1000, 100, 10, 1)  # the first that holds the longest shift
LOADS = (1000, 1_000_000)  # grams per kg, millilitres per m³
EVERYWHERE = 250  # up to so many tasks every gap is tried
NEAR = 40  # with more tasks, gaps beside so many near ones
NEARBY = 250  # with few tasks, so many neighbours may be ruined together
BESIDE = 32  # places on either side of a task from which and to which a truck may come by
FORBIDDEN = 1 << 60
FAR = float(1 << 40)  # ticks; far from all days
BLOCK = 256  # rows of a matrix at a time
SLACK = 1e-6


@dataclass(frozen=True)
class Encoded:
    """The model, and what leads back to the problem: `tasks` by number, `ticks_per_s`, money per second."""

    model: Model
    tasks: tuple[int, ...]
    ticks_per_s: int
    rate: float


def encode(problem: RouteProblem, tasks: tuple[int, ...]) -> Encoded:
    """These tasks of the problem, for its crews on all its days.

    What is optimised is working time: the seconds of driving, service and tipping. Hours and kilometres go together, so
    one second counts as `rate` money: its share of an hour, and the kilometres driven on average in a second. Vehicles,
    overtime, prices and prizes are turned into seconds by it. (plan_cost recomputes the money exactly.)
    Times are rounded up to ticks, loads up, capacities down: what the search accepts is feasible.
    """
    chosen = [problem.tasks[n] for n in tasks]
    _require_two_ways(chosen)
    ticks, rate, timed = _ticks_per_s(problem), _rate(problem), has_clock(problem)
    crews = problem.crews
    leaves = [way.leave for task in chosen for way in task.ways]
    rows, row = _used(leaves, [*(v.start for v in crews), *(problem.tips[:1] if timed else ())])
    columns, column = _used([way.enter for task in chosen for way in task.ways], [])
    time, price = _times(problem, rows, columns, ticks), _prices(chosen, crews, ticks / rate)
    home = _up(problem.way_home_s[rows], ticks)
    model = Model(
        days=problem.days,
        vehicles=len(crews),
        tips=bool(problem.disposal_sites),
        everywhere=len(chosen) <= EVERYWHERE,
        has_prices=bool((price != 0).any()),
        time=time,
        home=home,
        **_of_tasks(problem, chosen, row, column, time, home, ticks, rate),
        price=price,
        **_of_slots(problem, row, ticks, rate)
        | (_clock(problem, chosen, rows, columns, ticks, rate) if timed else NO_CLOCK),
        kind=_kinds(crews, price, problem.days),
        overtime=_overtime(problem, rate),
        spread=NONE if problem.spread_s is None else int(problem.spread_s * ticks),
        timed=timed,
    )
    return Encoded(model, tasks, ticks, rate)


def _of_tasks(
    problem: RouteProblem,
    chosen: Sequence[Task],
    row: Mapping[int, int],
    column: Mapping[int, int],
    time: Array,
    home: Array,
    ticks: int,
    rate: float,
) -> dict[str, Any]:
    """What the model has one of per task, or visit."""
    n = len(chosen)
    ways = [(task.ways[0], task.ways[-1]) for task in chosen]
    ends = np.array([[row[a.leave], row[b.leave]] for a, b in ways], dtype=np.int32).reshape(-1, 2)
    begins = np.array([[column[a.enter], column[b.enter]] for a, b in ways], dtype=np.int32).reshape(-1, 2)
    kg, m3 = _up([task.load_kg for task in chosen], LOADS[0]), _up([t.load_m3 for t in chosen], LOADS[1])
    pattern, pattern_from = _patterns(chosen, problem.days)
    service = _up([[a.service_s, b.service_s] for a, b in ways], ticks).reshape(-1, 2)
    missing = _missing(problem, chosen, ticks / rate)
    gap = _gap(time.min(axis=0), ends, begins) if n <= EVERYWHERE else np.zeros((0, 0), dtype=np.int32)
    least = np.zeros(n) if has_clock(problem) else _least(time[0], home, ends, begins, service)
    return {
        "row": ends,
        "column": begins,
        "service": service,
        "load": np.stack([kg, m3], axis=1),
        "missing": missing,
        "least": np.minimum(least, missing).astype(np.int64),
        "near": _near(time[0], ends, begins, NEARBY if n <= EVERYWHERE else NEAR),
        "into": gap.T.copy(),
        "onto": gap,
        "pattern": pattern,
        "pattern_from": pattern_from,
        "task": np.repeat(np.arange(n, dtype=np.int32), problem.days),
    }


def _of_slots(problem: RouteProblem, row: Mapping[int, int], ticks: int, rate: float) -> dict[str, Any]:
    """What the model has one of per vehicle and day. Where clocks count, they limit a shift, not its length."""
    slots = problem.crews * problem.days
    shift = [_shift(v, ticks) for v in slots]
    capacity = [[_down(v.capacity_kg, LOADS[0]), _down(v.capacity_m3, LOADS[1])] for v in slots]
    on_board = [_up([v.load_kg for v in slots], LOADS[0]), _up([v.load_m3 for v in slots], LOADS[1])]
    limits = [MUST if has_clock(problem) else limit for limit, _ in shift]
    return {
        "start": np.array([row[v.start] for v in slots], dtype=np.int32),
        "capacity": np.array(capacity, dtype=np.int64),
        "on_board": np.stack(on_board, axis=1),
        "limit": np.array(limits, dtype=np.int64),
        "normal": np.array([normal for _, normal in shift], dtype=np.int64),
        "fixed": np.full(len(slots), round(problem.costs.per_vehicle / rate * ticks), dtype=np.int64),
    }


NO_CLOCK = {
    "waiting": 0.0,
    "money": np.zeros((1, 1, 1), dtype=np.int32),
    "tip_row": NONE,
    "released": False,
    "clock": np.zeros(0, dtype=np.int32),
    **dict.fromkeys(("home_money", "to_tip", "begin", "leaves", "finish"), np.zeros(0, dtype=np.int64)),
    **dict.fromkeys(("opens", "closes", "release"), np.zeros((0, 0), dtype=np.int64)),
}


def has_clock(problem: RouteProblem) -> bool:
    """Whether windows or releases say when something may be done."""
    return any(task.window_s or task.release_s > 0 for task in problem.tasks)


def _clock(
    problem: RouteProblem, tasks: Sequence[Task], rows: list[int], columns: list[int], ticks: int, rate: float
) -> dict[str, Any]:
    """The part of the model that counts where there is a clock."""
    slots, scale, tips = problem.crews * problem.days, ticks / rate, list(problem.tips)
    rests = list(dict.fromkeys(vehicle.rest for vehicle in slots))
    opens_s, closes_s = np.array([task.window_s or (-inf, inf) for task in tasks]).T
    release_s = np.array([task.release_s for task in tasks])
    money = np.asarray(problem.time_s * (problem.costs.per_hour / S_PER_H), dtype=np.float64)
    money += problem.length_m * (problem.costs.per_km / M_PER_KM)
    straight, home, by_tip = money[np.ix_(rows, columns)], money[rows, DEPOT], list[Array]()
    if tips:
        home = _by_best_tip(problem, money, rows, [DEPOT])[:, 0]
        by_tip = [_by_best_tip(problem, money, rows, columns)]
    return {
        "waiting": problem.costs.per_hour / S_PER_H / rate,
        "money": np.stack([_up(part, scale) for part in (straight, *by_tip)]).astype(np.int32),
        "home_money": _up(home, scale),
        "to_tip": _to_the_tip(problem, rows, ticks),
        "tip_row": rows.index(tips[0]) if len(tips) == 1 else NONE,
        "clock": np.array([rests.index(vehicle.rest) for vehicle in slots], dtype=np.int32),
        "opens": _moments([_later(opens_s, rest) for rest in rests], ticks, np.ceil),
        "closes": _moments([_closing(opens_s, closes_s, rest) for rest in rests], ticks, np.floor),
        "release": _moments([_later(release_s, rest) for rest in rests], ticks, np.ceil),
        "released": bool((release_s > 0).any()),
        "begin": _moments([v.shift_start_s for v in slots], ticks, np.ceil),
        "leaves": _moments([inf if waits_in_yard(v) else v.shift_start_s for v in slots], ticks, np.ceil),
        "finish": _moments([_later(v.latest_s, v.rest) for v in slots], ticks, np.floor),
        "normal": _moments([_later(v.shift_end_s, v.rest) for v in slots], ticks, np.floor),
    }  # fmt: skip


def _by_best_tip(problem: RouteProblem, money: Array, rows: list[int], columns: list[int]) -> Array:
    """What the way by the quickest disposal site costs, from each row to each column."""
    ways_s = [
        problem.time_s[rows, tip][:, None] + problem.site_at(tip).service_s + problem.time_s[tip, columns]
        for tip in problem.tips
    ]
    costs = [money[rows, tip][:, None] + money[tip, columns] for tip in problem.tips]
    quickest = np.argmin(ways_s, axis=0)[None]
    return np.asarray(np.take_along_axis(np.stack(costs), quickest, axis=0)[0])


def _to_the_tip(problem: RouteProblem, rows: list[int], ticks: int) -> Array:
    if len(problem.tips) != 1:
        return np.zeros(len(rows), dtype=np.int64)
    tip = problem.tips[0]
    return _up(problem.time_s[rows, tip] + problem.site_at(tip).service_s, ticks)


# A clock that stops for the break. The break is taken by its last moment, between two halts: when exactly is found for
# the finished route. So what opens or ends behind that comes earlier by the break, and what closes behind its first
# moment too: wherever the break goes, nothing is late (but where a window is shorter than the break).


def _later(moment_s: npt.ArrayLike, rest: Break | None) -> Array:
    """Openings, releases and ends of shifts on the clock that stops."""
    moment = np.asarray(moment_s, dtype=np.float64)
    if rest is None:
        return moment
    return np.where(moment <= rest.until_s, moment, np.maximum(rest.until_s, moment - rest.duration_s))


def _closing(opens_s: Array, closes_s: Array, rest: Break | None) -> Array:
    if rest is None:
        return closes_s
    behind = np.maximum(np.maximum(rest.from_s, _later(opens_s, rest)), closes_s - rest.duration_s)
    return np.where(closes_s <= rest.from_s, closes_s, behind)


def _moments(seconds: Sequence[Any], ticks: int, rounded: Callable[[Array], Array]) -> Array:
    """Clock times in ticks, the first axis last; a window that never opens or closes does so far from all days."""
    return np.ascontiguousarray(
        np.clip(rounded(np.round(np.array(seconds) * ticks, 3)), -FAR, FAR).astype(np.int64).T
    )


def _require_two_ways(tasks: list[Task]) -> None:
    for task in tasks:
        if len(task.ways) > 2:
            raise RoutingError(f"Task {task.id!r} has {len(task.ways)} ways; the search takes one or two.")


def _ticks_per_s(problem: RouteProblem) -> int:
    """As fine as 28 bits hold the longest shift, or the longest tour of all tasks where shifts have no end."""
    legs_s = problem.time_s[np.isfinite(problem.time_s)]
    service_s = sum(max(way.service_s for way in task.ways) for task in problem.tasks)
    tour_s = service_s + 2 * (len(problem.tasks) + 1) * float(legs_s.max(initial=0.0))
    longest_s = min(tour_s, max(working_s(vehicle) for vehicle in problem.crews))
    if has_clock(problem):
        longest_s = max(vehicle.latest_s for vehicle in problem.crews)
    return next((ticks for ticks in TICKS_PER_S if longest_s * ticks < NO_WAY), TICKS_PER_S[-1])


def _rate(problem: RouteProblem) -> float:
    """Money per second on the road; 1 where time and way cost nothing."""
    costs = problem.costs
    sample = slice(None, None, max(1, problem.places // 200))
    time_s, length_m = problem.time_s[sample, sample], problem.length_m[sample, sample]
    known = np.isfinite(time_s) & np.isfinite(length_m)
    driven_s = float(time_s[known].sum(dtype=np.float64))
    speed = float(length_m[known].sum(dtype=np.float64)) / driven_s if driven_s > 0 else 0.0
    return costs.per_hour / S_PER_H + costs.per_km * speed / M_PER_KM or 1.0


def _overtime(problem: RouteProblem, rate: float) -> float:
    return max(0.0, (problem.costs.per_overtime_hour - problem.costs.per_hour) / S_PER_H / rate)


def _used(places: Iterable[int], more: Iterable[int]) -> tuple[list[int], dict[int, int]]:
    """The places that occur, and the row or column that each gets."""
    used = sorted({*places, *more})
    return used, {place: number for number, place in enumerate(used)}


def _times(problem: RouteProblem, rows: list[int], columns: list[int], ticks: int) -> Array:
    """Ticks from row to column: straight, and (where there are disposal sites) by way of the best one."""
    time = np.full((1 + bool(problem.disposal_sites), len(rows), len(columns)), NO_WAY, dtype=np.int32)
    for at in range(0, len(rows), BLOCK):
        part = rows[at : at + BLOCK]
        time[0, at : at + BLOCK] = _up(problem.time_s[part][:, columns], ticks)
        for tip in problem.tips:
            there = _up(problem.time_s[part, tip] + problem.site_at(tip).service_s, ticks)
            on = _up(problem.time_s[tip, columns], ticks)
            np.minimum(
                time[1, at : at + BLOCK], there[:, None] + on, out=time[1, at : at + BLOCK], casting="unsafe"
            )
    return time


def _up(values: npt.ArrayLike, scale: float) -> Array:
    """Rounded up; infinite becomes NO_WAY."""
    scaled = np.asarray(values, dtype=np.float64) * scale
    return np.ceil(np.minimum(scaled, NO_WAY) - SLACK * scale).astype(np.int64)


def _down(value: float, scale: int) -> int:
    return int(min(value * scale + SLACK, float(FORBIDDEN)))


def _shift(vehicle: Vehicle, ticks: int) -> tuple[int, int]:
    """The longest working time, and from when on it is overtime."""
    longest = min(_down(working_s(vehicle), ticks), NO_WAY - 1)
    return longest, min(_down(working_s(vehicle) - vehicle.overtime_s, ticks), NO_WAY - 1)


def _missing(problem: RouteProblem, tasks: Sequence[Task], scale: float) -> Array:
    prizes = [MUST if task.prize is None else min(round(task.prize * scale), MUST) for task in tasks]
    return np.array(prizes, dtype=np.int64)


def _prices(tasks: Sequence[Task], crews: Sequence[Vehicle], scale: float) -> Array:
    if not any(task.prices for task in tasks):
        return np.zeros((1, 1), dtype=np.int64)
    prices = np.array([[task.prices.get(v.id, 0.0) for v in crews] for task in tasks]) * scale
    return np.where(np.isfinite(prices), np.minimum(prices.round(), MUST), FORBIDDEN).astype(np.int64)


def _patterns(tasks: Sequence[Task], days: int) -> tuple[Array, Array]:
    """Sets of days as bits, and where each task's begin."""
    every_day = (frozenset(range(days)),)
    sets = [task.patterns or every_day for task in tasks]
    bits = [sum(1 << day for day in pattern) for patterns in sets for pattern in patterns]
    starts = np.cumsum([0, *(len(patterns) for patterns in sets)])
    return np.array(bits, dtype=np.int64), starts.astype(np.int32)


def _kinds(crews: Sequence[Vehicle], price: Array, days: int) -> Array:
    """The same number for vehicles that are alike but for their name, on each day."""
    kinds: dict[tuple[object, ...], int] = {}
    columns = price.T if price.shape[1] == len(crews) else np.zeros((len(crews), 1))
    alike = [
        kinds.setdefault((replace(vehicle, id=""), column.tobytes()), len(kinds))
        for vehicle, column in zip(crews, columns, strict=True)
    ]
    return np.tile(np.array(alike, dtype=np.int32), days)


def _gap(time: Array, ends: Array, begins: Array) -> Array:
    """(n, n): the least from the end of one task (row) to the beginning of another, over all directions."""
    gap: Array = np.min([time[np.ix_(ends[:, a], begins[:, b])] for a in (0, 1) for b in (0, 1)], axis=0)
    return gap


def _least(time: Array, home: Array, ends: Array, begins: Array, service: Array) -> Array:
    """(n): what each task makes a route longer at least, between the places nearest to it.

    That is less than its service where trucks drive through the street anyway.
    """
    least: Array = np.zeros(ends.shape, dtype=np.int64)
    direct = np.column_stack([time, home])
    for t, d in np.ndindex(ends.shape):
        into, onto = direct[:, begins[t, d]], direct[ends[t, d]]
        a, b = _smallest(into, BESIDE), _smallest(onto, BESIDE)
        least[t, d] = (into[a, None] + service[t, d] + onto[b] - direct[np.ix_(a, b)]).min()
    return np.asarray(np.maximum(least.min(axis=1), 0))


def _smallest(values: Array, most: int) -> Array:
    """Where so many of the smallest are."""
    return np.argpartition(values, most)[:most] if most < len(values) else np.arange(len(values))


def _near(time: Array, ends: Array, begins: Array, most: int) -> Array:
    """(n, k): per task the others, nearest first, by the shorter of both ways and over all directions."""
    n = len(ends)
    k = min(most, n - 1)
    near = np.zeros((n, max(k, 0)), dtype=np.int32)
    for at in range(0, n if k > 0 else 0, BLOCK):
        part = np.arange(at, min(at + BLOCK, n))
        away = np.full((len(part), n), NO_WAY, dtype=np.int32)
        for a in (0, 1):
            for b in (0, 1):
                np.minimum(away, time[np.ix_(ends[part, a], begins[:, b])], out=away)
                np.minimum(away, time[np.ix_(ends[:, a], begins[part, b])].T, out=away)
        away[np.arange(len(part)), part] = np.iinfo(np.int32).max  # not its own neighbour
        nearest = (
            np.argpartition(away, k - 1, axis=1)[:, :k] if k < n - 1 else np.argsort(away, axis=1)[:, :k]
        )
        order = np.take_along_axis(away, nearest, axis=1).argsort(axis=1, kind="stable")
        near[part] = np.take_along_axis(nearest, order, axis=1)
    return near
