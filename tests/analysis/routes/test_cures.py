"""What would make an infeasible problem feasible: the numbers are right, for applying the cure serves all."""

from dataclasses import replace
from math import inf

import numpy as np

from analysis.routes import Break, Budget, Refusal, container, explain_infeasible, solve
from tests.analysis.routes.problems import HOUR_S, containers, problem, vehicles

FEW = Budget(max_iterations=60)


def explained(case):
    return {cure.reason: cure for cure in explain_infeasible(case, solve(case, FEW, seed=1))}


def test_solved_problem_needs_nothing():
    assert explained(problem(tasks=containers(5), fleet=vehicles(1))) == {}


def test_more_hours_are_named_and_with_them_all_is_served():
    case = problem(tasks=containers(40, service_s=900), fleet=vehicles(2, hours=3))
    cure = explained(case)[Refusal.NO_TIME]
    assert cure.text.startswith(f"{cure.numbers['hours']:.1f} more vehicle hours: ")
    more = int(cure.numbers["vehicles"])
    assert solve(replace(case, vehicles=vehicles(2 + more, hours=3)), FEW, seed=1).unserved == ()


def test_fraction_and_capacity_are_named():
    glass = problem(tasks=containers(2), fleet=vehicles(1, fractions=frozenset({"paper"})), fraction="glass")
    assert explained(glass)[Refusal.WRONG_FRACTION].text == "A vehicle for glass."
    huge = problem(tasks=(*containers(1), container("x", 2, 1500, 12.5, 60)), fleet=vehicles(1))
    cure = explained(huge)[Refusal.TOO_LARGE]
    assert (cure.tasks, cure.text) == (("x",), "A vehicle of at least 1500 kg and 12.5 m³.")


def test_window_and_shift_are_longer_by_just_enough():
    gate = replace(container("gate", 2, 1, 1, 60), window_s=(5 * HOUR_S, 5.5 * HOUR_S))
    case = problem(tasks=(gate,), fleet=vehicles(1))
    late_s = 60 * float(explained(case)[Refusal.WINDOW].numbers["minutes"])
    wider = replace(case.tasks[0], window_s=(5 * HOUR_S, 5.5 * HOUR_S + late_s))
    assert solve(replace(case, tasks=(wider,)), FEW).unserved == ()
    xy_m = np.array([[0, 0], [0, 100], [0, 40000]], float)
    far = problem(tasks=containers(1), fleet=vehicles(1, hours=1), xy_m=xy_m)
    hours = 1 + float(explained(far)[Refusal.BEYOND_SHIFT].numbers["minutes"]) / 60
    assert solve(replace(far, vehicles=vehicles(1, hours=hours + 1e-6)), FEW).unserved == ()


def test_shift_that_the_break_fills_is_longer_by_just_enough():
    rest = Break(45 * 60, 6 * HOUR_S, 6 * HOUR_S + 300)
    case = problem(tasks=containers(6, service_s=300), fleet=vehicles(3, hours=0.9, rest=rest))
    cures = explained(case)
    assert (Refusal.NO_TIME in cures, len(cures[Refusal.BEYOND_SHIFT].tasks)) == (False, 6)
    minutes = int(cures[Refusal.BEYOND_SHIFT].numbers["minutes"])
    longer = [vehicles(6, hours=0.9 + more / 60, rest=rest) for more in (minutes - 1, minutes)]
    left = [solve(replace(case, vehicles=fleet), FEW, seed=1).unserved for fleet in longer]
    assert (left[0] != (), left[1]) == (True, ())


def test_forbidden_task_names_the_vehicles_that_could():
    task = replace(containers(1)[0], prices={"v0": inf, "v1": inf})
    cure = explained(problem(tasks=(task,), fleet=vehicles(2)))[Refusal.FORBIDDEN]
    assert cure.text == "Leave for one of the vehicles v0, v1 to serve it."


def test_optional_tasks_left_out_are_no_fault():
    task = replace(containers(1)[0], prize=0.01)
    assert explained(problem(tasks=(task,), fleet=vehicles(1))) == {}
