"""compute-pollution-grid over the real doors: a COG and its feature, together or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from django.conf import settings as django_settings

from analysis.air.cog import require_cog
from analysis.processes.air import ComputePollutionGrid, ComputePollutionSeries
from gis_core.errors import InvalidInput, JobDismissed
from layers.models import AirObservation, AirStation, PollutionGrid  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
LON, LAT = django_settings.CITY.bbox.center
PLACES = {"north": (LON, LAT + 0.01, 40.0), "south": (LON, LAT - 0.01, 10.0), "east": (LON + 0.01, LAT, 20.0)}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "pollution"


@pytest.fixture
def stations(db) -> None:
    points = [shapely.Point(lon, lat) for lon, lat, _ in PLACES.values()]
    frame = gpd.GeoDataFrame({"external_id": list(PLACES)}, geometry=points, crs=4326).rename_geometry("geom")
    load_features("air-stations", frame, source="city")
    observe(
        *[(name, NOON - timedelta(hours=h), value) for name, (*_, value) in PLACES.items() for h in (0, 1)]
    )


def observe(*rows: tuple, flag: str = "valid", source: str = "city", pollutant: str = "no2") -> None:
    frame = pd.DataFrame(rows, columns=["station", "observed_at", "value_ug_m3"])
    ids = frame["station"] + frame["observed_at"].astype(str) + pollutant + flag
    report = load_features(
        "air-observations", frame.assign(external_id=ids, pollutant=pollutant, flag=flag, source=source)
    )
    assert not report.rejected


def load_district(west: float, south: float, east: float, north: float) -> None:
    shape = shapely.MultiPolygon([shapely.box(west, south, east, north)])
    frame = gpd.GeoDataFrame({"external_id": ["d"]}, geometry=[shape], crs=4326).rename_geometry("geom")
    load_features("districts", frame, source="city")


def run(context: Recorder | None = None, **inputs: object) -> dict:
    outputs = ComputePollutionGrid().run({"cell_m": 100, **inputs}, context or Recorder())
    return json.loads(json.dumps(outputs))


def test_grid_is_a_cog_of_the_city_with_exact_values_at_stations(stations, media):
    answer = run()
    path = media.parent / answer["grid"]["file"]
    require_cog(path)
    x, y = _metric(*PLACES["north"][:2])
    with rasterio.open(path) as raster:
        assert raster.crs.to_epsg() == django_settings.CITY.metric_crs
        assert raster.res == (100, 100)
        assert next(raster.sample([(x, y)]))[0] == pytest.approx(40, abs=1.0)
        values = raster.read(1, masked=True)
        assert values.min() >= 10 and values.max() <= 40
        assert raster.units == ("µg/m³",)
        assert raster.tags()["POLLUTANT"] == "no2"
    assert values.min() == pytest.approx(answer["grid"]["min_ug_m3"], abs=1e-3)
    assert values.mean() == pytest.approx(answer["grid"]["mean_ug_m3"], abs=1e-3)


def test_feature_describes_the_file(stations):
    answer = run()
    (row,) = read_frame("pollution-grids").to_dict("records")
    assert row["external_id"] == answer["grid"]["external_id"]
    assert row["file"] == answer["grid"]["file"]
    assert row["source"] == "computed"
    assert row["cell_m"] == 100
    assert row["period_end"] == NOON + timedelta(hours=1)
    assert row["period_start"] == NOON + timedelta(hours=1) - timedelta(days=30)
    error = answer["loo_rmse_ug_m3"]
    assert row["method"] == f"IDW, power 2, 3 stations; leave-one-out RMSE {error:.2f} µg/m³"
    assert answer["methods"]["pattern_in_space"] is True
    assert answer["methods"]["loo_rmse_ug_m3"]["mean of the stations"] > error / 0.95
    assert shapely.covers(shapely.box(*django_settings.CITY.bbox.as_tuple()), row["geom"])


def test_grid_of_stations_that_have_nothing_in_common_says_so(stations):
    """The two far from each other say the same, the one between them nothing of it."""
    AirObservation.objects.all().delete()
    observe(("north", NOON, 40.0), ("south", NOON, 41.0), ("east", NOON, 0.0))
    answer = run()
    assert answer["methods"]["pattern_in_space"] is False
    assert answer["grid"]["method"].endswith(" No spatial pattern.")


def test_answer_names_rule_stations_and_inputs(stations):
    answer = run()
    assert "inverse distance weighting" in answer["rule"]
    assert {s["external_id"]: s["mean_ug_m3"] for s in answer["stations"]} == {
        "north": 40,
        "south": 10,
        "east": 20,
    }
    assert answer["observations"] == {
        "used": 6,
        "excluded": {"flag not valid": 0, "not a number": 0, "negative": 0, "unknown station": 0},
    }
    assert answer["inputs"]["air-observations"]["features"] == 6


def test_bad_observations_are_left_out_and_counted(stations):
    observe(("north", NOON - timedelta(hours=2), -5.0), ("ghost", NOON, 9.0))
    observe(("north", NOON - timedelta(hours=3), 900.0), flag="suspect")
    observe(("north", NOON, 900.0), pollutant="o3")
    answer = run()
    assert answer["observations"] == {
        "used": 6,
        "excluded": {"flag not valid": 1, "not a number": 0, "negative": 1, "unknown station": 1},
    }
    assert answer["stations"][1] == {"external_id": "north", "mean_ug_m3": 40}


def test_period_takes_from_its_start_until_before_its_end(stations):
    answer = run(period_start="2026-10-31T12:00:00+00:00", period_end="2026-10-31T13:00:00+00:00")
    assert answer["observations"]["used"] == 3
    assert (
        run(period_start="2026-10-31T11:00:00Z", period_end="2026-10-31T12:00:00Z")["observations"]["used"]
        == 3
    )


def test_day_as_end_is_the_whole_day(stations):
    answer = run(period_start="2026-10-31", period_end="2026-10-31")
    assert answer["observations"]["used"] == 6
    assert answer["grid"]["period_end"].startswith("2026-11-01T00:00:00")


def test_synthetic_observations_make_a_synthetic_grid(stations):
    observe(("north", NOON - timedelta(hours=5), 40.0), source="synthetic")
    answer = run()
    assert answer["grid"]["source"] == "synthetic"
    assert read_frame("pollution-grids")["source"].tolist() == ["synthetic"]


def test_missing_cell_size_is_fifty_metres(stations):
    assert run(cell_m=None)["grid"]["cell_m"] == 50


def test_cells_outside_the_districts_have_no_value(stations, media):
    load_district(LON - 0.02, LAT - 0.02, LON, LAT + 0.02)
    answer = run()
    with rasterio.open(media.parent / answer["grid"]["file"]) as raster:
        assert raster.nodata == -9999
        values = raster.read(1, masked=True)
        x, y = _metric(LON - 0.01, LAT)
        assert next(raster.sample([(x, y)]))[0] > 0
    width_m = values.shape[1] * 100
    assert width_m < 2500
    assert np.ma.count_masked(values) > 0
    assert values.min() >= 10


@pytest.mark.django_db(transaction=True)
def test_computing_again_replaces_feature_and_file(stations, media):
    first = run()["grid"]["file"]
    second = run()["grid"]["file"]
    assert first != second
    assert len(read_frame("pollution-grids")) == 1
    assert [p.name for p in media.iterdir()] == [Path(second).name]


@pytest.mark.django_db(transaction=True)
def test_stored_path_that_points_elsewhere_removes_nothing(stations, media):
    run()
    secret = media.parent / "secret.tif"
    secret.write_text("keep me")
    PollutionGrid.objects.update(file="../secret.tif")
    run()
    assert secret.read_text() == "keep me"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("percent", [0, 10, 80, 98])
def test_cancelled_run_leaves_no_file_and_the_old_grid(stations, media, percent):
    old = run()["grid"]["file"]
    with pytest.raises(JobDismissed):
        run(Recorder(cancel_at=percent))
    assert [p.name for p in media.iterdir()] == [Path(old).name]
    assert read_frame("pollution-grids")["file"].tolist() == [old]


@pytest.mark.django_db(transaction=True)
def test_failing_load_leaves_no_file(stations, media, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setattr("analysis.processes.computed_rasters.load_features", fail)
    with pytest.raises(RuntimeError, match="database gone"):
        run()
    assert list(media.iterdir()) == []


def test_two_stations_are_too_few_and_named(stations):
    AirObservation.objects.filter(station="east").update(flag="invalid")
    with pytest.raises(InvalidInput, match=r"Only 2 stations \(north, south\) have valid no2") as refused:
        run()
    assert "Widen the period" in refused.value.detail


def test_three_stations_at_two_places_are_too_few(stations):
    AirStation.objects.filter(external_id="south").update(
        geom=AirStation.objects.get(external_id="north").geom
    )
    with pytest.raises(InvalidInput, match="Only 2 stations have data"):
        run()


def test_period_without_data_is_named(stations):
    with pytest.raises(
        InvalidInput, match=r"Only 0 stations \(none\).*from 2026-01-01 00:00 until 2026-01-03 00:00"
    ):
        run(period_start="2026-01-01", period_end="2026-01-02")


def test_pollutant_nobody_measured_is_named(stations):
    with pytest.raises(InvalidInput, match="no observations of pm10"):
        run(pollutant="pm10")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"period_start": "31/10/2026"}, "period_start='31/10/2026' is no date"),
        ({"period_start": "2026-11-02", "period_end": "2026-10-01"}, "is not before period_end"),
        ({"cell_m": 1}, r"take cells of \d+ m or more"),
    ],
)
def test_bad_input_is_named(stations, inputs, message):
    with pytest.raises(InvalidInput, match=message):
        run(**inputs)


def test_district_smaller_than_a_cell_asks_for_smaller_cells(stations):
    load_district(LON, LAT, LON + 0.0001, LAT + 0.0001)
    with pytest.raises(InvalidInput, match="take smaller cells"):
        run(cell_m=10_000)


def _metric(lon: float, lat: float) -> tuple[float, float]:
    point = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(django_settings.CITY.metric_crs).iloc[0]
    return point.x, point.y


def test_series_has_one_grid_for_each_day(stations, media):
    yesterday = [(name, NOON - timedelta(days=1), value / 2) for name, (*_, value) in PLACES.items()]
    observe(*yesterday)
    recorder = Recorder()
    answer = ComputePollutionSeries().run(
        {"cell_m": 200, "period_start": "2026-10-29", "period_end": "2026-10-31", "method": "idw"}, recorder
    )
    assert [grid["max_ug_m3"] for grid in answer["grids"]] == pytest.approx([20, 40], abs=0.5)
    assert [row["from"][:10] for row in answer["left_out"]] == ["2026-10-29"]
    assert PollutionGrid.objects.count() == len(list(media.iterdir())) == 2
    percents = [percent for percent, _ in recorder.told]
    assert percents == sorted(percents)
    assert percents[-1] > 98


def test_cancelled_series_leaves_whole_grids(stations, media):
    observe(*[(name, NOON - timedelta(days=1), value) for name, (*_, value) in PLACES.items()])
    wish = {"cell_m": 200, "period_start": "2026-10-30", "period_end": "2026-10-31"}
    with pytest.raises(JobDismissed):
        ComputePollutionSeries().run(wish, Recorder(cancel_at=75))
    assert PollutionGrid.objects.count() == len(list(media.iterdir())) == 1


def test_series_of_too_many_grids_is_refused(stations):
    with pytest.raises(InvalidInput, match="at most 1000"):
        ComputePollutionSeries().run({"step": "hour", "period_start": "2026-01-01"}, Recorder())
