"""measure-green and compute-vegetation over the real doors."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from django.conf import settings as django_settings

from analysis.processes.green import ComputeGreenCoverage
from analysis.processes.measure import MeasureGreen
from analysis.processes.vegetation import ComputeVegetation
from gis_core.errors import InvalidInput, JobDismissed, NotFound, TooLarge
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green import SOUTH, WEST, load

pytestmark = pytest.mark.django_db
CRS = django_settings.CITY.metric_crs


def drawn(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """As a browser sends it; metres from the middle of the city."""
    origin = gpd.GeoSeries([shapely.Point(WEST, SOUTH)], crs=4326).to_crs(CRS).iloc[0]
    box = shapely.box(origin.x + x, origin.y + y, origin.x + x + width, origin.y + y + height)
    return dict(shapely.geometry.mapping(gpd.GeoSeries([box], crs=CRS).to_crs(4326).iloc[0]))


def measure(area: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return json.loads(json.dumps(MeasureGreen().run({"area": area, **inputs}, Recorder())))


@pytest.fixture
def park() -> None:
    load(
        "green-spaces",
        (0, 0, 100, 100),
        (0, 0, 100, 100),
        (200, 0, 100, 50),
        access=["public", "public", "private"],
    )


def test_drawn_area_counts_overlaps_once(park):
    load("population-grid", (0, 0, 200, 100), inhabitants=[200.0])
    told = measure(drawn(0, 0, 400, 100))["area"]
    assert told["area_m2"] == pytest.approx(40_000, rel=1e-3)
    assert told["green_area_m2"] == pytest.approx(15_000, rel=1e-3)
    assert told["green_public_area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert told["green_share_pct"] == pytest.approx(37.5, abs=0.01)
    assert told["inhabitants"] == pytest.approx(200, rel=1e-3)
    assert told["green_m2_per_inhabitant"] == pytest.approx(50, rel=1e-2)
    assert told["trees_per_ha"] == 0


def test_cells_of_the_grid_add_up_to_the_area(park):
    answer = measure(drawn(-7, 3, 333, 90), cell_m=25)
    cells = [cell["properties"] for cell in answer["cells"]["features"]]
    assert sum(c["green_area_m2"] for c in cells) == pytest.approx(answer["area"]["green_area_m2"], abs=0.5)
    assert max(c["green_share_pct"] for c in cells) <= 100
    assert answer["inputs"]["green-spaces"]["features"] == 3


def test_nobody_known_is_no_figure(park):
    told = measure(drawn(0, 0, 50, 50))["area"]
    assert (told["inhabitants"], told["green_m2_per_inhabitant"]) == (None, None)


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ({"type": "Polygon", "coordinates": [[[WEST, SOUTH], [WEST, SOUTH + 1]]]}, "no GeoJSON polygon"),
        ({"type": "Polygon", "coordinates": "x"}, "no GeoJSON polygon"),
        ({"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}, "lies outside"),
        (shapely.geometry.mapping(shapely.box(-180, -90, 180, 90)), "reaches out of"),
        (
            {"type": "Polygon", "coordinates": [[[-7.6, 33.5], [1e308, 33.6], [-7.6, 33.6], [-7.6, 33.5]]]},
            "reaches out",
        ),
    ],
)
def test_what_is_no_area_of_the_city_is_refused(area, said):
    with pytest.raises(InvalidInput, match=said):
        measure(area)


def test_too_fine_a_grid_is_refused(park):
    with pytest.raises(TooLarge, match="take larger ones"):
        measure(drawn(0, 0, 5000, 5000), cell_m=1)


@pytest.fixture
def index(tmp_path: Path, settings: Any) -> None:
    """Two districts of 1 km; the western half of the raster says 0.6, the eastern 0.1, and a quarter of it nothing."""
    settings.MEDIA_ROOT = tmp_path
    load(
        "districts", (0, 0, 1000, 1000), (1000, 0, 1000, 1000), name_fr=["Ouest", "Est"], population=[90, 10]
    )
    origin = gpd.GeoSeries([shapely.Point(WEST, SOUTH)], crs=4326).to_crs(CRS).iloc[0]
    values = np.full((100, 200), 0.6, dtype="float32")
    values[:, 100:], values[:50, 150:] = 0.1, -9999
    profile = {"width": 200, "height": 100, "count": 1, "dtype": "float32", "nodata": -9999, "crs": CRS}
    transform = rasterio.Affine(10, 0, origin.x, 0, -10, origin.y + 1000)
    with rasterio.open(tmp_path / "ndvi.tif", "w", transform=transform, **profile) as file:
        file.write(values, 1)
    at = datetime(2026, 7, 1, tzinfo=UTC)
    load(
        "rasters", (0, 0, 2000, 1000), kind=["ndvi"], period_start=[at], period_end=[at],
        cell_m=[10.0], bands=[1], file=["ndvi.tif"],
    )  # fmt: skip


def vegetation(**inputs: Any) -> dict[str, Any]:
    return json.loads(json.dumps(ComputeVegetation().run(inputs, Recorder())))


def test_districts_get_vegetation_without_the_cells_that_say_nothing(index):
    west, east = vegetation()["districts"]
    assert (west["ndvi_mean"], west["vegetation_share_pct"], west["canopy_share_pct"]) == pytest.approx(
        (0.6, 100, 100), abs=1e-2
    )
    assert (east["ndvi_mean"], east["vegetation_share_pct"]) == pytest.approx((0.1, 0), abs=1e-2)
    assert east["known_pct"] == pytest.approx(75, abs=0.1)
    kept = read_frame("indicators", equals={"indicator": "canopy_share_pct"})
    assert kept["value"].tolist() == pytest.approx([100, 0], abs=1e-2)
    assert json.loads(kept["parameters"][0])["above"] == 0.5
    assert json.loads(kept["inputs"][0]).keys() == {"rasters", "districts"}


def test_thresholds_are_those_asked_for(index):
    west, _ = vegetation(canopy_above=0.7)["districts"]
    assert west["canopy_share_pct"] == pytest.approx(0, abs=1e-2)


def test_canopy_of_heights_stands_beside_that_of_the_index(index, tmp_path):
    """Trees of 3 m on the western half of the west, 2 m on the rest; of the east a fifth is known, and it is bare."""
    with rasterio.open(tmp_path / "ndvi.tif") as file:
        profile = {**file.profile, "dtype": "uint8", "nodata": 255}
    metres = np.full((100, 200), 2, dtype="uint8")
    metres[:, :50], metres[:, 100:], metres[:, 120:] = 3, 0, 255
    with rasterio.open(tmp_path / "heights.tif", "w", **profile) as file:
        file.write(metres, 1)
    at = [datetime(2026, 7, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)]
    load(
        "rasters", *[(0, 0, 2000, 1000)] * 2, kind=["ndvi", "canopy-height"], period_start=at, period_end=at,
        cell_m=[10.0] * 2, bands=[1] * 2, file=["ndvi.tif", "heights.tif"],
    )  # fmt: skip
    answer = vegetation()
    shares = [district["canopy_height_share_pct"] for district in answer["districts"]]
    assert shares == pytest.approx([50, 0], abs=0.1)  # at 3 m it is canopy; what nobody knows is not bare
    assert [district["canopy_share_pct"] for district in answer["districts"]] == pytest.approx(
        [100, 0], abs=0.1
    )
    assert "3 m high or more" in answer["canopy_rule"] and "20.0 % or more" in answer["canopy_rule"]
    kept = read_frame("indicators", equals={"indicator": "canopy_share_pct", "variant": "height"})
    assert kept["value"].tolist() == pytest.approx([50, 0], abs=0.1)
    assert json.loads(kept["parameters"][0])["raster"] == "rasters/1"
    higher = vegetation(canopy_from_m=3.5)["districts"][0]
    assert higher["canopy_height_share_pct"] == pytest.approx(0, abs=1e-9)


def test_cancelled_vegetation_stores_nothing(index):
    with pytest.raises(JobDismissed):
        ComputeVegetation().run({}, Recorder(cancel_at=98))
    assert read_frame("indicators").empty


def test_missing_raster_is_told(index):
    with pytest.raises(NotFound, match="no raster 'x' of kind ndvi"):
        vegetation(raster="x")
    os.unlink(Path(django_settings.MEDIA_ROOT) / "ndvi.tif")  # noqa: PTH108
    with pytest.raises(NotFound, match="Import it again"):
        vegetation()


def test_equity_between_districts_is_an_indicator(index):
    load("green-spaces", (0, 0, 100, 90), access=["public"])
    ComputeGreenCoverage().run({"zones": ["districts"]}, Recorder())
    found: pd.Series = read_frame("indicators", equals={"subject": "casablanca"}).set_index("indicator")[
        "value"
    ]
    assert found["green_gini"] == pytest.approx(0.1, abs=1e-3)  # 90 % of the people have all
    assert found["green_below_threshold_pct"] == pytest.approx(10)
    assert found["ags_capacity_pct"] == pytest.approx(90)  # 100 m² a head in the west, where 30 are asked for
    assert found["green_m2_per_inhabitant"] == pytest.approx(90, rel=1e-3)
    assert load_features("indicators", pd.DataFrame({"external_id": []})).removed == 0


def test_equity_within_a_district_is_that_between_its_cells(index):
    load("green-spaces", (0, 0, 100, 100), (150, 0, 50, 100), access=["public", "public"])
    load(
        "population-grid",
        (0, 0, 100, 100),
        (100, 0, 100, 100),
        (1000, 0, 100, 100),
        inhabitants=[100, 100, 50],
    )
    ComputeGreenCoverage().run({"zones": ["districts"]}, Recorder())
    cells = read_frame("indicators", equals={"variant": "population-cells"}).set_index(
        ["subject", "indicator"]
    )
    found = cells["value"]
    assert found["districts/0", "green_gini"] == pytest.approx(1 / 6, abs=1e-3)  # 100 and 50 m² a head
    assert found["districts/0", "green_p90_p10"] == pytest.approx(2, abs=1e-3)
    assert found["districts/1", "green_below_threshold_pct"] == pytest.approx(100)
    assert found["casablanca", "green_below_threshold_pct"] == pytest.approx(20)
    assert found["casablanca", "green_gini"] == pytest.approx(1 / 3, abs=1e-3)
    assert cells["rule"].str.contains("cells of the population grid").all()
