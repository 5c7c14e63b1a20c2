"""What a row must be before it is loaded: a geometry of the collection's kind, whole and in one piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from django.utils.translation import gettext as _

from layers.services.checks import RowIssue

LONGEST_VALUE = 200
KINDS = {"Point": (0, 4), "LineString": (1, 5), "MultiPolygon": (3, 6)}  # shapely type ids that may become it
COLLECTION = 7


@dataclass(frozen=True)
class Shaped:
    """Geometries of the wanted kind, None where rejected; `issues` says why; `notes` what was changed."""

    geometries: np.ndarray
    issues: tuple[RowIssue, ...]
    notes: tuple[str, ...]


def issues_where(bad: Any, values: Any, field: str, rule: str, cure: str) -> list[RowIssue]:
    """One issue for each row where `bad` is true; rows count from 1."""
    rows = np.flatnonzero(np.asarray(bad, dtype=bool))
    shown = np.asarray(values, dtype=object)
    return [RowIssue(str(i + 1), field, _short(shown[i]), rule, cure) for i in rows]


def _short(value: Any) -> str:
    return "" if value is None or value is pd.NA else str(value)[:LONGEST_VALUE]


def row_number(issue: RowIssue) -> int:
    """Of "12" or, from a load, "12 (identifier)"."""
    return int(issue.row.split(" ")[0])


def rejected_rows(issues: Iterable[RowIssue]) -> set[int]:
    return {row_number(issue) for issue in issues}


def shape(geometries: np.ndarray, kind: str, *, repair: bool = False) -> Shaped:
    """Bring every geometry to `kind` (Point, LineString, MultiPolygon) or reject it with the reason."""
    issues: list[RowIssue] = []
    shapes = unwrap(geometries)
    for bad, rule, cure in _faults(shapes, kind):
        issues += issues_where(bad, _described(shapes, bad), "geom", rule, cure)
        shapes[bad] = None
    shapes = _of_kind(shapes, kind)
    several = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != _type_id(kind))
    cure = _("Split it into single parts, one row for each.")
    issues += issues_where(several, _described(shapes, several), "geom", _("has several parts"), cure)
    shapes[several] = None
    shapes, invalid, notes = _made_valid(shapes, kind, repair=repair)
    issues += invalid
    return Shaped(shapes, tuple(issues), notes)


def unwrap(geometries: np.ndarray) -> np.ndarray:
    """A collection of one part is that part; a collection of areas only is a MultiPolygon."""
    shapes = np.array(geometries, dtype=object)
    for i in np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION):
        parts = [p for p in shapely.get_parts(shapes[i]) if not p.is_empty]
        if len(parts) == 1:
            shapes[i] = parts[0]
        elif parts and all(p.geom_type in {"Polygon", "MultiPolygon"} for p in parts):
            shapes[i] = shapely.multipolygons(shapely.get_parts(parts))
    return shapes


def _faults(shapes: np.ndarray, kind: str) -> Iterator[tuple[np.ndarray, str, str]]:
    yield (
        shapely.is_missing(shapes) | shapely.is_empty(shapes),
        _("has no geometry"),
        _("Draw it, or leave the row out."),
    )
    bounds = shapely.bounds(shapes)
    present = ~shapely.is_missing(shapes)
    yield (
        present & ~np.isfinite(bounds).all(axis=1),
        _("has a coordinate that is no number"),
        _("Correct the coordinates."),
    )
    wrong = ~shapely.is_missing(shapes) & ~np.isin(shapely.get_type_id(shapes), KINDS[kind])
    yield (
        wrong,
        _("must be a %(kind)s") % {"kind": kind},
        _("Put features of another kind into another layer."),
    )


def _described(shapes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The kind of geometry, for the rows in question only."""
    words = np.full(len(shapes), "", dtype=object)
    words[rows] = [shape.geom_type if shape is not None else "" for shape in shapes[rows]]
    return words


def _type_id(kind: str) -> int:
    return {"Point": 0, "LineString": 1, "MultiPolygon": 6}[kind]


def _of_kind(shapes: np.ndarray, kind: str) -> np.ndarray:
    """Polygon to MultiPolygon; a multi-geometry of one part to that part."""
    made = shapes.copy()
    types = shapely.get_type_id(shapes)
    if kind == "MultiPolygon":
        single = types == 3
        made[single] = shapely.multipolygons(shapes[single, np.newaxis])
        return made
    alone = np.isin(types, (4, 5)) & (shapely.get_num_geometries(shapes) == 1)
    made[alone] = shapely.get_geometry(shapes[alone], 0)
    return made


def _made_valid(
    shapes: np.ndarray, kind: str, *, repair: bool
) -> tuple[np.ndarray, list[RowIssue], tuple[str, ...]]:
    invalid = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    notes: tuple[str, ...] = ()
    if repair and kind == "MultiPolygon" and invalid.any():
        shapes = shapes.copy()
        before = invalid.sum()
        shapes[invalid] = [_repaired(shape) for shape in shapes[invalid]]
        invalid = invalid & (shapely.is_missing(shapes) | ~shapely.is_valid(shapes))
        notes = (f"{before - invalid.sum()} invalid geometries were repaired (make_valid).",)
    reasons = np.full(len(shapes), "", dtype=object)
    reasons[invalid] = shapely.is_valid_reason(shapes[invalid])
    cure = (
        _("Correct it, or import with repair=true: then look at the result.")
        if not repair
        else _("It cannot be repaired; draw it anew.")
    )
    issues = issues_where(invalid, reasons, "geom", _("is not valid"), cure)
    kept = shapes.copy()
    kept[invalid] = None
    return kept, issues, notes


def _repaired(shape: Any) -> Any:
    """The areas of make_valid's answer as one MultiPolygon; None when nothing is left."""
    made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [p for p in shapely.get_parts(made) if p.geom_type == "Polygon" and not p.is_empty]
    return shapely.multipolygons(parts) if parts else None
