"""compute-exposure over the real doors: a grid or cells in, indicators and named places out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from django.conf import settings as django_settings

from analysis.air import Band, Grid, write_cog
from analysis.green import MetricCrs
from analysis.processes.air import ComputeExposure
from analysis.processes.air.concentrations import fitting_grid
from gis_core.errors import InvalidInput
from layers.models import Indicator, PollutionGrid  # type: ignore[attr-defined]
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder

LON, LAT = django_settings.CITY.bbox.center
SRID = django_settings.CITY.metric_crs
NEW_YEAR = pd.Timestamp("2026-01-01", tz="UTC")


def load(collection: str, shapes: list, **columns: list) -> None:
    geometry = [shapely.MultiPolygon([shape]) for shape in shapes]
    ids = [f"{collection}-{n}" for n in range(len(shapes))]
    frame = gpd.GeoDataFrame({"external_id": ids, **columns}, geometry=geometry, crs=4326).rename_geometry(
        "geom"
    )
    report = load_features(collection, frame, source="city")
    assert not report.rejected


def box(west: float, east: float) -> shapely.Polygon:
    """A strip of the town, in hundredths of a degree from its middle."""
    return shapely.box(LON + west / 100, LAT - 0.005, LON + east / 100, LAT + 0.005)


@pytest.fixture
def town(db) -> None:
    """Districts of 100 and 300 inhabitants, west and east of the middle; a school in the west, a park in the east."""
    load("districts", [box(-1, 0), box(0, 1)], population=[100, 300], name_fr=["Ouest", "Est"])
    load("buildings", [box(-0.6, -0.5)], use=["school"])
    load("green-spaces", [box(0.5, 0.6), box(0.7, 0.8)], access=["public", "private"], name_fr=["Parc", ""])


def cells(west: float, east: float) -> None:
    load("pollution-cells", [box(-1.2, 0), box(0, 1.2)], pollutant=["no2"] * 2, value_ug_m3=[west, east])


def grid(media: Path, west: float, east: float) -> None:
    town = gpd.GeoSeries([box(-1.2, 1.2)], crs=4326).to_crs(SRID)
    middle = gpd.GeoSeries([shapely.Point(LON, LAT)], crs=4326).to_crs(SRID).iloc[0]
    cover = Grid.covering(tuple(town.total_bounds), 20, MetricCrs.of(SRID))
    x, _y = cover.centers_m()
    values = np.where(x < middle.x, west, east)[None].repeat(cover.rows, axis=0).astype(np.float32)
    (media / "pollution").mkdir()
    write_cog(
        media / "pollution" / "no2.tif", [Band(values, "no2", "µg/m³")],
        transform=cover.transform, crs=SRID, nodata=-9999.0, tags={},
    )  # fmt: skip
    moments = {
        "period_start": datetime(2026, 1, 1, tzinfo=UTC),
        "period_end": datetime(2027, 1, 1, tzinfo=UTC),
    }
    load(
        "pollution-grids", [box(-1.2, 1.2)], pollutant=["no2"], method=["test"], cell_m=[20.0],
        file=["pollution/no2.tif"], min_ug_m3=[west], mean_ug_m3=[west], max_ug_m3=[east],
        **{name: [moment] for name, moment in moments.items()},
    )  # fmt: skip


def run(**inputs: object) -> dict:
    return json.loads(json.dumps(ComputeExposure().run(inputs, Recorder())))


def test_cells_of_the_city_weigh_by_people(town):
    cells(8.0, 24.0)
    answer = run()
    assert answer["city"] == {
        "mean_ug_m3": 20.0, "people": 400, "unknown": 0, "above": {"who-no2-year": 300},
    }  # fmt: skip
    assert [(d["name"], d["mean_ug_m3"]) for d in answer["districts"]] == [("Ouest", 8.0), ("Est", 24.0)]
    assert answer["places"]["schools"] == {
        "places": 1,
        "unknown": 0,
        "above": {"who-no2-year": 0},
        "first": [],
    }
    assert [place["name"] for place in answer["places"]["parks"]["first"]] == ["Parc"]


def test_grid_tells_the_same_as_cells(town, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    grid(tmp_path, 8.0, 24.0)
    cells(1.0, 1.0)  # the grid goes first
    answer = run()
    assert answer["city"]["mean_ug_m3"] == pytest.approx(20, abs=0.3)  # the border runs through cells of 20 m
    assert answer["air"]["grid"] == "pollution-grids-0"


@pytest.mark.parametrize(("averaging", "chosen"), [("year", "month"), ("day", "day 2"), ("hour", "hour")])
def test_a_limit_is_compared_with_a_grid_of_its_kind_of_period(averaging, chosen):
    spans = {
        "day 1": (1, 2),
        "month": (1, 31),
        "day 2": (30, 31),
        "older month": (-30, 1),
        "hour": (30, 30.05),
    }
    grids = pd.DataFrame(
        [(name, *(NEW_YEAR + pd.Timedelta(days=day) for day in span)) for name, span in spans.items()],
        columns=["external_id", "period_start", "period_end"],
    )  # fmt: skip
    assert list(fitting_grid(grids, averaging)["external_id"]) == [chosen]
    assert fitting_grid(grids[:0], averaging).empty


def test_indicators_carry_rule_limit_and_inputs(town):
    cells(8.0, 24.0)
    run()
    mean = Indicator.objects.get(external_id="exposure_no2_ug_m3:districts:districts-1")
    assert (mean.value, mean.unit) == (24.0, "µg/m³")
    assert "spread evenly" in mean.rule
    assert set(mean.inputs) >= {"pollution-cells", "districts", "buildings"}
    above = Indicator.objects.get(external_id="above_no2_limit_pct:districts:districts-1:who-no2-year")
    assert above.value == 100.0
    assert above.parameters["limit"]["source"].startswith("WHO global air quality guidelines")


def test_air_that_nobody_knows_is_told(town):
    load("pollution-cells", [box(0, 1.2)], pollutant=["no2"], value_ug_m3=[24.0])
    answer = run()
    assert (answer["city"]["mean_ug_m3"], answer["city"]["unknown"]) == (24.0, 100)
    assert answer["districts"][0] == {
        "external_id": "districts-0", "name": "Ouest", "mean_ug_m3": None, "people": 100, "unknown": 100,
        "above": {"who-no2-year": 0},
    }  # fmt: skip


def test_nothing_measured_names_what_to_do(town):
    with pytest.raises(InvalidInput, match="run compute-pollution-grid, or import pollution-cells"):
        run()


def test_grid_without_its_file_is_told(town, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    grid(tmp_path, 8.0, 24.0)
    (tmp_path / "pollution" / "no2.tif").unlink()
    assert PollutionGrid.objects.count() == 1
    with pytest.raises(InvalidInput, match="compute it anew"):
        run()


def test_pollutant_without_a_limit_is_refused(town):
    cells(1, 2)
    with pytest.raises(InvalidInput, match="No limit for the mean of no2 over a 8h"):
        run(averaging="8h")


def test_in_parts_as_all_at_once(town, monkeypatch):
    """Buildings and cells of the population grid lie across the border of the two districts, each a part of its own."""
    load(
        "buildings",
        [box(-0.6, -0.5), box(-0.1, 0.05), box(0.02, 0.3), box(0.6, 0.7)],
        use=["", "", "school", ""],
    )
    load("population-grid", [box(-1, -0.2), box(-0.2, 0.2), box(0.2, 1)], inhabitants=[50.0, 200.0, 80.0])
    cells(8.0, 24.0)
    whole = run()
    monkeypatch.setattr("analysis.processes.air.breathing.on_workers", lambda: True)
    monkeypatch.setattr("analysis.processes.air.breathing.PART_DISTRICTS", 1)
    parts = run()
    assert parts["city"] == whole["city"]
    assert parts["districts"] == whole["districts"]
    assert whole["city"]["people"] == 330
    assert parts["inputs"] == whole["inputs"]
