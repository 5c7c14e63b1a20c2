"""ESRI Shapefiles: the files beside the .shp, and letters whose encoding is often not said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gis_core.errors import InvalidInput
from importers.readers.base import ReadOptions, SourceTable
from importers.readers.encodings import codec_of, most_foreign, unknown_encoding
from importers.readers.vector import as_table, read_frame

MAGIC = b"\x00\x00\x27\x0a"
LANGUAGE_BYTE = 29  # of the .dbf header; 0 and 0x57 ("ANSI") say nothing
SAYS_NOTHING = frozenset({0, 0x57})


class ShapefileReader:
    suffixes = frozenset({".shp"})

    def read(self, path: Path, options: ReadOptions) -> SourceTable:
        _check(path)
        encoding = codec_of(options.encoding) if options.encoding else declared_encoding(path)
        if encoding == "":
            frame, encoding = _read_unlabelled(path)
        else:
            frame = read_frame(path, encoding=encoding)
        return as_table(path.stem, frame, encoding=encoding or "as its .dbf says")


def sibling(path: Path, suffix: str) -> Path | None:
    """The file of the same stem with another suffix, in whatever case."""
    return next(
        (p for p in path.parent.iterdir() if p.stem == path.stem and p.suffix.lower() == suffix), None
    )


def declared_encoding(path: Path) -> str | None:
    """What the .cpg says; None when the .dbf says it (GDAL reads that); "" when nobody does."""
    cpg = sibling(path, ".cpg")
    if cpg is not None and (label := cpg.read_text(encoding="ascii", errors="replace").strip()):
        return codec_of(label)
    dbf = sibling(path, ".dbf")
    if dbf is None:
        return None
    with dbf.open("rb") as file:
        header = file.read(LANGUAGE_BYTE + 1)
    return "" if header[LANGUAGE_BYTE:] and header[LANGUAGE_BYTE] in SAYS_NOTHING else None


def _check(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise InvalidInput(
                f"{path.name} is not a Shapefile: its first bytes are not 0000270a. Export it again."
            )
    if sibling(path, ".shx") is None:
        raise InvalidInput(
            f"{path.name} lacks its .shx. Zip the .shp together with its .shx, .dbf, .prj and .cpg."
        )


def _read_unlabelled(path: Path) -> tuple[pd.DataFrame, str]:
    """Read byte for byte; plain ASCII and UTF-8 need no question, all else does."""
    frame = read_frame(path, encoding="iso8859-1")
    texts = frame.select_dtypes(include=["object", "str"])
    foreign = [
        value.encode("iso8859-1")
        for name in texts
        for value in texts[name].dropna().unique()
        if _foreign(value)
    ]
    if not foreign:
        return frame, "ascii"
    try:
        b"".join(foreign).decode("utf-8")
    except UnicodeDecodeError as error:
        raise unknown_encoding(path.name, most_foreign(foreign)) from error
    return read_frame(path, encoding="utf-8"), "utf-8"


def _foreign(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()
