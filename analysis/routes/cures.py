"""Why a plan leaves tasks out, and what would make the problem feasible: named, with numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Refusal, RoutePlan
from analysis.routes.problem import RouteProblem, Task, Vehicle

DAY_MIN = 24 * 60
MORE = "+"  # behind the id of a vehicle, for more like it
TEXTS = {
    Refusal.TOO_LARGE: "A vehicle of at least {kg:.0f} kg and {m3:.1f} m³.",
    Refusal.WRONG_FRACTION: "A vehicle for {fraction}.",
    Refusal.NO_DISPOSAL: "A disposal site that takes {fraction} and that trucks can reach.",
    Refusal.UNREACHABLE: "A way to {tasks} place(s) and back that this fleet may drive.",
    Refusal.BEYOND_SHIFT: "A shift {minutes:.0f} min longer.",
    Refusal.WINDOW: "A window that closes {minutes:.0f} min later, or a vehicle that starts as much earlier.",
    Refusal.FORBIDDEN: "Leave for one of the vehicles {vehicles} to serve it.",
    Refusal.NO_TIME: "{hours:.1f} more vehicle hours: {vehicles} more shift(s) like that of {like}.",
}


@dataclass(frozen=True)
class Cure:
    """Tasks left out for one reason, and what would serve them. `numbers` are those of the reason's text in TEXTS."""

    reason: Refusal
    tasks: tuple[str, ...]
    numbers: Mapping[str, float | str]

    @property
    def text(self) -> str:
        return TEXTS[self.reason].format(**self.numbers)


def explain_infeasible(problem: RouteProblem, plan: RoutePlan) -> tuple[Cure, ...]:
    """One cure per reason for which tasks that must be served are not; empty when the problem is solved.

    The hours for tasks that found no time are those of a plan of them alone: with so many more, all are served. Where
    a fresh shift would not do either, because of the break or because the day is late, it has to be longer.
    """
    left: dict[Refusal, list[Task]] = {}
    tasks = {task.id: task for task in problem.tasks}
    for unserved in plan.unserved:
        if tasks[unserved.id].prize is None and unserved.reason in _NUMBERS:
            left.setdefault(unserved.reason, []).append(tasks[unserved.id])
    if late := _for_longer_shifts(problem, left.get(Refusal.NO_TIME, ())):
        left[Refusal.BEYOND_SHIFT] = left.get(Refusal.BEYOND_SHIFT, []) + late
        left[Refusal.NO_TIME] = [task for task in left[Refusal.NO_TIME] if task not in late]
    return tuple(
        Cure(reason, tuple(task.id for task in found), _NUMBERS[reason](problem, found))
        for reason, found in left.items()
        if found
    )


Numbers = dict[str, float | str]


def _capacity(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    return {"kg": max(task.load_kg for task in tasks), "m3": max(task.load_m3 for task in tasks)}


def _fraction(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    return {"fraction": problem.fraction}


def _count(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    return {"tasks": len(tasks)}


def _vehicles(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    return {
        "vehicles": ", ".join(v.id for v in problem.crews if all(_fits(v, task) for task in tasks)) or "none"
    }


def _longer_shift(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    """Of the task that needs most, with the vehicle that needs least; tried minute by minute where that is not all."""
    least = max(min(_beyond_s(problem, v, task) for v in _allowed(problem, task)) for task in tasks) / 60
    if least > 0 and all(vehicle.rest is None for vehicle in problem.crews):
        return {"minutes": least}
    minutes = range(ceil(least), ceil(least) + DAY_MIN)
    longer = bisect_left(minutes, True, key=lambda more: not _on_fresh_shifts(problem, tasks, more).unserved)
    return {"minutes": ceil(least) + longer}


def _later_window(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    return {
        "minutes": max(min(_late_s(problem, v, task) for v in _allowed(problem, task)) for task in tasks) / 60
    }


def _more_hours(problem: RouteProblem, tasks: Sequence[Task]) -> Numbers:
    """By a plan of these tasks alone, on as many more shifts as it takes."""
    plan = _on_fresh_shifts(problem, tasks)
    like = plan.routes[0].vehicle.id.partition(MORE)[0] if plan.routes else "none"
    return {"hours": plan.duration_s / 3600, "vehicles": len(plan.routes), "like": like}


def _for_longer_shifts(problem: RouteProblem, tasks: Sequence[Task]) -> list[Task]:
    """Those that a fresh shift does not serve, but one that is longer does."""
    if not tasks or not (now := _on_fresh_shifts(problem, tasks).unserved):
        return []
    never = {unserved.id for unserved in _on_fresh_shifts(problem, tasks, DAY_MIN).unserved}
    late = {unserved.id for unserved in now} - never
    return [task for task in tasks if task.id in late]


def _on_fresh_shifts(problem: RouteProblem, tasks: Sequence[Task], longer_min: float = 0) -> RoutePlan:
    """These tasks alone, each vehicle being like the one that may serve most of them."""
    like = max(
        problem.crews, key=lambda v: (sum(_may(v, task) for task in tasks), v.latest_s - v.shift_start_s)
    )
    end_s = like.shift_end_s + 60 * longer_min
    fresh = replace(like, start=0, load_kg=0.0, load_m3=0.0, shift_end_s=end_s)
    crews = tuple(replace(fresh, id=f"{like.id}{MORE}{n}") for n in range(1, len(tasks) + 1))
    free = tuple(replace(task, prices={}) for task in tasks)
    return nearest_neighbour(replace(problem, tasks=free, vehicles=crews, spread_s=None, days=1))


def _fits(vehicle: Vehicle, task: Task) -> bool:
    return task.load_kg <= vehicle.capacity_kg and task.load_m3 <= vehicle.capacity_m3


def _may(vehicle: Vehicle, task: Task) -> bool:
    return _fits(vehicle, task) and task.prices.get(vehicle.id, 0.0) < inf


def _allowed(problem: RouteProblem, task: Task) -> list[Vehicle]:
    return [vehicle for vehicle in problem.crews if _may(vehicle, task)]


def _arrival_s(problem: RouteProblem, vehicle: Vehicle, task: Task) -> float:
    leaves_s = max(vehicle.shift_start_s, task.release_s)
    return leaves_s + min(float(problem.time_s[vehicle.start, way.enter]) for way in task.ways)


def _late_s(problem: RouteProblem, vehicle: Vehicle, task: Task) -> float:
    return max(0.0, _arrival_s(problem, vehicle, task) - task.window_s[1]) if task.window_s else 0.0


def _beyond_s(problem: RouteProblem, vehicle: Vehicle, task: Task) -> float:
    begin_s = max(_arrival_s(problem, vehicle, task), task.window_s[0] if task.window_s else -inf)
    home_s = min(way.service_s + float(problem.way_home_s[way.leave]) for way in task.ways)
    return max(0.0, begin_s + home_s - vehicle.latest_s)


_NUMBERS: dict[Refusal, Callable[[RouteProblem, Sequence[Task]], Numbers]] = {
    Refusal.TOO_LARGE: _capacity,
    Refusal.WRONG_FRACTION: _fraction,
    Refusal.NO_DISPOSAL: _fraction,
    Refusal.UNREACHABLE: _count,
    Refusal.BEYOND_SHIFT: _longer_shift,
    Refusal.WINDOW: _later_window,
    Refusal.FORBIDDEN: _vehicles,
    Refusal.NO_TIME: _more_hours,
}
