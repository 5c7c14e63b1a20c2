"""The streets around a route, for its printed maps: those that the reader may see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection
from psycopg import sql

from analysis.roadbook import LANGUAGES, Roadbook, StepKind, name_in
from analysis.roadbook.pdf import Surroundings
from analysis.roadbook.pdf.maps import MAIN_CLASSES
from gis_core.actors import Actor
from gis_core.errors import NotAllowed, NotAuthenticated
from gis_core.geometry import BBox
from layers.policy import access_to
from layers.queries.sql import bbox_condition, both, columns, rows_of
from layers.registry import get_collection

Floats = npt.NDArray[np.float64]
AROUND_DEG = 0.012  # about a kilometre: what a page shows around the work
_NAMES = tuple(f"name_{code}" for code in LANGUAGES)


def streets_around(actor: Actor, book: Roadbook, line: Floats, language: str) -> Surroundings:
    """Main streets around the whole drive, all streets around the work; none where streets are not for the reader."""
    try:
        access = access_to(actor, get_collection("streets"))
    except (NotAuthenticated, NotAllowed):
        return Surroundings()
    served = [(s.lon, s.lat) for s in book.steps if s.kind in (StepKind.EMPTY, StepKind.COLLECT)]
    near, whole = _box(np.array(served or line)), _box(line)
    main = sql.SQL("street_class = ANY (%s)"), [sorted(MAIN_CLASSES)]
    where, params = both(access.rows(), _either(bbox_condition(near), both(main, bbox_condition(whole))))
    names = [name for name in _NAMES if name not in access.hidden]
    rows, moment = rows_of(access.collection)
    text = sql.SQL("SELECT ST_AsBinary(t.geom), street_class, {} FROM {} WHERE {} ORDER BY id").format(
        columns(names), rows, where
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [*moment, *params])
        found = cursor.fetchall()
    codes = [name.removeprefix("name_") for name in names]
    return Surroundings(
        tuple(shapely.get_coordinates(shapely.from_wkb(bytes(row[0]))) for row in found),
        tuple(row[1] for row in found),
        tuple(name_in(dict(zip(codes, row[2:], strict=True)), language) for row in found),
    )


def _either(*conditions: tuple[sql.Composable, list[object]]) -> tuple[sql.Composable, list[object]]:
    text = sql.SQL("({})").format(sql.SQL(" OR ").join([text for text, _ in conditions]))
    return text, [value for _, values in conditions for value in values]


def _box(points: Floats) -> BBox:
    west, south = (points.min(axis=0) - AROUND_DEG).tolist()
    east, north = (points.max(axis=0) + AROUND_DEG).tolist()
    return BBox(west, south, east, north)
