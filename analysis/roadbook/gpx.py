"""A roadbook as GPX 1.1: the track that is driven, and the steps as points of a route for navigation."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analysis.roadbook.roadbook import Roadbook, Step
from analysis.roadbook.telling import DAY_S, Teller

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
DIGITS = 7  # of degrees: about a centimetre


def moment(book: Roadbook, clock_s: float, zone: ZoneInfo) -> datetime:
    """A clock time of the shift, seconds after midnight by the clocks of the city, in UTC."""
    days, seconds = divmod(round(clock_s), DAY_S)
    minutes, second = divmod(seconds, 60)
    hour = time(minutes // 60, minutes % 60, second)
    local = datetime.combine(book.date + timedelta(days=days), hour, zone)
    return local.astimezone(UTC)


def write_gpx(
    book: Roadbook, line: npt.NDArray[np.float64], teller: Teller, zone: ZoneInfo, link: str = ""
) -> bytes:
    """`line` is (k, 2) longitudes and latitudes of the drive. Elements stand in the order of the schema."""
    root = ET.Element("gpx", {"version": "1.1", "creator": "CasaGIS", "xmlns": _NAMESPACE})
    metadata = ET.SubElement(root, "metadata")
    _text(metadata, "name", teller.title(book))
    _text(metadata, "desc", teller.subtitle(book))
    if link:
        ET.SubElement(metadata, "link", {"href": link})
    _text(metadata, "time", f"{moment(book, book.starts_s, zone):%Y-%m-%dT%H:%M:%SZ}")
    route = ET.SubElement(root, "rte")
    _text(route, "name", teller.title(book))
    for number, step in enumerate(book.steps, start=1):
        _route_point(route, number, step, teller, f"{moment(book, step.clock_s, zone):%Y-%m-%dT%H:%M:%SZ}")
    track = ET.SubElement(root, "trk")
    _text(track, "name", teller.title(book))
    segment = ET.SubElement(track, "trkseg")
    for lon, lat in line:
        ET.SubElement(segment, "trkpt", _at(lon, lat))
    ET.indent(root, "")
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _route_point(route: ET.Element, number: int, step: Step, teller: Teller, when: str) -> None:
    point = ET.SubElement(route, "rtept", _at(step.lon, step.lat))
    _text(point, "time", when)
    _text(point, "name", str(number))
    _text(point, "cmt", ", ".join(step.ids))
    _text(point, "desc", teller.sentence(step))
    _text(point, "type", str(step.turn or step.kind))


def _at(lon: float, lat: float) -> dict[str, str]:
    return {"lat": f"{lat:.{DIGITS}f}", "lon": f"{lon:.{DIGITS}f}"}


def _text(parent: ET.Element, tag: str, text: str) -> None:
    if text:
        ET.SubElement(parent, tag).text = text
