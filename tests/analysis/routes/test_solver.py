from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.routes import (
    Budget,
    Costs,
    DisposalSite,
    NoVehicle,
    Refusal,
    RouteProblem,
    RoutingError,
    SolveCancelled,
    Unserved,
    VisitKind,
    check_plan,
    container,
    nearest_neighbour,
    solve,
)
from tests.analysis.routes.problems import HOUR_S, containers, problem, vehicles

FEW = Budget(max_iterations=60)


def test_one_trip_is_as_short_as_the_best_of_all_orders():
    case = problem(tasks=containers(6), fleet=vehicles(1), costs=Costs(per_hour=0, per_km=1, per_vehicle=0))
    plan = solve(case, Budget(max_iterations=400), seed=1)
    orders = (
        sum(case.length_m[a, b] for a, b in pairwise((0, *order, 1, 0)))
        for order in permutations(range(2, 8))
    )
    assert plan.distance_m == pytest.approx(min(orders))
    assert [v.kind for v in plan.routes[0].visits] == ["start", *["task"] * 6, "tip", "end"]


def test_full_vehicle_tips_between_trips():
    plan = solve(problem(tasks=containers(9, kg=250), fleet=vehicles(1)), FEW, seed=1)
    (route,) = plan.routes
    assert route.tips == 3
    assert max(visit.load_after_kg for visit in route.visits) == 1000
    assert plan.load_kg == 9 * 250


def test_volume_limits_as_weight_does():
    plan = solve(problem(tasks=containers(8, kg=1, m3=5), fleet=vehicles(1)), FEW, seed=1)
    assert plan.routes[0].tips == 4


def test_short_shifts_need_more_vehicles():
    tasks = containers(12, service_s=600)
    assert len(solve(problem(tasks=tasks, fleet=vehicles(4, hours=8)), FEW, seed=1).routes) == 1
    assert len(solve(problem(tasks=tasks, fleet=vehicles(4, hours=2)), FEW, seed=1).routes) == 2


def test_arrivals_start_with_the_shift_and_follow_travel_and_service():
    case = problem(tasks=containers(1), fleet=vehicles(1))
    start, container, tip, end = solve(case, FEW, seed=1).routes[0].visits
    assert start.arrival_s == 6 * HOUR_S
    assert container.arrival_s == pytest.approx(6 * HOUR_S + case.time_s[0, 2])
    assert tip.arrival_s == pytest.approx(container.arrival_s + 60 + case.time_s[2, 1])
    assert end.arrival_s == pytest.approx(tip.arrival_s + 600 + case.time_s[1, 0])


def test_last_tip_is_the_site_on_the_way_home():
    sites = (DisposalSite("near-stop", 600), DisposalSite("on-the-way", 600))
    xy_m = np.array([[0, 0], [1000, 900], [500, 0], [1000, 0]])
    (route,) = solve(
        problem(tasks=containers(1), fleet=vehicles(1), sites=sites, xy_m=xy_m), FEW, seed=1
    ).routes
    assert [v.id for v in route.visits if v.kind is VisitKind.TIP] == ["on-the-way"]


def test_same_seed_and_iterations_give_the_same_plan():
    case = problem(tasks=containers(25), fleet=vehicles(3))
    first, again = (solve(case, Budget(max_iterations=80), seed=3) for _ in range(2))
    assert first == again


def test_plan_is_cheaper_than_nearest_neighbour():
    case = problem(tasks=containers(40), fleet=vehicles(3))
    plan, comparison = solve(case, Budget(max_iterations=2000), seed=3), nearest_neighbour(case)
    assert plan.cost < 0.95 * comparison.cost
    assert plan.unserved == comparison.unserved == ()


def test_no_iteration_at_all_still_answers_with_a_plan():
    case = problem(tasks=containers(10), fleet=vehicles(2))
    plan = solve(case, Budget(max_iterations=0), seed=1)
    assert check_plan(case, plan) == ()
    assert plan.unserved == ()


def test_stop_larger_than_every_vehicle_is_refused_and_the_others_are_served():
    tasks = (*containers(3), container("huge", 2, 1500, 1, 60), container("bulky", 2, 10, 11, 60))
    plan = solve(problem(tasks=tasks, fleet=vehicles(2)), FEW, seed=1)
    assert plan.unserved == (Unserved("huge", Refusal.TOO_LARGE), Unserved("bulky", Refusal.TOO_LARGE))
    assert len(plan.routes[0].served) == 3


