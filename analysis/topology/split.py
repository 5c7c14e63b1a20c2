"""Split features by a line; neighbours get the new corners, so that borders stay shared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Scene, area_m2, length_m
from analysis.topology.linework import (
    SHARED_M,
    SNAP_M,
    as_multi,
    border,
    crossings,
    faces,
    inside,
    lying_on,
    one_line,
    planned,
    reaching,
    united,
    vertices,
    with_points,
)
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError, require


def split(scene: Scene, ids: Iterable[int], blade: BaseGeometry, *, tolerance_m: float = SHARED_M) -> Plan:
    """The chosen areas or lines, cut by the blade; the largest part keeps the id.

    blade: a LineString on the grid; an end that stops within `tolerance_m` of a border is led on to it.
    Parts of a multi-part area that the blade does not cross stay with the largest part.
    Raises TopologyError when the blade crosses none of them from side to side.
    """
    chosen = require(ids, 1)
    borders = [border(shape) for shape in scene.chosen(chosen)]
    blade = reaching(one_line(blade), shapely.union_all(borders), scene.ground, tolerance_m)
    blade = with_points(blade, vertices(borders), scene.ground, SNAP_M)
    corners = crossings([*borders, blade]) | lying_on(vertices([blade]), borders, scene.ground)
    blade = with_points(blade, corners, scene.ground)
    pieces = {id: _pieces(with_points(scene.shapes[id], corners, scene.ground), blade) for id in chosen}
    cut = {id: parts for id, parts in pieces.items() if len(parts) > 1}
    if not cut:
        raise TopologyError(Fault.NOT_CROSSED, ids=chosen)
    kept = {id: parts[0] for id, parts in cut.items()}
    created = [(id, part) for id, parts in cut.items() for part in parts[1:]]
    return planned(scene, kept, created=created, used=chosen, notes=_notes(chosen, cut))


def _pieces(shape: BaseGeometry, blade: BaseGeometry) -> list[BaseGeometry]:
    """Largest first."""
    if shape.geom_type == "LineString":
        return sorted(cut_line(shape, vertices([blade])), key=length_m, reverse=True)
    whole: list[BaseGeometry] = []
    parts: list[BaseGeometry] = []
    for area in shapely.get_parts(shape):
        found = inside(faces([area.boundary, blade]), area)
        (parts if len(found) > 1 else whole).extend(found)
    parts.sort(key=area_m2, reverse=True)
    return [united([*whole, *parts[:1]]), *(as_multi(part) for part in parts[1:])] if parts else [shape]


def cut_line(line: BaseGeometry, nodes: set[tuple[float, float]]) -> list[BaseGeometry]:
    """The line cut at those of its vertices that are nodes, in its order."""
    course = shapely.get_coordinates(line)
    at = [n for n in range(1, len(course) - 1) if tuple(course[n].tolist()) in nodes]
    stops = [0, *at, len(course) - 1]
    return [shapely.linestrings(course[start : stop + 1]) for start, stop in pairwise(stops)]


def _notes(chosen: tuple[int, ...], cut: dict[int, list[BaseGeometry]]) -> tuple[Note, ...]:
    missed = tuple(id for id in chosen if id not in cut)
    return (Note(Remark.NOT_CROSSED, {"ids": missed}),) if missed else ()
