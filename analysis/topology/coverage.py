"""Simplify areas that share borders, so that they still share them: GEOS's coverage simplification."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Coordinates, Scene
from analysis.topology.linework import Vertex, as_multi, planned, redrawn, same, vertices
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError, require


def simplify_coverage(scene: Scene, ids: Iterable[int], *, tolerance_m: float, outline: bool = False) -> Plan:
    """Fewer vertices on the borders between the chosen areas (Visvalingam and Whyatt), which stay shared.

    tolerance_m: a vertex goes when the triangle with its neighbours covers less than this, squared.
    outline: also where the chosen areas meet others, or nothing; the others then lose the same vertices.
    No vertex moves. Raises TopologyError when the chosen areas are no coverage (overlaps, borders not shared vertex by
    vertex), with a place, or when nothing can go.
    """
    chosen = require(ids, 1)
    require_coverage(scene, chosen)
    together = tuple(dict.fromkeys((*chosen, *(_touching(scene, chosen) if outline else ()))))
    shapes = [scene.ground.metres(scene.shapes[id]) for id in together]
    simple = shapely.coverage_simplify(np.array(shapes, dtype=object), tolerance_m, simplify_boundary=outline)
    found = {id: as_multi(scene.ground.units(shape)) for id, shape in zip(together, simple, strict=True)}
    gone = set().union(*(vertices([scene.shapes[id]]) - vertices([found[id]]) for id in chosen))
    if not gone:
        raise TopologyError(Fault.NOTHING_TO_DO, tolerance_m=tolerance_m)
    results = {id: found[id] if id in chosen else without(scene.shapes[id], gone) for id in together}
    changed = {id: shape for id, shape in results.items() if not same(shape, scene.shapes[id])}
    others = tuple(sorted(set(changed) - set(chosen)))
    notes = [Note(Remark.NEIGHBOURS, {"ids": others})] if others else []
    return planned(scene, changed, used=together, notes=notes)


def require_coverage(scene: Scene, ids: tuple[int, ...]) -> None:
    """Raises TopologyError with the areas and a place where borders do not match."""
    shapes = np.array([scene.shapes[id] for id in ids], dtype=object)
    if shapely.coverage_is_valid(shapes):
        return
    edges = shapely.coverage_invalid_edges(shapes)
    bad = [(id, edge) for id, edge in zip(ids, edges, strict=True) if not edge.is_empty]
    place = shapely.line_interpolate_point(shapely.get_parts(bad[0][1])[0], 0.5, normalized=True)
    raise TopologyError(Fault.NO_COVERAGE, ids=tuple(id for id, _edge in bad), at=place)


def _touching(scene: Scene, chosen: tuple[int, ...]) -> list[int]:
    """The others that share a vertex with the chosen, as far as they and those form a coverage."""
    corners = vertices(scene.chosen(chosen))
    found = [
        id
        for id, shape in scene.shapes.items()
        if id not in chosen and not corners.isdisjoint(vertices([shape]))
    ]
    require_coverage(scene, (*chosen, *found))
    return found


def without(shape: BaseGeometry, gone: set[Vertex]) -> BaseGeometry:
    """The area without these vertices; a ring keeps at least three."""

    def thinned(course: Coordinates) -> Coordinates:
        kept = np.array([tuple(place.tolist()) not in gone for place in course[:-1]])
        left = course[:-1][kept]
        return np.vstack([left, left[:1]]) if len(left) >= 3 else course

    return redrawn(shape, thinned)
