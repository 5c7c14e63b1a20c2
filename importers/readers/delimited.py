"""Text tables: comma, semicolon, tab or bar; places as longitude and latitude, as x and y, or as WKT."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError

from gis_core.errors import InvalidInput
from importers.checks import issues_where
from importers.readers.base import ReadOptions, SourceTable
from importers.readers.encodings import decode
from importers.values import fold, numbers, texts
from layers.services.checks import RowIssue

DELIMITERS = ",;\t|"
LONGEST_CELL = 1 << 27  # bytes; a coastline as WKT is long
WKT = ("wkt", "wkt geom", "geom", "geometry", "the geom", "geometrie")
DEGREES = (
    ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"), ("خط الطول", "خط العرض"),
)  # fmt: skip
PLANE = (
    ("x", "y"), ("geom x", "geom y"), ("coord x", "coord y"), ("x coord", "y coord"), ("easting", "northing"),
)  # fmt: skip
EWKT = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)


class DelimitedReader:
    suffixes = frozenset({".csv", ".tsv", ".txt"})

    def read(self, path: Path, options: ReadOptions) -> SourceTable:
        text, encoding = decode(path.read_bytes(), path.name, options.encoding)
        values, issues = _table(text, path.name)
        places = find_places(values)
        rest = values.drop(columns=list(places.columns))
        return SourceTable(
            path.stem, rest, places.geometries, places.crs, encoding, places.notes, (*issues, *places.issues)
        )


@dataclass(frozen=True)
class Places:
    """Geometries and the columns they came from; crs only where the columns say it."""

    geometries: np.ndarray | None = None
    columns: tuple[str, ...] = ()
    crs: Any = None
    notes: tuple[str, ...] = ()
    issues: tuple[RowIssue, ...] = ()


def find_places(values: pd.DataFrame) -> Places:
    """The first of: longitude and latitude, x and y, WKT. Empty where the table has none."""
    by_fold = {fold(name): name for name in values.columns}
    for pairs, degrees in ((DEGREES, True), (PLANE, False)):
        for x, y in pairs:
            if x in by_fold and y in by_fold:
                return _points(values, by_fold[x], by_fold[y], degrees=degrees)
    column = next((by_fold[name] for name in WKT if name in by_fold), None)
    return _shapes(values, column) if column is not None else Places()


def _points(values: pd.DataFrame, x: str, y: str, *, degrees: bool) -> Places:
    (across, bad_x), (up, bad_y) = numbers(values[x]), numbers(values[y])
    here = (across.notna() & up.notna()).to_numpy()
    geometries = np.full(len(values), None, dtype=object)
    geometries[here] = shapely.points(across.to_numpy()[here], up.to_numpy()[here])
    cure = _("Write it with digits only, for example -7.6192 or -7,6192.")
    issues = (
        *issues_where(bad_x, values[x], x, _("is not a number"), cure),
        *issues_where(bad_y & ~bad_x, values[y], y, _("is not a number"), cure),
    )
    note = (f"{x} and {y} are read as degrees of EPSG:4326.",) if degrees else ()
    return Places(geometries, (x, y), pyproj.CRS.from_epsg(4326) if degrees else None, note, issues)


def _shapes(values: pd.DataFrame, column: str) -> Places:
    text = texts(values[column])
    codes = text.str.extract(EWKT, expand=False).dropna().unique()
    plain = text.str.replace(EWKT, "", regex=True).astype(object).where(text.notna(), None)
    geometries = from_wkt(plain.to_numpy(dtype=object))
    bad = text.notna() & pd.Series(shapely.is_missing(geometries), index=text.index)
    cure = _("Write points, lines or polygons as WKT; curves must be turned into lines first.")
    issues = issues_where(bad, text, column, _("is not readable WKT"), cure)
    crs = pyproj.CRS.from_epsg(int(codes[0])) if len(codes) == 1 else None
    return Places(geometries, (column,), crs, (), tuple(issues))


def from_wkt(texts_: np.ndarray) -> np.ndarray:
    """None for what is no WKT. Row by row only when one curve stops the fast way."""
    try:
        return np.asarray(shapely.from_wkt(texts_, on_invalid="ignore"), dtype=object)
    except (NotImplementedError, ShapelyError):
        shapes = np.full(len(texts_), None, dtype=object)
        shapes[:] = [_one_wkt(text) for text in texts_]
        return shapes


def _one_wkt(text: str | None) -> Any:
    try:
        return shapely.from_wkt(text, on_invalid="ignore")
    except (NotImplementedError, ShapelyError):
        return None


def _table(text: str, name: str) -> tuple[pd.DataFrame, list[RowIssue]]:
    """All cells as text; a row of another width than the header is blanked and reported."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)) if row]
    except csv.Error as error:
        raise InvalidInput(f"{name} is not a text table: {error}.") from error
    if not rows:
        raise InvalidInput(f"{name} holds no rows.")
    header, *body = rows
    names = _header(header, name)
    odd = np.array([len(row) != len(names) for row in body], dtype=bool)
    blank = [""] * len(names)
    values = pd.DataFrame(
        [blank if strange else row for row, strange in zip(body, odd, strict=True)],
        columns=names,
        dtype="str",
    )
    shown = pd.Series([f"{len(row)}: {' '.join(row)[:60]}" for row in body], dtype="str")
    rule = _("the row has another number of cells than the header (%(count)s)") % {"count": len(names)}
    return values, issues_where(
        pd.Series(odd), shown, "", rule, _("Check separators and quotation marks in this line.")
    )


def delimiter_of(text: str) -> str:
    """The sign that splits the first line most often, quoted parts apart."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count)


def _header(cells: list[str], name: str) -> list[str]:
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InvalidInput(
            f"{name} has two columns called {', '.join(twice)}; the first line must name each column once."
        )
    return names
