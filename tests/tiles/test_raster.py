"""Pollution grids as pictures: the renderer, and MapProxy's services read by OWSLib."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import numpy as np
import pytest
import rasterio
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from owslib.wms import WebMapService
from owslib.wmts import WebMapTileService
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin

from gis_core.city import load_city
from gis_core.errors import NotFound
from layers.catalog.pollution_grids.model import PollutionGrid
from layers.registry import get_layer
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.asgi import application, configuration_errors, make_application
from tiles.raster.configuration import grid_definitions, mapproxy_configuration, metric_srids
from tiles.raster.newest import Grids, grid_file
from tiles.raster.render import Ramp, read_box

pytestmark = COMMITTED
CELL_M = 100
ROWS, COLUMNS = 40, 60
EMPTY = (slice(0, 10), slice(0, 10))  # no data in the upper left corner


def make_cog(path: Path, values: np.ndarray, corner: tuple[float, float]) -> Path:
    """A Cloud Optimized GeoTIFF in the city's metric CRS; `corner` is its upper left one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {
        "driver": "COG",
        "dtype": "float32",
        "count": 1,
        "height": values.shape[0],
        "width": values.shape[1],
        "crs": f"EPSG:{settings.CITY.metric_crs}",
        "transform": from_origin(*corner, CELL_M, CELL_M),
        "nodata": -9999,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(values.astype("float32"), 1)
    return path


@pytest.fixture
def corner(center) -> tuple[float, float]:
    to_metric = Transformer.from_crs(4326, settings.CITY.metric_crs, always_xy=True)
    x, y = to_metric.transform(*center)
    return round(x) - COLUMNS * CELL_M / 2, round(y) + ROWS * CELL_M / 2


@pytest.fixture
def values() -> np.ndarray:
    """Rising from west to east, 0 to 59 µg/m³, with a hole."""
    grid = np.tile(np.arange(COLUMNS, dtype="float32"), (ROWS, 1))
    grid[EMPTY] = -9999
    return grid


@pytest.fixture
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def register(file: str, day: int = 1) -> PollutionGrid:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    shrunk = Polygon.from_bbox((west + 0.001, south + 0.001, east - 0.001, north - 0.001))
    return PollutionGrid.objects.create(
        geom=MultiPolygon(shrunk, srid=4326),
        pollutant="no2",
        period_start=datetime(2026, 1, day, tzinfo=UTC),
        period_end=datetime(2026, 1, day + 1, tzinfo=UTC),
        method="test",
        cell_m=CELL_M,
        min_ug_m3=0,
        mean_ug_m3=30,
        max_ug_m3=59,
        file=file,
    )


@pytest.fixture
def grid(media: Path, values: np.ndarray, corner: tuple[float, float]) -> PollutionGrid:
    make_cog(media / "air" / "no2.tif", values, corner)
    return register("air/no2.tif")


@pytest.fixture
def cell_lon_lat(corner):
    """Longitude and latitude of a cell's middle, by row and column."""
    to_4326 = Transformer.from_crs(settings.CITY.metric_crs, 4326, always_xy=True)

    def place(row: int, column: int) -> tuple[float, float]:
        return to_4326.transform(corner[0] + (column + 0.5) * CELL_M, corner[1] - (row + 0.5) * CELL_M)

    return place


def ramp() -> Ramp:
    return Ramp.of(get_layer("pollution-grids"))


def picture(answer: httpx.Response) -> np.ndarray:
    assert answer.headers["content-type"] == "image/png", answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def color_of(value: float) -> np.ndarray:
    return ramp().paint(np.array([value], dtype="float32"))[0]


def get_map(
    crs: str, center_xy: tuple[float, float], half: float, version: str = "1.1.1", **changes: str
) -> str:
    x, y = center_xy
    box = (x - half, y - half, x + half, y + half)
    if version == "1.3.0" and crs == "EPSG:4326":
        box = (y - half, x - half, y + half, x + half)
    asked = {
        "service": "WMS",
        "version": version,
        "request": "GetMap",
        "layers": "pollution-grids",
        "styles": "",
        ("crs" if version == "1.3.0" else "srs"): crs,
        "bbox": ",".join(map(repr, box)),
        "width": "101",
        "height": "101",
        "format": "image/png",
        "transparent": "true",
        **changes,
    }
    return "/maps/service?" + str(httpx.QueryParams(asked))


