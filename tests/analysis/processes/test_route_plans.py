"""Stored plans: drafts, publication and back, moves, checks, the rest of a day; streets as well as containers."""

from __future__ import annotations

import json
from datetime import time

import pandas as pd
import pytest
from shapely.geometry import Point, mapping

from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.moving import ExplainTask, MoveTasks, PriceMove
from analysis.processes.routes.optimize import OptimizeRoutes
from analysis.processes.routes.publish import PublishPlan
from analysis.processes.routes.replan import ReplanRoutes
from gis_core.errors import Conflict, InvalidInput, NotFound
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import (
    CRS,
    MONDAY,
    load,
    load_containers,
    load_vehicles,
    optimise,
    published,
)

pytestmark = pytest.mark.django_db
KERBSIDE = {"kind": "kerbside", "publish": False, "max_iterations": 300}


def run(process, job: str = "later", **inputs) -> dict:
    return process().run(inputs, Recorder(job_id=job))


def plan_row(plan: str) -> pd.Series:
    return read_frame("route-plans", equals={"external_id": plan}).iloc[0]


def crews(plan: str) -> dict[str, list[str]]:
    """What each vehicle serves, in order."""
    stops = read_frame("route-stops", ["route", "container", "sequence"], equals={"plan": plan})
    stops = stops[stops["container"] != ""].sort_values("sequence")
    return {id.rpartition("/")[2]: list(own["container"]) for id, own in stops.groupby("route")}


def collect_streets(days: list[int], count: int = 40) -> None:
    streets = read_frame("streets", ["street_class"]).drop(columns="id").iloc[:count]
    load_features("streets", streets.assign(collection_days=[days] * len(streets)))


def test_draft_is_stored_with_its_figures_and_nothing_is_public(town):
    answer = optimise("draft", publish=False, title="First try")
    row, totals = plan_row("draft"), answer["totals"]
    assert (answer["plan"], row["status"], row["title"]) == ("draft", "draft", "First try")
    for name in ("served", "vehicles", "distance_km", "duration_h", "litres", "co2_kg", "cost", "spread_h"):
        assert row[name] == pytest.approx(totals[name]), name
    assert row["baseline_cost"] == pytest.approx(totals["baseline"]["cost"])
    assert row["baseline_served"] == totals["baseline"]["served"]
    assert row["litres"] == pytest.approx(totals["distance_km"] * 0.5 + 30 * 1.5 / 60 * 5, abs=0.2)
    assert sum(crew["tasks"] for crew in json.loads(row["crews"]).values()) == 30
    assert all(frame.empty for frame in published())
    assert set(read_frame("collection-routes")["plan"]) == {"draft"}


def test_publication_swaps_what_is_public_and_back(town):
    optimise("one", publish=False)
    optimise("two", publish=False, seed=2)
    assert run(PublishPlan, plan="one") == {"plan": "one", "replaced": []}
    assert run(PublishPlan, plan="two") == {"plan": "two", "replaced": ["one"]}
    assert [set(frame["plan"]) for frame in published()] == [{"two"}, {"two"}]
    assert (plan_row("one")["status"], plan_row("two")["status"]) == ("replaced", "published")
    assert run(PublishPlan, plan="one")["replaced"] == ["two"]
    assert set(published()[0]["plan"]) == {"one"}


def test_plan_of_other_districts_stays_published_in_part(town):
    optimise("whole")
    optimise("west", districts=["west"])
    assert plan_row("whole")["status"] == "published"
    assert set(published()[0]["plan"]) == {"whole", "west"}
    assert run(PublishPlan, plan="whole")["replaced"] == ["west"]
    assert set(published()[0]["plan"]) == {"whole"}


def test_a_vehicle_that_works_elsewhere_is_named_when_published(town):
    optimise("west", publish=False, districts=["west"], vehicles=["v0"])
    optimise("east", publish=False, districts=["east"], vehicles=["v0"])
    run(PublishPlan, plan="west")
    with pytest.raises(Conflict, match="Vehicle v0 has a published route"):
        run(PublishPlan, plan="east")
    assert set(published()[0]["plan"]) == {"west"}


def test_unknown_plan_is_named(town):
    with pytest.raises(NotFound, match="no plan 'x'"):
        run(PublishPlan, plan="x")


def test_area_and_vehicles_are_kept(town):
    west = read_frame("districts").set_index("external_id").geometry["west"]
    optimise("area", publish=False, area=mapping(west), vehicles=["v2"])
    assert list(crews("area")) == ["v2"]
    served = set(crews("area")["v2"])
    containers = read_frame("waste-containers").set_index("external_id").geometry
    assert served == set(containers.index[containers.intersects(west)])
    with pytest.raises(InvalidInput, match="no vehicle 'v9'"):
        optimise(vehicles=["v9"])


