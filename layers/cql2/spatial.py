"""Geometry literals, checked before the database sees them, and the spatial relations.

A literal in another CRS is transformed in the database, once; the column never, so that its index serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, LiteralString

import shapely
from psycopg import sql
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from layers.base import GEOM_SRID
from layers.cql2.terms import Kind, Scope, Term, fill

MAX_VERTICES = 5_000
MAX_DEGREES = 1_000.0
# Well inside where PROJ can invert every projection that the service knows (transverse Mercator ends before 2e7 m).
MAX_METRES = 1e7
WEB_MERCATOR, WEB_MERCATOR_EDGE = 3857, 20037508.342789244
_BOX_STEPS = 16  # sides of a box in another CRS are curves; so many straight parts stand for each
_FUNCTIONS = {
    "s_intersects": "ST_Intersects({a}, {b})",
    "s_contains": "ST_Contains({a}, {b})",
    "s_crosses": "ST_Crosses({a}, {b})",
    "s_disjoint": "ST_Disjoint({a}, {b})",
    "s_equals": "ST_Equals({a}, {b})",
    "s_overlaps": "ST_Overlaps({a}, {b})",
    "s_touches": "ST_Touches({a}, {b})",
    "s_within": "ST_Within({a}, {b})",
}
FUNCTIONS = tuple(_FUNCTIONS)
# How deep the coordinates of each type are nested: a position is 1.
_NESTING = {
    "Point": 1,
    "MultiPoint": 2,
    "LineString": 2,
    "MultiLineString": 3,
    "Polygon": 3,
    "MultiPolygon": 4,
}


def relate_geometries(op: str, left: Term, right: Term, scope: Scope) -> Term:
    """The relation `op`. Raises InvalidInput where there is no geometry, or none that the relation is defined for."""
    for operand in (left, right):
        if operand.kind is not Kind.GEOMETRY:
            raise InvalidInput(f"{op.upper()} needs geometries{_where(scope)}; {operand.named()}.")
        if operand.mixed and op not in ("s_intersects", "s_disjoint"):
            raise InvalidInput(
                f"{op.upper()} is not defined for a collection of points, lines and areas together; use one kind."
            )
    return fill(Kind.BOOLEAN, _FUNCTIONS[op], a=left, b=right)


def _where(scope: Scope) -> str:
    return "" if scope.geometry else " and this collection has none"


def geometry_literal(node: dict[str, Any], scope: Scope) -> Term:
    """Of GeoJSON, or of {"bbox": [...]}, in the scope's CRS; the SQL gives it in EPSG:4326.

    Raises InvalidInput with what is wrong: numbers, rings, validity, size, or a place outside of the CRS.
    """
    found = _box(node["bbox"], scope) if "bbox" in node else _shape(node, scope)
    kind = found.geom_type
    mixed = kind == "GeometryCollection"
    params = shapely.to_wkb(found), scope.crs_srid
    text = sql.SQL(_sql_of(kind, scope.crs_srid))
    return Term(Kind.GEOMETRY, text, params, found, told="the literal", mixed=mixed)


def _sql_of(kind: str, srid: int) -> LiteralString:
    """An area that is hardly valid may be invalid once it is transformed, and a relation with it an error."""
    if srid == GEOM_SRID:
        return "ST_GeomFromWKB(%s, %s)"
    if kind in ("Polygon", "MultiPolygon"):
        return "ST_CollectionExtract(ST_MakeValid(ST_Transform(ST_GeomFromWKB(%s, %s), 4326)), 3)"
    if kind == "GeometryCollection":
        return "ST_MakeValid(ST_Transform(ST_GeomFromWKB(%s, %s), 4326))"
    return "ST_Transform(ST_GeomFromWKB(%s, %s), 4326)"


def _box(numbers: Any, scope: Scope) -> BaseGeometry:
    if not isinstance(numbers, list) or len(numbers) not in (4, 6):
        raise InvalidInput("BBOX takes 4 numbers (west, south, east, north) or 6 with heights.")
    half = len(numbers) // 2
    west, south = _position(numbers[:half], scope, edge=True)
    east, north = _position(numbers[half:], scope, edge=True)
    if south > north:
        raise InvalidInput(f"BBOX: south {south} lies north of north {north}; swap them.")
    if west <= east:
        return _curved(box(west, south, east, north), scope)
    if scope.crs_srid != GEOM_SRID:
        raise InvalidInput(f"BBOX: west {west} lies east of east {east}; swap them.")
    parts = BBox(west, south, east, north).parts()
    return shapely.union_all([_curved(box(*part.as_tuple()), scope) for part in parts])


def _curved(area: BaseGeometry, scope: Scope) -> BaseGeometry:
    """A box without area is a line or a point."""
    west, south, east, north = area.bounds
    size = max(east - west, north - south)
    if west == east or south == north:
        area = shapely.LineString([(west, south), (east, north)]) if size else shapely.Point(west, south)
    if scope.crs_srid == GEOM_SRID or not size:
        return area
    return shapely.segmentize(area, size / _BOX_STEPS)


def _shape(node: dict[str, Any], scope: Scope) -> BaseGeometry:
    kind = node.get("type")
    if kind == "GeometryCollection":
        members = node.get("geometries")
        if not isinstance(members, list) or not members or not all(isinstance(m, dict) for m in members):
            raise InvalidInput("A GEOMETRYCOLLECTION needs geometries.")
        return shapely.unary_union([_single(member, scope) for member in members])
    return _single(node, scope)


def _single(node: dict[str, Any], scope: Scope) -> BaseGeometry:
    kind, coordinates = node.get("type"), node.get("coordinates")
    if not isinstance(kind, str) or kind not in _NESTING:
        raise InvalidInput(f"A geometry is one of {', '.join(_NESTING)}; {str(kind)[:40]!r} is not.")
    placed = _placed(coordinates, _NESTING[kind], scope)
    if _count(placed) > MAX_VERTICES:
        raise InvalidInput(f"A geometry literal has at most {MAX_VERTICES} positions; simplify it.")
    _check_parts(kind, placed)
    found = shape({"type": kind, "coordinates": placed})
    if not found.is_valid:
        raise InvalidInput(f"The {kind} is not valid: {explain_validity(found)}. Mend it.")
    return found


def _placed(coordinates: Any, nesting: int, scope: Scope) -> Any:
    """The same nested list with positions as (x, y)."""
    if not isinstance(coordinates, list) or not coordinates:
        raise InvalidInput("A geometry literal needs coordinates; an empty one meets nothing.")
    if nesting == 1:
        return _position(coordinates, scope)
    return [_placed(part, nesting - 1, scope) for part in coordinates]


def _position(numbers: Sequence[Any], scope: Scope, *, edge: bool = False) -> tuple[float, float]:
    """x and y of a position; heights are dropped. `edge`: what lies outside of web Mercator moves to its edge."""
    if len(numbers) not in (2, 3) or any(
        isinstance(n, bool) or not isinstance(n, int | float) for n in numbers
    ):
        raise InvalidInput("A position has 2 numbers, or 3 with its height.")
    try:
        x, y = (float(n) for n in numbers[:2])
    except OverflowError:
        x = y = float("inf")
    if scope.flip:
        x, y = y, x
    limit = _limit(scope.crs_srid)
    if edge and scope.crs_srid == WEB_MERCATOR and isfinite(x) and isfinite(y):
        x, y = (max(-limit, min(limit, n)) for n in (x, y))
    if not (abs(x) <= limit and abs(y) <= limit):
        raise InvalidInput(
            f"The position {x:.10g}, {y:.10g} lies outside of EPSG:{scope.crs_srid}; check filter-crs."
        )
    return x, y


def _limit(srid: int) -> float:
    return {GEOM_SRID: MAX_DEGREES, WEB_MERCATOR: WEB_MERCATOR_EDGE}.get(srid, MAX_METRES)


def _count(placed: Any) -> int:
    return 1 if isinstance(placed, tuple) else sum(_count(part) for part in placed)


def _check_parts(kind: str, placed: Any) -> None:
    """Lines have two positions, rings four and close; shapely would close them silently."""
    parts = {"LineString": [placed], "MultiLineString": placed, "Polygon": placed}.get(kind, [])
    rings = (
        placed
        if kind == "Polygon"
        else [r for area in placed for r in area]
        if kind == "MultiPolygon"
        else []
    )
    if any(len(line) < 2 for line in parts):
        raise InvalidInput(f"A {kind} needs at least 2 positions for each line.")
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise InvalidInput(
            f"Each ring of a {kind} has at least 4 positions and ends where it starts; close it."
        )
