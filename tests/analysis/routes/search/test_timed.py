"""Windows and releases in the search: against trying everything, the exact cost, and the independent check."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.routes import Break, Budget, Costs, DisposalSite, RouteProblem, check_plan, containers, solve
from analysis.routes.departure import leave_late
from analysis.routes.plan import Serve, Tip, VisitKind, drive, plan_cost
from analysis.routes.rests import is_legal
from analysis.routes.search import decode, search
from analysis.routes.search.encode import encode
from analysis.routes.search.kernels import anneal
from analysis.routes.search.model import ABSENT, BEST, empty_state
from analysis.routes.solver import is_for_search
from tests.analysis.routes.problems import HOUR_S, problem, vehicles
from tests.analysis.routes.problems import containers as tasks_at
from tests.analysis.routes.streets import streets

FEW = Budget(max_iterations=300)
LENGTH = Costs(per_hour=0.0, per_km=1000.0, per_vehicle=0.0, per_overtime_hour=0.0)


def timed(
    count: int, crews: int, seed: int, *, releases: bool = False, sites: int = 1, kg: float = 450.0, **more
) -> RouteProblem:
    """Containers of 100 kg with windows of an hour or two, some without; shifts of four hours from six o'clock."""
    rng = np.random.default_rng(seed)
    tasks = []
    for task in tasks_at(count, service_s=300.0):
        opens_s = rng.uniform(6, 9) * HOUR_S
        window = (opens_s, opens_s + rng.uniform(1, 2) * HOUR_S) if not tasks or rng.random() < 0.7 else None
        release_s = rng.uniform(5.5, 7) * HOUR_S if releases and rng.random() < 0.5 else 0.0
        tasks.append(replace(task, window_s=window, release_s=release_s))
    tips = tuple(DisposalSite(f"tip{n}", 400.0) for n in range(sites))
    fleet = vehicles(crews, kg=kg, hours=4.0)
    return problem(tasks=tuple(tasks), fleet=fleet, sites=tips, seed=seed, **more)


def _cheapest(case: RouteProblem) -> float:
    """Every order and place of tipping of the one vehicle, which holds two tasks."""
    best = float("inf")
    for order in permutations(range(len(case.tasks))):
        for tips in product((False, True), repeat=len(order) - 1):
            halts, aboard = [Serve(order[0], 0)], 1
            for n, tip in zip(order[1:], tips, strict=True):
                halts += [*([Tip(1)] if tip else []), Serve(n, 0)]
                aboard = 1 if tip else aboard + 1
                if aboard > 2:
                    break
            route = leave_late(case, drive(case, case.vehicles[0], [*halts, Tip(1)]))
            if aboard <= 2 and is_legal(case, route):
                best = min(best, plan_cost(case, [route]))
    return best


@pytest.mark.parametrize("seed", [1, 2, 4, 6])
@pytest.mark.parametrize("releases", [False, True])
def test_a_tiny_problem_is_solved_as_by_trying_everything(seed, releases):
    case = timed(5, 1, seed, releases=releases, kg=200.0)
    plan = search(case, FEW, 1)
    assert plan.unserved == ()
    assert plan.cost == pytest.approx(_cheapest(case), rel=1e-5)


@given(
    count=st.integers(1, 25),
    crews=st.integers(1, 4),
    seed=st.integers(0, 10**6),
    releases=st.booleans(),
    sites=st.integers(0, 3),
    costs=st.sampled_from([Costs(), LENGTH]),
    overtime_s=st.sampled_from([0.0, 1800.0]),
    away=st.booleans(),
)
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_the_search_reckons_is_what_is_driven_and_legal(
    count, crews, seed, releases, sites, costs, overtime_s, away
):
    case = timed(
        count, crews, seed, releases=releases, sites=min(sites, 1) if releases else sites, costs=costs
    )
    if costs.per_hour:
        late = tuple(
            replace(v, shift_end_s=v.shift_end_s - HOUR_S, overtime_s=overtime_s) for v in case.vehicles
        )
        case = replace(case, vehicles=late)
    if away and not releases:
        first = replace(case.vehicles[0], start=case.places - 1, load_kg=200.0)
        case = replace(case, vehicles=(first, *case.vehicles[1:]))
    encoded = encode(case, tuple(range(count)))
    state = empty_state(encoded.model, seed)
    anneal.total(encoded.model, state)
    anneal.improve(encoded.model, state, 150, 100.0, False)
    anneal.restore(encoded.model, state)
    served = count - int(state.numbers[ABSENT])
    routes = decode.routes(case, encoded, decode.best_stops(encoded, state))
    assert sum(len(route.served) for route in routes) == served
    missing = encoded.model.missing[state.absent[: state.numbers[ABSENT]]].sum()
    money = (state.numbers[BEST] - missing) / encoded.ticks_per_s * encoded.rate
    tips = sum(route.tips for route in routes)
    serving_h = (served * 300.0 + tips * 400.0) / HOUR_S
    assert plan_cost(case, routes) == pytest.approx(money + costs.per_hour * serving_h, abs=0.05, rel=1e-4)
    plan = search(case, Budget(max_iterations=60), seed)
    assert check_plan(case, plan) == ()


