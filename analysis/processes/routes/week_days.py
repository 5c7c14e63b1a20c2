"""The weekdays of each container or street in a week that is planned: its present ones, or those that a search over
all days of the week chose, where that pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from analysis.network.demand import days_since_collection
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked, WeekDays
from analysis.processes.routes.day import busy_on
from analysis.processes.routes.figures import costs_of
from analysis.processes.routes.fleet import read_fleet
from analysis.processes.routes.ground import Grounds
from analysis.processes.routes.placed import item_of
from analysis.processes.routes.work import Work, read_work
from analysis.processes.routes.zones import Wishes, ZoneProblem, make_zones, state_zone
from analysis.routes import Budget, RoutePlan, RouteProblem, RoutingError, Task, check_plan, solve
from analysis.routes.weeks import WEEK, Days, chosen_days, patterns
from gis_core.errors import InvalidInput

NO_KEY = "id:"  # rows without an external_id: nothing can be written to them by key


@dataclass(frozen=True)
class Choice:
    """What the search may change: the weekdays of service, the least days between two collections, and the money
    that a changed container or street must save."""

    weekdays: tuple[int, ...]
    apart_days: int
    price: float

    def allowed(self, key: str, was: Days) -> list[Days]:
        """Raises RoutingError where there is no pattern."""
        own = [was] if set(was) <= set(self.weekdays) else []
        if key.startswith(NO_KEY):
            return own or [was]
        if found := [*own, *(d for d in patterns(len(was), self.weekdays, self.apart_days) if d != was)]:
            return found
        raise RoutingError(
            f"{key} is collected {len(was)} times a week, for which weekdays {list(self.weekdays)} with"
            f" {self.apart_days} days between have no room: allow more weekdays, or fewer days between."
        )


def present_days(frames: InputFrames, asked: Asked) -> dict[str, Days]:
    """By key the weekdays of all in the area and districts asked for that has some; raises InvalidInput for none."""
    items = read_work(frames, settings.CITY, replace(asked, due_only=False, week=None)).items
    pairs = zip(items["key"], items["collection_days"], strict=True)
    found = {key: tuple(sorted(set(days))) for key, days in pairs if days is not None and len(days)}
    if not found:
        raise InvalidInput(
            "Nothing here has collection days: give the streets or containers collection_days."
        )
    return found


def choose_days(
    frames: InputFrames, asked: Asked, was: dict[str, Days], choice: Choice, budget: Budget, seed: int
) -> dict[str, Days]:
    """Raises RoutingError, NetworkError. What the search leaves out keeps its days."""
    work = _with_mean_loads(frames, asked, was)
    fleet = read_fleet(frames, asked, busy_on(asked))
    grounds = Grounds(frames, fleet, asked.day)
    chosen = dict(was)
    for zone in make_zones(work, fleet, grounds):
        ground = grounds.of(zone.vehicles)
        stated = state_zone(zone, work, fleet, ground, asked, Wishes(), costs_of(settings.CITY))
        chosen |= _of_zone(stated, was, choice, budget, seed)
    return chosen


def _with_mean_loads(frames: InputFrames, asked: Asked, was: Mapping[str, Days]) -> Work:
    """Loads as of a week spread evenly over its collections."""
    week = replace(asked, due_only=False, week=WeekDays(was, was))
    work = read_work(frames, settings.CITY, week)
    items = work.items[work.items["key"].isin(was)].reset_index(drop=True)
    mean = [WEEK / len(was[key]) / days_since_collection(was[key], asked.day) for key in items["key"]]
    loads = {name: items[name] * mean for name in ("load_kg", "load_m3")}
    return replace(work, items=items.assign(**loads))


def _of_zone(
    stated: ZoneProblem, was: Mapping[str, Days], choice: Choice, budget: Budget, seed: int
) -> dict[str, Days]:
    """The chosen days where they save more than their price against the present ones; all of the zone or none."""
    if stated.problem is None:
        return {}
    items = {task.id: item_of(task.id) for task in stated.problem.tasks}
    usual = periodic(stated.problem, choice.weekdays, {key: [was[key]] for key in items.values()})
    kept = _solved(usual, budget, seed) if usual else None
    allowed = {key: choice.allowed(key, was[key]) for key in items.values()}
    free = periodic(stated.problem, choice.weekdays, allowed)
    if free is None:
        return {}
    plan = _solved(free, budget, seed, kept)
    days = chosen_days(plan, items, choice.weekdays)
    changed = sum(own != was[key] for key, own in days.items())
    if kept is not None and not _pays(plan, kept, choice.price * changed):
        return {}
    return days


def _pays(plan: RoutePlan, kept: RoutePlan, price: float) -> bool:
    left, left_kept = len(plan.unserved), len(kept.unserved)
    return left < left_kept or (left == left_kept and plan.cost + price < kept.cost)


def periodic(
    problem: RouteProblem, week: Sequence[int], allowed: Mapping[str, Iterable[Days]]
) -> RouteProblem | None:
    """The problem of all these weekdays; None if an item has a day that is none of them."""
    number = {day: n for n, day in enumerate(week)}
    sets = {key: tuple(allowed[key]) for key in allowed}
    if not all(day in number for own in sets.values() for days in own for day in days):
        return None

    def told(task: Task) -> Task:
        own = sets[item_of(task.id)]
        return replace(task, patterns=tuple(frozenset(number[day] for day in days) for days in own))

    return replace(problem, days=len(week), tasks=tuple(told(task) for task in problem.tasks))


def _solved(problem: RouteProblem, budget: Budget, seed: int, start: RoutePlan | None = None) -> RoutePlan:
    plan = solve(problem, budget, seed, None, start)
    if faults := check_plan(problem, plan):
        raise RuntimeError(f"The plan of the week breaks its rules: {' '.join(faults)}")
    return plan
