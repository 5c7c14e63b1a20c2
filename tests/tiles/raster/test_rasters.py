"""Rasters that were brought in: an orthophoto in its own colours, an NDVI through its ramp and scale."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from rasterio.transform import from_origin

from layers.catalog.rasters.model import Raster
from layers.registry import get_layer
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tests.tiles.raster.pictures import CELL_M, COLUMNS, ROWS, get_map, picture
from tiles.legend import legend
from tiles.raster.asgi import application
from tiles.raster.render import Ramp

pytestmark = COMMITTED


def register(kind: str, file: str, month: int = 1) -> Raster:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    moment = datetime(2026, month, 1, tzinfo=UTC)
    return Raster.objects.create(
        geom=MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326),
        kind=kind,
        period_start=moment,
        period_end=moment,
        cell_m=CELL_M,
        bands=1,
        file=file,
    )


def write(path, bands, corner, *, scale: float = 1.0, **profile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=ROWS,
        width=COLUMNS,
        dtype=bands.dtype,
        crs=f"EPSG:{settings.CITY.metric_crs}",
        transform=from_origin(*corner, CELL_M, CELL_M),
        **profile,
    ) as file:
        file.write(bands)
        file.scales = [scale] * len(bands)


def pixel(layer: str, place, **asked: str) -> list[int]:
    path = get_map("EPSG:3857", TO_3857.transform(*place), 20.0, layers=layer, **asked)
    return picture(ask(path, application))[50, 50].tolist()


def test_orthophoto_keeps_its_colours_and_is_transparent_outside(media, corner, cell_lon_lat) -> None:
    bands = np.zeros((3, ROWS, COLUMNS), "uint8")
    bands[0], bands[1], bands[2] = 200, 120, 40
    write(media / "photo.tif", bands, corner, photometric="RGB")
    register("orthophoto", "photo.tif")
    assert pixel("orthophoto", cell_lon_lat(20, 30)) == [200, 120, 40, 255]
    assert pixel("orthophoto", cell_lon_lat(-5, 30))[3] == 0


@pytest.mark.parametrize("profile", [{"nodata": 0}, {"alpha": True}])
def test_nodata_and_fourth_band_are_transparent(media, corner, cell_lon_lat, profile) -> None:
    bands = np.full((4 if "alpha" in profile else 3, ROWS, COLUMNS), 90, "uint8")
    bands[:, :20] = 0
    bands[3:, 20:] = 255
    options = {"photometric": "RGB", "alpha": "YES"} if "alpha" in profile else profile
    write(media / "photo.tif", bands, corner, **options)
    register("orthophoto", "photo.tif")
    assert pixel("orthophoto", cell_lon_lat(5, 30))[3] == 0
    assert pixel("orthophoto", cell_lon_lat(30, 30)) == [90, 90, 90, 255]


def test_ndvi_is_scaled_as_its_file_says(media, corner, cell_lon_lat, client) -> None:
    write(media / "ndvi.tif", np.full((1, ROWS, COLUMNS), 4000, "int16"), corner, scale=0.0001, nodata=-32768)
    register("ndvi", "ndvi.tif")
    place = cell_lon_lat(20, 30)
    color = Ramp.of(get_layer("ndvi")).paint(np.array([0.4], "float32"))[0].tolist()
    assert pixel("ndvi", place) == color
    value = client.get("/rasters/ndvi/value", {"lon": place[0], "lat": place[1]}).json()["value"]
    assert value == pytest.approx(0.4)


def test_value_of_a_picture_is_one_a_band(media, corner, cell_lon_lat, client) -> None:
    write(media / "photo.tif", np.full((3, ROWS, COLUMNS), 7, "uint8"), corner, photometric="RGB")
    register("orthophoto", "photo.tif")
    lon, lat = cell_lon_lat(20, 30)
    told = client.get("/rasters/orthophoto/value", {"lon": lon, "lat": lat}).json()
    assert (told["values"], told["unit"], "value" in told) == ([7.0, 7.0, 7.0], None, False)


def test_kinds_do_not_mix_and_times_choose(media, corner, cell_lon_lat) -> None:
    for month, value in ((1, 50), (6, 90)):
        write(media / f"{month}.tif", np.full((3, ROWS, COLUMNS), value, "uint8"), corner, photometric="RGB")
        register("orthophoto", f"{month}.tif", month)
    place = cell_lon_lat(20, 30)
    assert pixel("orthophoto", place)[0] == 90
    assert pixel("orthophoto", place, time="2026-03")[0] == 50
    missing = ask(get_map("EPSG:3857", TO_3857.transform(*place), 20.0, layers="ndvi"), application)
    assert missing.status_code == 404
    assert "import-raster" in missing.text


def test_legends_of_rasters() -> None:
    assert legend(get_layer("orthophoto")) == [{"label": "Orthophoto", "color": "#6f7d5c", "shape": "raster"}]
    assert [entry["label"] for entry in legend(get_layer("ndvi"))][:2] == ["-0.2", "0"]
