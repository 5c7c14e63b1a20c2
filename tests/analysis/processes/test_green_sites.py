"""rank-green-sites over real parcels: who may be a candidate, who is newly served, and for which money."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import rasterio
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


def test_private_green_and_buildings_take_their_ground_from_a_site(parcels):
    """Half of P4 is a private garden, and half of P3 is built on: 0.5 ha is left of the first, of the second less."""
    load("green-spaces", (-100, 0, 100, 100), (1500, -400, 150, 100), access=["public", "private"])
    load("buildings", (50, 60, 20, 20), (1500, 60, 20, 60), (1600, 0, 60, 100), levels=[1, 1, 1])
    assert {site["reference"] for site in ranked(run(by="line"))} == {"P4"}
    load("green-spaces", (-100, 0, 100, 100), (1500, -400, 160, 100), access=["public", "restricted"])
    with pytest.raises(InvalidInput, match="free of green and buildings"):
        run(by="line")


def test_steep_parcels_are_left_out_where_elevation_is_known(parcels, tmp_path, settings):
    """East of 1,580 m the ground rises by 20 %: under the whole of P3 and half of P4."""
    settings.MEDIA_ROOT = tmp_path
    assert "No elevation is known" in run(by="line")["rule"]["sites"]
    corner = gpd.GeoSeries([shapely.Point(*settings.CITY.bbox.center)], crs=4326).to_crs(32629).iloc[0]
    metres = np.tile(np.maximum(0, np.arange(500) * 10.0 - 1580) * 0.2, (120, 1)).astype("float32")
    profile = {"width": 500, "height": 120, "count": 1, "dtype": "float32", "crs": 32629}
    transform = rasterio.Affine(10, 0, corner.x, 0, -10, corner.y + 600)
    with rasterio.open(tmp_path / "dem.tif", "w", transform=transform, **profile) as file:
        file.write(metres, 1)
    about = {"kind": ["elevation"], "cell_m": [10.0], "bands": [1], "file": ["dem.tif"]}
    at = [datetime(2020, 1, 1, tzinfo=UTC)]
    load("rasters", (0, -500, 5000, 1100), period_start=at, period_end=at, **about)
    flat = run(by="line", max_slope_pct=15)
    assert {site["reference"]: site["slope_pct"] for site in ranked(flat)} == {
        "P4": pytest.approx(11.5, abs=1)
    }
    assert "rasters/0" in flat["rule"]["sites"] and "rasters" in flat["inputs"]
    steep = {site["reference"]: site["slope_pct"] for site in ranked(run(by="line", max_slope_pct=25))}
    assert steep["P3"] == pytest.approx(20, abs=0.2)
    with pytest.raises(InvalidInput, match="steeper than 5 %"):
        run(by="line", max_slope_pct=5)


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
