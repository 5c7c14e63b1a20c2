"""A shift as an event of a calendar, iCalendar (RFC 5545), with an alarm before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from analysis.roadbook.gpx import moment
from analysis.roadbook.roadbook import Roadbook
from analysis.roadbook.telling import Teller

ALARM = timedelta(minutes=30)
LINE_BYTES = 75
_FORM = "%Y%m%dT%H%M%SZ"


def write_ical(
    book: Roadbook, teller: Teller, zone: ZoneInfo, *, site: str, link: str, changed: datetime
) -> bytes:
    """One event. Its UID is that of the vehicle's shift of that day and fraction at this `site`, so that a newer plan
    replaces it in a calendar; `changed` is when the plan was written (with a time zone)."""
    depot = book.steps[0]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CasaGIS//Roadbook//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, f'{site}/{book.vehicle}/{book.date}/{book.fraction}')}",
        f"DTSTAMP:{_utc(changed)}",
        f"LAST-MODIFIED:{_utc(changed)}",
        f"SEQUENCE:{int(changed.timestamp()) // 60 - _EPOCH_MINUTES}",
        f"DTSTART:{moment(book, book.starts_s, zone):{_FORM}}",
        f"DTEND:{moment(book, book.ends_s, zone):{_FORM}}",
        f"SUMMARY:{_escaped(teller.title(book))}",
        f"DESCRIPTION:{_escaped(_description(book, teller, link))}",
        f"LOCATION:{_escaped(teller.site(depot))}",
        f"GEO:{depot.lat:.6f};{depot.lon:.6f}",
        f"URL:{link}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(teller.title(book))}",
        f"TRIGGER:-PT{int(ALARM.total_seconds()) // 60}M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


_EPOCH_MINUTES = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) // 60  # keeps SEQUENCE small


def _description(book: Roadbook, teller: Teller, link: str) -> str:
    totals = [f"{what}: {value}" for what, value in teller.totals(book)]
    return "\n".join([teller.subtitle(book), *totals, link])


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime(_FORM)


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, none of them cut within a character."""
    part = ""
    for character in line:
        if len((part + character).encode()) > LINE_BYTES:
            yield part
            part = " "
        part += character
    yield part
