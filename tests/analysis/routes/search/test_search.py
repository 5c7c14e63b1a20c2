from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.routes import (
    Break,
    Budget,
    Refusal,
    RouteProblem,
    RoutingError,
    SolveCancelled,
    check_plan,
    solve,
)
from analysis.routes.plan import Serve, Tip, drive, plan_cost
from analysis.routes.search import search
from tests.analysis.routes.problems import HOUR_S, vehicles
from tests.analysis.routes.streets import streets

FEW = Budget(max_iterations=300)


def _cheapest(problem: RouteProblem) -> float:
    """Every order, direction and place of tipping of one vehicle that may take at most two streets a trip."""
    numbers = range(len(problem.tasks))
    best = float("inf")
    for order in permutations(numbers):
        for ways in product(*(range(len(problem.tasks[n].ways)) for n in order)):
            for tips in product((False, *problem.tips), repeat=len(order) - 1):
                halts, on_board = [], 0
                for n, way, tip in zip(order, ways, (False, *tips), strict=True):
                    if tip:
                        halts.append(Tip(tip))
                        on_board = 0
                    halts.append(Serve(n, way))
                    on_board += 1
                    if on_board > 2:
                        break
                if on_board > 2:
                    continue
                here = problem.tasks[order[-1]].ways[ways[-1]].leave
                route = drive(problem, problem.vehicles[0], [*halts, Tip(problem.best_tip(here))])
                best = min(best, plan_cost(problem, [route]))
    return best


@pytest.mark.parametrize("seed", [1, 2])
def test_a_tiny_problem_is_solved_as_by_trying_everything(seed):
    problem = streets(4, vehicles(1, kg=600), sites=2, seed=seed)
    assert search(problem, FEW, 1).cost == pytest.approx(_cheapest(problem), rel=1e-5)


def test_the_search_tells_its_iterations():
    plan = solve(streets(12, vehicles(2)), FEW, 1)
    assert check_plan(streets(12, vehicles(2)), plan) == ()
    assert not plan.unserved and plan.iterations == 300


def test_the_same_seed_and_iterations_give_the_same_plan():
    problem = streets(25, vehicles(3, hours=2))
    assert search(problem, FEW, 4) == search(problem, FEW, 4)
    assert search(problem, FEW, 4) != search(problem, FEW, 5)


def test_a_start_plan_is_never_made_worse():
    problem = streets(30, vehicles(3, hours=2))
    good = search(problem, Budget(max_iterations=3000), 1)
    assert search(problem, Budget(max_iterations=1), 2, start=good).cost <= good.cost
    assert search(problem, Budget(max_iterations=1), 2).cost > good.cost


def test_a_start_plan_of_another_fleet_is_used_as_far_as_it_goes():
    problem = streets(20, vehicles(3, hours=2))
    smaller = replace(problem, vehicles=problem.vehicles[:2], tasks=problem.tasks[:15])
    plan = search(smaller, FEW, 1, start=search(problem, FEW, 1))
    assert check_plan(smaller, plan) == ()


def test_who_answers_true_stops_the_search():
    with pytest.raises(SolveCancelled):
        search(streets(10, vehicles(1)), Budget(max_seconds=60), 1, on_progress=lambda progress: True)


def test_no_disposal_sites_means_one_trip_each():
    problem = streets(9, vehicles(5), sites=0)
    plan = search(problem, FEW, 1)
    assert check_plan(problem, plan) == ()
    assert not plan.unserved and len(plan.routes) == 3 and all(route.tips == 0 for route in plan.routes)


def test_as_few_shifts_as_hold_the_work():
    problem = streets(24, vehicles(6, kg=3000, hours=3))
    assert len(search(problem, FEW, 1).routes) == 1