def timed_streets(count: int, crews: int, seed: int, **more) -> RouteProblem:
    """Streets of 100 kg that can mostly be served both ways, most with hours of their own."""
    fleet = vehicles(crews, kg=900.0, hours=4.0)
    case = streets(count, fleet, seed=seed, load_kg=100.0, one_way=0.3, **more)
    rng = np.random.default_rng(seed)
    opens_s = rng.uniform(6, 9, count) * HOUR_S
    windows = [(at, at + 1.2 * HOUR_S) if rng.random() < 0.6 else None for at in opens_s]
    windows[0] = (opens_s[0], opens_s[0] + HOUR_S)
    tasks = zip(case.tasks, windows, strict=True)
    return replace(case, tasks=tuple(replace(task, window_s=window) for task, window in tasks))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_few_streets_are_served_in_the_best_directions(seed):
    case = timed_streets(4, 1, seed)
    plan = search(case, FEW, 1)
    best = float("inf")
    for order in permutations(range(4)):
        for ways in product(*(range(len(case.tasks[n].ways)) for n in order)):
            halts = [Serve(n, way) for n, way in zip(order, ways, strict=True)]
            route = leave_late(case, drive(case, case.vehicles[0], [*halts, Tip(1)]))
            if is_legal(case, route):
                best = min(best, plan_cost(case, [route]))
    assert plan.cost == pytest.approx(best, rel=1e-5)


@given(count=st.integers(1, 25), crews=st.integers(1, 4), seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_directions_found_are_those_driven(count, crews, seed):
    case = timed_streets(count, crews, seed, costs=LENGTH)
    encoded = encode(case, tuple(range(count)))
    state = empty_state(encoded.model, seed)
    anneal.total(encoded.model, state)
    anneal.improve(encoded.model, state, 150, 100.0, False)
    anneal.restore(encoded.model, state)
    routes = decode.routes(case, encoded, decode.best_stops(encoded, state))
    assert sum(len(route.served) for route in routes) == count - int(state.numbers[ABSENT])
    missing = encoded.model.missing[state.absent[: state.numbers[ABSENT]]].sum()
    along_m = sum(case.tasks[int(v.id[1:])].ways[0].length_m for route in routes for v in route.served)
    money = (state.numbers[BEST] - missing) / encoded.ticks_per_s * encoded.rate
    assert plan_cost(case, routes) == pytest.approx(money + along_m, abs=0.05, rel=1e-4)
    assert check_plan(case, search(case, Budget(max_iterations=60), seed)) == ()


def test_a_plan_of_streets_begun_with_keeps_its_directions():
    case = timed_streets(12, 2, 5)
    plan = search(case, Budget(max_iterations=4_000), 1)
    again = search(case, Budget(max_iterations=1), 2, start=plan)
    assert again.cost <= plan.cost * (1 + 1e-9)
    assert {(v.id, v.way) for r in again.routes for v in r.served} == {
        (v.id, v.way) for r in plan.routes for v in r.served
    }


def test_an_empty_vehicle_takes_what_would_be_late_on_another():
    """Two containers a quarter of an hour's drive apart that must be served at once."""
    xy_m = [[0, 0], [0, 100], [0, 4500], [0, -4500]]
    tasks = tuple(replace(task, window_s=(6 * HOUR_S, 6 * HOUR_S + 700)) for task in tasks_at(2))
    case = problem(tasks=tasks, fleet=vehicles(2), xy_m=xy_m)
    plan = solve(case, FEW, 1)
    assert len(plan.routes) == 2
    assert plan.unserved == ()


def test_waiting_costs_and_a_late_start_saves_it():
    tasks = (replace(tasks_at(1)[0], window_s=(9 * HOUR_S, 10 * HOUR_S)),)
    plan = solve(problem(tasks=tasks, fleet=vehicles(1)), FEW, 1)
    (route,) = plan.routes
    assert route.served[0].arrival_s == pytest.approx(9 * HOUR_S)


def test_it_is_better_than_the_other_solver_where_both_can():
    case = timed(60, 6, 3, releases=True, extent_m=6000.0)
    assert is_for_search(case)
    ours = search(case, Budget(max_iterations=40_000), 1)  # 1.5 s
    theirs = containers.solve(case, Budget(max_iterations=700), 1)
    assert not ours.unserved
    assert ours.cost < 0.97 * theirs.cost


def test_streets_with_hours_are_for_it_too():
    case = timed_streets(60, 6, 3)
    assert is_for_search(case)
    ours = search(case, Budget(max_iterations=20_000), 1)
    theirs = containers.solve(case, Budget(max_iterations=700), 1)
    assert not ours.unserved
    assert ours.cost < theirs.cost


def test_a_start_plan_is_never_made_worse():
    case = timed(30, 4, 5)
    good = search(case, Budget(max_iterations=2000), 1)
    again = search(case, Budget(max_iterations=1), 2, start=good)
    assert (len(again.unserved), again.cost) <= (len(good.unserved), good.cost)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(1, 20),
    crews=st.integers(1, 4),
    seed=st.integers(0, 10**6),
    make=st.sampled_from([timed, timed_streets]),
    first_s=st.floats(0, 3 * HOUR_S),
    long_s=st.sampled_from([0.0, 600.0, HOUR_S]),
    sites=st.integers(1, 2),
    days=st.integers(1, 2),
)
def test_breaks_of_some_crews_are_taken_in_time(count, crews, seed, make, first_s, long_s, sites, days):
    case = make(count, crews, seed, sites=sites, days=days)
    start_s = case.vehicles[0].shift_start_s
    rest = Break(900.0, start_s + first_s, start_s + first_s + long_s)
    case = replace(case, vehicles=(*(replace(v, rest=rest) for v in case.vehicles[:-1]), case.vehicles[-1]))
    assert is_for_search(case)
    assert check_plan(case, search(case, Budget(max_iterations=100), seed)) == ()


