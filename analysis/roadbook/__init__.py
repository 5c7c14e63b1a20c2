"""The crew's sheet: a route told step by step, as data, and as GPX, GeoJSON, iCalendar and PDF. Pure: no Django.

`build` and `pdf` load what is heavy (networks, type), so they are not imported here.
"""

from analysis.roadbook.roadbook import (
    LANGUAGES,
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
    "LANGUAGES",
    "Names",
    "Roadbook",
    "RoadbookError",
    "Side",
    "Step",
    "StepKind",
    "Street",
    "Totals",
    "Turn",
    "name_in",
]
