"""VRPLIB files mean what their published solutions say: same cost, no fault, by our own evaluator and checker."""

import re
from pathlib import Path

import pytest

from analysis.routes import Budget, RoutePlan, RouteProblem, RoutingError, check_plan, solve
from analysis.routes.departure import leave_late
from analysis.routes.instances import vrplib
from analysis.routes.plan import Refusal, Serve, Tip, drive, make_plan
from analysis.routes.rests import closed

SETS = Path(__file__).resolve().parents[4] / "shared" / "data" / "routing" / "vrp_mtvrptwr"
FILES = sorted(SETS.glob("*.vrp"))

SMALL = """NAME: toy
TYPE: CVRP
DIMENSION: 4
CAPACITY: 10
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 -5
DEMAND_SECTION
1 0
2 5
3 5
4 5
DEPOT_SECTION
1
-1
EOF
"""


def published(problem: RouteProblem, sol: str) -> tuple[int, RoutePlan]:
    """The cost and plan of a .sol file: customers by number, 0 for the depot between two trips."""
    routes = []
    for vehicle, line in zip(problem.vehicles, re.findall(r"Route #\d+: (.+)", sol), strict=False):
        visits = [int(word) for word in line.split()]
        halts = [Serve(visit - 1) if visit else Tip(1) for visit in visits]
        routes.append(leave_late(problem, drive(problem, vehicle, closed(problem, vehicle, halts))))
    return int(re.search(r"Cost: (\d+)", sol)[1]), make_plan(problem, routes, dict[int, Refusal]())


@pytest.mark.skipif(not FILES, reason="shared/data/routing/vrp_mtvrptwr is missing")
def test_published_solutions_cost_what_they_say_and_have_no_fault():
    assert len(FILES) == 22
    for file in FILES:
        problem = vrplib.read(file)
        cost, plan = published(problem, file.with_suffix(".sol").read_text())
        assert check_plan(problem, plan) == (), file.name
        assert plan.cost == cost, file.name
        assert plan.unserved == ()


@pytest.mark.skipif(not FILES, reason="shared/data/routing/vrp_mtvrptwr is missing")
def test_plans_of_published_problems_pass_the_check_and_are_whole_numbers():
    problem = vrplib.read(SETS / "C201R0.25.vrp")
    plan = solve(problem, Budget(max_iterations=200), seed=1)
    assert check_plan(problem, plan) == ()
    assert plan.unserved == ()
    assert plan.cost == int(plan.cost) < 1.3 * 15006


def test_plain_capacitated_file_is_rounded_and_has_a_vehicle_per_customer():
    problem = vrplib.read(SMALL)
    assert problem.length_m.tolist()[0] == [0, 5, 10, 5]
    assert (len(problem.vehicles), problem.vehicles[0].capacity_kg, problem.disposal_sites) == (3, 10, ())
    plan = solve(problem, Budget(max_iterations=50), seed=1)
    assert plan.cost == 20 + 10
    assert check_plan(problem, plan) == ()


def test_windows_count_in_tenths_that_are_cut_off():
    windows = (
        "TIME_WINDOW_SECTION\n1 0 100\n2 1.55 20\n3 0 90\n4 0 90\nSERVICE_TIME_SECTION\n1 0\n2 7\n3 7\n4 7\n"
    )
    text = SMALL.replace("3 6 8", "3 1 1").replace("DEPOT_SECTION", windows + "DEPOT_SECTION")
    problem = vrplib.read(text)
    assert problem.time_s[0, 2] == 14
    assert problem.tasks[0].window_s == (15, 200)
    assert problem.tasks[0].ways[0].service_s == 70
    assert problem.vehicles[0].shift_end_s == 1000


def test_explicit_matrices_are_read():
    def explicit(format: str, weights: str) -> list[list[float]]:
        head = SMALL.replace("EUC_2D", f"EXPLICIT\nEDGE_WEIGHT_FORMAT: {format}")
        head = re.sub(r"NODE_COORD_SECTION[^D]*DEMAND", f"EDGE_WEIGHT_SECTION\n{weights}\nDEMAND", head)
        return vrplib.read(head).length_m.tolist()

    full = explicit("FULL_MATRIX", "0 1 2 3\n1 0 4 5\n2 4 0 6\n3 5 6 0")
    assert (
        full
        == explicit("LOWER_ROW", "1 2 4\n3 5 6")
        == [[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]]
    )


