import subprocess
import sys
from pathlib import Path

import pytest

from gis_core.city import load_city
from gis_core.errors import InvalidInput
from importers.new_city import new_city, slug_of, utm_crs
from tests.conftest import ROOT
from tests.importers.osm.test_frames import PYROSM
from tests.importers.osm.written import node, way


@pytest.fixture
def var(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CASAGIS_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_city_file_of_an_extract_can_be_loaded(var):
    slug = new_city(PYROSM / "test.osm.pbf")
    city = load_city(slug)
    assert (slug, city.metric_crs, city.time_zone, city.country) == ("test", 32635, "UTC", "ZZ")
    assert city.bbox.as_tuple() == pytest.approx((26.93, 60.52, 26.97, 60.54), abs=1e-5)
    assert city.demo == {"loader": "osm", "osm": str(PYROSM / "test.osm.pbf")}
    assert city.thresholds == load_city("casablanca").thresholds
    assert city.waste == load_city("casablanca").waste
    assert [f.depot for f in city.fleets] == [d.id for d in city.depots] == ["depot-centre"]
    for site in (*city.depots, *city.disposal_sites):
        lon, lat = site.lon_lat
        assert site.synthetic
        assert city.bbox.west < lon < city.bbox.east
        assert city.bbox.south < lat < city.bbox.north


def test_depot_lies_in_the_middle_of_what_can_be_reached_and_left(var, tmp_path):
    loop = [node(n, 24.0 + 0.01 * n, 60.0 + 0.01 * (n % 2)) for n in range(1, 6)]
    dead_end = [node(9, 24.2, 60.0)]  # one way out, no way back
    lines = [
        way(10, [1, 2, 3, 4, 5], highway="residential"),
        way(11, [5, 9], highway="residential", oneway="yes"),
    ]
    new_city(write(tmp_path / "loop.osm.opl", *loop, *dead_end, *lines))
    city = load_city("loop")
    ends = [(24.01, 60.01), (24.05, 60.01)]
    assert city.disposal_sites[0].lon_lat in ends
    assert city.depots[0].lon_lat in ends
    assert city.bbox.east == pytest.approx(24.2)


def test_second_run_keeps_what_a_person_edited(var):
    slug = new_city(PYROSM / "test.osm.pbf")
    path = var / "cities" / "test.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"UTC"', '"Europe/Helsinki"'), encoding="utf-8")
    assert new_city(PYROSM / "test.osm.pbf") == slug
    assert load_city("test").time_zone == "Europe/Helsinki"


def test_same_name_of_another_file_is_refused(var, tmp_path):
    new_city(PYROSM / "test.osm.pbf")
    with pytest.raises(InvalidInput, match="names another extract"):
        new_city(write(tmp_path / "test.osm.opl", node(1, 24.0, 60.0)))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([node(1, 24.0, 60.0, natural="tree")], "holds no street"),
        (
            [node(1, 24.0, 60.0), node(2, 24.1, 60.0), way(3, [1, 2], highway="steps")],
            "open to motor vehicles",
        ),
        ([node(1, 20.0, 60.0), node(2, 24.1, 60.0), way(3, [1, 2], highway="primary")], "more than a city"),
    ],
)
def test_extract_without_a_city_is_refused_and_leaves_nothing(var, tmp_path, lines, says):
    with pytest.raises(InvalidInput, match=says):
        new_city(write(tmp_path / "odd.osm.opl", *lines))
    assert not (var / "cities").exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Rabat-latest.osm.pbf", "rabat"), ("Aïn Diab.osm.pbf", "ain-diab"), ("fes_20240101.osm.pbf", "fes"),
        ("Helsinki.osm.pbf", "helsinki-osm"), ("الدار البيضاء.osm.pbf", "city"),
    ],
)  # fmt: skip
def test_slug_of_file_name(name, slug):
    assert slug_of(Path(name)) == slug


def test_utm_crs_of_places():
    assert [utm_crs(-7.6, 33.6), utm_crs(24.9, 60.2), utm_crs(151.2, -33.9), utm_crs(180, 0)] == [
        32629,
        32635,
        32756,
        32660,
    ]


def test_command_prints_only_the_slug_and_needs_no_django(tmp_path):
    without_django = "import sys; sys.modules['django'] = None"
    program = f"{without_django}; from importers.new_city import main; sys.exit(main(sys.argv[1:]))"
    environment = {"CASAGIS_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    run = subprocess.run(
        [*command, PYROSM / "test.osm.pbf"], capture_output=True, text=True, env=environment, cwd=ROOT
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "test\n", "")
    failed = subprocess.run(
        [*command, "nowhere.osm.pbf"], capture_output=True, text=True, env=environment, cwd=ROOT
    )
    assert failed.returncode == 1
    assert "no such file" in failed.stderr
    assert failed.stderr.count("\n") == 1