def test_a_break_costs_little_more_than_its_time():
    case = timed_streets(60, 6, 3)
    rest = Break(1800.0, 7.5 * HOUR_S, 8.5 * HOUR_S)
    with_rest = replace(case, vehicles=tuple(replace(v, rest=rest) for v in case.vehicles))
    ours = search(with_rest, Budget(max_iterations=20_000), 1)
    theirs = containers.solve(with_rest, Budget(max_iterations=700), 1)
    assert not ours.unserved
    assert ours.cost < 0.8 * theirs.cost
    rested = sum(any(v.kind is VisitKind.REST for v in route.visits) for route in ours.routes)
    assert rested == len(ours.routes)


def test_overtime_is_taken_where_it_is_cheaper_than_another_shift():
    case = timed(40, 6, 4, extent_m=6000.0)
    tired = replace(case, vehicles=tuple(replace(v, overtime_s=3600.0) for v in case.vehicles[:4]))
    plan = search(tired, Budget(max_iterations=10_000), 1)
    assert check_plan(tired, plan) == ()
    assert not plan.unserved
    dear = replace(tired, costs=replace(tired.costs, per_overtime_hour=1e4))
    avoided = search(dear, Budget(max_iterations=10_000), 1)
    assert sum(r.overtime_s for r in avoided.routes) < sum(r.overtime_s for r in plan.routes)


@pytest.mark.parametrize(
    "asks",
    [
        {"spread_s": 600.0},
        {"tasks": tuple(replace(t, window_s=(0.0, 9e4), prize=1.0) for t in tasks_at(3))},
        {"fleet": vehicles(1, load_kg=100.0)},
        {"fleet": vehicles(1, overtime_s=600.0), "costs": LENGTH},
        {
            "sites": (DisposalSite("a", 60.0), DisposalSite("b", 60.0)),
            "tasks": tuple(replace(t, window_s=(0.0, 9e4), release_s=1.0) for t in tasks_at(3)),
        },
    ],
)
def test_windows_with_more_than_it_knows_go_to_the_other_solver(asks):
    usual = {"tasks": tuple(replace(t, window_s=(0.0, 9e4)) for t in tasks_at(3)), "fleet": vehicles(1)}
    assert is_for_search(problem(**usual))
    assert not is_for_search(problem(**(usual | asks)))