@pytest.mark.parametrize(
    ("format", "weights"),
    [
        ("LOWER_DIAG_ROW", "0 1 0 2 4 0 3 5 6 0"),
        ("UPPER_ROW", "1 2 3 4 5 6"),
        ("UPPER_DIAG_ROW", "0 1 2 3 0 4 5 0 6 0"),
        ("LOWER_COL", "1 2 3 4 5 6"),
        ("UPPER_COL", "1 2 4 3 5 6"),
    ],
)
def test_half_a_matrix_is_read_in_every_order(format, weights):
    text = SMALL.replace("EUC_2D", f"EXPLICIT\nEDGE_WEIGHT_FORMAT: {format}")
    text = re.sub(r"NODE_COORD_SECTION[^D]*DEMAND", f"EDGE_WEIGHT_SECTION\n{weights}\nDEMAND", text)
    assert vrplib.read(text).length_m.tolist() == [[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]]


@pytest.mark.parametrize(
    ("measure", "one", "other", "length"),
    [
        ("GEO", "38.24 20.42", "39.57 26.15", 509),  # Ulysses' first two places, as the TSPLIB tells
        ("ATT", "6734 1453", "2233 10", 1495),  # the first two capitals of att48
        ("MAN_2D", "0 0", "3 -4.6", 8),
    ],
)
def test_other_measures_of_the_tsplib_are_read(measure, one, other, length):
    text = SMALL.replace("EUC_2D", measure).replace("1 0 0", f"1 {one}").replace("2 3 4", f"2 {other}")
    matrix = vrplib.read(text).length_m
    assert (matrix[0, 1], matrix[1, 0], matrix[0, 0]) == (length, length, 0)


def test_the_depot_may_be_any_node():
    problem = vrplib.read(SMALL.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n3"))
    assert problem.depot_id == "3" and [task.id for task in problem.tasks] == ["1", "2", "4"]
    assert problem.length_m.tolist()[0] == [0, 10, 5, 14]
    assert [task.load_kg for task in problem.tasks] == [0, 5, 5]


def test_a_limit_of_distance_counts_service_as_published():
    text = SMALL.replace("CAPACITY: 10", "CAPACITY: 10\nDISTANCE: 35\nSERVICE_TIME: 10")
    problem = vrplib.read(text)
    plan = solve(problem, Budget(max_iterations=50), seed=1)
    assert len(plan.routes) == 3 and plan.cost == 10 + 20 + 10  # two stops would take 20 + 20
    assert check_plan(problem, plan) == ()


def test_keywords_in_lower_case_and_sets_that_are_published_unrounded():
    assert vrplib.read(SMALL.lower()).length_m.tolist() == vrplib.read(SMALL).length_m.tolist()
    exact = vrplib.read(SMALL.replace("NAME: toy", "NAME : CMT1").replace("2 3 4", "2 1 1"))
    assert exact.length_m[0, 1] == pytest.approx(2**0.5)
    plan = solve(exact, Budget(max_iterations=50), seed=1)
    assert check_plan(exact, plan) == () and plan.cost == pytest.approx(2**0.5 + 74**0.5 + 10 + 10)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("DIMENSION: 4", "", "DIMENSION"),
        ("TYPE: CVRP", "TYPE: OVRP", "TYPE OVRP states a rule that is not read"),
        ("EUC_2D", "EUC_3D", "EDGE_WEIGHT_TYPE EUC_3D cannot be read. Known: EUC_2D"),
        ("2 3 4\n", "", "NODE_COORD_SECTION does not have 2 number"),
        ("3 5\n", "3 five\n", "Line 14: '3 five' should be numbers"),
        ("CAPACITY: 10", "CAPACITY: ten", "CAPACITY"),
        ("2 3 4\n", "2 nan 4\n", "Line 8: '2 nan 4' should be numbers"),
        ("2 3 4\n", "2 3 4\n2 9 9\n", "once, for each of the 4 nodes"),
        ("CAPACITY: 10", "CAPACITY: 0", "CAPACITY is 0"),
        ("CAPACITY: 10", "CAPACITY: 10\nVEHICLES_MAX_DURATION: 9", "VEHICLES_MAX_DURATION states a rule"),
        ("DEPOT_SECTION", "BACKHAUL_SECTION\n1 0\nDEPOT_SECTION", "BACKHAUL_SECTION states a rule"),
        ("DEPOT_SECTION\n1", "DEPOT_SECTION\n1\n3", "problems of one depot"),
        ("DEMAND_SECTION", "DISPLAY_DATA_SECTION", "no DEMAND_SECTION"),
        ("NAME: toy", "<html>", "Line 1: '<html>' is no 'KEYWORD: value'"),
    ],
)
def test_faults_of_a_file_are_named(old, new, said):
    with pytest.raises(RoutingError, match=re.escape(said)):
        vrplib.read(SMALL.replace(old, new))
