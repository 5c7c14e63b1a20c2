"""The sheet: a head with totals and a QR code, the steps as a table, then the maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import segno

from analysis.roadbook.pdf.maps import Surroundings, draw_maps
from analysis.roadbook.pdf.page import BOTTOM, INK, INNER, LEADING, MARGIN, MM_PER_PT, SOFT, TOP, Colour, Page
from analysis.roadbook.pdf.signs import draw_side, draw_sign
from analysis.roadbook.roadbook import Roadbook, Step, StepKind
from analysis.roadbook.telling import Teller, clock, short_id

QR_MM = 36.0
# Columns as (start, width): box to tick, number and clock, turn, side, what to do, metres to the next, km and load.
TICK, WHEN, SIGN, SIDE = (0.0, 8.0), (9.0, 16.0), (27.0, 11.0), (40.0, 10.0)
WHAT, NEXT, SO_FAR = (53.0, 90.0), (144.0, 21.0), (168.0, 18.0)
WAY_PT, WORK_PT, SMALL_PT = 14.0, 13.0, 9.0
LOWEST_MM, LOWEST_GO_MM = 14.0, 12.5
MOST_IDS = 8  # of containers, on a sheet
FILLS: Mapping[StepKind, Colour] = {
    StepKind.TIP: (255, 221, 140),
    StepKind.REST: (203, 226, 245),
    StepKind.DEPART: (226, 230, 228),
    StepKind.END: (226, 230, 228),
}


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is printed for one crew: `line` is (k, 2) longitudes and latitudes of its drive; `link` goes into the QR
    code, which is left out without it."""

    book: Roadbook
    line: npt.NDArray[np.float64]
    around: Surroundings
    link: str = ""


def write_pdf(
    sheets: Iterable[Sheet], teller: Teller, fonts: Mapping[str, Path], *, title: str, changed: datetime
) -> bytes:
    """One sheet after the other, each with page numbers of its own and an entry in the outline.

    `fonts` as print_fonts gives them; `title` and `changed` are the document's. The same input gives the same bytes.
    """
    page = Page(teller, fonts)
    page.set_title(title)
    page.set_creation_date(changed)
    for sheet in sheets:
        page.begin(sheet.book)
        _table(page, _head(page, sheet.link))
        draw_maps(page, sheet.line, sheet.around)
        page.number_pages()
    return bytes(page.output())


