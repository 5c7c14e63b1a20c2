"""A page of the sheet: type, and measures from the side where reading begins, so that Arabic mirrors by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TextDirection

from analysis.roadbook.roadbook import Roadbook
from analysis.roadbook.telling import Teller

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 12.0
INNER = WIDTH - 2 * MARGIN
TOP, BOTTOM = 22.0, HEIGHT - 14.0
MM_PER_PT = 25.4 / 72
LEADING = 1.45  # of the type size: Arabic has marks above and below
FAMILY = "cairo"
Colour = tuple[int, int, int]
INK, SOFT, LINE, PAPER = (15, 20, 27), (80, 88, 97), (150, 156, 162), (255, 255, 255)


class Page(FPDF):
    """A4; lengths in millimetres. `start` offsets count from the left margin, or from the right one in Arabic.

    One roadbook after the other: `begin`, its pages, `number_pages`.
    """

    book: Roadbook

    def __init__(self, teller: Teller, fonts: Mapping[str, Path]) -> None:
        super().__init__(format="A4")
        self.teller = teller
        self.first = 1
        self.rtl = teller.right_to_left
        self.set_auto_page_break(False)
        self.set_margins(MARGIN, MARGIN)
        for style, file in fonts.items():
            self.add_font(FAMILY, style, str(file))
        self.set_text_shaping(True, direction=TextDirection.RTL if self.rtl else TextDirection.LTR)
        self.set_lang(teller.words.language)
        self.set_creator("CasaGIS")
        self.c_margin = 0.0

    def begin(self, book: Roadbook) -> None:
        """The first page of a roadbook, with its entry in the outline."""
        self.book, self.first = book, self.pages_count + 1
        self.add_page()
        self.start_section(self.teller.title(book))

    def header(self) -> None:
        if self.page_no() == self.first:
            return
        self.put(
            0,
            9,
            INNER - 30,
            f"{self.teller.title(self.book)} · {self.teller.subtitle(self.book)}",
            9,
            colour=SOFT,
        )
        self.rule(17)

    def number_pages(self) -> None:
        """At the foot of each page of the roadbook, now that it is known how many they are."""
        count = self.pages_count - self.first + 1
        for number in range(1, count + 1):
            self.page = self.first + number - 1
            self.current_font_is_set_on_page = False  # the font that is known is that of the last page
            self.set_fill_color(*PAPER)  # and so is the colour: text of another one than this names its own
            told = self.teller.words.say("page", number=number, pages=count)
            self.put(INNER - 40, HEIGHT - 12, 40, told, 10, bold=True, ends=True)

    def x_of(self, start: float, width: float) -> float:
        """The left edge of what begins at `start`."""
        return WIDTH - MARGIN - start - width if self.rtl else MARGIN + start

    def put(
        self,
        start: float,
        y: float,
        width: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        ends: bool = False,
        centred: bool = False,
    ) -> None:
        """One line, made smaller where it would not fit."""
        self.set_font(FAMILY, "B" if bold else "", size)
        if (wide := self.get_string_width(text)) > width:
            self.set_font_size(max(5.0, size * width / wide))
        self.set_text_color(*colour)
        self.set_xy(self.x_of(start, width), y)
        align = "C" if centred else "R" if ends is not self.rtl else "L"
        self.cell(width, size * MM_PER_PT * LEADING, text, align=align)

    def wrap(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        """The lines of a text that stands in this width."""
        self.set_font(FAMILY, "B" if bold else "", size)
        if self.get_string_width(text) <= width:
            return [text]
        lines = self.multi_cell(width, size, text, dry_run=True, output=MethodReturnValue.LINES)
        return cast("list[str]", lines)

    def rule(self, y: float, colour: Colour = LINE, width: float = 0.2) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(MARGIN, y, WIDTH - MARGIN, y)
