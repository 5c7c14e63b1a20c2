"""Pollution grids as pictures: the renderer, and MapProxy's services."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from pyproj import Transformer

from gis_core.city import load_city
from gis_core.errors import NotFound
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tests.tiles.raster.pictures import (
    CELL_M,
    COLUMNS,
    EMPTY,
    ROWS,
    color_of,
    get_map,
    make_cog,
    picture,
    register,
)
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.application import configuration_errors, make_application
from tiles.raster.asgi import application
from tiles.raster.configuration import grid_definitions, mapproxy_configuration, metric_srids
from tiles.raster.files import RasterFile
from tiles.raster.moments import Span
from tiles.raster.render import read_box

pytestmark = COMMITTED


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
    answer = ask(get_map("EPSG:3857", (0, 0), 20.0), application)
    assert answer.status_code == 404
    assert "compute-pollution-grid" in answer.text
    assert ask("/maps/service?service=WMS&request=GetCapabilities", application).status_code == 200


def test_missing_file_is_404_and_named(media, center) -> None:
    register("air/gone.tif")
    answer = ask(get_map("EPSG:3857", TO_3857.transform(*center), 20.0), application)
    assert (answer.status_code, "air/gone.tif" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize("name", ["../secret.tif", "/etc/hostname", "a/../../secret.tif"])
def test_file_outside_the_media_folder_is_not_read(media: Path, name: str) -> None:
    media.mkdir(parents=True)
    (media.parent / "secret.tif").write_bytes(b"x")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(NotFound):
        _ = RasterFile(1, name, Span(moment, moment)).path


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
    make_cog(media / "no2.tif", values, corner)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    files = {"pollution-grids": (RasterFile(1, "no2.tif", Span(moment, moment)),)}
    make_application(files)
    configuration = mapproxy_configuration(files, load_city(city))
    assert configuration_errors(configuration) == []
    assert configuration_errors({**configuration, "sources": {}}) != []


def test_city_grids_are_round_and_reach_a_quarter_of_a_metre() -> None:
    grid = grid_definitions(load_city("casablanca"))["epsg26191"]
    assert all(edge % 1000 == 0 for edge in grid["bbox"])
    assert grid["res"][0] * 256 >= max(grid["bbox"][2] - grid["bbox"][0], grid["bbox"][3] - grid["bbox"][1])
    assert grid["res"][-1] == 0.25
