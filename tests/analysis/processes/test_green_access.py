"""compute-green-access over real collections: figures in closed form, rules and sources named, nothing without them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from django.conf import settings as django_settings

from analysis.processes.green_access import ComputeGreenAccess
from gis_core.errors import InvalidInput, NotFound
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green import load

pytestmark = pytest.mark.django_db


def load_places(collection: str, shapes: list[shapely.Geometry], **columns: list) -> None:
    """Shapes in metres from the middle of the city."""
    middle = gpd.GeoSeries([shapely.Point(*django_settings.CITY.bbox.center)], crs=4326)
    origin = middle.to_crs(django_settings.CITY.metric_crs).iloc[0]
    moved = [shapely.affinity.translate(shape, origin.x, origin.y) for shape in shapes]
    ids = {"external_id": [f"{collection}/{n}" for n in range(len(shapes))]}
    frame = gpd.GeoDataFrame({**ids, **columns}, geometry=moved, crs=django_settings.CITY.metric_crs)
    assert not load_features(collection, frame.rename_geometry("geom").to_crs(4326)).rejected


@pytest.fixture
def town() -> None:
    """A park of 1 ha; two houses of 100 and 300 people, 100 m and 200 m by line, 100 m and 600 m on foot."""
    load("districts", (-500, -500, 2000, 2000), name_fr=["Centre"], population=[400])
    load("green-spaces", (0, 0, 100, 100), access=["public"])
    load("buildings", (200, 40, 20, 20), (300, 40, 20, 60), levels=[1, 1])
    roads = [
        shapely.LineString([(50, 50), (210, 50)]),
        shapely.LineString([(50, 50), (50, 400), (310, 400), (310, 60)]),
    ]
    load_places("streets", roads, street_class=["residential", "footway"], width_m=[10.0, 2.0])
    trees = [shapely.Point(190, 40 + 5 * n) for n in range(3)]
    load_places("trees", trees, crown_diameter_m=[4.0, 4.0, None])


def run(**inputs: object) -> dict:
    return json.loads(json.dumps(ComputeGreenAccess().run(inputs, Recorder())))


def city_value(answer: dict, name: str) -> float:
    return next(row["value"] for row in answer["city"] if row["id"] == name)


def test_line_and_walk_are_told_apart(town):
    answer = run()
    assert city_value(answer, "green_access_line") == pytest.approx(100)
    assert city_value(answer, "green_access_walk") == pytest.approx(25, abs=0.01)
    assert city_value(answer, "ags_doorstep") == pytest.approx(25, abs=0.01)
    assert city_value(answer, "angst_2_ha") == 0
    assert answer["districts"][0]["green_access_walk"] == pytest.approx(25, abs=0.01)


def test_three_thirty_three_hundred_names_its_variant(town):
    answer = run(trees="trees-within", walk_300="walk")
    assert city_value(answer, "rule_3") == pytest.approx(25, abs=0.01)
    assert city_value(answer, "rule_30") == 0
    assert city_value(answer, "rule_300") == pytest.approx(25, abs=0.01)
    variants = {row["id"]: row.get("variant") for row in answer["city"]}
    assert variants["rule_3_30_300"] == "trees-within, walk"
    assert "1 of 3 trees have no crown" in answer["rule"]["rule_30"]


def test_each_figure_carries_its_thresholds_and_where_they_come_from(town):
    told = {row["id"]: row["parameters"] for row in run()["city"]}
    assert all(row["source"] and row["valid_from"] for name, row in told.items() if "open_space" not in name)
    assert (told["rule_300"]["distance_m"], told["rule_300"]["min_area_ha"]) == (300, 1)
    assert (told["rule_3"]["trees"], told["rule_3"]["within_m"], told["rule_30"]["canopy_pct"]) == (3, 15, 30)
    assert told["rule_3_30_300"].items() >= {"trees": 3, "canopy_pct": 30, "distance_m": 300}.items()
    assert "Konijnendijk" in told["rule_3_30_300"]["source"] and "ISGlobal" in told["rule_3_30_300"]["source"]


def test_canopy_of_trees_whose_crowns_nobody_measured_is_not_known(town):
    load_places("trees", [shapely.Point(190, 40 + 5 * n) for n in range(3)], crown_diameter_m=[None] * 3)
    values = {row["id"]: row["value"] for row in run()["city"]}
    assert (values["rule_30"], values["rule_3_30_300"]) == (None, None)
    assert values["rule_3"] == pytest.approx(25, abs=0.01)


@pytest.fixture
def index(town, tmp_path, settings) -> None:
    """Over the town's 2 km a vegetation index in cells of 100 m: the northern half says nothing; of the southern, the
    western 40 % say 0.6 and the rest 0.1."""
    settings.MEDIA_ROOT = tmp_path
    middle = gpd.GeoSeries([shapely.Point(*settings.CITY.bbox.center)], crs=4326)
    origin = middle.to_crs(settings.CITY.metric_crs).iloc[0]
    values = np.full((20, 20), 0.1, dtype="float32")
    values[:, :8], values[:10] = 0.6, -9999
    transform = rasterio.Affine(100, 0, origin.x - 500, 0, -100, origin.y + 1500)
    profile = {"width": 20, "height": 20, "count": 1, "dtype": "float32", "nodata": -9999}
    with rasterio.open(
        tmp_path / "ndvi.tif", "w", crs=settings.CITY.metric_crs, transform=transform, **profile
    ) as file:
        file.write(values, 1)
    at = [datetime(2026, 7, 1, tzinfo=UTC)]
    about = {"kind": ["ndvi"], "period_start": at, "period_end": at, "cell_m": [100.0], "bands": [1]}
    load("rasters", (-500, -500, 2000, 2000), file=["ndvi.tif"], **about)


def test_canopy_from_a_raster_counts_known_cells_only_and_is_named(index):
    answer = run(canopy="raster")
    rows = {row["id"]: row for row in answer["city"]}
    assert (rows["rule_30"]["value"], rows["rule_30"]["variant"]) == (
        100,
        "district-raster",
    )  # 40 % of what is known
    told = rows["rule_30"]["parameters"]
    assert (told["raster"], told["period_start"]) == ("rasters/0", "2026-07-01T00:00:00+00:00")
    assert (told["above"], told["canopy_pct"]) == (0.5, 30)
    assert rows["rule_3_30_300"]["variant"] == "trees-within, line, district-raster"
    assert "50.0 % or more of each district" in answer["rule"]["rule_30"]
    assert city_value(run(canopy="raster", canopy_above=0.7), "rule_30") == 0
    kept = read_frame("indicators", equals={"indicator": "rule_30_pct", "variant": "district-raster"})
    assert kept["value"].tolist() == [0, 0] and "rasters" in json.loads(kept["inputs"].iloc[0])


def test_canopy_from_heights_is_a_variant_of_its_own(index, tmp_path):
    """The same file, taken for tenths of metres."""
    at = [datetime(2026, 7, 1, tzinfo=UTC)]
    about = {"kind": ["canopy-height"], "period_start": at, "period_end": at, "cell_m": [100.0], "bands": [1]}
    load("rasters", (-500, -500, 2000, 2000), file=["ndvi.tif"], **about)
    answer = run(canopy="height", canopy_from_m=0.6)
    rows = {row["id"]: row for row in answer["city"]}
    assert (rows["rule_30"]["value"], rows["rule_30"]["variant"]) == (100, "district-height")
    assert rows["rule_30"]["parameters"]["from_m"] == 0.6
    assert rows["rule_3_30_300"]["variant"] == "trees-within, line, district-height"
    assert city_value(run(canopy="height"), "rule_30") == 0
    with pytest.raises(NotFound, match="of kind ndvi"):
        run(canopy="raster")


def test_district_that_the_raster_does_not_know_is_not_counted(index):
    """In the east nobody can tell; the figure of the city is that of the west."""
    far = [(-500, -500, 750, 900), (250, 600, 1250, 800)]
    load("districts", *far, name_fr=["Ouest", "Est"], population=[100, 300])
    answer = run(canopy="raster")
    assert [district["rule_30"] for district in answer["districts"]] == [100, None]
    assert [district["rule_3_30_300"] for district in answer["districts"]][1] is None
    assert city_value(answer, "rule_30") == 100


def test_raster_that_is_not_there_is_told(town):
    with pytest.raises(NotFound, match="import-raster"):
        run(canopy="raster")


def test_rules_sources_and_inputs_are_in_the_answer(town):
    answer = run()
    assert "population" not in answer["rule"]["people"] and "census" in answer["rule"]["people"]
    assert "Walking both ways" in answer["rule"]["green_access_walk"]
    assert all(threshold["source"] for threshold in answer["thresholds"])
    assert answer["inputs"]["streets"]["features"] == 2
    assert answer["green_without_entrance"] == 0
    assert answer["left_out"] == {}


def test_figures_are_stored_as_indicators_of_city_and_districts(town):
    assert (
        run()["written"] == 36
    )  # 13 standards, open space, 3, 30, 300 and all three: of the city and a district
    rows = read_frame("indicators", equals={"indicator": "green_access_walk_pct"})
    assert sorted(rows["subject_collection"]) == ["city", "districts"]
    assert rows["value"].tolist() == pytest.approx([25, 25], abs=0.01)
    assert rows["rule"].str.contains("census").all() and rows["rule"].str.contains("Walking both ways").all()
    assert run()["written"] == 0


def test_standard_without_its_threshold_is_left_out_and_named(town, settings):
    known = {key: value for key, value in settings.CITY.thresholds.items() if key != "ags_local_min_ha"}
    settings.CITY = replace(settings.CITY, thresholds=known)
    answer = run()
    assert answer["left_out"] == {"ags_local": ["ags_local_min_ha"]}
    assert "ags_local" not in answer["districts"][0]


def test_nobody_known_is_refused_with_the_cure():
    load("districts", (0, 0, 100, 100), name_fr=["Vide"], population=[None])
    with pytest.raises(InvalidInput, match="population-grid"):
        run()


def test_known_entrance_is_the_only_one(town):
    """At the far corner of the park the way in is 150 m longer for the first house."""
    load_places("street-furniture", [shapely.Point(50, 5)], kind=["entrance"])
    assert run()["green_without_entrance"] == 0
    rule = run()["rule"]["green_access_walk"]
    assert "known entrances" in rule
    assert city_value(run(), "green_access_walk") == pytest.approx(25, abs=0.01)
    load_places("street-furniture", [shapely.Point(50, 5), shapely.Point(3, 95)], kind=["lamp", "entrance"])
    load_places("streets", [shapely.LineString([(3, 95), (3, 900)])], street_class=["footway"])
    assert city_value(run(), "green_access_walk") == 0


def test_groups_of_the_census_are_told_for_the_city(town):
    """West: 100 people near the park, half of them women; east: 300 people far from it, a third of them women."""
    load(
        "districts",
        (-500, -500, 750, 2000),
        (250, -500, 1250, 2000),
        name_fr=["Ouest", "Est"],
        population=[100, 300],
        women=[50, 100],
        aged_0_14=[40, 60],
        aged_15_64=[60, None],
    )
    rows = {row.get("variant"): row["value"] for row in run()["city"] if row["id"] == "sdg_11_7_1_access"}
    assert rows[None] == pytest.approx(25)
    assert rows["women"] == pytest.approx(100 * 50 / 150, abs=1e-3)
    assert rows["men"] == pytest.approx(100 * 50 / 250, abs=1e-3)
    assert rows["aged-0-14"] == pytest.approx(40)
    assert rows["aged-15-64"] == 100  # only the west is known
    assert "aged-65-up" not in rows
    stored = read_frame("indicators", equals={"indicator": "sdg_11_7_1_access_pct", "variant": "women"})
    assert stored["subject_collection"].tolist() == ["city"]
    assert "women of the districts' census" in stored["rule"].iloc[0]
