"""import-plan: today's plan brought in by rows, driven, checked and stored; and every fault named by its row."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from shapely.geometry import Point

from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.import_plan import ImportPlan
from analysis.processes.routes.moving import MoveTasks
from gis_core.errors import CasaGISError, InvalidInput, RulesBroken
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_route_plans import collect_streets, crews, plan_row
from tests.analysis.processes.town import MONDAY, load, load_vehicles, optimise

pytestmark = pytest.mark.django_db


def bring(job: str = "today", **inputs) -> dict:
    return ImportPlan().run({"date": MONDAY, **inputs}, Recorder(job_id=job))


def rows_of(plan: str) -> list[dict]:
    """A stored plan of containers as the rows that a planner would bring in."""
    return [
        {"vehicle": vehicle, "item": item, "order": order}
        for vehicle, items in crews(plan).items()
        for order, item in enumerate(items, start=1)
    ]


def csv_of(rows: list[dict]) -> str:
    return pd.DataFrame(rows).to_csv(index=False)


def refused(error: type[CasaGISError], **inputs) -> list[str]:
    """The faults named; nothing is stored."""
    with pytest.raises(error) as caught:
        bring("refused", **inputs)
    for collection in ("collection-routes", "route-stops"):
        assert read_frame(collection, equals={"plan": "refused"}).empty
    return list(caught.value.extra.get("faults", [str(caught.value)]))


def test_a_plan_of_ours_comes_back_as_it_was(town):
    totals = optimise("ours", publish=False)["totals"]
    answer = bring(stops_csv=csv_of(rows_of("ours")), title="As driven")
    assert crews("today") == crews("ours")
    row = plan_row("today")
    assert (row["title"], row["status"], row["served"]) == ("As driven", "draft", 30)
    assert row["cost"] == pytest.approx(totals["cost"], rel=0.005)
    assert row["distance_km"] == pytest.approx(totals["distance_km"], rel=0.005)
    assert row["baseline_cost"] > 0
    assert answer["totals"]["unserved"] == []
    told = CheckPlan().run({"plan": "today"}, Recorder())
    assert (told["feasible"], told["changed"]) == (True, [])
    assert all(read_frame("collection-routes", ["roadbook"], equals={"plan": "today"})["roadbook"])


def test_the_command_line_reads_the_file(town, tmp_path, capsys):
    optimise("ours", publish=False)
    file = tmp_path / "today.csv"
    file.write_text("\ufeff" + csv_of(rows_of("ours")), encoding="utf-8")
    inputs = ["--input", f"stops_csv=@{file}", "--input", f"date={MONDAY}", "--quiet"]
    call_command("process", "import-plan", *inputs)
    plan = json.loads(capsys.readouterr().out)["plan"]
    assert crews(plan) == crews("ours")
    file.unlink()
    with pytest.raises(CommandError, match=r"stops_csv=@.*today\.csv.*Name a text file in UTF-8"):
        call_command("process", "import-plan", *inputs)


def test_a_new_plan_begins_with_it_and_a_stop_of_it_moves(town):
    load_vehicles(4, capacity_kg=[500.0] * 4, shift_end=["07:30"] * 4)
    optimise("ours", publish=False)
    bring(stops=rows_of("ours"))
    optimise("next", publish=False, from_plan="today", familiar_price=500.0, seed=9)
    assert {v: set(own) for v, own in crews("next").items()} == {
        v: set(own) for v, own in crews("today").items()
    }
    load_vehicles(4, shift_end=["20:00"] * 4)
    (_, served), (other, _) = list(crews("today").items())[:2]
    MoveTasks().run({"plan": "today", "tasks": served[:2], "vehicle": other}, Recorder(job_id="moved"))
    assert set(served[:2]) <= set(crews("moved")[other])


def test_what_is_due_and_not_in_the_plan_is_listed(town):
    optimise("ours", publish=False)
    rows = rows_of("ours")
    answer = bring(stops=rows[1:])
    (left,) = answer["totals"]["unserved"]
    assert (left["id"], left["code"]) == (rows[0]["item"], "not-in-the-imported-plan")
    assert CheckPlan().run({"plan": "today"}, Recorder())["feasible"]


def test_tips_are_as_named_or_where_the_load_needs_one(town):
    items = [f"waste-containers/{n}" for n in range(30)]
    one = [{"vehicle": "v0", "item": item, "order": n} for n, item in enumerate(items)]
    load_vehicles(4, capacity_kg=[10 * 660 * 0.8 * 0.15 + 1] * 4)  # ten containers
    bring(stops=one)
    assert _tips("today") == [10, 20, 30]
    tip = {"vehicle": "v0", "kind": "tip", "place": "disposal-sites/0"}
    tips = [{**tip, "order": at} for at in (100, 200, 300)]
    five = [row | {"order": 10 * n + 5} for n, row in enumerate(one)]
    bring("named", stops=[*five, *tips])
    assert _tips("named") == [10, 20, 30]
    faults = refused(RulesBroken, stops=[*five, tips[0]])
    assert faults == ["Vehicle v0: is overloaded after waste-containers/20: 871.2 kg, 1.94 m³."]


def _tips(plan: str) -> list[int]:
    """After how many containers the vehicle tips."""
    stops = read_frame("route-stops", ["kind", "sequence"], equals={"plan": plan}).sort_values("sequence")
    served = (stops["kind"] == "container").cumsum()
    return list(served[stops["kind"] == "tip"])


def test_a_break_and_overtime_are_as_the_rules_say(town):
    optimise("ours", publish=False)
    rows = [row | {"vehicle": "v0", "order": n} for n, row in enumerate(rows_of("ours"))]
    rest = {"rest_min": 30, "rest_from": "06:10", "rest_until": "06:40"}
    bring(stops=rows, **rest)
    route = read_frame("collection-routes", ["rest_at"], equals={"plan": "today"}).iloc[0]
    assert "06:10" <= route["rest_at"].isoformat() <= "06:41"
    load_vehicles(4, shift_end=["06:50"] * 4)
    with pytest.raises(RulesBroken, match=r"Vehicle v0: ends \d+ s after its shift"):
        bring("late", stops=rows, **rest)
    bring("late", stops=rows, overtime_min=120, **rest)
    assert plan_row("late")["overtime_h"] > 0


def test_every_wrong_row_is_named(town):
    text = (
        "\ufeffVehicle;Item;Order;Kind;Place\r\n"
        "v0;waste-containers/0;1;;\r\n"
        "v9;waste-containers/1;1;;\r\n"
        ";;;;\r\n"
        "v0;nothing;2;;\r\n"
        "v1;waste-containers/2;1;;\r\n"
        "v1;;3;tip;nowhere\r\n"
    )
    assert refused(InvalidInput, stops_csv=text) == [
        "Row 3: there is no vehicle v9 that takes mixed. Known: v0, v1, v2, v3.",
        "Row 5: there is no container nothing of mixed; correct it, or import it first.",
        "Row 7: there is no disposal site nowhere that takes mixed. Known: disposal-sites/0.",
    ]
    rows = [
        {"vehicle": "v0", "item": "waste-containers/0", "order": 1},
        {"vehicle": "v0", "item": "waste-containers/1", "order": 1},
        {"vehicle": "v1", "item": "waste-containers/0", "order": "1"},
        {"vehicle": "v1", "item": "waste-containers/2", "order": "soon"},
        {"vehicle": "v1", "order": 2},
        {"vehicle": "v1", "item": "waste-containers/3", "order": 3, "kind": "lunch"},
        {"vehicle": "v2", "place": "disposal-sites/0", "order": 1, "kind": "tip"},
    ]
    assert refused(InvalidInput, stops=rows) == [
        "Row 2: vehicle v0 has the order 1 in row 1 already.",
        "Row 3: waste-containers/0 is served in row 1 already, by v0; leave one out.",
        "Row 4: order is 'soon'; write a whole number, small ones first.",
        "Row 5: nothing is given for item.",
        "Row 6: kind is 'lunch'; write task or tip.",
        "Row 7: vehicle v2 tips and serves nothing; leave the row out.",
    ]


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ({}, "either as stops or as stops_csv"),
        ({"stops_csv": "truck,item\nv0,x\n"}, "no column vehicle, order"),
        ({"stops_csv": "vehicle,item,order\n"}, "The plan has no row"),
    ],
)
def test_a_file_that_is_no_plan_is_named(town, inputs, fault):
    (told,) = refused(InvalidInput, **inputs)
    assert fault in told


def test_what_only_a_small_vehicle_reaches_is_a_zone_of_its_own(town):
    collect_streets([1], count=6)
    streets = read_frame("streets", ["max_width_m"]).drop(columns="id").iloc[:6]
    load_features("streets", streets.iloc[:1].assign(max_width_m=2.2))
    load_vehicles(4, width_m=[2.5, 2.5, 2.0, 2.5])
    keys = list(streets["external_id"])
    rows = [{"vehicle": "v0", "item": key, "order": n} for n, key in enumerate(keys)]
    rows[0]["vehicle"] = "v2"
    bring(kind="kerbside", stops=rows)
    zones = json.loads(plan_row("today")["asked"])["zones"]
    assert [(zone["vehicles"], zone["items"]) for zone in zones] == [
        (["v0"], sorted(keys[1:])),
        (["v2"], keys[:1]),
    ]
    rows[0]["vehicle"] = "v1"
    (fault,) = refused(InvalidInput, kind="kerbside", stops=rows)
    assert fault == f"Row 1: v1 cannot serve {keys[0]}. The street is too narrow for the fleet."


def kerb_rows(plan: str) -> list[dict]:
    rows = read_frame("route-streets", ["vehicle", "street", "side", "sequence"], equals={"plan": plan})
    task = rows["street"].where(rows["side"] == "both", rows["street"] + ":" + rows["side"])
    table = rows.assign(item=task, order=rows["sequence"])[["vehicle", "item", "order"]]
    return table.to_dict("records")


def test_streets_come_back_with_their_sides_and_quickest_directions(town):
    collect_streets([1])
    streets = read_frame("streets", ["collection_side"]).drop(columns="id").iloc[:6]
    load_features("streets", streets.assign(collection_side="left_right"))
    kerb = {"kind": "kerbside", "publish": False, "max_iterations": 300}
    totals = optimise("kerb", **kerb)["totals"]
    rows = kerb_rows("kerb")
    bring(kind="kerbside", stops=rows)
    assert plan_row("today")["cost"] == pytest.approx(totals["cost"], rel=0.005)
    sided = next(row for row in rows if ":" in row["item"])
    street = sided["item"].partition(":")[0]
    plain = next(row for row in rows if ":" not in row["item"])
    wrong = [row for row in rows if row not in (sided, plain)]
    wrong += [sided | {"item": street}, plain | {"item": plain["item"] + ":left"}]
    assert refused(InvalidInput, kind="kerbside", stops=wrong) == [
        f"Row {len(rows) - 1}: {street} is not served so; write {street}:left, {street}:right.",
        f"Row {len(rows)}: {plain['item']}:left is not served so; write {plain['item']}.",
    ]


def test_a_street_closed_that_day_is_named_with_its_reason(town):
    collect_streets([1], count=4)
    streets = list(read_frame("streets").iloc[:4]["external_id"])
    load("road-conditions", [Point(0, 0)], street=[streets[0]], kind=["closed"], status=["accepted"])
    rows = [{"vehicle": "v0", "item": street, "order": n} for n, street in enumerate(streets)]
    assert refused(InvalidInput, kind="kerbside", stops=rows) == [
        f"Row 1: v0 cannot serve {streets[0]}. The street is closed at that time."
    ]


def test_depots_are_planned_apart(town):
    load("depots", [Point(20, 20), Point(450, 450)])
    load_vehicles(4, depot=["depots/0", "depots/0", "depots/1", "depots/1"])
    items = [f"waste-containers/{n}" for n in range(30)]
    rows = [{"vehicle": f"v{n % 4}", "item": item, "order": n} for n, item in enumerate(items)]
    answer = bring(stops=rows)
    assert [zone["depot"] for zone in answer["districts"]] == ["depots/0", "depots/1"]
    assert answer["totals"]["served"] == 30
    assert json.loads(plan_row("today")["asked"])["zones"][0]["vehicles"] == ["v0", "v1"]
    assert CheckPlan().run({"plan": "today"}, Recorder())["feasible"]
