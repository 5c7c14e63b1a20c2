"""The crew's sheet: a route told step by step, as data, and as GPX, GeoJSON, iCalendar and PDF. Pure: no Django."""

from analysis.roadbook.build import Heading, Note, build_roadbook
from analysis.roadbook.guide import Guide
from analysis.roadbook.roadbook import (
    Names,
    Roadbook,
    RoadbookError,
    Side,
    Step,
    StepKind,
    Street,
    Totals,
    Turn,
    name_in,
)

__all__ = [
    "Guide",
    "Heading",
    "Names",
    "Note",
    "Roadbook",
    "RoadbookError",
    "Side",
    "Step",
    "StepKind",
    "Street",
    "Totals",
    "Turn",
    "build_roadbook",
    "name_in",
]