def test_ramp_meets_its_stops_and_lies_half_way_between_them() -> None:
    assert color_of(0).tolist() == [0x2C, 0x7B, 0xB6, 255]
    assert color_of(10).tolist() == [0xAB, 0xD9, 0xE9, 255]
    assert color_of(5).tolist() == [
        round((0x2C + 0xAB) / 2),
        round((0x7B + 0xD9) / 2),
        round((0xB6 + 0xE9) / 2),
        255,
    ]
    assert color_of(-3).tolist() == color_of(0).tolist()
    assert color_of(1000).tolist() == color_of(60).tolist()
    assert color_of(np.nan)[3] == 0


def test_box_in_the_files_own_grid_is_the_files_values(grid, values, corner, media) -> None:
    box = (corner[0], corner[1] - ROWS * CELL_M, corner[0] + COLUMNS * CELL_M, corner[1])
    crs = f"EPSG:{settings.CITY.metric_crs}"
    read = read_box(media / grid.file, bbox=box, crs=crs, size=(COLUMNS, ROWS))
    assert np.isnan(read[EMPTY]).all()
    assert np.array_equal(read[10:], values[10:])


@pytest.mark.parametrize("srid", [3857, 4326, *metric_srids(settings.CITY)])
@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_get_map_has_the_files_colours_at_points_in_every_crs(
    grid, cell_lon_lat, srid: int, version: str
) -> None:
    transformer = Transformer.from_crs(4326, srid, always_xy=True)
    for column in (15, 31, 52):
        xy = transformer.transform(*cell_lon_lat(20, column))
        half = 0.0002 if srid == 4326 else 20.0
        answer = ask(get_map(f"EPSG:{srid}", xy, half, version), application)
        # a quarter of a cell in 3857 and 26191 is 25 units of value at most a quarter: 4 steps of a channel
        assert np.abs(picture(answer)[50, 50].astype(int) - color_of(column)).max() <= 4


def test_no_data_and_outside_are_transparent(grid, cell_lon_lat) -> None:
    for place in (cell_lon_lat(3, 3), cell_lon_lat(-30, 20)):
        pixels = picture(ask(get_map("EPSG:3857", TO_3857.transform(*place), 20.0), application))
        assert (pixels[..., 3] == 0).all()


def test_wmts_tile_and_tms_tile_have_the_files_colours(grid, cell_lon_lat) -> None:
    x, y = TO_3857.transform(*cell_lon_lat(20, 40))
    tile = WEB_MERCATOR_QUAD.tile_at(x, y, 15)
    bounds = WEB_MERCATOR_QUAD.bounds(tile)
    side = bounds.max_x - bounds.min_x
    column, row = int((x - bounds.min_x) / side * 256), int((bounds.max_y - y) / side * 256)
    rest = f"/maps/wmts/pollution-grids/webmercator/{tile.z}/{tile.x}/{tile.y}.png"
    kvp = (
        "/maps/service?service=WMTS&request=GetTile&version=1.0.0&layer=pollution-grids&style=&format=image/png"
        f"&tilematrixset=webmercator&tilematrix={tile.z:02}&tilerow={tile.y}&tilecol={tile.x}"
    )
    tms = f"/maps/tms/1.0.0/pollution-grids/webmercator/{tile.z}/{tile.x}/{2**tile.z - 1 - tile.y}.png"
    for path in (rest, kvp):
        assert np.abs(picture(ask(path, application))[row, column].astype(int) - color_of(40)).max() <= 4, (
            path
        )
    assert ask(tms, application).status_code == 200


