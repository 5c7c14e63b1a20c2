"""The printed sheet, looked at by poppler."""

import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import segno
from django.conf import settings

from analysis.api.words import PageWords
from analysis.roadbook import RoadbookError, StepKind
from analysis.roadbook.pdf import Sheet, Surroundings, print_fonts, write_pdf
from analysis.roadbook.pdf.maps import parts
from analysis.roadbook.pdf.page import Page
from analysis.roadbook.pdf.sheet import draw_qr
from analysis.roadbook.telling import Teller
from tests.analysis.roadbook.test_roundabouts import place
from tests.analysis.roadbook.trips import Trip, cross, point_m
from tests.conftest import ROOT

WEB_FONTS = ROOT / "frontend" / "static" / "build"
LINK = "https://gis.example/collections/collection-routes/items/7/roadbook?lang=ar"
CHANGED = datetime(2026, 11, 22, tzinfo=UTC)
poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def fonts():
    if not (WEB_FONTS / "cairo-latin-wght-normal.woff2").exists():
        pytest.skip("the web pages are not built (script/bootstrap)")
    return print_fonts(WEB_FONTS, settings.VAR / "fonts")


@pytest.fixture(scope="module")
def book():
    trip = Trip(cross()).start().drive("+w", 0, 50).empty("casa:bin/0012").drive("+w +n", 50).tip()
    return trip.drive("-n +e", 0, 0).collect("e", "+e").drive("-e", 0).end().book()


def sheet(book, fonts, language: str, *others) -> bytes:
    corners = [point_m(x, y) for x, y in ((-100, 0), (0, 0), (0, 100), (0, 0), (100, 0), (0, 0))]
    line = np.array([[point.x, point.y] for point in corners])
    around = Surroundings((line[:2], line[1:3]), ("residential", "primary"), ("زنقة أ", "Avenue B"))
    teller = Teller(PageWords(language))
    sheets = [Sheet(each, line, around, LINK) for each in (book, *others)]
    return write_pdf(sheets, teller, fonts, title="Sheet", changed=CHANGED)


def read(tool: str, pdf: bytes, tmp_path, *options: str) -> str:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(pdf)
    out = ["-"] if tool == "pdftotext" else []
    return subprocess.run([tool, *options, file, *out], capture_output=True, check=True, text=True).stdout


def letters(text: str) -> str:
    """Without marks, joined forms and the signs that turn the direction."""
    plain = unicodedata.normalize("NFKD", text)
    return re.sub(r"[^\w:]", "", "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")))


@poppler
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            [
                "Feuille de route de v1",
                "Tournez à gauche sur Avenue B",
                "Videz le conteneur à droite",
                "0012",
            ],
        ),
        ("ar", ["ورقة طريق", "انعطف", "مطرح", "v1", "0012", "زنقة"]),
    ],
)
def test_the_sheet_says_the_steps_in_both_scripts_on_numbered_pages(
    book, fonts, language, expected, tmp_path
):
    pdf = sheet(book, fonts, language)
    told = letters(read("pdftotext", pdf, tmp_path))
    assert [text for text in expected if letters(text) not in told] == []
    info = read("pdfinfo", pdf, tmp_path)
    assert "595.28 x 841.89 pts (A4)" in info
    assert re.search(r"Pages:\s+3\b", info)  # steps, the whole route, one part


@poppler
@pytest.mark.parametrize(("language", "number"), [("fr", "Page {} sur {}"), ("ar", "الصفحة {} من {}")])
def test_each_crew_has_its_own_page_numbers_and_a_place_in_the_outline(
    book, fonts, language, number, tmp_path
):
    steps = [step for step in book.steps for _ in range(4 if step.kind is StepKind.GO else 1)]
    long = replace(book, vehicle="v2", steps=tuple(steps * 3))
    pdf = sheet(book, fonts, language, long, replace(book, vehicle="v3"))
    *pages, _ = read("pdftotext", pdf, tmp_path).split("\f")
    assert len(pages) > 8
    counts = [3] * 3 + [len(pages) - 6] * (len(pages) - 6) + [3] * 3
    numbers = [1, 2, 3, *range(1, len(pages) - 5), 1, 2, 3]
    for text, own, count in zip(pages, numbers, counts, strict=True):
        assert letters(number.format(own, count)) in letters(text)
    outline = pdf.partition(b"/Outlines")[2]
    assert b"/Count 3\n" in outline and outline.count(b"/Title ") == 4  # the document's, too


@poppler
def test_page_numbers_are_black_on_every_page(book, fonts, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheet(book, fonts, "fr", book))
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "72", tmp_path / "sheet.pdf", tmp_path / "page"], check=True, timeout=60
    )
    pictures = [file.read_bytes() for file in sorted(tmp_path.glob("page-*.pgm"))]
    feet = [np.frombuffer(picture[-842 * 596 :], np.uint8).reshape(842, -1)[800:] for picture in pictures]
    assert [bool((foot < 60).any()) for foot in feet] == [True] * 6


@poppler
def test_every_font_is_embedded(book, fonts, tmp_path):
    rows = read("pdffonts", sheet(book, fonts, "ar"), tmp_path).splitlines()[2:]
    assert len(rows) == 2
    assert all(row.split()[-5] == "yes" for row in rows)


def test_the_same_roadbook_gives_the_same_bytes(book, fonts):
    assert sheet(book, fonts, "ar") == sheet(book, fonts, "ar")


def test_the_qr_code_is_the_links(book, fonts):
    page = Page(Teller(PageWords("fr")), fonts)
    modules = segno.make(LINK, error="m", micro=False).matrix
    drawn = np.zeros((len(modules), len(modules)), dtype=int)
    edge = 40.0 / (len(modules) + 8)

    def rect(x: float, y: float, w: float, h: float, style: str) -> None:
        column, row = round(x / edge) - 4, round(y / edge) - 4
        drawn[row, column : column + round(w / edge)] = 1

    page.rect = rect
    draw_qr(page, LINK, 0.0, 0.0, 40.0)
    assert (drawn == np.array([list(row) for row in modules])).all()


def test_parts_are_cut_where_a_page_would_be_too_small(book):
    served = [n for n, step in enumerate(book.steps) if step.kind in (StepKind.EMPTY, StepKind.COLLECT)]
    here = np.zeros((len(book.steps), 2))
    assert list(parts(book, here)) == [(served[0], served[-1])]
    here[served[-1]] = (3000.0, 0.0)
    assert list(parts(book, here)) == [(served[0], served[0]), (served[-1], served[-1])]


def test_without_the_web_fonts_it_says_what_to_do(tmp_path):
    with pytest.raises(RoadbookError, match="script/bootstrap"):
        print_fonts(tmp_path, tmp_path)


@poppler
def test_a_roundabout_is_printed_with_its_exit(fonts, tmp_path):
    around = Trip(place()).start().drive("+s +r3 +r0 +n").end().book()
    told = letters(read("pdftotext", sheet(around, fonts, "fr"), tmp_path, "-layout"))
    assert letters("Au rond-point, prenez la 2e sortie") in told
