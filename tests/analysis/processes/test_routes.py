"""optimize-routes over the real doors: what is published, what is replaced, what is refused, and nothing half done."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from shapely.geometry import Point

from analysis.processes.routes import zones
from gis_core.errors import InvalidInput, JobDismissed
from gis_core.jobs import registry
from gis_core.jobs.run import run_process
from layers.base import Source
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.town import (
    CRS,
    MONDAY,
    QUICK,
    load,
    load_containers,
    load_vehicles,
    optimise,
    published,
)

pytestmark = pytest.mark.django_db


def test_every_due_container_is_served_once_along_streets(town):
    answer = optimise()
    routes, stops = published()
    served = stops.loc[stops["kind"] == "container", "container"]
    assert sorted(served) == sorted(read_frame("waste-containers")["external_id"])
    assert answer["totals"]["containers"] == answer["totals"]["served"] == len(served) == 30
    assert answer["totals"]["unreachable"] == answer["totals"]["unserved"] == []
    network = read_frame("streets", srid=CRS).union_all()
    for line, distance_km in zip(routes.geometry.to_crs(CRS), routes["distance_km"], strict=True):
        assert line.length / 1000 == pytest.approx(distance_km, abs=0.002)
        assert line.difference(network.buffer(0.05)).length == pytest.approx(0, abs=0.01)


def test_route_rows_agree_with_their_stops(town):
    optimise()
    routes, stops = published()
    for route in routes.itertuples():
        own = stops[stops["route"] == route.external_id].sort_values("sequence")
        assert own["kind"].iloc[[0, -2, -1]].tolist() == ["start", "tip", "end"]
        assert (own["kind"] == "container").sum() == route.stops
        assert own["load_kg"].sum() == pytest.approx(route.load_kg, abs=0.1 * len(own))
        assert own["load_after_kg"].max() <= 1500
        assert (own["arrives_at"].iloc[0], own["arrives_at"].iloc[-1]) == (route.starts_at, route.ends_at)
        assert route.starts_at.isoformat() == "06:00:00"


def test_loads_follow_the_city_file(town):
    totals = optimise()["totals"]
    waste = django_settings.CITY.waste
    assert totals["load_t"] == pytest.approx(30 * 660 * 0.8 * waste["density_kg_per_l"]["mixed"] / 1000)


def test_vehicle_works_in_one_district_only_and_totals_are_the_sums(town):
    answer = optimise()
    routes, _ = published()
    assert routes["vehicle"].is_unique
    assert set(routes["district"]) == {"west", "east"}
    rows, totals = answer["districts"], answer["totals"]
    assert totals["distance_km"] == pytest.approx(sum(row["distance_km"] for row in rows), abs=0.02)
    assert totals["distance_km"] == pytest.approx(routes["distance_km"].sum(), abs=0.02)
    assert totals["vehicles"] == len(routes) == sum(row["vehicles"] for row in rows)


def test_plan_is_shorter_than_the_nearest_neighbour_plan(town):
    totals = optimise(max_iterations=150)["totals"]
    assert totals["distance_km"] < totals["baseline"]["distance_km"]
    expected = 100 * (1 - totals["distance_km"] / totals["baseline"]["distance_km"])
    assert totals["saved_pct"] == pytest.approx(expected, abs=0.1)


def test_same_seed_and_iterations_publish_the_same_routes(town):
    optimise()
    first = published()[0]
    optimise()
    again = published()[0]
    assert first.geometry.to_wkt().tolist() == again.geometry.to_wkt().tolist()


@pytest.mark.parametrize(
    ("containers", "plan"), [("synthetic", "synthetic"), ("mixed", "synthetic"), ("city", "computed")]
)
def test_plan_for_made_up_containers_says_so(town, containers, plan):
    load_features("waste-containers", read_frame("waste-containers")[["external_id"]], source=containers)
    optimise()
    routes, stops = published()
    assert set(routes["source"]) == set(stops["source"]) == {plan}
    optimise()
    assert len(published()[0]) == len(routes)  # replaced, not added


def test_plan_of_another_fraction_stays(town):
    optimise()
    load_containers(30, fraction=["mixed"] * 27 + ["glass"] * 3)
    load_vehicles(5)  # the first four drive the other plan that day
    optimise(fraction="glass")
    routes, _stops = published()
    assert routes.groupby("fraction")["stops"].sum().to_dict() == {"glass": 3, "mixed": 30}


def test_new_plan_replaces_the_old_one_of_that_day_only(town):
    optimise()
    optimise("tomorrow", date="2026-11-24")
    before = published()[0]
    answer = optimise("later")
    routes, stops = published()
    assert set(routes.loc[routes["service_date"].astype(str) == MONDAY, "plan"]) == {"later"}
    assert set(routes.loc[routes["service_date"].astype(str) != MONDAY, "plan"]) == {"tomorrow"}
    assert len(routes) == len(before)
    assert set(stops["route"]) == set(routes["external_id"])
    assert answer["written"]["collection-routes"] > 0


def test_plan_of_one_district_leaves_the_other_and_its_vehicles_alone(town):
    optimise()
    east = published()[0].query("district == 'east'")
    answer = optimise("later", districts=["west"])
    routes = published()[0]
    assert set(routes.query("district == 'east'")["external_id"]) == set(east["external_id"])
    assert set(routes.query("district == 'west'")["plan"]) == {"later"}
    assert routes["vehicle"].is_unique
    assert [row["districts"] for row in answer["districts"]] == [["west"]]


def test_only_due_containers_are_collected(town):
    days = [[1] if n < 4 else [2] for n in range(30)]
    fills = [80.0 if n in (10, 11) else 20.0 for n in range(30)]
    load_containers(fill_pct=fills, collection_days=days)
    assert optimise()["totals"]["containers"] == 6
    assert optimise(due_only=False)["totals"]["containers"] == 30


def test_container_of_unknown_fill_counts_as_full(town):
    load_containers(fill_pct=[None] * 30, collection_days=[[1]] * 30)
    assert optimise()["totals"]["load_t"] == pytest.approx(30 * 660 * 0.15 / 1000)


def test_container_no_street_reaches_is_listed_and_the_others_are_served(town):
    load("waste-containers", [Point(-400, 300)], external_id=["far"], fill_pct=[90.0], capacity_l=[660])
    totals = optimise()["totals"]
    assert [(miss["id"], miss["code"]) for miss in totals["unreachable"]] == [("far", "too-far")]
    assert totals["unreachable"][0]["nearest_street_m"] > 350
    assert (totals["containers"], totals["served"]) == (31, 30)


def test_container_too_heavy_is_listed(town):
    load("waste-containers", [Point(300, 300)], external_id=["huge"], fill_pct=[100.0], capacity_l=[30_000])
    answer = optimise()
    totals = answer["totals"]
    assert [(u["id"], u["code"]) for u in totals["unserved"]] == [("huge", "larger-than-every-vehicle")]
    (cure,) = (cure for row in answer["districts"] for cure in row["cures"])
    assert (cure["tasks"], cure["cure"]) == (1, "A vehicle of at least 4500 kg and 10.0 m³.")
    assert json.loads(read_frame("route-plans").iloc[0]["rule"])["cures"] == [cure]


def test_city_without_districts_is_planned_as_one(town):
    load_features(
        "districts",
        read_frame("districts", ["name_fr"]).iloc[:0].drop(columns="id"),
        prune_sources=Source.values,
    )
    answer = optimise()
    assert [row["districts"] for row in answer["districts"]] == [[""]]
    assert set(published()[0]["district"]) == {""}


def test_container_outside_all_districts_joins_the_nearest(town):
    load("waste-containers", [Point(905, 400)], external_id=["edge"], fill_pct=[90.0], capacity_l=[660])
    optimise(districts=["east"])
    assert "edge" in set(published()[1]["container"])


def test_street_too_low_for_the_fleet_is_not_driven(town):
    streets = read_frame("streets", ["street_class"])
    low = streets.iloc[40:50].drop(columns=["id", "street_class"]).assign(max_height_m=2.8)
    load_features("streets", low)
    optimise()
    for line in low.to_crs(CRS).geometry:
        middle = line.interpolate(0.5, normalized=True).buffer(1)
        assert not published()[0].to_crs(CRS).intersects(middle).any()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"districts": ["north"]}, "There is no district 'north'. Known: east, west."),
        ({"date": "2026-02-30"}, "date='2026-02-30'"),
        ({"fraction": "glass"}, "No container of fraction glass is due"),
    ],
)
def test_bad_input_is_named_and_nothing_changes(town, inputs, said):
    with pytest.raises(InvalidInput) as error:
        optimise(**inputs)
    assert said in error.value.detail
    assert all(frame.empty for frame in published())


def test_nothing_due_says_how_to_go_on(town):
    load_containers(fill_pct=[10.0] * 30)
    with pytest.raises(InvalidInput, match="due_only=false"):
        optimise()


@pytest.mark.parametrize(
    ("emptied", "said"),
    [
        ("vehicles", "The fleet has no vehicle"),
        ("depots", "There is no depot"),
        ("disposal-sites", "There is no disposal site"),
        ("streets", "There are no streets"),
        ("waste-containers", "none at all; import some into waste-containers first"),
    ],
)
def test_missing_part_is_named(town, emptied, said):
    load_features(emptied, read_frame(emptied).iloc[:0][["external_id"]], prune_sources=Source.values)
    with pytest.raises(InvalidInput, match=said):
        optimise()


def test_fleet_that_does_not_take_the_fraction_is_named(town):
    load_vehicles(4, fractions=[["glass"]] * 4)
    with pytest.raises(InvalidInput, match="No vehicle of the fleet takes mixed"):
        optimise()


def test_vehicle_of_an_unknown_depot_is_named(town):
    load_vehicles(4, depot=["depots/0", "nowhere", "depots/0", "depots/0"])
    with pytest.raises(InvalidInput, match="Vehicle v1 is at depot 'nowhere'"):
        optimise()


def test_depot_no_street_reaches_is_named(town):
    load("depots", [Point(-900, -900)])
    with pytest.raises(InvalidInput, match="The depot 'depots/0' lies"):
        optimise()


def test_fleet_busy_in_other_districts_is_named(town):
    load_features(
        "vehicles", read_frame("vehicles", ["depot"]).iloc[:0][["external_id"]], prune_sources=Source.values
    )
    load_vehicles(1)
    optimise(districts=["west"])
    with pytest.raises(InvalidInput, match="Every vehicle already drives"):
        optimise(districts=["east"])


def test_cancelled_job_changes_nothing(town):
    optimise()
    before = published()[0]["external_id"].tolist()
    with pytest.raises(JobDismissed):
        optimise(cancel_at=40)
    assert published()[0]["external_id"].tolist() == before


def test_plan_that_the_checker_refuses_is_not_published(town, monkeypatch):
    def tampered(*args):
        plan = solve(*args)
        return replace(plan, cost=plan.cost - 5)

    solve = zones.solve
    monkeypatch.setattr(zones, "solve", tampered)
    with pytest.raises(RuntimeError, match="breaks its rules: The plan states a cost"):
        optimise()
    assert all(frame.empty for frame in published())


@pytest.fixture
def only_this_process(settings):
    settings.PROCESSES = ["analysis.processes.routes.optimize.OptimizeRoutes"]
    registry.processes.cache_clear()
    yield
    registry.processes.cache_clear()


def test_runs_as_a_job_and_its_answer_is_json(town, only_this_process):
    job = run_process("optimize-routes", QUICK | {"publish": True}, actor="test")
    assert (job.status, job.problem) == ("successful", None)
    assert json.loads(json.dumps(job.outputs))["totals"]["served"] == 30
    assert set(published()[0]["plan"]) == {str(job.id)}
