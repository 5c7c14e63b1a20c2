import gzip
import json
import re
from pathlib import Path

import pytest

from analysis.routes import Budget, Route, RoutingError, Serve, Tip, check_plan, drive
from analysis.routes.instances import benchmark_cost, read_instance
from analysis.routes.instances.mcarptif_tp import turn_s
from analysis.routes.instances.pvrpif import evenly
from analysis.routes.plan import make_plan
from analysis.routes.search import search

SETS = Path(__file__).parents[5] / "shared" / "data" / "routing"
needs_sets = pytest.mark.skipif(not SETS.exists(), reason="the published sets are not on this machine")

TINY = """ NOMBRE : tiny
 ARISTAS_REQ : 2
 CAPACIDAD : 3
 LISTA_ARISTAS_REQ :
 ( 1, 2)  coste 4 demanda 1
 ( 2, 3)  coste 6 demanda 2
 LISTA_ARISTAS_NOREQ :
 ( 1, 3)  coste 5
 DEPOSITO :   1
"""
MIXED = """Name: mixed\r
capacity = 10\r
Dumping cost : 30\r
MAX TRIP  1000\r
LIST_REQ_EDGES\r
(-1,2)  serv_cost 8  trav_cost 4  demand 7\r
LIST_REQ_ARCS :\r
(2,3)  serv_cost 9  trav_cost 6  demand 7\r
LIST_NOREQ_ARCS :\r
(3,-1) cost 5\r
DEPOT : -1\r
DUMPING_SITES : 2, 3\r
"""
TURNS = """NAME\ttp
CAPACITY\t5\t900
DUMPING_COST\t10
MAX_DURATION\t3600
DEPOT\t1
DUMPING_SITES\t3
TURN_PENALTY\t0\t5\t10\t40
LIST_REQ_EDGES :
2\t3\t30\t7\t2\t100\t10 0,10 10
LIST_NOREQ_EDGES :
1\t2\t0\t6\t0\t0\t0 0,10 0
3\t1\t0\t20\t0\t0\t10 10,0 10,0 0
"""
PERIODIC = json.dumps(
    {
        "info": {"numVehicles": 1, "maxCapacity": 9, "maxDuration": 60, "planningHorizon": 2},
        "features": [
            {"properties": {"id": 0, "type": "depot"}},
            {"properties": {"id": 1, "type": "intermediateFacility", "service": 5}},
            {"properties": {"id": 2, "type": "customer", "service": 1, "demand": 3, "frequency": 1}},
        ],
        "duration": [[0, 2, 3], [2, 0, 4], [3, 4, 0]],
    }
)
WINDOWS = """NAME : small
# a note of whoever made it
DIMENSION : 2
CAPACITY : 5
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
DEMAND_SECTION
1 0
2 1
// end of the demands
TIME_WINDOW_SECTION
1 0 100
2 0 50
EOF
"""

ONE_STOP = (
    '{"info": {"planningHorizon": 2, "numVehicles": 1, "maxCapacity": 9, "maxDuration": 99}, "features": ['
    '{"properties": {"id": 0, "type": "depot"}},'
    '{"properties": {"id": 1, "type": "%s", "frequency": 1, "demand": 1, "service": 1}}], "duration": [%s]}'
)


def _solve(problem, iterations=2000):
    plan = search(problem, Budget(max_iterations=iterations), 1)
    assert check_plan(problem, plan) == () and not plan.unserved
    return benchmark_cost(problem, plan), plan


def test_carplib_counts_the_cost_of_serving_once():
    cost, plan = _solve(read_instance(TINY, "carplib"))
    assert cost == pytest.approx(4 + 6 + 5)
    assert len(plan.routes) == 1


def test_mcarptif_is_read_with_any_spelling_and_negative_nodes():
    problem = read_instance(MIXED, "mcarptif")
    cost, plan = _solve(problem)
    assert cost == pytest.approx(8 + 30 + 9 + 30 + 5)
    assert plan.routes[0].tips == 2 and problem.depot_id == "-1"


def test_turns_count_between_streets_but_not_on_the_way_home_from_where_one_tips():
    problem = read_instance(TURNS, "mcarptif-tp")
    cost, _ = _solve(problem)
    there, served_and_tipped, home = (
        6 + 10,
        30 + 10,
        7 + 6,
    )  # a left turn there; the one on the way home is free
    assert cost == pytest.approx(there + served_and_tipped + home)
    assert problem.vehicles[0].capacity_m3 == 5 and problem.tasks[0].load_kg == 100


@pytest.mark.parametrize(
    ("to", "seconds"),
    [((2.0, 0.1), 0), ((1.0, -1.0), 5), ((1.0, 1.0), 10), ((0.0, 0.1), 40), ((2.0, 1.0), 0)],
)
def test_penalty_by_the_angle(to, seconds):
    assert turn_s(((0, 0), (1, 0)), ((1, 0), to), [0, 5, 10, 40]) == seconds


def test_frequencies_become_evenly_spaced_days():
    assert evenly(2, 4) == (frozenset({0, 2}), frozenset({1, 3}))
    assert evenly(1, 2) == (frozenset({0}), frozenset({1}))
    with pytest.raises(RoutingError, match="frequency of 5"):
        evenly(5, 4)