def test_wrong_fraction_refuses_every_stop():
    case = problem(tasks=containers(2), fleet=vehicles(1, fractions=frozenset({"glass"})), fraction="paper")
    assert solve(case, FEW).unserved == tuple(Unserved(f"c{i}", Refusal.WRONG_FRACTION) for i in range(2))


def test_disposal_site_that_does_not_take_the_fraction_refuses_every_stop():
    sites = (DisposalSite("glass-only", 600, frozenset({"glass"})),)
    plan = solve(problem(tasks=containers(1), fleet=vehicles(1), sites=sites), FEW)
    assert plan.unserved == (Unserved("c0", Refusal.NO_DISPOSAL),)


def test_stop_without_a_way_is_refused():
    case = problem(tasks=containers(3), fleet=vehicles(1))
    case.time_s[3, :] = np.inf
    case.length_m[3, :] = np.inf
    plan = solve(case, FEW)
    assert plan.unserved == (Unserved("c1", Refusal.UNREACHABLE),)
    assert check_plan(case, plan) == ()


def test_stop_farther_than_a_shift_is_refused():
    case = problem(
        tasks=containers(2),
        fleet=vehicles(1, hours=1),
        xy_m=np.array([[0, 0], [0, 100], [0, 200], [0, 40000]]),
    )
    assert solve(case, FEW).unserved == (Unserved("c1", Refusal.BEYOND_SHIFT),)


def test_fleet_too_small_leaves_stops_with_the_reason():
    case = problem(tasks=containers(40, service_s=900), fleet=vehicles(2, hours=3))
    plan = solve(case, FEW, seed=1)
    assert 0 < len(plan.unserved) < 40
    assert {u.reason for u in plan.unserved} == {Refusal.NO_TIME}
    assert len(plan.unserved) <= len(nearest_neighbour(case).unserved)
    assert check_plan(case, plan) == ()


def test_fleet_of_no_vehicle_is_named():
    with pytest.raises(NoVehicle, match="'depot' has a fleet of no vehicle"):
        problem(tasks=containers(2), fleet=())


def test_matrix_of_the_wrong_size_is_named():
    with pytest.raises(RoutingError, match="no place of the matrices for 3 places"):
        RouteProblem(
            "d", (DisposalSite("t", 0),), containers(2), vehicles(1), np.zeros((3, 3)), np.zeros((3, 3))
        )


def test_container_listed_twice_is_named():
    with pytest.raises(RoutingError, match="'c0' is listed twice"):
        problem(tasks=(*containers(1), *containers(1)), fleet=vehicles(1))


def test_budget_without_a_limit_is_refused():
    with pytest.raises(RoutingError, match="limit"):
        Budget()


def test_progress_is_told_and_its_end_is_one():
    told = []
    solve(problem(tasks=containers(10), fleet=vehicles(1)), FEW, 1, told.append)
    assert told[-1].share == 1.0
    assert told[-1].iterations == 60
    assert told[-1].cost > 0


def test_answer_of_true_cancels():
    with pytest.raises(SolveCancelled):
        solve(problem(tasks=containers(10), fleet=vehicles(1)), Budget(max_seconds=60), 1, lambda _: True)


def test_error_of_the_callback_goes_through():
    def dismissed(_: object) -> None:
        raise KeyError("dismissed")

    with pytest.raises(KeyError, match="dismissed"):
        solve(problem(tasks=containers(10), fleet=vehicles(1)), Budget(max_seconds=60), 1, dismissed)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_plan_passes_the_independent_check(data):
    number = st.integers(1, 3)
    tasks = tuple(
        container(
            f"c{i}",
            2,
            data.draw(st.floats(0, 1100)),
            data.draw(st.floats(0, 6)),
            data.draw(st.floats(0, 900)),
        )
        for i in range(data.draw(st.integers(1, 12)))
    )
    sites = tuple(DisposalSite(f"t{i}", data.draw(st.floats(0, 1200))) for i in range(data.draw(number)))
    fleet = vehicles(data.draw(number), hours=data.draw(st.floats(0.5, 8)))
    case = problem(tasks=tasks, fleet=fleet, sites=sites, seed=data.draw(st.integers(0, 99)))
    comparison, plan = nearest_neighbour(case), solve(case, Budget(max_iterations=20), seed=1)
    assert check_plan(case, comparison) == ()
    assert check_plan(case, plan) == ()
    assert (len(plan.unserved), plan.cost) <= (len(comparison.unserved), comparison.cost)