def _head(page: Page, link: str) -> float:
    """Returns where the table begins."""
    teller, book = page.teller, page.book
    wide = INNER - QR_MM - 6
    page.put(0, 10, wide, teller.title(book), 26, bold=True)
    page.put(0, 24, wide, teller.subtitle(book), 13, colour=SOFT)
    for number, (what, value) in enumerate(teller.totals(book)):
        start, y = (number % 3) * wide / 3, 33.0 + (number // 3) * 12
        page.put(start, y, wide / 3 - 2, what, 9, colour=SOFT)
        page.put(start, y + 4.2, wide / 3 - 2, value, 14, bold=True)
    if link:
        draw_qr(page, link, page.x_of(INNER - QR_MM, QR_MM), 9.0, QR_MM)
        page.put(
            INNER - QR_MM - 10, 9 + QR_MM, QR_MM + 10, teller.words.say("open"), 8, colour=SOFT, ends=True
        )
    _blanks(page, 60.0)
    return _columns(page, 72.0)


def _blanks(page: Page, y: float) -> None:
    """Lines to fill in by hand."""
    width = INNER / 3
    for number, code in enumerate(("blank.crew", "blank.km_start", "blank.km_end")):
        page.put(number * width, y, width - 4, page.teller.words.say(code), 9, colour=SOFT)
        page.set_draw_color(*SOFT)
        page.set_line_width(0.2)
        x = page.x_of(number * width, width - 4)
        page.line(x, y + 9.5, x + width - 4, y + 9.5)


def draw_qr(page: Page, text: str, x: float, y: float, size: float) -> None:
    """The code with its quiet zone, as runs of dark modules."""
    modules = segno.make(text, error="m", micro=False).matrix
    edge = size / (len(modules) + 8)
    page.set_fill_color(0, 0, 0)
    for row, line in enumerate(modules, start=4):
        column = 0
        while column < len(line):
            run = 1
            while column + run < len(line) and line[column + run] == line[column]:
                run += 1
            if line[column]:
                page.rect(x + (column + 4) * edge, y + row * edge, run * edge, edge, style="F")
            column += run


def _columns(page: Page, y: float) -> float:
    """The names of the columns; returns where the first row begins."""
    columns = {"time": WHEN, "what": WHAT, "next": NEXT, "total": SO_FAR}
    for name, (start, width) in columns.items():
        text = page.teller.words.say(f"column.{name}")
        page.put(start, y, width, text, 8.5, colour=SOFT, ends=name in ("next", "total"))
    page.rule(y + 5.5, INK, 0.6)
    return y + 5.5


def _table(page: Page, y: float) -> None:
    for number, step in enumerate(page.book.steps, start=1):
        texts = list(_texts(page, step))
        lowest = LOWEST_MM if step.kind is not StepKind.GO else LOWEST_GO_MM
        height = max(lowest, 2.5 + sum(text.height for text in texts))
        if y + height > BOTTOM - 3:
            page.add_page()
            y = _columns(page, TOP - 3)
        _row(page, number, step, texts, y, height)
        y += height
        page.rule(y)


@dataclass(frozen=True)
class _Text:
    """Lines of the wide column."""

    lines: list[str]
    size: float
    bold: bool = False

    @property
    def line_height(self) -> float:
        return self.size * MM_PER_PT * LEADING

    @property
    def height(self) -> float:
        return len(self.lines) * self.line_height


def _texts(page: Page, step: Step) -> Iterator[_Text]:
    """What to do, bold where it is more than driving; then what is to be known of it."""
    teller = page.teller
    for number, sentence in enumerate(teller.sentences(step)):
        bold = step.kind is not StepKind.GO and (number > 0 or step.turn is None)
        size = WAY_PT if number == 0 else WORK_PT
        yield _Text(page.wrap(sentence, WHAT[1], size, bold=bold), size, bold)
    if step.kind is StepKind.EMPTY:
        more = f" +{len(step.ids) - MOST_IDS}" if len(step.ids) > MOST_IDS else ""
        ids = ", ".join(map(short_id, step.ids[:MOST_IDS])) + more
        yield _Text(page.wrap(ids, WHAT[1], SMALL_PT), SMALL_PT)
    if step.kind is StepKind.TIP:
        yield _Text([teller.words.say("blank.weight")], WORK_PT)


def _row(page: Page, number: int, step: Step, texts: Sequence[_Text], y: float, height: float) -> None:
    teller = page.teller
    if step.kind in FILLS:
        page.set_fill_color(*FILLS[step.kind])
        page.rect(MARGIN, y, INNER, height, style="F")
    page.set_draw_color(*INK)
    page.set_line_width(0.5)
    page.rect(page.x_of(TICK[0] + 1, 6), y + 3, 6, 6)
    page.put(*_at(WHEN, y + 1), clock(step.clock_s), 13, bold=True)
    page.put(*_at(WHEN, y + 6.5), str(number), 9, colour=SOFT)
    draw_sign(page, step, page.x_of(*SIGN), y + 1, SIGN[1])
    draw_side(page, step.side, page.x_of(*SIDE), y + 2, SIDE[1])
    top = y + 1
    for text in texts:
        for line in text.lines:
            colour = SOFT if text.size == SMALL_PT else INK
            page.put(WHAT[0], top, WHAT[1] + 1, line, text.size, bold=text.bold, colour=colour)
            top += text.line_height
    if step.to_next_m > 0:
        page.put(*_at(NEXT, y + 2), teller.distance(step.to_next_m), 13, bold=True, ends=True)
    so_far = teller.words.say("kilometres", value=teller.number(step.at_m / 1000, 1))
    page.put(*_at(SO_FAR, y + 1), so_far, 11, ends=True)
    page.put(*_at(SO_FAR, y + 6), teller.load(step.load_kg), 11, colour=SOFT, ends=True)


def _at(column: tuple[float, float], y: float) -> tuple[float, float, float]:
    return column[0], y, column[1]
