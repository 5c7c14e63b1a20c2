"""Moves between crews: priced as the plan after them is priced, legal or with what forbids them."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from analysis.routes import (
    Break,
    Budget,
    RoutePlan,
    RouteProblem,
    RoutingError,
    Task,
    Way,
    check_plan,
    nearest_neighbour,
    solve,
)
from analysis.routes.moves import Barrier, explain, price_move
from tests.analysis.routes.problems import containers, problem, vehicles


@pytest.fixture(scope="module")
def town() -> RouteProblem:
    return problem(tasks=containers(24, service_s=300.0), fleet=vehicles(3, kg=900.0, hours=2.5))


@pytest.fixture(scope="module")
def plan(town) -> RoutePlan:
    return solve(town, Budget(max_iterations=200), seed=1)


def of(plan: RoutePlan, n: int = 0) -> tuple[str, str]:
    """A crew and the first task on it."""
    route = plan.routes[n]
    return route.vehicle.id, route.served[0].id


def test_price_is_the_difference_of_two_checked_plans(town, plan):
    _, task = of(plan)
    for vehicle in {v.id for v in town.vehicles}:
        move = price_move(town, plan, [task], vehicle)
        assert move.plan is not None and check_plan(town, move.plan) == ()
        assert move.cost == pytest.approx(move.plan.cost - plan.cost)
        assert move.distance_m == pytest.approx(move.plan.distance_m - plan.distance_m)
        assert task in {v.id for r in move.plan.routes if r.vehicle.id == vehicle for v in r.served}


def test_several_tasks_move_together(town, plan):
    tasks = [visit.id for visit in plan.routes[0].served[:3]]
    target = plan.routes[1].vehicle.id
    move = price_move(town, plan, tasks, target)
    served = next(r for r in move.plan.routes if r.vehicle.id == target).served
    assert set(tasks) <= {visit.id for visit in served}
    assert check_plan(town, move.plan) == ()


def test_moving_there_and_back_costs_no_more_than_the_plan_lost(town, plan):
    vehicle, task = of(plan)
    there = price_move(town, plan, [task], plan.routes[1].vehicle.id)
    back = price_move(town, there.plan, [task], vehicle)
    assert there.cost + back.cost == pytest.approx(back.plan.cost - plan.cost)
    assert back.plan.cost <= plan.cost + abs(there.cost)


def test_explanation_lists_every_other_crew_cheapest_first(town, plan):
    vehicle, task = of(plan)
    told = explain(town, plan, task)
    assert (told.vehicle, told.position) == (vehicle, 1)
    assert {move.vehicle for move in told.alternatives} == {v.id for v in town.vehicles} - {vehicle}
    costs = [move.cost for move in told.alternatives if move.barrier is None]
    assert costs == sorted(costs)


def test_a_full_truck_tips_once_more(town, plan):
    tasks = [visit.id for visit in plan.routes[0].served]
    target = plan.routes[1].vehicle.id
    move = price_move(
        replace(town, vehicles=vehicles(3, kg=900.0, hours=12.0)), plan_of(town, plan), tasks, target
    )
    route = next(r for r in move.plan.routes if r.vehicle.id == target)
    assert route.load_kg > 900 and max(v.load_after_kg for v in route.visits) <= 900
    assert len(move.plan.routes) == len(plan.routes) - 1


def plan_of(town: RouteProblem, plan: RoutePlan) -> RoutePlan:
    """The same plan with the vehicles of longer shifts."""
    longer = {v.id: v for v in vehicles(3, kg=900.0, hours=12.0)}
    return replace(plan, routes=tuple(replace(r, vehicle=longer[r.vehicle.id]) for r in plan.routes))


@pytest.mark.parametrize(
    ("change", "barrier"),
    [
        ({"prices": {"v0": inf, "v1": inf, "v2": inf}}, Barrier.LOCKED),
        ({"load_kg": 5000.0}, Barrier.TOO_LARGE),
        ({"window_s": (0.0, 6 * 3600.0 + 1)}, Barrier.WINDOW),
    ],
)
def test_what_forbids_a_move_is_named(town, plan, change, barrier):
    _, task = of(plan)
    tasks = tuple(replace(t, **change) if t.id == task else t for t in town.tasks)
    move = price_move(replace(town, tasks=tasks), plan, [task], plan.routes[1].vehicle.id)
    assert (move.barrier, move.plan) == (barrier, None)


def test_a_shift_that_is_too_short_tells_by_how_much():
    town = problem(tasks=containers(12, service_s=900.0), fleet=vehicles(2, hours=3.0))
    plan = nearest_neighbour(town)
    giver, taker = plan.routes[1], plan.routes[0].vehicle.id
    move = price_move(town, plan, [visit.id for visit in giver.served], taker)
    assert move.barrier is Barrier.SHIFT and move.late_s > 600


def test_balance_forbids_a_move_that_breaks_it():
    town = problem(tasks=containers(12, service_s=1500.0), fleet=vehicles(2, hours=5.0), spread_s=1800.0)
    plan = solve(town, Budget(max_iterations=200), seed=1)
    tasks = [visit.id for visit in plan.routes[0].served[:2]]
    move = price_move(town, plan, tasks, plan.routes[1].vehicle.id)
    assert move.barrier is Barrier.SPREAD and move.late_s > 0


def test_breaks_are_placed_anew():
    rest = Break(1800.0, 7 * 3600.0, 8 * 3600.0)
    town = problem(tasks=containers(20, service_s=300.0), fleet=vehicles(2, hours=7.0, rest=rest))
    plan = solve(town, Budget(max_iterations=100), seed=1)
    move = price_move(town, plan, [plan.routes[0].served[0].id], plan.routes[-1].vehicle.id)
    assert move.plan is not None and check_plan(town, move.plan) == ()


def test_a_street_is_served_in_the_better_direction():
    town = problem(tasks=containers(8), fleet=vehicles(2))
    flipped = tuple(
        replace(t, ways=(Way(t.ways[0].enter, t.ways[0].enter, 600.0), *t.ways)) for t in town.tasks
    )
    both = replace(town, tasks=flipped)
    move = price_move(both, nearest_neighbour(both), [both.tasks[0].id], "v1")
    ways = [v.way for r in move.plan.routes if r.vehicle.id == "v1" for v in r.served]
    assert ways == [1]  # the way that takes 60 s and not 600


def test_unknown_tasks_and_vehicles_are_named(town, plan):
    with pytest.raises(RoutingError, match="no task 'x'"):
        price_move(town, plan, ["x"], "v0")
    with pytest.raises(RoutingError, match="no vehicle 'x'"):
        price_move(town, plan, [town.tasks[0].id], "x")


def test_a_task_left_out_can_be_given_to_a_crew():
    town = problem(tasks=containers(4), fleet=vehicles(2))
    plan = nearest_neighbour(replace(town, tasks=town.tasks[:3]))
    late = replace(plan, unserved=())
    told = explain(town, late, town.tasks[3].id)
    assert (told.vehicle, told.position) == (None, None)
    assert all(move.plan is not None for move in told.alternatives)
    assert isinstance(town.tasks[3], Task)