@pytest.mark.parametrize(
    ("format", "text", "told"),
    [
        ("carplib", TINY.replace("( 2, 3)  coste 6 demanda 2", "( 2, 3)  coste"), "Line 6"),
        ("carplib", TINY.replace("CAPACIDAD : 3", ""), "capacity"),
        ("carplib", TINY.replace("DEPOSITO :   1", "DEPOSITO : 9"), "Node 9"),
        ("carplib", TINY.replace("DEPOSITO :   1", "DEPOSITO : uno"), "depot"),
        ("carplib", TINY.replace("CAPACIDAD : 3", "CAPACIDAD : 0"), "capacity is 0"),
        ("carplib", TINY.replace("ARISTAS_REQ : 2", "ARISTAS_REQ : 3"), "states 3, but 2 are listed"),
        ("carplib", MIXED, "read it as mcarptif"),
        ("mcarptif-tp", TURNS.replace("2\t3\t30", "2\t3"), "Line 9"),
        ("carplib", TINY.replace("coste 6 demanda 2", "coste 6,5 demanda 2"), "Line 6.*comma"),
        ("carplib", TINY.replace("coste 6 demanda 2", "coste -6 demanda 2"), "Line 6.*below 0"),
        ("mcarptif-tp", re.sub("TURN_PENALTY.*", "TURN_PENALTY : 1, 2", TURNS), "TURN_PENALTY has 2"),
        ("pvrpif", "[]", "no GeoJSON object"),
        ("pvrpif", ONE_STOP % ("customer", "[0, NaN], [1, 0]"), "nan from 0 to 1"),
        ("pvrpif", ONE_STOP % ("customer", "[0, 1], [1]"), "a row and a column"),
        ("pvrpif", ONE_STOP % ("Customer", "[0, 1], [1, 0]"), "type 'Customer'"),
        ("pvrpif", "{", "Line 1"),
        ("pvrpif", "{}", "info"),
        ("solomon", TINY, "carplib"),
    ],
)
def test_what_cannot_be_read_is_named(format, text, told):
    with pytest.raises(RoutingError, match=told):
        read_instance(text, format)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda plain: b"\xef\xbb\xbf" + plain])
def test_a_file_may_be_gzipped_or_begin_with_a_mark(tmp_path, pack):
    for format, text in (
        ("carplib", TINY),
        ("mcarptif-tp", TURNS),
        ("pvrpif", PERIODIC),
        ("vrplib", WINDOWS),
    ):
        path = tmp_path / format
        path.write_bytes(pack(text.encode()))
        assert len(read_instance(path, format).tasks) == len(read_instance(text, format).tasks) > 0


def test_a_damaged_archive_and_another_encoding_are_named(tmp_path):
    (tmp_path / "wide.dat").write_bytes(TINY.encode("utf-16"))
    with pytest.raises(RoutingError, match=r"wide\.dat: The file is not plain text"):
        read_instance(tmp_path / "wide.dat", "carplib")
    path = tmp_path / "cut.dat.gz"
    path.write_bytes(gzip.compress(TINY.encode())[:-20])
    with pytest.raises(RoutingError, match=r"cut\.dat\.gz: The gzip file is damaged"):
        read_instance(path, "carplib")


@needs_sets
@pytest.mark.parametrize(("name", "best"), [("gdb1", 316), ("gdb4", 287), ("gdb15", 58)])
def test_golden_dearmon_and_baker_are_solved_to_the_optimum(name, best):
    assert _solve(read_instance(SETS / "carp_gdb" / f"{name}.dat", "carplib"), 5000)[0] == pytest.approx(best)


@needs_sets
@pytest.mark.parametrize(("name", "best"), [("Cen-IF-TP-c-19", 10654.5), ("Act-IF-TP-b-3", 14812.9)])
def test_turn_penalties_reproduce_a_published_route_time(name, best):
    problem = read_instance(SETS / "mcarptif_tp" / "routing" / f"{name}.txt", "mcarptif-tp")
    assert best - 0.06 <= _solve(problem, 20_000)[0] <= 1.002 * best


def _published(name: str) -> tuple[float, list[tuple[int, list[int]]]]:
    """The stated cost and the paths by day of a published solution."""
    (file,) = (SETS / "pvrpif" / "solutions").rglob(f"report_{name}_*.txt")
    text = file.read_text()
    cost = float(re.search(r"with cost ([\d.]+)", text).group(1))
    pairs = re.findall(r"Day: (\d+):[^\n]*\n[^\n]*\npath([^\n]*)", text)
    return cost, [(int(day), [int(float(x)) for x in path.split()]) for day, path in pairs]


@needs_sets
@pytest.mark.parametrize("name", ["Milano_020_4_0", "Roma_050_6_8"])
def test_published_periodic_solutions_pass_our_check_at_their_cost(name):
    days = name.split("_")[2]
    problem = read_instance(SETS / "pvrpif" / f"planning horizon {days}" / f"{name}.geojson", "pvrpif")
    site = {s.id: row for row, s in enumerate(problem.disposal_sites, start=1)}
    task = {t.id: n for n, t in enumerate(problem.tasks)}
    cost, paths = _published(name)
    routes: list[Route] = []
    for day, path in paths:
        vehicle = problem.vehicles[sum(route.day == day for route in routes)]
        halts = [Tip(site[str(x)]) if str(x) in site else Serve(task[str(x)]) for x in path[1:-1]]
        routes.append(drive(problem, vehicle, halts, day=day))
    plan = make_plan(problem, routes, {})
    assert check_plan(problem, plan) == ()
    assert plan.cost == pytest.approx(cost)


@needs_sets
def test_periodic_plans_come_within_a_hundredth_of_the_proven_optimum():
    problem = read_instance(SETS / "pvrpif" / "planning horizon 4" / "Milano_020_4_0.geojson", "pvrpif")
    assert 562 - 1e-6 <= _solve(problem, 20_000)[0] <= 1.01 * 562