def test_breaks_overtime_and_balance_reach_the_plan(town):
    optimise("rest", rest_min=30, rest_from="06:10", rest_until="06:40", spread_min=240, overtime_min=30)
    rests = published()[1].query("kind == 'rest'")
    assert not rests.empty
    assert all("06:10" <= at.isoformat() <= "06:41" for at in published()[0]["rest_at"].dropna())
    assert json.loads(plan_row("rest")["asked"])["inputs"]["rest_min"] == 30


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"rest_min": 30, "rest_from": "23:00", "rest_until": "23:30"}, "every shift has ended"),
        ({"rest_min": 30, "rest_from": "13:00", "rest_until": "10:00"}, "no shift goes over midnight"),
        ({"rest_min": 720}, "as long as the longest shift"),
    ],
)
def test_a_break_that_no_crew_can_have_is_named(town, rest, told):
    with pytest.raises(InvalidInput, match=told):
        optimise("rest", **rest)
    assert read_frame("route-plans").empty


def test_a_night_shift_has_its_break_over_midnight(town):
    load_vehicles(3, shift_start=["23:45"] * 3, shift_end=["06:00"] * 3)
    optimise("night", rest_min=20, rest_from="23:50", rest_until="00:05")
    rests = list(published()[0]["rest_at"].dropna())
    assert rests and all(at >= time(23, 50) or at <= time(0, 5) for at in rests)


def test_an_area_with_nothing_in_it_is_named(town):
    nowhere = mapping(Point(0, 0).buffer(0.01))
    for kind in ("containers", "kerbside"):
        with pytest.raises(InvalidInput, match="in this area: choose a larger area"):
            optimise(kind=kind, area=nowhere)


def test_familiar_crews_are_kept_and_territories_hold(town):
    optimise("base", publish=False)
    optimise("again", publish=False, from_plan="base", familiar_price=500.0, seed=9)
    assert {v: set(own) for v, own in crews("again").items()} == {
        v: set(own) for v, own in crews("base").items()
    }
    assert plan_row("again")["based_on"] == "base"
    assert optimise("compact", publish=False, territories=True)["totals"]["served"] == 30


def test_price_of_a_move_is_what_the_new_draft_costs(town):
    load_vehicles(4, capacity_kg=[500.0] * 4)
    optimise("base", publish=False)
    (vehicle, served), other = next(iter(crews("base").items())), list(crews("base"))[1]
    move = {"plan": "base", "tasks": served[:1], "vehicle": other}
    price = run(PriceMove, **move)
    assert price["forbidden"] is None and price["cost"] is not None
    told = run(ExplainTask, plan="base", task=served[0])
    assert (told["vehicle"], told["position"]) == (vehicle, 1)
    assert next(a["cost"] for a in told["alternatives"] if a["vehicle"] == other) == pytest.approx(
        price["cost"], abs=0.5
    )
    moved = run(MoveTasks, "moved", **move)
    assert moved["plan"] == "moved" and moved["cost"] <= price["cost"] + 0.01
    assert served[0] in crews("moved")[other]
    assert plan_row("moved")["cost"] == pytest.approx(plan_row("base")["cost"] + moved["cost"], abs=0.1)
    assert served[0] in crews("base")[vehicle]  # the old plan stays as it was
    assert run(CheckPlan, plan="moved")["feasible"]


def test_moved_tasks_stay_where_they_were_put(town):
    optimise("base", publish=False)
    vehicle, other = list(crews("base"))[:2]
    task = crews("base")[vehicle][0]
    run(MoveTasks, "moved", plan="base", tasks=[task], vehicle=other)
    back = run(PriceMove, plan="moved", tasks=[task], vehicle=vehicle)
    assert back["forbidden"]["code"] == "may-not-serve"


def test_too_full_a_vehicle_is_no_alternative(town):
    optimise("base", publish=False)
    task = next(iter(crews("base").values()))[0]
    load_vehicles(4, capacity_kg=[1500.0, 1500.0, 1500.0, 10.0])
    rows = {a["vehicle"]: a for a in run(ExplainTask, plan="base", task=task)["alternatives"]}
    assert rows["v3"]["forbidden"]["code"] == "too-large"


def test_unknown_tasks_of_a_move_are_named(town):
    optimise("base", publish=False)
    with pytest.raises(InvalidInput, match="no container or street 'x'"):
        run(PriceMove, plan="base", tasks=["x"], vehicle="v0")
    with pytest.raises(InvalidInput, match="no vehicle 'x'"):
        run(PriceMove, plan="base", tasks=["waste-containers/0"], vehicle="x")


