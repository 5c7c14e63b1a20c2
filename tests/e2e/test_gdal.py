"""GDAL's own drivers read the running service: OGC API Features and vector tiles."""

from __future__ import annotations

import shutil
import subprocess

import pyogrio
import pytest

from tests.e2e.running_city import RunningCity

pytestmark = pytest.mark.e2e


def ogrinfo(*arguments: str) -> str:
    if not shutil.which("ogrinfo"):
        pytest.skip("no ogrinfo: apt-get install gdal-bin")
    done = subprocess.run(["ogrinfo", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_ogrinfo_lists_every_collection_by_oapif(city: RunningCity):
    listed = ogrinfo("-q", f"OAPIF:{city.url}")
    assert "green-spaces (title: " in listed
    assert len(listed.splitlines()) == 21, "fleet, stops, plans and scenarios are not public"


def test_ogrinfo_reads_greens_by_oapif(city: RunningCity):
    told = ogrinfo("-so", f"OAPIF:{city.url}", "green-spaces")
    count = int(told.partition("Feature Count: ")[2].split()[0])
    assert 170 <= count < 180, "170 are loaded; tests of the editor may have drawn some more"
    assert "Geometry: Multi Polygon" in told
    assert "area_m2: Real" in told


def test_gdal_follows_the_pages_of_a_large_collection(city: RunningCity):
    streets = pyogrio.read_dataframe(f"OAPIF:{city.url}", layer="streets", columns=["external_id"])
    assert len(streets) == streets.external_id.nunique() == 4777


def test_ogrinfo_reads_a_tile_by_mvt(city: RunningCity):
    told = ogrinfo("-so", f"MVT:{city.url}/tiles/streets/14/9327/4742.pbf", "streets")
    assert "street_class: String" in told
    assert int(told.partition("Feature Count: ")[2].split()[0]) > 1000


@pytest.mark.parametrize("code", [3067, 3879])
def test_gdal_reads_the_right_place_whichever_axis_comes_first(city: RunningCity, code: int):
    """Of Helsinki's CRSs EPSG:3067 puts east first and EPSG:3879 north."""
    source = f"OAPIF:{city.url}"
    asked = pyogrio.read_dataframe(source, layer="green-spaces", columns=["external_id"], CRS=f"EPSG:{code}")
    plain = pyogrio.read_dataframe(source, layer="green-spaces", columns=["external_id"]).to_crs(code)
    assert asked.external_id.tolist() == plain.external_id.tolist()
    assert asked.geometry.hausdorff_distance(plain.geometry, align=False).max() < 0.05