def test_who_may_not_serve_does_not_and_a_price_moves_a_street():
    problem = streets(10, vehicles(2, hours=1))
    tasks = (replace(problem.tasks[0], prices={"v0": np.inf}), replace(problem.tasks[1], prices={"v0": 1e3}))
    problem = replace(problem, tasks=(*tasks, *problem.tasks[2:]))
    plan = search(problem, FEW, 1)
    crew = {visit.id: route.vehicle.id for route in plan.routes for visit in route.served}
    assert (crew["s0"], crew["s1"]) == ("v1", "v1")


def test_what_is_not_worth_its_detour_is_left_out():
    problem = streets(8, vehicles(1))
    problem = replace(problem, tasks=(replace(problem.tasks[0], prize=0.01), *problem.tasks[1:]))
    plan = search(problem, FEW, 1)
    assert [(left.id, left.reason) for left in plan.unserved] == [("s0", Refusal.NOT_WORTH)]


def test_shifts_are_balanced_within_the_bound():
    problem = streets(30, vehicles(3, kg=9000, hours=1.0), extent_m=2000.0, spread_s=300.0)
    plan = search(problem, Budget(max_iterations=4000), 1)
    hours = [route.duration_s for route in plan.routes]
    assert check_plan(problem, plan) == () and len(hours) > 1
    assert max(hours) - min(hours) <= 300


def test_an_impossible_balance_is_named_with_what_is_possible():
    problem = streets(3, vehicles(2, hours=0.5), sites=1, spread_s=0.0, one_way=1.0, extent_m=6000.0)
    try:
        plan = search(problem, FEW, 1)
    except RoutingError as error:
        assert "min can be kept" in str(error)
    else:
        assert len(plan.routes) < 2


def test_rests_are_taken_inside_the_shift():
    rest = Break(1800.0, 8 * HOUR_S, 9 * HOUR_S)
    problem = streets(40, vehicles(2, kg=2000, hours=5, rest=rest))
    plan = search(problem, FEW, 1)
    assert check_plan(problem, plan) == () and not plan.unserved


def test_a_truck_on_the_road_begins_where_it_is_with_what_it_holds():
    (vehicle,) = vehicles(1)
    problem = streets(6, (replace(vehicle, start=5, load_kg=900.0, load_m3=1.0),))
    plan = search(problem, FEW, 1)
    assert check_plan(problem, plan) == () and not plan.unserved
    assert plan.routes[0].visits[0].place == 5


def test_two_days_choose_the_cheaper_pattern():
    problem = streets(12, vehicles(1, kg=3000), days=2)
    either = (frozenset({0}), frozenset({1}))
    problem = replace(problem, tasks=tuple(replace(task, patterns=either) for task in problem.tasks))
    plan = search(problem, FEW, 1)
    assert check_plan(problem, plan) == ()
    assert len(plan.routes) == 1  # all of it on one day


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(1, 14),
    crews=st.integers(1, 3),
    sites=st.integers(0, 2),
    days=st.integers(1, 2),
    hours=st.floats(0.2, 3.0),
    overtime_s=st.sampled_from([0.0, 1800.0]),
    kinds=st.lists(st.sampled_from(["must", "prize", "priced", "barred", "once"]), min_size=14, max_size=14),
    seed=st.integers(0, 99),
)
def test_every_plan_passes_the_independent_check(count, crews, sites, days, hours, overtime_s, kinds, seed):
    problem = streets(
        count, vehicles(crews, hours=hours, overtime_s=overtime_s), sites=sites, seed=seed, days=days
    )
    changes = {
        "must": {},
        "prize": {"prize": 5.0},
        "priced": {"prices": {"v0": 3.0}},
        "barred": {"prices": {"v1": np.inf}},
        "once": {"patterns": tuple(frozenset({day}) for day in range(days))},
    }
    tasks = tuple(replace(task, **changes[kind]) for task, kind in zip(problem.tasks, kinds, strict=False))
    problem = replace(problem, tasks=tasks)
    plan = search(problem, Budget(max_iterations=100), seed)
    assert check_plan(problem, plan) == ()
    assert check_plan(problem, search(problem, Budget(max_iterations=20), seed, start=plan)) == ()
