"""GPX, GeoJSON and iCalendar, read back by others: GDAL, and the rules of RFC 5545."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyogrio
import pytest

from analysis.roadbook.geojson import geojson
from analysis.roadbook.gpx import moment, write_gpx
from analysis.roadbook.ical import write_ical
from analysis.roadbook.telling import Teller
from tests.analysis.roadbook.plain_words import PlainWords
from tests.analysis.roadbook.trips import Trip, cross, point_m

CASABLANCA = ZoneInfo("Africa/Casablanca")
TELLER = Teller(PlainWords("fr"))
CHANGED = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ELEMENTS = {  # of GPX 1.1, in the order of its schema
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"],
    "rte": ["name", "cmt", "desc", "src", "link", "number", "type", "rtept"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "trkseg"],
    "rtept": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"],
    "gpx": ["metadata", "wpt", "rte", "trk"],
}


@pytest.fixture
def book():
    trip = (
        Trip(cross())
        .start()
        .drive("+w", 0, 50)
        .empty("c1")
        .drive("+w", 50, 60)
        .empty("c<&>2")
        .drive("+w +n", 60)
        .tip()
    )
    return trip.drive("-n -w").end().book()


@pytest.fixture
def line():
    corners = [point_m(x, y) for x, y in ((-100, 0), (0, 0), (0, 100), (0, 0), (-100, 0))]
    return np.array([[point.x, point.y] for point in corners])


def test_gpx_elements_stand_in_the_order_of_the_schema(book, line):
    root = ET.fromstring(write_gpx(book, line, TELLER, CASABLANCA, "https://gis.example/r?a=1&b=2"))  # noqa: S314  our own
    names = {
        element: element.tag.removeprefix("{http://www.topografix.com/GPX/1/1}") for element in root.iter()
    }
    assert (root.get("version"), root.get("creator")) == ("1.1", "CasaGIS")
    for element, name in names.items():
        if name in ELEMENTS:
            places = [ELEMENTS[name].index(names[child]) for child in element]
            assert places == sorted(places), name


def test_gdal_reads_the_instructions_and_the_track(book, line, tmp_path):
    file = tmp_path / "roadbook.gpx"
    file.write_bytes(write_gpx(book, line, TELLER, CASABLANCA))
    points = pyogrio.read_dataframe(file, layer="route_points")
    assert list(points["name"]) == [str(n) for n in range(1, len(book.steps) + 1)]
    assert list(points["type"])[:4] == ["depart", "empty", "left", "tip"]
    assert points["cmt"][1] == "c1, c<&>2"
    assert points["desc"][2] == "turn.left Avenue B."
    track = pyogrio.read_dataframe(file, layer="tracks").geometry[0]
    assert np.abs(np.array(track.geoms[0].coords) - line).max() < 1e-7


def test_gdal_reads_the_geojson_and_a_step_says_its_codes_and_its_words(book, line, tmp_path):
    document = geojson(book, line, TELLER)
    assert set(document) == {"type", "features"}
    file = tmp_path / "roadbook.geojson"
    file.write_text(json.dumps(document))
    frame = pyogrio.read_dataframe(file)
    assert (frame.crs.to_epsg(), list(frame.geom_type)[:2]) == (4326, ["LineString", "Point"])
    tip = document["features"][4]
    assert tip["properties"]["kind"] == "tip"
    assert tip["properties"]["instruction"] == "tip Décharge."
    assert tip["geometry"]["coordinates"] == pytest.approx(point_m(0, 100).coords[0], abs=6e-7)


def read_ical(data: bytes) -> list[tuple[str, str]]:
    """Name (with parameters) and value of each content line, unfolded; strict about lengths and line ends."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    text = "\r\n".join(line.decode() for line in lines)  # no line is cut within a character
    return [tuple(line.split(":", 1)) for line in text.replace("\r\n ", "").split("\r\n")]


def shift(book) -> dict[str, str]:
    data = write_ical(
        book, TELLER, CASABLANCA, site="https://gis.example", link="https://gis.example/r", changed=CHANGED
    )
    lines = read_ical(data)
    names = [f"{name}:{value}" if name in ("BEGIN", "END") else name for name, value in lines]
    assert names[0] == "BEGIN:VCALENDAR" and names[-1] == "END:VCALENDAR"
    assert names.index("BEGIN:VALARM") < names.index("END:VALARM") < names.index("END:VEVENT")
    return dict(reversed(lines))  # the event's DESCRIPTION, not the alarm's


def test_a_shift_is_an_event_with_an_alarm(book):
    event = shift(book)
    assert (event["DTSTART"], event["DTEND"]) == ("20261123T050000Z", "20261123T051240Z")  # UTC+1
    assert (event["VERSION"], event["TRIGGER"], event["ACTION"]) == ("2.0", "-PT30M", "DISPLAY")
    assert re.fullmatch(r"[0-9a-f-]{36}", event["UID"])
    assert event["DTSTAMP"] == "20261122T150000Z"


def test_a_night_shift_ends_on_the_next_day_and_ramadan_has_its_own_clock(book):
    night = tuple(replace(step, clock_s=step.clock_s + 17 * 3600) for step in book.steps)
    event = shift(replace(book, steps=night))
    assert (event["DTSTART"], event["DTEND"]) == ("20261123T220000Z", "20261123T221240Z")
    later = replace(
        book, steps=tuple(replace(step, clock_s=step.clock_s + 18.9 * 3600) for step in book.steps)
    )
    assert [f"{moment(later, s.clock_s, CASABLANCA).astimezone(CASABLANCA):%d %H:%M}" for s in later.steps][
        ::4
    ] == [
        "24 00:54",
        "24 01:06",
    ]
    ramadan = replace(book, date=date(2026, 3, 2))
    assert shift(ramadan)["DTSTART"] == "20260302T060000Z"


def test_text_is_escaped_and_long_arabic_folds_between_characters(book):
    names = {"fr": "Dépôt; du Port, \\nord\nligne 2 " + "مستودع الشاحنات " * 12}
    depot = replace(book.steps[0], names=names)
    event = shift(replace(book, steps=(depot, *book.steps[1:])))
    assert event["LOCATION"].startswith("Dépôt\\; du Port\\, \\\\nord\\nligne 2 مستودع")


def test_a_newer_plan_replaces_the_event_of_the_same_shift(book):
    other = replace(book, plan="plan-2")
    assert shift(other)["UID"] == shift(book)["UID"]
    assert shift(replace(book, vehicle="v2"))["UID"] != shift(book)["UID"]
