"""Fill a gap: ground that no area claims goes to one of its neighbours."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Scene, length_m
from analysis.topology.linework import (
    border,
    crossings,
    faces,
    followed,
    inside,
    planned,
    united,
    vertices,
)
from analysis.topology.plan import Fault, Plan, TopologyError


def fill_gap(scene: Scene, gap: BaseGeometry, receiver: int | None = None) -> Plan:
    """The gap around a point, or what is unclaimed in a polygon, goes to `receiver` or to the longest neighbour.

    The scene must hold all areas around the gap: see `gap_at`. Raises TopologyError when the ground is claimed, the
    gap is open, or the receiver does not lie at it.
    """
    hollow = united(gap_parts(scene, gap))
    corners = crossings([*(border(shape) for shape in scene.shapes.values()), hollow.boundary])
    shapes = {**scene.shapes, **followed(scene, corners & vertices([hollow]))}
    shared = {id: _shared_m(shape, hollow) for id, shape in shapes.items()}
    beside = {id: metres for id, metres in shared.items() if metres > 0}
    chosen = receiver if receiver is not None else max(sorted(beside), key=beside.__getitem__, default=None)
    if chosen is None or chosen not in beside:
        raise TopologyError(Fault.NOT_AT_THE_GAP, id=chosen, ids=tuple(sorted(beside)))
    return planned(scene, {chosen: united([shapes[chosen], hollow])}, used=beside)


def gap_parts(scene: Scene, gap: BaseGeometry) -> list[BaseGeometry]:
    """The unclaimed faces at the point or in the polygon. Raises TopologyError when there are none."""
    lines = [border(shape) for shape in scene.shapes.values()]
    _refuse_claimed(scene, gap)
    drawn = "Polygon" in gap.geom_type
    found = faces([*lines, gap.boundary] if drawn else lines)
    free = [face for face in found if not _owner(scene, face)]
    there = inside(free, gap) if drawn else [face for face in free if shapely.intersects(face, gap)]
    if not there:
        fault = Fault.COVERED if drawn else Fault.NOT_ENCLOSED
        raise TopologyError(fault, id=None, at=shapely.point_on_surface(gap))
    return there


def _refuse_claimed(scene: Scene, gap: BaseGeometry) -> None:
    """A point must not lie in an area; a polygon may cover some, as long as it covers a gap too."""
    if gap.geom_type != "Point" and "Polygon" not in gap.geom_type:
        raise TopologyError(Fault.WRONG_SHAPE, wanted="Point or Polygon", given=gap.geom_type)
    for id, shape in scene.shapes.items():
        if gap.geom_type == "Point" and shapely.contains(shape, gap):
            raise TopologyError(Fault.COVERED, id=id, at=gap)


def _owner(scene: Scene, face: BaseGeometry) -> bool:
    point = shapely.point_on_surface(face)
    return any(shapely.intersects(shape, point) for shape in scene.shapes.values())


def _shared_m(shape: BaseGeometry, hollow: BaseGeometry) -> float:
    common = shapely.intersection(shape.boundary, hollow.boundary, grid_size=1.0)
    return sum(length_m(part) for part in shapely.get_parts(common) if part.geom_type == "LineString")
