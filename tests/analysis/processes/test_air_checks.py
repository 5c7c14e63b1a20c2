"""check-observations, compute-air-index and check-air-alerts over the real doors."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from django.conf import settings as django_settings
from django.db import transaction
from procrastinate.contrib.django import app

from analysis.processes.air import CheckAirAlerts, CheckObservations, ComputeAirIndex, ComputePollutionGrid
from analysis.processes.air.readings import city_standards
from analysis.tasks import watch_air
from gis_core.errors import InvalidInput, JobDismissed
from gis_core.jobs.models import Job
from gis_core.models import Mail
from layers.models import AirAlert, AirObservation, AirObservationEvent  # type: ignore[attr-defined]
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
LON, LAT = django_settings.CITY.bbox.center
NEVER = 10_000_000
PLACES = {"north": (LON, LAT + 0.01), "south": (LON, LAT - 0.01), "east": (LON + 0.01, LAT)}


def frame(geometries: list, ids: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"external_id": ids}, geometry=geometries, crs=4326).rename_geometry("geom")


@pytest.fixture
def stations(db) -> None:
    load_features(
        "air-stations", frame([shapely.Point(*p) for p in PLACES.values()], list(PLACES)), source="city"
    )
    north = shapely.MultiPolygon([shapely.box(LON - 0.005, LAT + 0.005, LON + 0.005, LAT + 0.02)])
    load_features("districts", frame([north], ["d-north"]), source="city")


def observe(
    station: str, *values: float, first_h: int = 0, pollutant: str = "no2", **columns: object
) -> None:
    """One value an hour, from `first_h` hours before noon on."""
    moments = [NOON + timedelta(hours=n - first_h) for n in range(len(values))]
    rows = pd.DataFrame({"observed_at": moments, "value_ug_m3": values})
    ids = [f"{station}-{pollutant}-{moment:%dT%H}-{len(columns)}" for moment in moments]
    report = load_features(
        "air-observations",
        rows.assign(external_id=ids, station=station, pollutant=pollutant, source="city", **columns),
    )
    assert not report.rejected


def run(process: type, **inputs: object) -> dict:
    return json.loads(json.dumps(process().run(inputs, Recorder())))


def flags() -> dict[str, tuple[str, str]]:
    return {o.external_id: (o.flag, o.fault) for o in AirObservation.objects.all()}


def test_faults_are_told_and_nothing_is_deleted(stations):
    observe("north", 10, -3, 12, first_h=12)
    observe("south", *[7.5] * 6, first_h=12)
    answer = run(CheckObservations, late_hours=NEVER)
    assert answer["faults"] == {"stuck": 6, "negative": 1}
    assert (answer["observations"], answer["changed"]) == (9, 7)
    assert flags()["north-no2-31T01-0"] == ("invalid", "negative")
    assert flags()["south-no2-31T02-0"] == ("suspect", "stuck")
    assert flags()["north-no2-31T00-0"] == ("valid", "")
    assert AirObservationEvent.objects.filter(pgh_label="update").count() == 7


def test_checking_again_changes_nothing_and_a_cured_value_is_valid_again(stations):
    observe("north", 10, -3)
    assert run(CheckObservations, late_hours=NEVER)["changed"] == 1
    assert run(CheckObservations, late_hours=NEVER)["changed"] == 0
    observe("north", 10, 3)
    assert run(CheckObservations, late_hours=NEVER)["changed"] == 1
    assert flags()["north-no2-31T13-0"] == ("valid", "")


def test_flag_of_a_person_stays(stations):
    observe("north", 10, flag="invalid")
    observe("south", -1, flag="suspect")
    run(CheckObservations)
    assert flags()["north-no2-31T12-1"] == ("invalid", "")
    assert flags()["south-no2-31T12-1"] == ("suspect", "")


def test_index_of_stations_and_city(stations):
    observe("north", 150)
    observe("north", *[60] * 24, pollutant="pm10", first_h=23)
    observe("south", 20)
    observe("south", 500, flag="invalid", first_h=0, pollutant="so2")
    answer = run(ComputeAirIndex)
    levels = {s["external_id"]: (s["level"], s["name"], s["by"]) for s in answer["stations"]}
    assert levels == {"north": (4, "poor", ["pm10"]), "south": (1, "good", ["no2"])}
    assert (answer["city"]["level"], answer["city"]["moment"]) == (4, "2026-10-31T13:00:00+00:00")
    assert answer["stations"][0]["missing"] == ["pm25", "o3", "so2"]
    assert "European Environment Agency" in answer["source"]


@pytest.mark.parametrize("flag", ["valid", "invalid"])
def test_one_reading_dated_in_the_future_stops_nothing(stations, own_limit, settings, tmp_path, flag):
    settings.MEDIA_ROOT = tmp_path
    for place in PLACES:
        observe(place, *[120.0] * 8, first_h=8)
    observe("north", -5.0, first_h=3, flag="valid")
    observe("north", 1.0, first_h=-24 * 365 * 73, flag=flag, fault="")
    index = run(ComputeAirIndex)
    assert index["city"]["moment"] == NOON.isoformat()
    assert index["city"]["means_ug_m3"]["no2"] == 120
    left_out = index["observations"]["left_out"]
    assert (left_out["negative"], left_out["in the future"] + left_out["flag not valid"]) == (1, 1)
    assert run(CheckAirAlerts, limits=["city-no2"])["observations"]["used"] == 24
    assert sorted((district, ended) for district, *_, ended in alerts()) == [("", None), ("d-north", None)]
    assert run(ComputePollutionGrid)["grid"]["period_end"].startswith("2026-10-31")


def test_unknown_index_names_those_there_are(stations):
    with pytest.raises(InvalidInput, match="Known: eea-2017"):
        run(ComputeAirIndex, index="casablanca")


def alerts() -> list[tuple]:
    rows = AirAlert.objects.order_by("started_at")
    return [
        (a.district, a.limit_id, a.value_ug_m3, a.started_at.hour, a.ended_at and a.ended_at.hour)
        for a in rows
    ]


@pytest.fixture
def own_limit(settings) -> None:
    source = {"city": {"text": "Decree of the city", "valid_from": date(2020, 1, 1)}}
    limit = {"id": "city-no2", "source": "city", "pollutant": "no2", "averaging": "hour", "value_ug_m3": 100}
    object.__setattr__(settings.CITY, "air", {"sources": source, "limits": [limit]})
    yield
    object.__setattr__(settings.CITY, "air", {})


def test_alert_opens_and_ends_in_its_district(stations, own_limit):
    observe("north", 90, 120, 140)
    answer = run(CheckAirAlerts, limits=["city-no2"])
    assert alerts() == [("d-north", "city-no2", 140, 14, None)]
    assert answer["alerts"][0]["since"] == "2026-10-31T14:00:00+00:00"
    observe("north", 90, 120, 140, 80)
    assert run(CheckAirAlerts, limits=["city-no2"])["alerts"] == []
    assert alerts() == [("d-north", "city-no2", 140, 14, 16)]
    assert AirAlert.objects.get().geom.covers(shapely_point(*PLACES["north"]))


def test_station_outside_the_districts_stands_for_the_city(stations, own_limit):
    observe("east", 120)
    run(CheckAirAlerts, limits=["city-no2"])
    assert alerts() == [("", "city-no2", 120, 13, None)]


def test_corrected_observation_takes_its_alert_back(stations, own_limit):
    observe("north", 120)
    run(CheckAirAlerts, limits=["city-no2"])
    observe("north", 12)
    assert run(CheckAirAlerts, limits=["city-no2"])["written"] == {"added": 0, "changed": 0, "removed": 1}
    assert alerts() == []


def test_alerts_of_other_limits_stay(stations, own_limit):
    observe("north", *[120] * 24, first_h=23)
    run(CheckAirAlerts)
    assert {limit for _, limit, *_ in alerts()} == {"city-no2", "who-no2-day"}
    observe("north", *[10] * 24, first_h=23)
    run(CheckAirAlerts, limits=["city-no2"])
    assert {limit for _, limit, *_ in alerts()} == {"who-no2-day"}


@pytest.fixture
def staff(settings, monkeypatch) -> None:
    """Somebody is to be told, and it is the evening of the observations' day."""
    object.__setattr__(settings.CITY, "alert_mail", ("air@city.example",))
    monkeypatch.setattr("analysis.processes.air.alert_mail.timezone.now", lambda: NOON + timedelta(hours=9))
    yield
    object.__setattr__(settings.CITY, "alert_mail", ())


