"""Streets that only small vehicles reach: crews of their own serve them, on streets that carry these vehicles."""

from __future__ import annotations

import json

import pytest

from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.fleet import Size
from analysis.processes.routes.moving import ExplainTask, PriceMove
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import CRS, ORIGIN_M, load_vehicles, optimise

pytestmark = pytest.mark.django_db
SMALL = {
    "weight_t": [19.0, 19.0, 19.0, 3.5],
    "height_m": [3.5, 3.5, 3.5, 2.4],
    "width_m": [2.5, 2.5, 2.5, None],
}
QUARTER_M = (150.0, 750.0)  # from the west and from the south; streets in it carry no more than 3.5 t


def run(process, **inputs) -> dict:
    return process().run(inputs, Recorder(job_id="later"))


def weaken() -> set[str]:
    """Let the streets that lie within the quarter carry 3.5 t; their ids."""
    streets = read_frame("streets", ["external_id"]).to_crs(CRS)
    box = streets.geometry.bounds - [*ORIGIN_M[0], *ORIGIN_M[0]]
    within = ((box > QUARTER_M[0] - 1) & (box < QUARTER_M[1] + 1)).all(axis=1)
    weak = streets[within].drop(columns="id").to_crs(4326)
    load_features("streets", weak.assign(max_weight_t=3.5))
    return set(weak["external_id"])


def crews(plan: str) -> dict[str, set[str]]:
    stops = read_frame("route-stops", ["route", "container"], equals={"plan": plan})
    stops = stops[stops["container"] != ""]
    return {id.rpartition("/")[2]: set(own["container"]) for id, own in stops.groupby("route")}


@pytest.fixture
def quarter(town) -> set[str]:
    """The containers that a fleet of large trucks leaves out."""
    weaken()
    return {miss["id"] for miss in optimise()["totals"]["unreachable"]}


def test_large_trucks_leave_them_out_for_the_weight(quarter):
    left = read_frame("route-plans", ["left_out"]).iloc[0]["left_out"]
    assert quarter == {"waste-containers/8", "waste-containers/16"}
    rows = json.loads(left).values()
    assert [row["code"] for row in rows] == ["too-weak"] * len(quarter)
    weak = read_frame("streets", ["external_id", "max_weight_t"]).dropna(subset="max_weight_t")["external_id"]
    for (closure,) in (row["closures"] for row in rows):
        assert closure["street"] in set(weak)
        assert (closure["reason"], closure["conditions"]) == ("too-weak", [])


def test_a_small_truck_serves_them_and_the_large_ones_all_else(quarter):
    load_vehicles(4, **SMALL)
    answer = optimise()
    assert answer["totals"]["unreachable"] == []
    own = crews(answer["plan"])
    assert own["v3"] == quarter
    assert set().union(*own.values()) == {f"waste-containers/{n}" for n in range(30)}
    assert [(row["containers"], row["served"]) for row in answer["districts"]][-1] == (
        len(quarter),
        len(quarter),
    )
    assert run(CheckPlan, plan=answer["plan"])["faults"] == []


def test_a_check_finds_that_the_small_truck_became_heavy(quarter):
    load_vehicles(4, **SMALL)
    plan = optimise()["plan"]
    load_vehicles(4, **(SMALL | {"weight_t": [19.0, 19.0, 19.0, 7.5]}))
    checked = run(CheckPlan, plan=plan)
    assert not checked["feasible"]
    assert sum("cannot be served as planned" in fault for fault in checked["faults"]) == len(quarter)


def test_crews_of_the_two_networks_do_not_trade(quarter):
    load_vehicles(4, **SMALL)
    plan = optimise()["plan"]
    narrow, wide = min(quarter), min({f"waste-containers/{n}" for n in range(30)} - quarter)
    for task, vehicle in ((narrow, "v0"), (wide, "v3")):
        told = run(PriceMove, plan=plan, tasks=[task], vehicle=vehicle)
        assert told["forbidden"]["code"] == "other-size"
        assert told["cost"] is None
    assert "v3" not in {row["vehicle"] for row in run(ExplainTask, plan=plan, task=wide)["alternatives"]}
    told = run(ExplainTask, plan=plan, task=narrow)
    assert (told["vehicle"], told["alternatives"]) == ("v3", [])


def test_kerbside_has_it_too(quarter):
    streets = read_frame("streets", ["external_id"]).drop(columns="id")
    load_features("streets", streets.assign(collection_days=[[1]] * len(streets)))
    load_vehicles(4, **SMALL)
    answer = optimise(kind="kerbside", publish=False, max_iterations=100)
    assert answer["totals"]["unreachable"] == []
    rows = read_frame("route-streets", ["street", "vehicle"], equals={"plan": answer["plan"]})
    weak = read_frame("streets", ["external_id", "max_weight_t"]).dropna(subset="max_weight_t")["external_id"]
    assert set(rows.loc[rows["street"].isin(weak), "vehicle"]) == {"v3"}


def test_size_around_others_and_one_that_fits():
    large, low = Size(3.5, 2.5, 19.0), Size(2.2, None, 26.0)
    assert Size.around([large, low]) == Size(3.5, 2.5, 26.0)
    assert low.fits(Size.around([large, low]))
    assert not low.fits(large)
    assert Size().fits(large)
