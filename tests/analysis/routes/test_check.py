"""The checker refuses what is wrong: every rule is broken once in a plan that was right."""

from dataclasses import replace
from functools import cache

import pytest

from analysis.routes import Budget, DisposalSite, RoutePlan, Unserved, VisitKind, check_plan, solve
from analysis.routes.plan import Refusal
from tests.analysis.routes.problems import containers, problem, vehicles

CASE = problem(tasks=containers(9, kg=250), fleet=vehicles(2))


@cache
def plan() -> RoutePlan:
    return solve(CASE, Budget(max_iterations=30), seed=1)


def changed(visits=None, **route) -> RoutePlan:
    first, *others = plan().routes
    if visits is not None:
        route["visits"] = tuple(visits)
    return replace(plan(), routes=(replace(first, **route), *others))


def at(position: int, **visit):
    visits = list(plan().routes[0].visits)
    visits[position] = replace(visits[position], **visit)
    return visits


def said(plan: RoutePlan, problem=CASE) -> str:
    return " ".join(check_plan(problem, plan))


def test_right_plan_has_no_fault():
    assert check_plan(CASE, plan()) == ()


def test_stop_left_out_is_told():
    visits = [v for v in plan().routes[0].visits if v.id != "c3"]
    assert "Task c3 is neither served nor listed" in said(changed(visits))


def test_stop_served_and_listed_is_told():
    assert "Task c3 occurs 2 times" in said(replace(plan(), unserved=(Unserved("c3", Refusal.NO_TIME),)))


def test_unknown_stop_is_told():
    assert "Task x is not in the problem" in said(replace(plan(), unserved=(Unserved("x", Refusal.NO_TIME),)))


def test_vehicle_twice_is_told():
    assert "Vehicle v0 has 2 routes" in said(replace(plan(), routes=(*plan().routes, *plan().routes)))


def test_vehicle_of_another_fleet_is_told():
    assert "is not in the fleet" in said(changed(vehicle=replace(plan().routes[0].vehicle, id="x")))


def test_vehicle_made_larger_is_told():
    assert "not as the fleet has it" in said(
        changed(vehicle=replace(plan().routes[0].vehicle, capacity_kg=9e9))
    )


def test_wrong_cost_is_told():
    assert "states a cost" in said(replace(plan(), cost=plan().cost - 1))


def test_wrong_distance_is_told():
    assert "and drives" in said(changed(distance_m=1.0))


def test_arrival_too_early_is_told():
    assert "cannot be at" in said(changed(at(2, arrival_s=plan().routes[0].visits[2].arrival_s - 30)))


def test_last_tip_left_out_is_told():
    visits = plan().routes[0].visits
    told = said(changed((*visits[:-2], visits[-1])))
    assert "does not tip before it returns" in told
    assert "on board" in told


def test_overload_is_told():
    visits = [v for v in plan().routes[0].visits[:-2] if v.kind is not VisitKind.TIP] + list(
        plan().routes[0].visits[-2:]
    )
    assert "is overloaded" in said(changed(visits))


def test_load_stated_wrong_is_told():
    assert "kg for" in said(changed(at(1, load_kg=1.0)))


def test_shift_overrun_is_told():
    short = vehicles(2, hours=0.5)
    plan = changed(vehicle=short[0])
    assert "after its shift" in said(plan, replace(CASE, vehicles=short))


def test_early_start_is_told():
    late = tuple(replace(v, shift_start_s=v.shift_start_s + 60) for v in CASE.vehicles)
    assert "starts before its shift" in said(changed(vehicle=late[0]), replace(CASE, vehicles=late))


def test_place_that_is_not_the_stop_is_told():
    assert "is not at place" in said(changed(at(1, place=1)))


@pytest.mark.parametrize("field", ["place", "leave"])
@pytest.mark.parametrize("place", [-1, 9999])
def test_place_outside_the_matrices_is_told(field, place):
    assert f"visit {plan().routes[0].visits[1].id} is not at place {place}" in said(
        changed(at(1, **{field: place}))
    )


def test_route_of_no_visits_is_told():
    assert "has a route of no visits" in said(changed(()))


@pytest.mark.parametrize("field", ["load_kg", "load_m3", "load_after_kg", "load_after_m3"])
def test_load_that_is_no_number_is_told(field):
    assert "states" in said(changed(at(1, **{field: float("nan")})))


def test_break_after_the_end_is_told():
    end = plan().routes[0].visits[-1]
    rest = replace(end, kind=VisitKind.REST, id="", departure_s=end.departure_s + 1800)
    assert "does not start and end at the depot" in said(changed((*plan().routes[0].visits, rest)))


def test_route_that_ends_elsewhere_is_told():
    assert "does not start and end at the depot" in said(changed(plan().routes[0].visits[:-1]))


@pytest.mark.parametrize("part", ["site", "vehicle"])
def test_wrong_fraction_is_told(part):
    if part == "site":
        case = replace(CASE, disposal_sites=(DisposalSite("tip", 600, frozenset({"glass"})),))
        assert "does not take it" in said(plan(), case)
    else:
        fleet = tuple(replace(v, fractions=frozenset({"glass"})) for v in CASE.vehicles)
        assert "does not take mixed" in said(changed(vehicle=fleet[0]), replace(CASE, vehicles=fleet))