def test_new_alert_is_one_mail_in_the_languages_of_the_city(stations, own_limit, staff):
    observe("north", 90, 120)
    run(CheckAirAlerts, limits=["city-no2"])
    observe("north", 90, 120, 140, 80, 130)
    for _ in range(2):  # the first has grown and ended, a second began
        run(CheckAirAlerts, limits=["city-no2"])
    first, second = Mail.objects.all()
    assert first.subject.startswith("Casablanca · ") and first.key == "air-alert:city-no2:d-north:20261031T14"
    assert second.key.endswith("T17")
    assert all(word in first.body for word in ("d-north", "120", "Decree of the city", "north"))
    assert all(word in first.body for word in ("Highest mean over an hour", "أعلى", "Depuis"))


def test_alert_taken_back_and_found_again_writes_nobody_twice(stations, own_limit, staff):
    for value in (120, 12, 125):
        observe("north", value)
        run(CheckAirAlerts, limits=["city-no2"])
    assert len(alerts()) == 1 and Mail.objects.count() == 1


def test_old_observations_and_a_failed_check_write_nobody(stations, own_limit, staff, monkeypatch):
    observe("south", *[120] * 2, first_h=24 * 5)
    observe("south", 10)
    run(CheckAirAlerts, limits=["city-no2"])
    assert len(alerts()) == 1 and not Mail.objects.exists()
    observe("north", 120)
    with pytest.raises(JobDismissed), transaction.atomic():
        CheckAirAlerts().run({"limits": ["city-no2"]}, Recorder())
        raise JobDismissed
    assert not Mail.objects.exists()


