"""Which grid a time chooses, at every service, and how the times are told."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from lxml import etree

from gis_core.errors import InvalidInput, NotFound
from layers.catalog.pollution_grids.model import PollutionGrid
from layers.registry import get_layer
from tests.tiles.conftest import COMMITTED, TO_3857, ask
from tests.tiles.raster.pictures import COLUMNS, ROWS, color_of, get_map, make_cog, picture, register
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.asgi import application
from tiles.raster.files import RasterFile, file_at, read_files
from tiles.raster.moments import Span, parse_span

LAYER = "pollution-grids"
WMS_130 = "{http://www.opengis.net/wms}"


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, number, hour, tzinfo=UTC)


def file(number: int, start: datetime, end: datetime) -> RasterFile:
    return RasterFile.of({"id": number, "file": f"{number}.tif", "period_start": start, "period_end": end})


FILES = {LAYER: (file(3, day(10), day(12)), file(2, day(3), day(5)), file(1, day(1), day(3)))}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-03T12:00:00Z", day(3, 12), None),
        ("2026-01-03T13:00:00+01:00", day(3, 12), None),
        ("2026-01-03T12:00", day(3, 12), None),
        ("2026-01-03", day(3), day(4)),
        ("2026-01", day(1), datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026", day(1), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-01-03/2026-01-05", day(3), day(6)),
        ("2026-01-03T00:00:00Z/..", day(3), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_time_is_read_as_instant_reduced_date_or_interval(text, start, end) -> None:
    span = parse_span(text)
    assert span is not None
    assert span.start == start
    assert (span.end - span.start).total_seconds() == 1e-6 if end is None else span.end == end


@pytest.mark.parametrize("text", ["", "current", "default"])
def test_no_time_and_current_are_the_newest(text: str) -> None:
    assert parse_span(text) is None
    assert file_at(LAYER, FILES, None).feature == 3


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13", "2026-02-30", "2026-01-02/2026-01-01", "2026-01-01,2026-01-02", "1/2/3", "0000"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="time="):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2026-01-02T00:00:00Z", 1),  # within
        ("2026-01-03T00:00:00Z", 2),  # the end of one is the start of the next
        ("2026-01-07T00:00:00Z", 2),  # in a gap: the last before
        ("2026-01-11", 3),
        ("2026-01-02/2026-01-04", 2),  # meets two: the newer
        ("2026-01-06/2026-01-08", 2),
        ("2030-01-01", 3),
    ],
)
def test_period_that_holds_the_time_else_the_last_before(text: str, chosen: int) -> None:
    assert file_at(LAYER, FILES, parse_span(text)).feature == chosen


def test_before_the_first_there_is_nothing() -> None:
    with pytest.raises(NotFound, match="begins 2026-01-01T00:00:00Z"):
        file_at(LAYER, FILES, parse_span("2025-12-31"))


def test_raster_of_an_instant_is_chosen_by_it() -> None:
    moment = day(4)
    at_once = {LAYER: (file(1, moment, moment),)}
    assert file_at(LAYER, at_once, Span(moment, day(5))).feature == 1
    with pytest.raises(NotFound):
        file_at(LAYER, at_once, parse_span("2026-01-03T23:59:59Z"))


@pytest.fixture
def two_grids(media, values, corner) -> None:
    """On 1 January 20 µg/m³ everywhere, on 5 January 50."""
    for number, value in ((1, 20), (5, 50)):
        make_cog(media / f"{number}.tif", np.full((ROWS, COLUMNS), value, dtype="float32"), corner)
        register(f"{number}.tif", day=number)


pytestmark = COMMITTED


@pytest.mark.parametrize(
    ("time", "value", "warning"),
    [
        (None, 50, "99 Default value used: time=2026-01-05T00:00:00Z ISO8601"),
        ("2026-01-01T00:00:00Z", 20, None),
        ("2026-01-01T10:00:00Z", 20, "99 Nearest value used: time=2026-01-01T00:00:00Z ISO8601"),
        ("2026-01-03", 20, "99 Nearest value used: time=2026-01-01T00:00:00Z ISO8601"),
        ("2026-01-01/2026-01-31", 50, "99 Nearest value used: time=2026-01-05T00:00:00Z ISO8601"),
    ],
)
@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_wms_draws_the_grid_of_the_time(two_grids, cell_lon_lat, version, time, value, warning) -> None:
    asked = {"TIME": time} if time else {}
    path = get_map("EPSG:3857", TO_3857.transform(*cell_lon_lat(20, 30)), 20.0, version, **asked)
    answer = ask(path, application)
    assert picture(answer)[50, 50].tolist() == color_of(value).tolist()
    assert answer.headers.get("warning") == warning


def test_wmts_draws_the_grid_of_the_time(two_grids, cell_lon_lat) -> None:
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*cell_lon_lat(20, 30)), 17)
    rest = f"/maps/wmts/{LAYER}/webmercator/17/{tile.x}/{tile.y}.png"
    kvp = (
        f"/maps/service?service=WMTS&request=GetTile&version=1.0.0&layer={LAYER}&style=&format=image/png"
        f"&tilematrixset=webmercator&tilematrix=17&tilerow={tile.y}&tilecol={tile.x}"
    )
    for path, mark in ((rest, "?"), (kvp, "&")):
        for time, value in (("", 50), ("2026-01-01T00:00:00Z", 20), ("2026-01-02", 20)):
            answer = ask(f"{path}{mark}time={time}" if time else path, application)
            assert picture(answer)[128, 128].tolist() == color_of(value).tolist(), (path, time)


@pytest.mark.parametrize(
    ("version", "media_type"), [("1.1.1", "application/vnd.ogc.se_xml"), ("1.3.0", "text/xml")]
)
@pytest.mark.parametrize("time", ["2025-01-01", "never"])
def test_unknown_time_is_a_service_exception(two_grids, version: str, media_type: str, time: str) -> None:
    answer = ask(get_map("EPSG:3857", (0, 0), 20.0, version, time=time), application)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"].startswith(media_type)
    report = etree.fromstring(answer.content)
    assert report.get("version") == version
    assert report[0].get("code") == "InvalidDimensionValue"


def test_unknown_time_in_wmts_is_an_exception_report(two_grids) -> None:
    path = f"/maps/service?service=WMTS&request=GetTile&layer={LAYER}&time=2020"
    report = etree.fromstring(ask(path, application).content)
    assert report[0].get("exceptionCode") == "InvalidDimensionValue"


def test_capabilities_list_the_times(two_grids) -> None:
    wms = ask("/maps/service?service=WMS&version=1.3.0&request=GetCapabilities", application)
    dimension = etree.fromstring(wms.content).find(f".//{WMS_130}Dimension")
    assert dimension.attrib == {
        "name": "time", "units": "ISO8601", "default": "2026-01-05T00:00:00Z", "nearestValue": "1",
    }  # fmt: skip
    assert dimension.text == "2026-01-01T00:00:00Z,2026-01-05T00:00:00Z"
    for path in (
        "/maps/wmts/1.0.0/WMTSCapabilities.xml",
        "/maps/service?service=WMTS&request=GetCapabilities",
    ):
        text = ask(path, application).text
        assert "<ows:Identifier>Time</ows:Identifier>" in text, path
        assert "<Value>2026-01-01T00:00:00Z</Value>" in text, path


def test_one_time_is_told_too(grid) -> None:
    wms = ask("/maps/service?service=WMS&version=1.3.0&request=GetCapabilities", application)
    assert etree.fromstring(wms.content).find(f".//{WMS_130}Dimension").text == "2026-01-01T00:00:00Z"


def test_month_within_a_year_can_be_chosen_and_the_newest_is_the_last_time_told(client) -> None:
    year = {"period_start": day(1), "period_end": datetime(2027, 1, 1, tzinfo=UTC)}
    month = {"period_start": day(5), "period_end": day(9)}
    for number, period in enumerate((month, year)):
        grid = register(f"{number}.tif")
        PollutionGrid.objects.filter(pk=grid.pk).update(**period)
    files = read_files([get_layer(LAYER)])
    for time, name in (
        ("", "0.tif"),
        ("2026-01-06", "0.tif"),
        ("2026-01-02", "1.tif"),
        ("2026-06-01", "1.tif"),
    ):
        assert file_at(LAYER, files, parse_span(time)).name == name
    told = {layer["id"]: layer.get("times") for layer in client.get("/layers").json()}
    assert told[LAYER][-1] == files[LAYER][0].time


def test_layers_tell_the_times_to_the_map(two_grids, client) -> None:
    told = {layer["id"]: layer.get("times") for layer in client.get("/layers").json()}
    assert told[LAYER] == ["2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"]
    assert told["parcels"] is None
