"""A plan made elsewhere: its directions, tippings and breaks are found, and nothing of its order is changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from analysis.routes import (
    Break,
    DisposalSite,
    Refusal,
    RouteProblem,
    Serve,
    Task,
    Tip,
    Vehicle,
    VisitKind,
    Way,
    check_plan,
    container,
    drive,
)
from analysis.routes.given import drive_orders

H = 3600.0
TRUCK = Vehicle("truck", 100.0, 10.0, 6 * H, 14 * H)
# On one line: the depot at 0 m, a tip at 1000 m, another at -1000 m, then the places of the tasks.
AT_M = [0.0, 1000.0, -1000.0]


def line(tasks: tuple[Task, ...], places_m: list[float], vehicle: Vehicle = TRUCK) -> RouteProblem:
    """10 m/s along a line; each place begins and ends at the same point."""
    at_m = np.array([*AT_M, *places_m])
    length_m = np.abs(at_m[:, None] - at_m)
    sites = (DisposalSite("east", 60.0), DisposalSite("west", 60.0))
    return RouteProblem("yard", sites, tasks, (vehicle,), length_m / 10, length_m)


def bins(*places_m: float, vehicle: Vehicle = TRUCK, kg: float = 40.0) -> RouteProblem:
    tasks = tuple(container(f"t{n}", 3 + n, kg, 1.0, 30.0) for n in range(len(places_m)))
    return line(tasks, list(places_m), vehicle)


def visits(plan) -> list[str]:
    return [visit.id or str(visit.kind) for visit in plan.routes[0].visits[1:-1]]


def test_a_truck_tips_when_full_where_that_is_quickest_and_on_its_way_home():
    problem = bins(100, 900, -300, -400)
    plan = drive_orders(problem, {"truck": [0, 1, 2, 3]})
    assert visits(plan) == ["t0", "t1", "east", "t2", "t3", "west"]
    assert check_plan(problem, plan) == ()


def test_named_tips_stay_and_the_checker_tells_what_they_overload():
    problem = bins(100, 200, 300)
    plan = drive_orders(problem, {"truck": [0, Tip(2), 1, 2]})
    assert visits(plan) == ["t0", "west", "t1", "t2", "east"]
    assert check_plan(problem, plan) == ()
    overloaded = drive_orders(problem, {"truck": [0, 1, 2, Tip(1)]})
    assert visits(overloaded) == ["t0", "t1", "t2", "east"]
    (fault,) = check_plan(problem, overloaded)
    assert fault == "Vehicle truck: is overloaded after t2: 120.0 kg, 3.00 m³."


@pytest.mark.parametrize("seed", range(3))
def test_streets_are_driven_in_the_directions_that_take_least_together(seed):
    rng, count = np.random.default_rng(seed), 5
    rows = range(3, 3 + 2 * count, 2)
    tasks = tuple(
        Task(f"s{row}", (Way(row, row, 60.0, 100.0), Way(row + 1, row + 1, 60.0, 100.0)), 30.0, 1.0)
        for row in rows
    )
    time_s = rng.uniform(10, 500, (3 + 2 * count,) * 2)
    sites = (DisposalSite("east", 60.0), DisposalSite("west", 60.0))
    problem = RouteProblem("yard", sites, tasks, (TRUCK,), time_s, time_s)
    plan = drive_orders(problem, {"truck": list(range(count))})
    assert check_plan(problem, plan) == ()
    trips = (2, 3)  # of at most three streets: the shortest are two
    assert plan.routes[0].tips in trips
    least_s = min(_duration_s(problem, ways, cuts) for ways in product([0, 1], repeat=5) for cuts in CUTS)
    assert plan.duration_s == pytest.approx(least_s)


# Before which streets the truck tips, and at which sites, the last time included.
CUTS = [
    dict(zip((*inner, 5), sites, strict=True))
    for inner in [(2,), (3,), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    for sites in product([1, 2], repeat=len(inner) + 1)
]


def _duration_s(problem: RouteProblem, ways: tuple[int, ...], cuts: dict[int, int]) -> float:
    halts = []
    for n, way in enumerate(ways):
        halts += [Tip(cuts[n])] if n in cuts else []
        halts.append(Serve(n, way))
    return drive(problem, TRUCK, [*halts, Tip(cuts[5])]).duration_s


def test_break_is_placed_or_its_fault_is_told():
    rest = Break(1800.0, 6 * H, 6 * H + 120)
    problem = bins(1000, 2000, 3000, vehicle=replace(TRUCK, rest=rest), kg=1.0)
    plan = drive_orders(problem, {"truck": [0, 1, 2]})
    assert [visit.kind for visit in plan.routes[0].visits].count(VisitKind.REST) == 1
    assert check_plan(problem, plan) == ()
    short = replace(TRUCK, rest=rest, shift_end_s=6 * H + 600)
    faults = check_plan(*_driven(bins(1000, 2000, 3000, vehicle=short, kg=1.0)))
    assert len(faults) == 1 and "after its shift" in faults[0]


def _driven(problem: RouteProblem):
    return problem, drive_orders(problem, {"truck": [0, 1, 2]})


def test_what_is_in_no_order_is_left_out_as_not_given():
    plan = drive_orders(bins(100, 200), {"truck": [1]})
    assert [(left.id, left.reason) for left in plan.unserved] == [("t0", Refusal.NOT_GIVEN)]