def test_yearly_limit_is_refused_with_the_reason(stations):
    observe("north", 10)
    with pytest.raises(InvalidInput, match="who-no2-year makes no alert"):
        run(CheckAirAlerts, limits=["who-no2-year"])


def test_moving_sensor_counts_where_it_measured(stations, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name, value in (("north", 10), ("south", 20)):
        observe(name, value)
    observe("bus-1", 70, 74, longitude=LON + 0.02, latitude=LAT)
    answer = run(ComputePollutionGrid, cell_m=200, method="idw")
    means = {row["external_id"].split("@")[0]: row["mean_ug_m3"] for row in answer["stations"]}
    assert means == {"north": 10, "south": 20, "bus-1": 72}


def shapely_point(lon: float, lat: float):
    from django.contrib.gis.geos import Point  # noqa: PLC0415  GEOS of Django beside shapely's

    return Point(lon, lat, srid=4326)


def test_a_limit_of_the_city_that_is_no_number_is_named(monkeypatch):
    limit = {"id": "x", "source": "who-2021", "pollutant": "no2", "averaging": "hour", "value_ug_m3": "many"}
    monkeypatch.setattr(django_settings, "CITY", replace(django_settings.CITY, air={"limits": [limit]}))
    with pytest.raises(InvalidInput, match=r"of the city file .*'many'"):
        city_standards()


@pytest.mark.django_db(transaction=True)
def test_the_worker_watches_the_air_by_the_clock_when_there_is_something_new(own_limit):
    assert "watch_air" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    watch_air(timestamp=0)
    assert not Job.objects.exists()
    load_features("air-stations", frame([shapely.Point(*PLACES["north"])], ["north"]), source="city")
    observe("north", *[250.0] * 3, first_h=3)
    watch_air(timestamp=0)
    watch_air(timestamp=0)
    (job,) = Job.objects.all()
    assert (job.process_id, job.status, job.actor) == ("check-air-alerts", Job.Status.SUCCESSFUL, "clock")
    assert [(limit, peak) for _, limit, peak, *_ in alerts()] == [("city-no2", 250)]
