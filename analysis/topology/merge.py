"""Make one feature of several that touch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Scene, area_m2, length_m
from analysis.topology.linework import Vertex, planned, united, vertices
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError, require


def merge(scene: Scene, ids: Iterable[int]) -> Plan:
    """The chosen areas or lines as one; the largest keeps its id and direction, the others go.

    Areas must share a border, lines must follow each other end to end. Raises TopologyError naming those that do not.
    """
    chosen = require(ids, 2)
    return _merged_areas(scene, chosen) if scene.are_areas else _merged_lines(scene, chosen)


def _merged_areas(scene: Scene, chosen: tuple[int, ...]) -> Plan:
    shapes = {id: scene.shapes[id] for id in chosen}
    _require_connected(chosen, {pair for pair in combinations(chosen, 2) if _share(shapes, *pair)})
    keeper = max(chosen, key=lambda id: (area_m2(shapes[id]), -id))
    whole = united(list(shapes.values()))
    hole = _new_hole_m2(whole, shapes)
    return planned(
        scene,
        {keeper: whole},
        removed=[id for id in chosen if id != keeper],
        notes=[Note(Remark.HOLE, {"area_m2": hole})] if hole else [],
        known=vertices(shapes.values()),
    )


def _share(shapes: dict[int, BaseGeometry], one: int, other: int) -> bool:
    """A border of some length, or an area."""
    return bool(shapely.intersection(shapes[one], shapes[other], grid_size=1.0).length > 0)


def _new_hole_m2(whole: BaseGeometry, shapes: dict[int, BaseGeometry]) -> float:
    """Of holes that no feature had by itself."""

    def holes(shape: BaseGeometry) -> float:
        return sum(
            area_m2(shapely.polygons(hole)) for part in shapely.get_parts(shape) for hole in part.interiors
        )

    return round(max(0.0, holes(whole) - sum(holes(shape) for shape in shapes.values())), 2)


def _require_connected(ids: tuple[int, ...], pairs: set[tuple[int, int]]) -> None:
    """Raises TopologyError naming what cannot be reached from the first by shared borders."""
    reached, open_ = {ids[0]}, [ids[0]]
    while open_:
        here = open_.pop()
        near = {b if a == here else a for a, b in pairs if here in (a, b)} - reached
        reached |= near
        open_ += near
    if apart := tuple(id for id in ids if id not in reached):
        raise TopologyError(Fault.NOT_TOUCHING, ids=apart, others=tuple(id for id in ids if id in reached))


def _merged_lines(scene: Scene, chosen: tuple[int, ...]) -> Plan:
    shapes = {id: scene.shapes[id] for id in chosen}
    whole = shapely.line_merge(shapely.multilinestrings(list(shapes.values())))
    if whole.geom_type != "LineString":
        raise TopologyError(Fault.NOT_A_CHAIN, ids=chosen)
    keeper = max(chosen, key=lambda id: (length_m(shapes[id]), -id))
    whole = whole if _runs_along(whole, shapes[keeper]) else shapely.reverse(whole)
    against = tuple(id for id in chosen if not _runs_along(whole, shapes[id]))
    notes = _joints(scene, chosen, whole)
    if against:
        notes.append(Note(Remark.REVERSED, {"ids": against, "keeper": keeper}))
    gone = [id for id in chosen if id != keeper]
    return planned(scene, {keeper: whole}, removed=gone, notes=notes, known=vertices(shapes.values()))


def _runs_along(whole: BaseGeometry, part: BaseGeometry) -> bool:
    first = shapely.get_coordinates(part)[:2].tolist()
    course = shapely.get_coordinates(whole).tolist()
    return any(course[n : n + 2] == first for n in range(len(course) - 1))


def _joints(scene: Scene, chosen: tuple[int, ...], whole: BaseGeometry) -> list[Note]:
    """Other lines that end where two of the chosen were joined lose their junction."""
    joints = {end for id in chosen for end in ends(scene.shapes[id])} - set(ends(whole))
    others = tuple(id for id, shape in scene.shapes.items() if id not in chosen and joints & set(ends(shape)))
    return [Note(Remark.JOINT, {"ids": others})] if others else []


def ends(line: BaseGeometry) -> tuple[Vertex, Vertex]:
    course = shapely.get_coordinates(line)
    return tuple(course[0].tolist()), tuple(course[-1].tolist())
