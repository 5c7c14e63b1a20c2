"""The words of a roadbook, in the languages of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as _n
from django.utils.translation import pgettext_lazy as _p

from layers.registry import get_collection

_TURNS = {
    "straight": _("Go straight on into %(street)s"),
    "slight-left": _("Bear left into %(street)s"),
    "left": _("Turn left into %(street)s"),
    "sharp-left": _("Turn sharply left into %(street)s"),
    "slight-right": _("Bear right into %(street)s"),
    "right": _("Turn right into %(street)s"),
    "sharp-right": _("Turn sharply right into %(street)s"),
    "u-turn": _("Turn round in %(street)s"),
}
_EXITS = {
    "1": _("At the roundabout take the 1st exit into %(street)s"),
    "2": _("At the roundabout take the 2nd exit into %(street)s"),
    "3": _("At the roundabout take the 3rd exit into %(street)s"),
    "4": _("At the roundabout take the 4th exit into %(street)s"),
    "more": _("At the roundabout take exit %(exit)s into %(street)s"),
}
_UNNAMED = {
    "": _("a street without a name"),
    "service": _("a service road without a name"),
    "living_street": _("a living street without a name"),
    "track": _("a track without a name"),
}
_EMPTY = {
    "left": _n("Empty the container on the left", "Empty %(count)s containers on the left", "count"),
    "right": _n("Empty the container on the right", "Empty %(count)s containers on the right", "count"),
    "both": _n("Empty the container", "Empty %(count)s containers", "count"),
    "unknown": _n("Empty the container", "Empty %(count)s containers", "count"),
}
_COLLECT = {
    "left": _("Collect on the left side for %(distance)s"),
    "right": _("Collect on the right side for %(distance)s"),
    "both": _("Collect on both sides for %(distance)s"),
    "unknown": _("Collect for %(distance)s"),
}
_WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
_PHRASES: Mapping[str, Any] = {
    **{f"turn.{code}": text for code, text in _TURNS.items()},
    **{f"roundabout.{number}": text for number, text in _EXITS.items()},
    **{f"unnamed.{code}": text for code, text in _UNNAMED.items()},
    **{f"empty.{code}": text for code, text in _EMPTY.items()},
    **{f"collect.{code}": text for code, text in _COLLECT.items()},
    **{f"weekday.{number}": text for number, text in enumerate(_WEEKDAYS)},
    "go": _("Drive along %(street)s"),
    "depart": _("Leave %(site)s along %(street)s"),
    "tip": _("Tip at %(site)s"),
    "rest": _("Break of %(duration)s"),
    "end": _("End of the shift at %(site)s"),
    "wait": _("Wait until %(time)s"),
    "metres": _p("distance", "%(value)s m"),
    "kilometres": _p("distance", "%(value)s km"),
    "kilograms": _p("load", "%(value)s kg"),
    "tonnes": _p("load", "%(value)s t"),
    "minutes": _p("duration", "%(value)s min"),
    "hours": _p("duration", "%(hours)s h %(minutes)s"),
    "title": _("Roadbook of %(vehicle)s"),
    "titles": _("Roadbooks of %(day)s"),
    "total.shift": _("Shift"),
    "total.distance": _("Distance"),
    "total.duration": _("Duration"),
    "total.tasks": _("Stops to serve"),
    "total.load": _("Load expected"),
    "total.tips": _("Visits to a disposal site"),
    "column.time": _p("clock", "Time"),
    "column.what": _("What to do"),
    "column.next": _("To the next"),
    "column.total": _("So far, on board"),
    "blank.crew": _("Crew"),
    "blank.km_start": _("Kilometres at the start"),
    "blank.km_end": _("Kilometres at the end"),
    "blank.weight": _("Weight on the slip: ……………… kg"),
    "page": _("Page %(number)s of %(pages)s"),
    "open": _("Scan to open it on the phone"),
    "map.whole": _("Map of the whole route"),
    "map.part": _("Map %(number)s of %(parts)s: steps %(first)s to %(last)s"),
}


class PageWords:
    """Of one language: French, Arabic or English. Codes as analysis.roadbook.telling asks for them."""

    def __init__(self, language: str | None = None) -> None:
        self.language = (language or get_language() or "fr")[:2]

    def say(self, code: str, **values: object) -> str:
        with override(self.language):
            kind, _dot, name = code.partition(".")
            if kind == "fraction":
                return _fraction(name)
            text = _PHRASES[code] if code in _PHRASES else _PHRASES[f"{kind}."]
            return str(text % values) if values else str(text)


def _fraction(code: str) -> str:
    field = get_collection("collection-routes").field("fraction")
    return field.label(code) if field and code else ""
