"""Weekday patterns: which are allowed, how long the gaps are, what a small periodic town's best week is."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.routes import Budget, Costs, RouteProblem, Vehicle, check_plan, container, solve
from analysis.routes.weeks import chosen_days, longest_gap, patterns


@pytest.mark.parametrize(
    ("days", "gap"), [((1, 4), 4), ((1, 2), 6), ((3,), 7), ((), 7), ((1, 2, 3, 4, 5, 6, 7), 1)]
)
def test_longest_gap_goes_round_the_week(days, gap):
    assert longest_gap(days) == gap


def test_patterns_keep_their_distance_round_the_week():
    assert patterns(2, range(1, 7), 3) == ((1, 4), (1, 5), (2, 5), (2, 6), (3, 6))
    assert (1, 7) not in patterns(2, range(1, 8), 2)
    assert patterns(3, (1, 2), 1) == ()


def test_two_places_apart_are_collected_on_a_day_each_way_once():
    """One kilometre east and one west, twice a week each: two days of 4 km are best, not four of 2 km, as a vehicle
    and day costs 60."""
    at_m = np.array([0.0, 1000.0, -1000.0])
    length_m = np.abs(at_m[:, None] - at_m[None, :])
    tasks = [container(name, place, 100, 1) for name, place in (("east:left", 1), ("west", 2))]
    sets = tuple(frozenset(day) for day in ((0, 2), (1, 3)))
    problem = RouteProblem(
        depot_id="depot",
        disposal_sites=(),
        tasks=tuple(_with(task, sets) for task in tasks),
        vehicles=(Vehicle("v", 1000, 10, 0, 28_800),),
        time_s=length_m / 10,
        length_m=length_m,
        costs=Costs(per_hour=0),
        days=4,
    )
    plan = solve(problem, Budget(200, None), 1)
    assert check_plan(problem, plan) == ()
    assert plan.cost == pytest.approx(2 * (60 + 4 * 1.5))
    days = chosen_days(plan, {"east:left": "east", "west": "west"}, (1, 2, 4, 5))
    assert days["east"] == days["west"]
    assert days["east"] in ((1, 4), (2, 5))
    served_once = plan.routes[:1]
    faults = check_plan(problem, type(plan)(served_once, (), plan.cost))
    assert any("none of its patterns" in fault for fault in faults)


def _with(task, sets):
    return type(task)(task.id, task.ways, task.load_kg, task.load_m3, patterns=sets)
