"""The requests that QGIS and GDAL send, as they send them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from lxml import etree
from PIL import Image
from pyproj import Transformer

from layers.catalog.green_spaces.model import GreenSpace
from tests.tiles.conftest import COMMITTED, ask
from tests.tiles.raster.pictures import color_of, picture
from tiles.raster.asgi import application
from tiles.raster.configuration import grid_definitions

pytestmark = COMMITTED
PARK = [0x7C, 0xC5, 0x76]
needs_gdal = pytest.mark.skipif(
    not shutil.which("gdal_translate"), reason="gdal-bin is not installed: apt-get install gdal-bin"
)


@pytest.fixture
def park(center) -> GreenSpace:
    """Some 400 m around the middle of the city."""
    lon, lat = center
    shape = MultiPolygon(Polygon.from_bbox((lon - 0.002, lat - 0.002, lon + 0.002, lat + 0.002)), srid=4326)
    return GreenSpace.objects.create(geom=shape, kind="park")


def qgis(center, **changes: str) -> str:
    """GetMap of QGIS 3.34, WMS 1.3.0 in EPSG:4326: latitude first, and parameters of other servers beside."""
    lon, lat = center
    asked = {
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "BBOX": f"{lat - 0.001},{lon - 0.003},{lat + 0.003},{lon + 0.003}",
        "CRS": "EPSG:4326",
        "WIDTH": "600",
        "HEIGHT": "400",
        "LAYERS": "green-spaces",
        "STYLES": "",
        "FORMAT": "image/png",
        "DPI": "96",
        "MAP_RESOLUTION": "96",
        "FORMAT_OPTIONS": "dpi:96",
        "TRANSPARENT": "TRUE",
        **changes,
    }
    return "/maps/service?" + "&".join(f"{name}={value}" for name, value in asked.items())


def test_qgis_gets_its_axes_and_transparency(park, center) -> None:
    pixels = picture(ask(qgis(center), application))
    assert pixels.shape == (400, 600, 4)
    covered = pixels[..., 3] > 0
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    assert [rows[0], rows[-1]] == pytest.approx(
        [100, 399], abs=2
    )  # the park's north edge; its south is outside
    assert [columns[0], columns[-1]] == pytest.approx([100, 500], abs=2)
    assert pixels[250, 300].tolist() == [*PARK, 230]


def test_qgis_identifies(park, center) -> None:
    asked = {
        "REQUEST": "GetFeatureInfo",
        "QUERY_LAYERS": "green-spaces",
        "I": "300",
        "J": "250",
        "FEATURE_COUNT": "10",
    }
    answer = ask(qgis(center, INFO_FORMAT="application/json", **asked), application)
    assert answer.json()["features"][0]["id"] == f"green-spaces.{park.pk}"
    assert ask(qgis(center, INFO_FORMAT="text/html", **asked), application).text.startswith("<html>")


def test_qgis_gets_a_legend(park, center) -> None:
    path = (
        "/maps/service?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=green-spaces&FORMAT=image/png"
        "&STYLE=&SLD_VERSION=1.1.0&TRANSPARENT=true&DPI=96"
    )
    assert picture(ask(path, application))[..., 3].any()


@pytest.mark.parametrize("exceptions", ["XML", "INIMAGE", "BLANK"])
def test_exceptions_come_as_asked(park, center, exceptions: str) -> None:
    answer = ask(qgis(center, LAYERS="nothing", EXCEPTIONS=exceptions), application)
    if exceptions == "XML":
        report = etree.fromstring(answer.content)
        assert report[0].get("code") == "LayerNotDefined"
    else:
        assert answer.headers["content-type"] == "image/png"


def test_jpeg_is_opaque_and_big_pictures_are_refused(park, center) -> None:
    answer = ask(qgis(center, FORMAT="image/jpeg", TRANSPARENT="FALSE"), application)
    assert answer.headers["content-type"] == "image/jpeg"
    refused = ask(qgis(center, WIDTH="5000", HEIGHT="5000"), application)
    assert refused.status_code == 400
    assert b"ServiceException" in refused.content


def test_wmts_and_tms_in_the_citys_grid_have_the_park_at_its_place(park, center) -> None:
    """EPSG:26191, addressed from the top by WMTS and from the bottom by TMS."""
    grid = grid_definitions(settings.CITY)["epsg26191"]
    x, y = Transformer.from_crs(4326, 26191, always_xy=True).transform(*center)
    west, south, _east, north = grid["bbox"]
    level = grid["res"].index(2.0)
    side = 256 * 2.0
    column, row = int((x - west) // side), int((north - y) // side)
    i, j = int((x - west) % side / 2), int((north - y) % side / 2)
    wmts = picture(ask(f"/maps/wmts/green-spaces/epsg26191/{level:02}/{column}/{row}.png", application))
    assert wmts[j, i].tolist() == [*PARK, 230]
    from_below = int(-(-(north - south) // side)) - 1 - row
    tms = picture(
        ask(f"/maps/tms/1.0.0/green-spaces/epsg26191/{level}/{column}/{from_below}.png", application)
    )
    assert np.array_equal(tms, wmts)


def gdal(*command: str) -> str:
    """Its own GDAL with its own data: what points at the wheels' would mislead it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL", "PROJ"))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@needs_gdal
def test_gdal_finds_the_layers_of_the_wms(service_url) -> None:
    told = gdal("gdalinfo", f"WMS:{service_url}/maps/service?VERSION=1.1.1")
    assert "LAYERS=pollution-grids" in told
    assert "LAYERS=parcels" in told
    assert "route-stops" not in told


@needs_gdal
@pytest.mark.parametrize("srid", [3857, 4326, 26191])
def test_gdal_reads_wms_pictures(service_url, park, center, tmp_path: Path, srid: int) -> None:
    x, y = Transformer.from_crs(4326, srid, always_xy=True).transform(*center)
    half = 0.001 if srid == 4326 else 100.0
    source = (
        f"WMS:{service_url}/maps/service?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=green-spaces"
        f"&SRS=EPSG:{srid}&BBOX={x - half},{y - half},{x + half},{y + half}&FORMAT=image/png&TRANSPARENT=TRUE"
    )
    out = tmp_path / "out.png"
    gdal("gdal_translate", "-q", "-of", "PNG", "-outsize", "200", "200", source, str(out))
    pixels = np.asarray(Image.open(out).convert("RGBA"))
    assert pixels[100, 100].tolist() == [*PARK, 230]


@needs_gdal
def test_gdal_reads_wmts_in_the_citys_grid(service_url, cell_lon_lat, tmp_path: Path) -> None:
    source = f"WMTS:{service_url}/maps/wmts/1.0.0/WMTSCapabilities.xml,layer=pollution-grids,tilematrixset=epsg26191"
    told = json.loads(gdal("gdalinfo", "-json", source))
    assert 'ID["EPSG",26191]' in told["coordinateSystem"]["wkt"]
    x, y = Transformer.from_crs(4326, 26191, always_xy=True).transform(*cell_lon_lat(20, 30))
    out = tmp_path / "out.png"
    window = [str(edge) for edge in (x - 100, y + 100, x + 100, y - 100)]
    gdal(
        "gdal_translate", "-q", "-of", "PNG", "-outsize", "100", "100", "-projwin", *window, source, str(out)
    )
    pixels = np.asarray(Image.open(out).convert("RGBA")).astype(int)
    assert np.abs(pixels[50, 50] - color_of(30)).max() <= 4