def test_check_proves_a_stored_plan_and_recomputes_its_cost(town):
    totals = optimise("base", publish=False)["totals"]
    told = run(CheckPlan, plan="base")
    assert (told["feasible"], told["faults"], told["changed"]) == (True, [], [])
    assert told["cost"] == pytest.approx(totals["cost"], abs=0.02)
    assert told["distance_km"] == pytest.approx(totals["distance_km"], abs=0.02)


def test_check_says_what_no_longer_holds(town):
    optimise("base", publish=False)
    load_vehicles(4, capacity_kg=[60.0] * 4)
    assert any("carries" in fault or "kg" in fault for fault in run(CheckPlan, plan="base")["faults"])
    load_vehicles(4)
    gone = read_frame("waste-containers", ["source"]).iloc[1:].drop(columns="id")
    load_features("waste-containers", gone, prune_sources=["synthetic"])
    faults = run(CheckPlan, plan="base")["faults"]
    assert faults == [
        "Task waste-containers/0 cannot be served as planned: it is gone, or no truck reaches it now."
    ]


def test_check_finds_a_stop_that_was_taken_out_of_a_stored_plan(town):
    optimise("base", publish=False)
    stops = read_frame("route-stops", ["kind", "container"], equals={"plan": "base"})
    victim = stops[stops["kind"] == "container"].iloc[:1]
    load_features("route-stops", victim[["external_id"]].assign(container="nothing"))
    told = run(CheckPlan, plan="base")
    assert not told["feasible"]
    assert any("nothing" in fault for fault in told["faults"])
    assert any(victim["container"].iloc[0] in fault for fault in told["faults"])


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [("arrives_at", "09:30:00", "stored are 09:30:00 and"), ("load_after_kg", 99999.0, "and 99999 kg")],
)
def test_check_tells_a_stored_hour_or_load_that_is_not_so(town, column, value, told):
    optimise("base", publish=False)
    stops = read_frame("route-stops", ["kind"], equals={"plan": "base"})
    victim = stops[stops["kind"] == "container"].iloc[1:2]
    load_features("route-stops", victim[["external_id"]].assign(**{column: value}))
    (changed,) = run(CheckPlan, plan="base")["changed"]
    assert told in changed


def test_rest_of_the_day_is_planned_from_where_the_trucks_are(town):
    optimise("base", publish=False)
    before = crews("base")
    out = next(iter(before))
    other = next(v for v in before if v != out)
    load_vehicles(4, shift_end=["20:00"] * 4)
    done = [*before[out][:2], *before[other][:2]]
    at = read_frame("waste-containers").set_index("external_id").geometry[before[other][1]]
    answer = run(
        ReplanRoutes, "rest", plan="base", now="07:00", done=done, out=[out], max_iterations=30,
        positions={other: [at.x, at.y]},
    )  # fmt: skip
    after = crews("rest")
    assert out not in after
    served = {task for own in after.values() for task in own}
    assert served == {task for own in before.values() for task in own} - set(done)
    assert answer["totals"]["served"] == 30 - 4
    start = read_frame(
        "route-stops", ["kind", "route", "arrives_at", "load_after_kg"], equals={"plan": "rest"}
    )
    own = start[(start["route"] == f"plan/rest/{other}") & (start["kind"] == "start")].iloc[0]
    assert own["arrives_at"].isoformat() == "07:00:00"
    assert own["load_after_kg"] == pytest.approx(2 * 660 * 0.8 * 0.15, abs=0.2)
    assert own["geom"].distance(at) < 1e-3
    assert run(CheckPlan, plan="rest")["feasible"]
    run(ReplanRoutes, "again", plan="rest", now="07:20", max_iterations=30)
    start = read_frame("route-stops", ["kind", "load_after_kg"], equals={"plan": "again", "kind": "start"})
    again = start.loc[start["load_after_kg"].idxmax()]
    assert again["load_after_kg"] == pytest.approx(own["load_after_kg"])
    assert again["geom"].distance(at) < 1e-3


def test_district_whose_trucks_have_all_broken_down_is_served_by_its_neighbour(town):
    optimise("base", publish=False)
    zones = json.loads(plan_row("base")["asked"])["zones"]
    assert len(zones) == 2
    answer = run(ReplanRoutes, "rest", plan="base", now="07:00", out=zones[0]["vehicles"], max_iterations=30)
    assert answer["totals"]["served"] == 30
    assert set(crews("rest")) <= set(zones[1]["vehicles"])
    with pytest.raises(InvalidInput, match=r"that could serve .* is out of service"):
        run(ReplanRoutes, plan="base", now="07:00", out=[v for zone in zones for v in zone["vehicles"]])