def test_picture_has_a_tag_and_304_and_a_new_grid_shows_at_once(
    grid, media, values, corner, cell_lon_lat
) -> None:
    path = get_map("EPSG:3857", TO_3857.transform(*cell_lon_lat(20, 30)), 20.0)
    first = ask(path, application)
    assert first.headers["cache-control"] == "no-cache"
    assert ask(path, application, if_none_match=first.headers["etag"]).status_code == 304
    make_cog(media / "air" / "later.tif", np.full((ROWS, COLUMNS), 50.0), corner)
    register("air/later.tif", day=2)
    second = ask(path, application, if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert np.abs(picture(second)[50, 50].astype(int) - color_of(50)).max() <= 1


def test_without_a_grid_it_is_404_and_names_the_process(media) -> None:
    answer = ask("/maps/service?service=WMS&request=GetCapabilities", application)
    assert answer.status_code == 404
    assert "compute-pollution-grid" in answer.json()["detail"]


def test_missing_file_is_404_and_named(media) -> None:
    register("air/gone.tif")
    answer = ask("/maps/service?service=WMS&request=GetCapabilities", application)
    assert (answer.status_code, "air/gone.tif" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize("name", ["../secret.tif", "/etc/hostname", "a/../../secret.tif"])
def test_file_outside_the_media_folder_is_not_read(media: Path, name: str) -> None:
    media.mkdir(parents=True)
    (media.parent / "secret.tif").write_bytes(b"x")
    with pytest.raises(NotFound):
        grid_file(name)


def test_unknown_layer_and_bad_size_are_service_exceptions(grid) -> None:
    for change in (
        {"layers": "nothing"},
        {"width": "100000", "height": "100000"},
        {"srs": "EPSG:1"},
    ):
        answer = ask(get_map("EPSG:3857", (0, 0), 20.0, **change), application)
        assert answer.status_code == 400, change
        assert "ServiceException" in answer.text, change
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("bbox", ["1,2,3", "1,2,3,4,5", "1,2,3,nan", "a,b,c,d", "3,3,1,1"])
def test_bad_bbox_is_refused_and_named(grid, bbox: str) -> None:
    answer = ask(get_map("EPSG:3857", (0, 0), 20.0, bbox=bbox), application)
    assert answer.status_code == 400
    assert "bbox" in answer.text.lower()


@pytest.mark.parametrize("width", ["a", "inf", "0", "-5", ""])
def test_bad_width_is_refused(grid, width: str) -> None:
    answer = ask(get_map("EPSG:3857", (0, 0), 20.0, width=width), application)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("address", ["15/99999999/3", "99/1/1", "a/1/1"])
def test_wmts_tile_off_the_grid_is_refused(grid, address: str) -> None:
    rest = ask(f"/maps/wmts/pollution-grids/webmercator/{address}.png", application)
    matrix, column, row = address.split("/")
    kvp = ask(
        "/maps/service?service=WMTS&request=GetTile&version=1.0.0&layer=pollution-grids&style=&format=image/png"
        f"&tilematrixset=webmercator&tilematrix={matrix}&tilerow={row}&tilecol={column}",
        application,
    )
    assert (rest.status_code, kvp.status_code) == (400, 400), rest.text + kvp.text


def test_failure_of_mapproxy_is_a_problem_without_a_trace(grid, cell_lon_lat, monkeypatch) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("tiles.raster.source.render", fail)
    path = get_map("EPSG:3857", TO_3857.transform(*cell_lon_lat(20, 30)), 20.0)
    answer = ask(path, application)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_demo_pages_are_off_and_headers_of_the_client_change_no_address(grid) -> None:
    assert ask("/maps/demo/", application).status_code == 404
    path = "/maps/service?service=WMS&version=1.3.0&request=GetCapabilities"
    text = ask(path, application, x_script_name="/evil", x_forwarded_host="evil.example").text
    assert "evil" not in text
    assert "http://testserver/maps/service" in text
    assert ask(path, application, host="evil.example").status_code == 400
    assert (
        "https://localhost/maps/service"
        in ask(path, application, host="localhost", x_forwarded_proto="https").text
    )


@pytest.mark.parametrize("city", ["casablanca", "helsinki"])
def test_mapproxys_own_validators_accept_the_configuration(media, values, corner, city: str) -> None:
    file = make_cog(media / "no2.tif", values, corner)
    grids = Grids("1", (("pollution-grids", file),))
    make_application(grids)
    configuration = mapproxy_configuration(grids, load_city(city))
    assert configuration_errors(configuration) == []
    assert configuration_errors({**configuration, "sources": {}}) != []


def test_city_grids_are_round_and_reach_a_quarter_of_a_metre() -> None:
    grid = grid_definitions(load_city("casablanca"))["epsg26191"]
    assert all(edge % 1000 == 0 for edge in grid["bbox"])
    assert grid["res"][0] * 256 >= max(grid["bbox"][2] - grid["bbox"][0], grid["bbox"][3] - grid["bbox"][1])
    assert grid["res"][-1] == 0.25


@pytest.fixture
def service_url(grid, values, media) -> Iterator[str]:
    """MapProxy behind a real port, for clients that open their own connections."""

    class Silent(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    inner = make_application(Grids("1", (("pollution-grids", media / grid.file),)))
    server: WSGIServer = make_server("127.0.0.1", 0, inner, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_owslib_reads_wms(service_url: str, cell_lon_lat, version: str) -> None:
    wms = WebMapService(f"{service_url}/service", version=version)
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
    wmts = WebMapTileService(f"{service_url}/service")
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
