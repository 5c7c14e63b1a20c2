"""Every rule of a day's problem: kept by each plan, and worth what it costs."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.routes import (
    Break,
    Budget,
    Costs,
    DisposalSite,
    Refusal,
    RoutingError,
    Task,
    VisitKind,
    Way,
    check_plan,
    container,
    nearest_neighbour,
    solve,
)
from tests.analysis.routes.problems import HOUR_S, containers, problem, vehicles

FEW = Budget(max_iterations=150)
NOON = Break(1800.0, 11 * HOUR_S, 13 * HOUR_S)


def served_by(plan) -> dict[str, str]:
    return {visit.id: route.vehicle.id for route in plan.routes for visit in route.served}


def test_windows_are_kept_and_the_crew_leaves_so_that_nobody_waits_at_the_first_gate():
    tasks = tuple(replace(t, window_s=(9 * HOUR_S, 10 * HOUR_S)) for t in containers(6))
    case = problem(tasks=tasks, fleet=vehicles(1))
    plan = solve(case, FEW, seed=1)
    (route,) = plan.routes
    assert check_plan(case, plan) == ()
    assert route.served[0].arrival_s == pytest.approx(9 * HOUR_S)
    assert route.visits[0].departure_s > 8.5 * HOUR_S


def test_waiting_between_two_windows_is_part_of_the_shift():
    early, late = containers(2)
    tasks = (
        replace(early, window_s=(6 * HOUR_S, 7 * HOUR_S)),
        replace(late, window_s=(12 * HOUR_S, 13 * HOUR_S)),
    )
    case = problem(tasks=tasks, fleet=vehicles(1))
    plan = solve(case, FEW, seed=1)
    second = plan.routes[0].served[1]
    assert second.start_s == 12 * HOUR_S
    assert second.start_s - second.arrival_s > 4 * HOUR_S
    assert plan.routes[0].duration_s > 5 * HOUR_S


def test_window_that_nobody_reaches_is_refused():
    tasks = (*containers(2), replace(container("gate", 2, 1, 1, 60), window_s=(5 * HOUR_S, 5.5 * HOUR_S)))
    plan = solve(problem(tasks=tasks, fleet=vehicles(1)), FEW)
    assert [(u.id, u.reason) for u in plan.unserved] == [("gate", Refusal.WINDOW)]


def test_break_begins_in_its_window_and_no_task_is_late_for_it():
    tasks = tuple(replace(t, window_s=(6 * HOUR_S, 13.5 * HOUR_S)) for t in containers(40, service_s=500))
    case = problem(tasks=tasks, fleet=vehicles(2, rest=NOON))
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert plan.unserved == ()
    rests = [v for r in plan.routes for v in r.visits if v.kind is VisitKind.REST]
    assert rests
    assert all(NOON.from_s <= rest.start_s <= NOON.until_s for rest in rests)


def test_break_that_leaves_no_time_costs_a_task_and_not_the_rule():
    gate = replace(container("gate", 2, 1, 1, 60), window_s=(12 * HOUR_S, 12 * HOUR_S + 60))
    rest = Break(1800.0, 11.9 * HOUR_S, 11.95 * HOUR_S)  # whoever rests then is late at the gate
    late = replace(container("late", 2, 1, 1, 60), window_s=(13 * HOUR_S, 14 * HOUR_S))
    case = problem(tasks=(gate, late), fleet=vehicles(1, rest=rest))
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert len(plan.unserved) == 1


def test_overtime_is_worked_where_it_is_cheaper_than_one_more_vehicle():
    tasks = containers(14, service_s=600)
    long = problem(tasks=tasks, fleet=vehicles(2, hours=2.5, overtime_s=2 * HOUR_S))
    plan = solve(long, FEW, seed=1)
    assert check_plan(long, plan) == ()
    assert len(plan.routes) == 1
    assert plan.routes[0].overtime_s > 60
    dear = replace(long, costs=Costs(per_overtime_hour=900.0))
    assert sum(route.overtime_s for route in solve(dear, FEW, seed=1).routes) == 0


def test_optional_task_is_left_out_exactly_when_it_costs_more_than_its_prize():
    base = problem(tasks=containers(8), fleet=vehicles(1))
    without = replace(base, tasks=base.tasks[:-1])
    detour = solve(base, FEW, seed=1).cost - solve(without, FEW, seed=1).cost
    for prize, left in ((0.8 * detour, ["c7"]), (1.2 * detour, [])):
        case = replace(base, tasks=(*base.tasks[:-1], replace(base.tasks[-1], prize=prize)))
        plan = solve(case, FEW, seed=1)
        assert [u.id for u in plan.unserved] == left
        assert check_plan(case, plan) == ()
    assert all(u.reason is Refusal.NOT_WORTH for u in plan.unserved)


def test_what_must_be_served_goes_before_any_prize():
    must = containers(20, service_s=900)
    optional = tuple(replace(t, id=f"o{n}", prize=500.0) for n, t in enumerate(must))
    case = problem(tasks=(*must, *optional), fleet=vehicles(1, hours=7))
    plan = solve(case, FEW, seed=1)
    assert {u.id[0] for u in plan.unserved} == {"o"}


def test_vehicle_never_serves_what_it_may_not():
    tasks = tuple(replace(t, prices={f"v{n % 2}": inf}) for n, t in enumerate(containers(12)))
    case = problem(tasks=tasks, fleet=vehicles(3))
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert plan.unserved == ()
    assert all(crew != f"v{int(id[1:]) % 2}" for id, crew in served_by(plan).items())


def test_task_that_no_vehicle_may_serve_is_refused():
    task = replace(containers(1)[0], prices={"v0": inf})
    plan = solve(problem(tasks=(task,), fleet=vehicles(1)), FEW)
    assert plan.unserved[0].reason is Refusal.FORBIDDEN


def test_familiar_crew_keeps_its_tasks_until_the_price_is_exceeded():
    base = problem(tasks=containers(16, service_s=900), fleet=vehicles(2, hours=5))
    crews = served_by(solve(base, FEW, seed=1))
    swapped = {id: "v1" if crew == "v0" else "v0" for id, crew in crews.items()}

    def kept(price: float) -> int:
        tasks = tuple(
            replace(t, prices={v: price for v in ("v0", "v1") if v != swapped[t.id]}) for t in base.tasks
        )
        case = replace(base, tasks=tasks)
        plan = solve(case, FEW, seed=1)
        assert check_plan(case, plan) == ()
        return sum(crew == swapped[id] for id, crew in served_by(plan).items())

    assert kept(200.0) == 16
    crossed = {t.id: "v0" if n % 2 else "v1" for n, t in enumerate(base.tasks)}  # nobody would drive so
    swapped = crossed
    assert kept(0.01) < 16


def test_only_vehicles_for_the_fraction_drive():
    paper, glass = vehicles(2, fractions=frozenset({"glass"}))
    fleet = (replace(paper, fractions=frozenset({"paper"})), glass)
    plan = solve(problem(tasks=containers(4), fleet=fleet, fraction="glass"), FEW, seed=1)
    assert set(served_by(plan).values()) == {"v1"}


def street(id: str, place: int, **more) -> Task:
    """Both directions of one street: its ends are the places `place` and `place + 1`."""
    ways = (Way(place, place + 1, 120.0, 300.0), Way(place + 1, place, 120.0, 300.0))
    return Task(id, ways, 50.0, 0.3, **more)


def test_street_with_two_directions_is_driven_once_in_the_better_one():
    xy_m = np.array([[0, 0], [0, 500], [1000, 0], [1300, 0], [2000, 0], [2300, 0]], float)
    base = problem(tasks=containers(4), fleet=vehicles(1), xy_m=xy_m)
    window = (6 * HOUR_S, 14 * HOUR_S)
    case = replace(base, tasks=(street("a", 2, window_s=window), street("b", 4, window_s=window)))
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert len(plan.routes[0].served) == 2
    assert plan.cost <= nearest_neighbour(case).cost
    optional = replace(case, tasks=(replace(case.tasks[0], prize=0.01), case.tasks[1]))
    assert [u.id for u in solve(optional, FEW, seed=1).unserved] == ["a"]


def test_spread_of_hours_is_bounded():
    free = problem(tasks=containers(30, service_s=600), fleet=vehicles(3, hours=3.5))
    bound = replace(free, spread_s=900.0)
    plan = solve(bound, Budget(max_iterations=400), seed=1)
    hours = [route.duration_s for route in plan.routes]
    assert check_plan(bound, plan) == ()
    assert plan.unserved == ()
    assert max(hours) - min(hours) <= 900


def test_spread_that_cannot_be_kept_leaves_tasks_out():
    xy_m = np.array([[0, 0], [0, 100], [0, 200], [0, 30000]], float)
    tasks = tuple(replace(t, prices={f"v{1 - n}": inf}) for n, t in enumerate(containers(2)))
    case = problem(tasks=tasks, fleet=vehicles(2), xy_m=xy_m, spread_s=600.0)
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert [u.id for u in plan.unserved] == ["c1"]


def test_truck_on_the_road_goes_on_from_where_it_is_with_what_it_carries():
    case = problem(tasks=containers(6, kg=300), fleet=vehicles(1))
    truck = replace(case.vehicles[0], start=7, load_kg=500.0, shift_start_s=10 * HOUR_S)
    case = replace(case, tasks=case.tasks[:5], vehicles=(truck,))
    plan = solve(case, FEW, seed=1)
    (route,) = plan.routes
    assert check_plan(case, plan) == ()
    assert (route.visits[0].place, route.visits[0].load_after_kg) == (7, 500.0)
    assert route.visits[0].departure_s == 10 * HOUR_S
    assert route.visits[2].kind is VisitKind.TIP  # 500 + 300 kg: no second container fits
    assert route.tips == 3


def test_without_disposal_sites_one_trip_ends_at_the_depot():
    case = problem(tasks=containers(7), fleet=vehicles(1, kg=500), sites=())
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert len(plan.routes[0].served) == 5
    assert plan.routes[0].tips == 0


def test_trip_leaves_when_its_tasks_are_released():
    tasks = tuple(replace(t, release_s=(7 + n) * HOUR_S) for n, t in enumerate(containers(4, kg=500)))
    case = problem(tasks=tasks, fleet=vehicles(1))
    plan = solve(case, FEW, seed=1)
    assert check_plan(case, plan) == ()
    assert plan.unserved == ()
    assert plan.routes[0].visits[0].departure_s >= 8 * HOUR_S
    early = replace(case, tasks=tuple(replace(t, release_s=13 * HOUR_S) for t in case.tasks))
    assert "released" in " ".join(check_plan(early, plan))


def test_warm_start_is_never_made_worse_even_without_an_iteration():
    case = problem(tasks=containers(30), fleet=vehicles(2))
    good = solve(case, Budget(max_iterations=400), seed=1)
    again = solve(case, Budget(max_iterations=0), start=good)
    assert again.routes == good.routes
    assert again.cost < nearest_neighbour(case).cost


def test_warm_start_outlives_tasks_that_vanish_and_appear_and_a_vehicle_that_is_gone():
    case = problem(tasks=containers(24, service_s=900), fleet=vehicles(2, hours=5))
    good = solve(case, FEW, seed=1)
    fleet = (case.vehicles[0], replace(case.vehicles[1], id="v9"))
    fewer = replace(case, tasks=case.tasks[4:], vehicles=fleet)
    plan = solve(fewer, FEW, seed=1, start=good)
    assert check_plan(fewer, plan) == ()
    assert plan.unserved == ()
    more = solve(case, FEW, seed=1, start=plan)
    assert check_plan(case, more) == ()
    assert len(served_by(more)) == 24


def test_same_seed_start_and_iterations_give_the_same_plan():
    tasks = tuple(replace(t, window_s=(6 * HOUR_S, 12 * HOUR_S)) for t in containers(25))
    case = problem(tasks=tasks, fleet=vehicles(3, rest=NOON), spread_s=3600.0)
    start = nearest_neighbour(case)
    first, again = (solve(case, FEW, seed=3, start=start) for _ in range(2))
    assert first == again
    assert first.iterations == 150


def test_several_days_are_not_for_this_solver():
    from analysis.routes import containers as room  # noqa: PLC0415

    with pytest.raises(RoutingError, match="one day"):
        room.solve(problem(tasks=containers(2), fleet=vehicles(1), days=2), FEW)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_plan_passes_the_independent_check(data):
    draw = data.draw
    hour = st.floats(5, 14)
    crews = [f"v{i}" for i in range(draw(st.integers(1, 3)))]
    tasks = []
    for i in range(draw(st.integers(1, 10))):
        opens = draw(hour)
        tasks.append(
            replace(
                container(
                    f"c{i}", 2, draw(st.floats(0, 600)), draw(st.floats(0, 6)), draw(st.floats(0, 900))
                ),
                window_s=draw(st.sampled_from([None, (opens * HOUR_S, (opens + 2) * HOUR_S)])),
                prize=draw(st.sampled_from([None, None, 5.0, 100.0])),
                release_s=draw(st.sampled_from([0.0, 0.0, 8 * HOUR_S])),
                prices={crew: draw(st.sampled_from([0.0, 0.0, 7.5, inf])) for crew in crews},
            )
        )
    rest = draw(st.sampled_from([None, NOON, Break(2700.0, 7 * HOUR_S, 8 * HOUR_S)]))
    sites = tuple(DisposalSite(f"t{i}", 300.0) for i in range(draw(st.integers(0, 2))))
    fleet = vehicles(len(crews), hours=draw(st.floats(2, 9)), rest=rest, overtime_s=draw(st.floats(0, 3600)))
    if sites and draw(st.booleans()):
        fleet = (replace(fleet[0], start=len(sites) + 1, load_kg=draw(st.floats(0, 900))), *fleet[1:])
    spread = draw(st.sampled_from([None, 1200.0]))
    case = problem(
        tasks=tuple(tasks), fleet=fleet, sites=sites, seed=draw(st.integers(0, 99)), spread_s=spread
    )
    plan = solve(case, Budget(max_iterations=20), seed=1)
    assert check_plan(case, plan) == ()
    again = solve(replace(case, tasks=case.tasks[1:]), Budget(max_iterations=5), start=plan)
    assert check_plan(replace(case, tasks=case.tasks[1:]), again) == ()
