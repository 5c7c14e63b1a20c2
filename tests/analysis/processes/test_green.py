"""compute-green-coverage over the real doors: columns written, answers with their rules, and nothing half done."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from django.conf import settings as django_settings

from analysis.processes.green import ComputeGreenCoverage
from gis_core.errors import InvalidInput, JobDismissed
from gis_core.jobs import registry
from gis_core.jobs.run import run_process
from layers.models import Parcel  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from layers.queries.revisions import revision_of
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder

pytestmark = pytest.mark.django_db
WEST, SOUTH = django_settings.CITY.bbox.center


def load(collection: str, *sides: tuple[float, float, float, float], **columns: list) -> None:
    """Boxes given as x, y, width, height in metres from the middle of the city (about: UTM axes)."""
    origin = (
        gpd.GeoSeries([shapely.Point(WEST, SOUTH)], crs=4326).to_crs(django_settings.CITY.metric_crs).iloc[0]
    )
    shapes = [
        shapely.MultiPolygon([shapely.box(origin.x + x, origin.y + y, origin.x + x + w, origin.y + y + h)])
        for x, y, w, h in sides
    ]
    ids = {"external_id": [f"{collection}/{n}" for n in range(len(shapes))]}
    frame = gpd.GeoDataFrame({**ids, **columns}, geometry=shapes, crs=django_settings.CITY.metric_crs)
    report = load_features(collection, frame.rename_geometry("geom").to_crs(4326), source="synthetic")
    assert not report.rejected


@pytest.fixture
def city() -> None:
    """Two districts side by side; in the first a public park of 1 ha drawn twice and a private garden of 0.5 ha."""
    load(
        "districts",
        (0, 0, 1000, 1000),
        (1000, 0, 1000, 1000),
        name_fr=["Ouest", "Est"],
        population=[2000, None],
    )
    load(
        "green-spaces",
        (0, 0, 100, 100),
        (0, 0, 100, 100),
        (200, 0, 100, 50),
        access=["public", "public", "private"],
    )
    load("parcels", (0, 0, 50, 100), (50, 0, 100, 100), (500, 500, 20, 20))


def run(zones: list[str] | None = None, context: Recorder | None = None) -> dict:
    outputs = ComputeGreenCoverage().run({} if zones is None else {"zones": zones}, context or Recorder())
    return json.loads(json.dumps(outputs))


def test_districts_get_green_counted_once(city):
    run()
    west, east = read_frame("districts").to_dict("records")
    assert west["green_area_m2"] == pytest.approx(15_000, rel=1e-3)
    assert west["green_public_area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert west["green_share_pct"] == pytest.approx(1.5, abs=1e-3)
    assert west["green_m2_per_inhabitant"] == pytest.approx(5, rel=1e-3)
    assert east["green_area_m2"] == 0
    assert west["green_computed_at"] is not None
    assert west["source"] == "synthetic"


def test_area_is_that_which_the_database_keeps(city):
    """districts.area_m2 is PostGIS geography: another engine, another formula."""
    run()
    frame = read_frame("districts")
    share_m2 = frame["green_share_pct"] / 100 * frame["area_m2"]
    assert frame["green_area_m2"].tolist() == pytest.approx(share_m2.tolist(), rel=1e-4)


def test_parcels_get_green_and_share(city):
    answer = run()["parcels"]
    shares = read_frame("parcels")["green_share_pct"].tolist()
    assert shares == pytest.approx([100, 50, 0], abs=1e-3)
    assert max(shares) <= 100
    assert (answer["count"], answer["with_green"]) == (3, 2)
    assert answer["green_area_m2"] == pytest.approx(10_000, rel=1e-3)


def test_answer_names_rules_thresholds_inputs_and_time(city):
    revision = revision_of("districts")
    answer = run()
    assert "united first" in answer["rule"]["coverage"]
    assert "300 m" in answer["rule"]["access"] and "0.5 ha" in answer["rule"]["access"]
    assert [t["id"] for t in answer["thresholds"]] == [
        "green_m2_per_inhabitant",
        "green_access_m",
        "green_access_min_ha",
    ]
    assert all(t["source"] and t["valid_from"] for t in answer["thresholds"])
    assert answer["inputs"]["green-spaces"]["features"] == 3
    assert answer["inputs"]["districts"] == {"features": 2, "revision": revision}
    assert answer["written"]["parcels"] == {"changed": 3, "rejected": 0}
    assert answer["computed_at"].startswith("20")
    assert answer["not_written"] == {}


def test_people_come_from_the_population_grid(city):
    load("population-grid", (350, 0, 50, 100), (900, 900, 100, 100), inhabitants=[30.0, 10.0])
    west, east = run()["districts"]
    assert west["green_within_300_m_pct"] == pytest.approx(75, abs=0.2)  # plane and ground differ by 0.06 %
    assert west["people_from"].startswith("population grid")
    assert east["people_from"] == "inhabitants spread evenly over the zone's area"


def test_without_a_grid_people_come_from_buildings_by_floor_area(city):
    load("buildings", (300, 0, 10, 10), (900, 900, 10, 10), levels=[3, None])
    west = run()["districts"][0]
    assert west["green_within_300_m_pct"] == pytest.approx(75, rel=1e-4)  # stored with 7 decimals
    assert west["people_from"].startswith("buildings")


def test_unknown_population_gives_no_figure_instead_of_zero(city):
    east = run()["districts"][1]
    assert (east["population"], east["green_m2_per_inhabitant"]) == (None, None)


def test_only_the_asked_zones_are_written(city):
    before = revision_of("districts")
    answer = run(["parcels"])
    assert revision_of("districts") == before
    assert "districts" not in answer
    assert "parcels" in answer


def test_other_columns_keep_their_value(city):
    run()
    assert read_frame("districts")["name_fr"].tolist() == ["Ouest", "Est"]
    assert read_frame("districts")["population"].tolist()[0] == 2000


def test_parcel_without_identifier_is_named(city):
    Parcel.objects.filter(external_id="parcels/1").update(external_id=None, reference="T18809/56")
    parcel = Parcel.objects.get(external_id=None)
    answer = run()
    assert answer["not_written"] == {
        "parcels": {"features": 1, "first": [{"id": parcel.pk, "name": "T18809/56"}]}
    }
    assert answer["parcels"]["count"] == 3
    parcel.refresh_from_db()
    assert parcel.green_area_m2 is None


def test_second_run_gives_the_same_figures(city):
    assert run()["districts"] == run()["districts"]


def test_job_runs_it_and_keeps_the_answer(city, settings):
    settings.PROCESSES = ["analysis.processes.green.ComputeGreenCoverage"]
    registry.processes.cache_clear()
    job = run_process("compute-green-coverage", {"zones": ["districts"]}, actor="cli")
    registry.processes.cache_clear()
    assert (job.status, job.progress) == ("successful", 100)
    assert [d["name_fr"] for d in job.outputs["districts"]] == ["Ouest", "Est"]


def test_progress_rises_and_says_what_is_done(city):
    recorder = Recorder()
    run(context=recorder)
    percents = [percent for percent, _ in recorder.told]
    assert percents == sorted(percents)
    assert all(message for _, message in recorder.told)


@pytest.mark.parametrize("percent", [0, 20, 60, 85, 98])
def test_cancelled_run_changes_nothing(city, percent):
    with pytest.raises(JobDismissed):
        run(context=Recorder(cancel_at=percent))
    assert read_frame("districts")["green_area_m2"].isna().all()
    assert read_frame("parcels")["green_area_m2"].isna().all()


def test_city_without_green_spaces_is_told_what_to_import():
    with pytest.raises(InvalidInput, match="import some into green-spaces"):
        run()


def test_city_without_zones_is_told(city):
    Parcel.objects.all().delete()
    with pytest.raises(InvalidInput, match="parcels have no features"):
        run(["parcels"])


def test_threshold_that_the_column_does_not_hold_is_refused(city, settings):
    limit = replace(settings.CITY.threshold("green_access_m"), value=400)
    settings.CITY = replace(settings.CITY, thresholds={**settings.CITY.thresholds, "green_access_m": limit})
    with pytest.raises(InvalidInput, match="400 m in the city file"):
        run()


def test_city_in_web_mercator_is_refused(city, settings):
    settings.CITY = replace(settings.CITY, metric_crs=3857)
    with pytest.raises(InvalidInput, match="EPSG:3857 is Web Mercator"):
        run()


def test_second_run_rewrites_no_feature(city):
    run()
    before = read_frame("parcels"), revision_of("parcels")
    assert run()["written"]["parcels"] == {"changed": 0, "rejected": 0}
    assert read_frame("parcels").equals(before[0])
    assert revision_of("parcels") == before[1]


def test_only_the_parcel_whose_green_changed_gets_a_new_version(city):
    run()
    before = read_frame("parcels")
    load("green-spaces", (0, 0, 100, 100), (0, 0, 100, 100), (500, 500, 10, 20), access=["public"] * 3)
    run()
    after = read_frame("parcels")
    assert (after["version"] - before["version"]).tolist() == [0, 0, 1]
    assert after["green_share_pct"].tolist() == pytest.approx([100, 50, 50], abs=1e-3)


def test_indicators_carry_rule_inputs_error_and_program(city):
    revision = revision_of("green-spaces")
    run()
    found = read_frame("indicators", equals={"subject": "districts/0"}).set_index("indicator")
    told = found.loc["green_public_area_m2"]
    assert told["value"] == pytest.approx(10_000, rel=1e-3)
    assert told["error"] == pytest.approx(1, rel=1e-3)
    assert "united first" in told["rule"]
    green = json.loads(told["inputs"])["green-spaces"]
    assert (green["features"], green["revision"]) == (3, revision)
    assert json.loads(told["inputs"]).keys() == {"green-spaces", "districts", "population-grid", "buildings"}
    assert told["code_version"].startswith("0.1.0")
    assert told["source"] == "synthetic"  # its inputs are
    assert json.loads(found.loc["green_within_300_m_pct", "parameters"]) == {
        "distance_m": 300,
        "min_area_ha": 0.5,
    }
    whole = read_frame("indicators", equals={"external_id": "green_area_m2:city:casablanca:parcels"})
    assert whole["value"].tolist() == pytest.approx([10_000], rel=1e-3)


def test_indicator_that_says_the_same_keeps_its_time(city):
    run()
    before = read_frame("indicators")
    read = json.loads(before.set_index("subject").loc["districts/0", "inputs"].iloc[0])
    assert read["districts"]["revision"] == revision_of("districts")  # its own results are no change of them
    run()
    assert read_frame("indicators").equals(before)


def test_equity_is_told_for_each_group_of_the_census():
    """West: 10 m2 each for 1,000 people; east: nothing for 1,000. Of the women three quarters live in the west."""
    load(
        "districts",
        (0, 0, 1000, 1000),
        (1000, 0, 1000, 1000),
        name_fr=["Ouest", "Est"],
        population=[1000, 1000],
        women=[600, 200],
    )
    load("green-spaces", (0, 0, 100, 100), access=["public"])
    run(["districts"])
    found = read_frame("indicators", equals={"indicator": "green_gini"}).set_index("variant")["value"]
    assert found.loc[["districts", "women", "men"]].tolist() == pytest.approx([0.5, 0.25, 2 / 3], abs=1e-4)
    assert set(found.index) == {"districts", "women", "men"}
