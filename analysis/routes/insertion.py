"""Where a task fits into a route: every place and way priced, with a tipping where its load asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.routes.plan import M_PER_KM, S_PER_H, Halt, Rest, Serve, Tip
from analysis.routes.problem import DEPOT, RouteProblem, Task, Vehicle


@dataclass(frozen=True)
class Candidate:
    """Halts with the task among them, and about what they cost more: waiting and overtime are not in it."""

    cost: float
    halts: tuple[Halt, ...]


def without(halts: Sequence[Halt], gone: frozenset[int]) -> list[Halt]:
    """The halts without these tasks, without breaks, and without tipping an empty vehicle or on the way home."""
    kept: list[Halt] = []
    for halt in halts:
        served_none = not any(isinstance(h, Serve) for h in kept) or isinstance(kept[-1], Tip)
        if isinstance(halt, Rest) or (isinstance(halt, Serve) and halt.task in gone):
            continue
        if isinstance(halt, Tip) and served_none:
            continue
        kept.append(halt)
    while kept and isinstance(kept[-1], Tip):
        kept.pop()
    return kept


def insertions(problem: RouteProblem, vehicle: Vehicle, halts: Sequence[Halt], task: int) -> list[Candidate]:
    """The cheapest first. `halts` as `without` leaves them: the last tipping is added when the route is driven."""
    found = _all(problem, vehicle, list(halts), task)
    return sorted(found, key=lambda candidate: candidate.cost)


def _all(problem: RouteProblem, vehicle: Vehicle, halts: list[Halt], number: int) -> Iterator[Candidate]:
    task = problem.tasks[number]
    before, after = _on_board(problem, vehicle, halts)
    for at in range(len(halts) + 1):
        room_all = _fits(vehicle, before[at], after[at], task)
        for way in range(len(task.ways)):
            serve = Serve(number, way)
            if room_all:
                yield _candidate(problem, vehicle, halts, at, [serve])
                continue
            if _fits(vehicle, before[at], (0.0, 0.0), task):
                yield from _tipping(problem, vehicle, halts, at, [serve], tip_at=1)
            if _fits(vehicle, (0.0, 0.0), after[at], task):
                yield from _tipping(problem, vehicle, halts, at, [serve], tip_at=0)


def _tipping(
    problem: RouteProblem, vehicle: Vehicle, halts: list[Halt], at: int, new: list[Halt], *, tip_at: int
) -> Iterator[Candidate]:
    for row in problem.tips:
        with_tip = [*new[:tip_at], Tip(row), *new[tip_at:]]
        yield _candidate(problem, vehicle, halts, at, with_tip)


Load = tuple[float, float]


def _on_board(problem: RouteProblem, vehicle: Vehicle, halts: list[Halt]) -> tuple[list[Load], list[Load]]:
    """Per place between halts the kg and m³ collected since the last tipping, and until the next one."""
    before: list[Load] = [(vehicle.load_kg, vehicle.load_m3)]
    for halt in halts:
        before.append(_added(problem, before[-1], halt))
    after: list[Load] = [(0.0, 0.0)]
    for halt in reversed(halts):
        after.append(_added(problem, after[-1], halt))
    return before, after[::-1]


def _added(problem: RouteProblem, load: Load, halt: Halt) -> Load:
    match halt:
        case Serve(number, _):
            task = problem.tasks[number]
            return load[0] + task.load_kg, load[1] + task.load_m3
        case Tip():
            return 0.0, 0.0
        case _:
            return load


def _fits(vehicle: Vehicle, before: Load, after: Load, task: Task) -> bool:
    kg, m3 = before[0] + task.load_kg + after[0], before[1] + task.load_m3 + after[1]
    return kg <= vehicle.capacity_kg and m3 <= vehicle.capacity_m3


def _candidate(
    problem: RouteProblem, vehicle: Vehicle, halts: list[Halt], at: int, new: list[Halt]
) -> Candidate:
    before = halts[at - 1 : at] if at else []
    old = _leg_cost(problem, vehicle, [*before, *halts[at : at + 1]], whole=at == len(halts), first=at == 0)
    more = _leg_cost(
        problem, vehicle, [*before, *new, *halts[at : at + 1]], whole=at == len(halts), first=at == 0
    )
    return Candidate(more - old, (*halts[:at], *new, *halts[at:]))


def _leg_cost(
    problem: RouteProblem, vehicle: Vehicle, halts: list[Halt], *, whole: bool, first: bool
) -> float:
    """Money of the drives between these halts, from the vehicle's start if `first`, and home if `whole`."""
    ends = [_ends(problem, halt) for halt in halts]
    if first:
        ends.insert(0, (vehicle.start, vehicle.start))
    legs = [(a[1], b[0]) for a, b in pairwise(ends)]
    if whole and ends and halts:
        legs += _home(problem, ends[-1][1], halts[-1])
    service_s = sum(_service_s(problem, halt) for halt in halts)
    time_s = service_s + sum(float(problem.time_s[leg]) for leg in legs)
    length_m = sum(float(problem.length_m[leg]) for leg in legs)
    length_m += sum(problem.tasks[h.task].ways[h.way].length_m for h in halts if isinstance(h, Serve))
    return problem.costs.per_hour * time_s / S_PER_H + problem.costs.per_km * length_m / M_PER_KM


def _home(problem: RouteProblem, row: int, last: Halt) -> list[tuple[int, int]]:
    if isinstance(last, Tip) or not problem.tips:
        return [(row, DEPOT)]
    tip = problem.best_tip(row)
    return [(row, tip), (tip, DEPOT)]


def _ends(problem: RouteProblem, halt: Halt) -> tuple[int, int]:
    match halt:
        case Serve(number, way):
            return problem.tasks[number].ways[way].enter, problem.tasks[number].ways[way].leave
        case Tip(row):
            return row, row
        case _:
            raise AssertionError(halt)


def _service_s(problem: RouteProblem, halt: Halt) -> float:
    match halt:
        case Serve(number, way):
            return problem.tasks[number].ways[way].service_s
        case Tip(row):
            return problem.site_at(row).service_s
        case _:
            return 0.0
