"""Hours in which a container or a street may be collected: kept by plans, told where they cannot be."""

from __future__ import annotations

from datetime import date, time

import geopandas as gpd
import pandas as pd
import pytest

from analysis.network import build_network
from analysis.network.conditions import When
from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.fleet import Place, snap_places
from analysis.processes.routes.hours import windows
from gis_core.errors import InvalidInput
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.network.streets import streets
from tests.analysis.network.test_causes import BRIDGE, ISLAND, TOWN
from tests.analysis.network.test_conditions import SHIFT, conditions
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import CRS, load_containers, optimise

H = 3600.0
DAY = date(2026, 11, 23)
COUNT = 30


def window(from_time: time | None, until_time: time | None, shift_h: tuple[float, float]) -> tuple | None:
    items = pd.DataFrame({"key": ["a"], "collection_from": [from_time], "collection_until": [until_time]})
    found = windows(items, When(DAY, shift_h[0] * H, shift_h[1] * H)).get("a")
    return found and tuple(s / H for s in found)


@pytest.mark.parametrize(
    ("from_time", "until_time", "shift_h", "expected"),
    [
        (None, None, (6, 14), None),
        (time(7), time(9, 30), (6, 14), (7, 9.5)),
        (time(7), None, (6, 14), (7, 24)),
        (None, time(9), (6, 14), (0, 9)),
        (time(22), time(5), (20, 28), (22, 29)),  # over midnight
        (time(1), time(5), (22, 30), (25, 29)),  # the night shift meets it after midnight
        (time(20), time(23), (22, 30), (20, 23)),
        (time(22), time(5), (0, 8), (-2, 5)),  # begun on the day before
    ],
)
def test_hours_of_the_clock_as_seconds_of_the_service(from_time, until_time, shift_h, expected):
    assert window(from_time, until_time, shift_h) == expected


@pytest.mark.django_db
def test_containers_are_emptied_in_their_hours(town):
    early = [None if n % 3 else time(6, 45) for n in range(COUNT)]
    late = [time(7) if n % 3 == 1 else None for n in range(COUNT)]
    load_containers(collection_until=early, collection_from=late)
    plan = optimise(max_iterations=300)["plan"]
    stops = read_frame("route-stops", ["container", "arrives_at"]).set_index("container")["arrives_at"]
    served = [stops[f"waste-containers/{n}"] for n in range(COUNT)]
    assert max(at for n, at in enumerate(served) if n % 3 == 0) <= time(6, 45)
    assert max(served) > time(6, 45)
    assert CheckPlan().run({"plan": plan}, Recorder(job_id="check"))["faults"] == []


@pytest.mark.django_db
def test_container_whose_hours_no_shift_meets_is_left_out_with_the_cure(town):
    load_containers(collection_until=[time(5) if n == 0 else None for n in range(COUNT)])
    answer = optimise()
    assert [(row["id"], row["reason"]) for row in answer["totals"]["unserved"]] == [
        ("waste-containers/0", "No vehicle is there in its time window")
    ]
    assert "A window that closes" in str([row["cures"] for row in answer["districts"]])


@pytest.mark.django_db
def test_streets_are_collected_in_their_hours(town):
    streets = read_frame("streets", ["external_id"])
    told = streets.drop(columns="id").assign(
        collection_days=[[1] if n < 40 else [] for n in range(len(streets))]
    )
    early, late = told["external_id"].head(20), told["external_id"].iloc[30:40]
    load_features(
        "streets",
        told.assign(
            collection_until=[time(6, 30) if id in set(early) else None for id in told["external_id"]],
            collection_from=[time(7, 10) if id in set(late) else None for id in told["external_id"]],
        ),
    )
    plan = optimise(kind="kerbside", max_iterations=200)["plan"]
    served = read_frame("route-streets", ["street", "arrives_at"]).set_index("street")["arrives_at"]
    assert len(served) == 40
    assert served[early].max() <= time(6, 30)
    assert sorted(served[late])[1] >= time(7, 10)  # the first one waits for it
    assert CheckPlan().run({"plan": plan}, Recorder(job_id="check"))["faults"] == []


def condition(street: str, kind: str, from_time: time, until_time: time) -> None:
    at = read_frame("streets", ["external_id"]).set_index("external_id").geometry[street].centroid
    (point,) = gpd.GeoSeries([at], crs=4326)
    row = {"external_id": [f"c/{street}"], "street": [street], "kind": [kind], "status": ["accepted"]}
    hours = {"from_time": [from_time], "until_time": [until_time]}
    frame = gpd.GeoDataFrame({**row, **hours}, geometry=[point], crs=4326).rename_geometry("geom")
    assert load_features("road-conditions", frame).rejected == ()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "from_time", "until_time", "open_from", "open_until"),
    [("gate", time(7), time(13), time(7), time(13)), ("market", time(6, 30), time(14), time(6), time(6, 30))],
)
def test_streets_shut_for_a_while_are_served_while_they_are_open(
    town, kind, from_time, until_time, open_from, open_until
):
    """Four streets of the lattice, three behind one another, one one way; arrivals are before the wait for the gate."""
    streets = read_frame("streets", ["external_id"])
    told = streets.drop(columns="id").assign(
        collection_days=[[1] if n < 40 else [] for n in range(len(streets))]
    )
    load_features("streets", told)
    shut = told["external_id"].iloc[[5, 6, 7, 22]].tolist()
    for street in shut:
        condition(street, kind, from_time, until_time)
    answer = optimise(kind="kerbside", max_iterations=200)
    assert answer["totals"]["unreachable"] == [] and answer["totals"]["unserved"] == []
    served = read_frame("route-streets", ["street", "arrives_at"]).set_index("street")["arrives_at"]
    assert len(served) == 40
    assert served[shut].max() <= open_until
    assert read_frame("collection-routes", ["ends_at"])["ends_at"].max() > open_from
    assert CheckPlan().run({"plan": answer["plan"]}, Recorder(job_id="check"))["faults"] == []


@pytest.mark.django_db
def test_a_plan_made_before_the_market_came_is_found_at_fault(town):
    plan = optimise()["plan"]
    stops = read_frame("route-stops", ["container", "arrives_at"])
    streets = read_frame("streets", ["external_id"]).to_crs(CRS)
    place = read_frame("waste-containers", ["external_id"]).to_crs(CRS).geometry.iloc[3]
    nearest = streets.loc[streets.distance(place).idxmin(), "external_id"]
    at = stops.set_index("container").loc["waste-containers/3", "arrives_at"]
    condition(nearest, "market", time(at.hour), time(at.hour + 1))
    faults = CheckPlan().run({"plan": plan}, Recorder(job_id="check"))["faults"]
    assert "Task waste-containers/3 is served at" in "".join(faults) and "from 07:0" in "".join(faults)


def test_a_depot_that_a_closure_cuts_off_names_it_and_the_cure():
    shut = conditions({"street": "bridge", "kind": "gate", "from_time": time(7)})
    network = build_network(
        streets(*TOWN, BRIDGE, {**ISLAND, "geom": [(200, 0), (900, 0)]}), conditions=shut, when=SHIFT
    )
    with pytest.raises(
        InvalidInput, match=r"'north' is cut off .* by 'bridge' \(gate 'c0' open, 07:00 to 24:00\): end"
    ):
        snap_places(network, {"north": Place("north", 880.0, 5.0)}, "depot")