def test_what_does_not_fit_the_day_is_named(town):
    optimise("base", publish=False)
    with pytest.raises(InvalidInput, match="does not serve 'x'"):
        run(ReplanRoutes, plan="base", now="07:00", done=["x"])
    with pytest.raises(InvalidInput, match="shift of vehicle"):
        run(ReplanRoutes, plan="base", now="23:00")


def test_streets_are_served_once_on_their_side_and_stored_as_lines(town):
    collect_streets([1])
    answer = optimise("kerb", **KERBSIDE)
    rows = read_frame("route-streets", equals={"plan": "kerb"})
    sides = rows["street"] + ":" + rows["side"]
    assert sides.is_unique and rows["street"].nunique() == answer["totals"]["containers"] == 40
    streets = read_frame("streets").set_index("external_id").geometry.to_crs(CRS)
    for row in rows.to_crs(CRS).itertuples():
        assert row.geom.hausdorff_distance(streets[row.street]) < 0.1
        assert (
            row.geom.project(Point(streets[row.street].coords[0])) < 0.1
            if row.direction == "forward"
            else True
        )
    routes = read_frame("collection-routes", equals={"plan": "kerb"})
    assert routes["stops"].sum() == len(rows) == answer["totals"]["served"]
    assert ((routes["distance_km"] - routes["drive_km"]) > 0).all()
    for line, km in zip(routes.geometry.to_crs(CRS), routes["distance_km"], strict=True):
        assert line.length / 1000 == pytest.approx(km, abs=0.01)
    assert run(CheckPlan, plan="kerb")["feasible"]


def test_only_streets_of_that_weekday_are_collected(town):
    collect_streets([2])
    with pytest.raises(InvalidInput, match="No street is collected on 2026-11-23"):
        optimise("kerb", **KERBSIDE)
    assert optimise("kerb", **KERBSIDE, date="2026-11-24")["totals"]["containers"] == 40


def test_a_street_moves_to_another_crew(town):
    collect_streets([1])
    load_vehicles(4, capacity_kg=[300.0] * 4)
    optimise("kerb", **KERBSIDE)
    rows = read_frame("route-streets", ["vehicle", "street", "side"], equals={"plan": "kerb"})
    first = rows.iloc[0]
    task = first["street"] if first["side"] == "both" else f"{first['street']}:{first['side']}"
    told = run(ExplainTask, plan="kerb", task=task)
    assert told["vehicle"] == first["vehicle"]
    other = next(a["vehicle"] for a in told["alternatives"] if a["forbidden"] is None)
    run(MoveTasks, "moved", plan="kerb", tasks=[task], vehicle=other)
    moved = read_frame("route-streets", ["vehicle", "street", "side"], equals={"plan": "moved"})
    assert len(moved) == len(rows)
    assert other in set(moved.loc[moved["street"] == first["street"], "vehicle"])


def test_kerbside_and_containers_are_published_side_by_side(town):
    collect_streets([1])
    optimise("bins", vehicles=["v0", "v1"])
    optimise("kerb", **KERBSIDE | {"publish": True})
    assert set(published()[0]["plan"]) == {"bins", "kerb"}
    assert set(read_frame("route-streets", ["published"], equals={"plan": "kerb"})["published"]) == {True}


def test_cost_falls_while_the_job_runs_and_the_best_is_kept_when_asked(town):
    class Contented(Recorder):
        @property
        def finishing(self) -> bool:
            return any(percent > 12 for percent, _ in self.told)

    context = Contented(job_id="short")
    answer = OptimizeRoutes().run({"date": MONDAY, "seconds": 60, "seed": 1}, context)
    assert answer["totals"]["served"] == 30
    costs = [cost for _, cost in context.live["cost"]]
    assert costs == sorted(costs, reverse=True) and costs[-1] <= costs[0]
    assert costs[0] == pytest.approx(answer["totals"]["baseline"]["cost"], abs=0.05)
    assert run(CheckPlan, plan="short")["feasible"]


def test_containers_of_a_changed_fill_do_not_change_a_stored_plan(town):
    optimise("base", publish=False)
    load_containers(fill_pct=[10.0] * 30)  # emptied since: due no longer, and still what the plan is about
    assert run(CheckPlan, plan="base")["faults"] == []


def test_a_container_without_a_street_is_left_out_with_its_reason(town):
    load("waste-containers", [Point(-400, 300)], external_id=["far"], fill_pct=[90.0], capacity_l=[660])
    optimise("base", publish=False)
    assert json.loads(plan_row("base")["left_out"])["far"]["code"] == "too-far"
    assert run(CheckPlan, plan="base")["feasible"]


def test_kerbside_of_a_city_without_streets_names_what_to_import():
    with pytest.raises(InvalidInput, match="There are no streets"):
        run(OptimizeRoutes, **KERBSIDE)
