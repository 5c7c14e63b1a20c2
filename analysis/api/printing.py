"""Crews' sheets as PDF, one or many in one file: on their maps the streets that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.staticfiles import finders

from analysis.roadbook import Roadbook, RoadbookError
from analysis.roadbook.telling import Teller
from gis_core.actors import Actor
from gis_core.errors import Unavailable


@dataclass(frozen=True, eq=False)
class Drive:
    """A route to print: its roadbook, its (k, 2) longitudes and latitudes, and the address of its page, "" for none."""

    book: Roadbook
    line: np.ndarray[Any, np.dtype[np.float64]]
    link: str


def print_drives(
    actor: Actor, drives: Iterable[Drive], teller: Teller, *, title: str, changed: datetime
) -> bytes:
    """Raises Unavailable where the fonts of the web pages are missing."""
    # fpdf2 and fontTools take 30 MB, which only those who print shall cost
    from analysis.api.surroundings import streets_around  # noqa: PLC0415
    from analysis.roadbook.pdf import Sheet, print_fonts, write_pdf  # noqa: PLC0415

    try:
        fonts = print_fonts(_web_fonts(), Path(settings.VAR) / "fonts")
    except RoadbookError as error:
        raise Unavailable(str(error)) from error

    def sheet(drive: Drive) -> Sheet:
        around = streets_around(actor, drive.book, drive.line, teller.words.language)
        return Sheet(drive.book, drive.line, around, drive.link)

    return write_pdf(map(sheet, drives), teller, fonts, title=title, changed=changed)


def _web_fonts() -> Path:
    """The folder of the built pages."""
    found = finders.find("build/site.css")
    return Path(found).parent if isinstance(found, str) else Path()
