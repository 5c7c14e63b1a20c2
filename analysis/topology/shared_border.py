"""Move the border that two areas share: what one loses the other gains."""

from __future__ import annotations

from collections.abc import Iterable

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Scene, area_m2
from analysis.topology.linework import (
    SHARED_M,
    SNAP_M,
    as_multi,
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
from analysis.topology.overlap import torn
from analysis.topology.plan import Fault, Plan, TopologyError, require


def move_border(
    scene: Scene, ids: Iterable[int], course: BaseGeometry, *, tolerance_m: float = SHARED_M
) -> Plan:
    """The two chosen areas, with the border between them along `course`.

    course: a LineString on the grid from side to side of both together; an end that stops within `tolerance_m` of
    their outline is led on to it. Each ground that it parts goes to the area that had more of it.
    Raises TopologyError when the two share no border, or when the course does not part their ground between them.
    """
    one, other = chosen = _pair(ids)
    both = united(scene.chosen(chosen))
    if not _border_between(scene, one, other):
        raise TopologyError(Fault.NOT_TOUCHING, ids=(other,), others=(one,))
    course = reaching(one_line(course), both.boundary, scene.ground, tolerance_m)
    course = with_points(course, vertices([both]), scene.ground, SNAP_M)
    corners = crossings([both.boundary, course]) | lying_on(vertices([course]), [both.boundary], scene.ground)
    course = with_points(course, corners, scene.ground)
    both = with_points(both, corners, scene.ground)
    parts = inside(faces([both.boundary, course]), both)
    shares = {id: [part for part in parts if _owner(scene, part, chosen) == id] for id in chosen}
    if len(parts) == len(shapely.get_parts(both)):
        raise TopologyError(Fault.BORDER_ENDS_INSIDE, ids=chosen)
    if empty := [id for id in chosen if not shares[id]]:
        raise TopologyError(Fault.ONE_SIDE_ONLY, id=empty[0], ids=chosen)
    changed = {id: united(shares[id]) for id in chosen}
    return planned(scene, changed, notes=torn(scene, changed), known=vertices(scene.chosen(chosen)))


def _pair(ids: Iterable[int]) -> tuple[int, int]:
    chosen = require(ids, 2)
    if len(chosen) > 2:
        raise TopologyError(Fault.TOO_FEW, least=2, given=len(chosen))
    return chosen[0], chosen[1]


def _border_between(scene: Scene, one: int, other: int) -> bool:
    first, second = scene.shapes[one], scene.shapes[other]
    return bool(shapely.intersection(first.boundary, second.boundary, grid_size=1.0).length > 0)


def _owner(scene: Scene, part: BaseGeometry, chosen: tuple[int, int]) -> int:
    return max(chosen, key=lambda id: area_m2(as_multi(shapely.intersection(part, scene.shapes[id]))))
