"""Moments and spans as map clients write them: TIME of WMS (1.3.0, annex D) and `datetime` of the OGC APIs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gis_core.errors import InvalidInput

INSTANT = timedelta(microseconds=1)
NEWEST = frozenset({"", "current", "default"})
OPEN = frozenset({"", ".."})
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_REDUCED = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True)
class Span:
    """From `start` until before `end`, both with a time zone; an instant is a span of a microsecond."""

    start: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        return max(self.start, other.start) < min(self.end, other.end)


def parse_span(text: str) -> Span | None:
    """An instant, a year, month or day, or `start/end`; None for the newest. Raises InvalidInput."""
    if text.strip() in NEWEST:
        return None
    first, slash, last = text.strip().partition("/")
    try:
        if not slash:
            return _span(first)
        span = Span(
            _FIRST if first in OPEN else _span(first).start, _LAST if last in OPEN else _span(last).end
        )
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            f"time={text!r} is no time: write 2026-10-31T14:00:00Z, 2026-10, or 2026-10-01/2026-10-31."
        ) from error
    if span.start >= span.end:
        raise InvalidInput(f"time={text!r} ends before it starts.")
    return span


def told(moment: datetime) -> str:
    """In UTC, as capabilities list it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _span(text: str) -> Span:
    """Raises ValueError or OverflowError. A moment without a zone is in UTC."""
    if reduced := _REDUCED.fullmatch(text):
        year, month, day = reduced.groups()
        start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        return Span(start, _after(start, month, day))
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Span(moment, moment + INSTANT)


def _after(start: datetime, month: str | None, day: str | None) -> datetime:
    """The end of a day, a month or a year."""
    if day:
        return start + timedelta(days=1)
    if month:
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)
