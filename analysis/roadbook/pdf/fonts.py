"""The type of the printed sheets: Cairo, made for PDF from the parts that the web pages are served with."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from analysis.roadbook.roadbook import RoadbookError

PARTS = ("cairo-latin-wght-normal.woff2", "cairo-arabic-wght-normal.woff2")
WEIGHTS = {"": 500, "B": 800}  # style of fpdf2 -> weight


def print_fonts(web_fonts: Path, kept: Path) -> dict[str, Path]:
    """A TrueType file per style, of Latin and Arabic together; made once (about a second each) and then kept.

    `web_fonts` is the folder with PARTS. Raises RoadbookError when they are not there.
    """
    parts = [web_fonts / name for name in PARTS]
    for part in parts:
        if not part.is_file():
            raise RoadbookError(
                f"The font {part.name} is missing; build the web pages with script/bootstrap."
            )
    mark = sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]
    files = {style: kept / f"cairo-{weight}-{mark}.ttf" for style, weight in WEIGHTS.items()}
    for style, file in files.items():
        if not file.is_file():
            _make(parts, WEIGHTS[style], file)
    return files


def _make(parts: Iterable[Path], weight: int, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=file.parent) as folder:
        plain = []
        for number, part in enumerate(parts):
            font = instantiateVariableFont(TTFont(part), {"wght": weight})
            font.flavor = None
            plain.append(str(Path(folder) / f"{number}.ttf"))
            font.save(plain[-1])
        whole = Path(folder) / "whole.ttf"
        Merger().merge(plain).save(whole)
        whole.replace(file)
