"""rank-green-sites over real parcels: who may be a candidate, who is newly served, and for which money."""

from __future__ import annotations

import json

import pytest
import shapely

from analysis.processes.green_sites import RankGreenSites
from gis_core.errors import InvalidInput
from gis_core.jobs.registry import checked_inputs
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


def test_public_parcels_are_ranked_by_people_newly_served_for_the_money(parcels):
    answer = run(by="line")
    assert [site["reference"] for site in answer["sites"]] == ["P3"] + ["P4"] * (len(answer["sites"]) - 1)
    first = answer["sites"][0]
    assert first["newly_served"] == pytest.approx(300, rel=1e-3) and first["chosen"]
    assert first["cost"] == pytest.approx(500 * 10_000, rel=2e-3)
    assert answer["chosen"]["gap"] == 0 and len(answer["chosen"]["parcels"]) == 1
    assert answer["greedy"]["newly_served"] == answer["chosen"]["newly_served"]
    assert "assumption of this test" in answer["rule"]["cost"]


def test_budget_that_pays_nothing_chooses_nothing(parcels):
    assert run(budget=1000)["chosen"]["parcels"] == []


def test_cost_needs_its_source(parcels):
    with pytest.raises(InvalidInput, match="cost_source"):
        checked_inputs(RankGreenSites(), {"cost_per_m2": 500, "budget": 1e6})
