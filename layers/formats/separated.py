"""CSV (RFC 4180) for spreadsheets: UTF-8 with a byte order mark, comma, CRLF; harmless text cells.

Excel reads UTF-8 only behind a byte order mark: without it Arabic and French names are spoilt. Points are two columns,
longitude and latitude (x and y in another CRS); lines and polygons are WKT. Null and empty text are both an empty cell.
A text that a spreadsheet would run as a formula (it starts with = + - @, tab or return) gets an apostrophe in front;
so does one that has apostrophes before such a letter, so that `unguard` gives back every text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from psycopg import sql

from layers.base import GEOM_SRID
from layers.formats.snapshot import Rows
from layers.formats.source import FeatureSource, column, geometry, plain_text

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n]")
_FIRST = frozenset("=+-@\t\r\n'")
_TEXT = frozenset({"string", "array", "object"})


def guard(text: str | None) -> str | None:
    """The text as a spreadsheet may hold it."""
    return f"'{text}" if text and text[0] in _FIRST and _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if _GUARDED.match(text) else text


def columns(source: FeatureSource) -> Sequence[sql.Composable]:
    return [sql.SQL("{}::text").format(column("id")), *map(plain_text, source.fields), *_place(source)]


def header(source: FeatureSource) -> list[str]:
    places = {
        None: [],
        "Point": ["longitude", "latitude"] if source.srid == GEOM_SRID else ["x", "y"],
    }.get(source.geometry_type, ["wkt"])
    return ["id", *(f.name for f in source.fields), *places]


def _place(source: FeatureSource) -> list[sql.Composable]:
    digits = sql.Literal(source.digits)
    if source.geometry_type is None:
        return []
    if source.geometry_type == "Point":
        return [
            sql.SQL("round({}({})::numeric, {})::float8::text").format(
                sql.SQL(axis), geometry(source), digits
            )
            for axis in ("ST_X", "ST_Y")
        ]
    return [sql.SQL("ST_AsText({}, {})").format(geometry(source), digits)]


def write(source: FeatureSource, rows: Rows) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    texts = [i for i, f in enumerate(source.fields, start=1) if f.type in _TEXT]
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header(source))
    yield _take(buffer)
    for batch in rows:
        writer.writerows(_guarded(row, texts) for row in batch)
        yield _take(buffer)


def _guarded(row: Sequence[str | None], texts: list[int]) -> Sequence[str | None]:
    """The row itself where nothing is to be guarded, which is nearly always."""
    if not any((text := row[i]) and text[0] in _FIRST for i in texts):
        return row
    return [guard(text) if i in texts else text for i, text in enumerate(row)]


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
