"""Clients of other makers against the door on a real port: OWSLib and GDAL."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.conf import settings
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image

from tests.tiles.conftest import COMMITTED, TO_3857
from tests.tiles.raster.pictures import color_of
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.configuration import metric_srids

pytestmark = COMMITTED


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_owslib_reads_wms(service_url: str, cell_lon_lat, version: str) -> None:
    wms = WebMapService(f"{service_url}/maps/service", version=version)
    layer = wms["pollution-grids"]
    assert {f"EPSG:{srid}" for srid in (3857, 4326, *metric_srids(settings.CITY))} <= set(layer.crsOptions)
    lon, lat = cell_lon_lat(20, 30)
    west, south, east, north = layer.boundingBoxWGS84
    assert west < lon < east
    assert south < lat < north
    x, y = TO_3857.transform(lon, lat)
    picture = wms.getmap(
        layers=["pollution-grids"],
        srs="EPSG:3857",
        bbox=(x - 20, y - 20, x + 20, y + 20),
        size=(101, 101),
        format="image/png",
        transparent=True,
    )
    pixels = np.asarray(Image.open(io.BytesIO(picture.read())).convert("RGBA"))
    assert np.abs(pixels[50, 50].astype(int) - color_of(30)).max() <= 4


def test_owslib_reads_wmts(service_url: str, cell_lon_lat) -> None:
    wmts = WebMapTileService(f"{service_url}/maps/service")
    names = {"webmercator", "epsg4326", *(f"epsg{srid}" for srid in metric_srids(settings.CITY))}
    assert set(wmts.contents["pollution-grids"].tilematrixsetlinks) == names
    for name in names:
        scales = [float(matrix.scaledenominator) for matrix in wmts.tilematrixsets[name].tilematrix.values()]
        assert scales == sorted(scales, reverse=True), name
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*cell_lon_lat(20, 30)), 16)
    answer = wmts.gettile(
        layer="pollution-grids",
        tilematrixset="webmercator",
        tilematrix="16",
        row=tile.y,
        column=tile.x,
        format="image/png",
    )
    pixels = np.asarray(Image.open(io.BytesIO(answer.read())).convert("RGBA"))
    assert pixels.shape == (256, 256, 4)
    assert (pixels[..., 3] == 255).all()
