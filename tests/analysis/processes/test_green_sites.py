"""rank-green-sites over real parcels: who may be a candidate, who is newly served, and for which money."""

from __future__ import annotations

import json

import pytest
import shapely

from analysis.processes.green_sites import RankGreenSites
from analysis.processes.what_if import answer_to
from gis_core.errors import InvalidInput
from gis_core.jobs.registry import checked_inputs
from layers.queries.frames import read_frame
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green import load
from tests.analysis.processes.test_green_access import load_places

pytestmark = pytest.mark.django_db
MONEY = {"cost_per_m2": 500, "cost_source": "assumption of this test"}


@pytest.fixture
def parcels() -> None:
    """Along a street: a park with 100 people, then a private, a small and two public parcels with 300."""
    load("districts", (-500, -500, 6000, 2000), name_fr=["Centre"], population=[400])
    load("green-spaces", (-100, 0, 100, 100), access=["public"])
    load("buildings", (50, 60, 20, 20), (1500, 60, 20, 60), levels=[1, 1])
    load_places("streets", [shapely.LineString([(-100, 50), (4000, 50)])], street_class=["residential"])
    load(
        "parcels",
        (1300, 0, 100, 100),
        (1450, 0, 30, 30),
        (1600, 0, 100, 100),
        (1500, -400, 200, 100),
        owner_kind=["private", "city", "city", "state"],
        land_use=["vacant"] * 4,
        reference=["P1", "P2", "P3", "P4"],
    )


def run(**inputs: object) -> dict:
    return json.loads(json.dumps(RankGreenSites().run({**MONEY, "budget": 6e6, **inputs}, Recorder())))


def ranked(answer: dict) -> list[dict]:
    return [site["properties"] for site in answer["sites"]["features"]]


def test_public_parcels_are_ranked_by_people_newly_served_for_the_money(parcels):
    answer = run(by="line")
    assert [site["reference"] for site in ranked(answer)] == ["P3"] + ["P4"] * (len(ranked(answer)) - 1)
    first = ranked(answer)[0]
    assert first["newly_served"] == pytest.approx(300, rel=1e-3) and first["chosen"] == 1
    assert first["cost"] == pytest.approx(500 * 10_000, rel=2e-3)
    assert answer["chosen"]["gap"] == 0 and len(answer["chosen"]["sites"]) == 1
    assert answer["greedy"]["newly_served"] == answer["chosen"]["newly_served"]
    assert "assumption of this test" in answer["rule"]["cost"]
    assert answer["people"] == {"all": 400, "without": 300}
    assert answer["asked"] == {**MONEY, "budget": 6e6, "by": "line"}


def test_sites_are_drawn_and_as_a_scenario_serve_whom_they_promise(parcels):
    """Its shape is the parcel's in CRS84; drawn as a park, the share of people near green rises by the newly served."""
    answer = run(by="line")
    site = answer["sites"]["features"][0]
    shape = shapely.geometry.shape(site["geometry"])
    parcel = read_frame("parcels", ["reference"], equals={"reference": "P3"}).geometry.iloc[0]
    assert shape.symmetric_difference(parcel).area < 1e-6 * parcel.area
    drawn = {"op": "draw", "geometry": site["geometry"], "access": "public"}
    figures = {figure["id"]: figure for figure in answer_to([drawn])["city"]}
    near = figures["green_access_line_pct"]
    assert (near["after"] - near["before"]) * 4 == pytest.approx(answer["chosen"]["newly_served"], abs=0.1)


@pytest.fixture
def two_quarters(parcels) -> None:
    """A second public parcel far away, with 200 people of its own."""
    load("districts", (-500, -500, 6000, 2000), name_fr=["Centre"], population=[600])
    load("buildings", (50, 60, 20, 20), (1500, 60, 20, 60), (3500, 60, 20, 40), levels=[1] * 3)
    load(
        "parcels",
        *[(1300, 0, 100, 100), (1450, 0, 30, 30), (1600, 0, 100, 100), (3600, 0, 100, 100)],
        owner_kind=["private", "city", "city", "state"],
        land_use=["vacant"] * 4,
        reference=["P1", "P2", "P3", "P5"],
    )


def test_chosen_sites_come_in_order_with_what_each_adds(two_quarters):
    chosen = run(by="line", budget=2e7)["chosen"]["sites"]
    assert [(site["place"], site["reference"]) for site in chosen] == [(1, "P3"), (2, "P5")]
    assert [site["added"] for site in chosen] == pytest.approx([300, 200], abs=0.1)
    assert [site["share_pct"] for site in chosen] == pytest.approx([60, 100], abs=0.01)


def test_no_more_sites_than_asked_for(two_quarters):
    answer = run(by="line", budget=2e7, most_sites=1)
    assert [site["reference"] for site in answer["chosen"]["sites"]] == ["P3"]
    assert answer["greedy"]["newly_served"] == pytest.approx(300, abs=0.1)


def test_budget_that_pays_nothing_chooses_nothing(parcels):
    assert run(budget=1000)["chosen"]["sites"] == []


def test_cost_needs_its_source(parcels):
    with pytest.raises(InvalidInput, match="cost_source"):
        checked_inputs(RankGreenSites(), {"cost_per_m2": 500, "budget": 1e6})
