"""Cut overlaps: ground that two areas claim goes to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Scene, area_m2
from analysis.topology.linework import as_multi, border, crossings, lying_on, planned, vertices, with_points
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError, require

LEAST_M2 = 0.01  # a square of 10 cm: less is the rounding of coordinates


def cut_overlap(scene: Scene, ids: Iterable[int]) -> Plan:
    """Each overlap of two chosen areas goes to the one that is named first; one alone gives way to all around it.

    Raises TopologyError when nothing overlaps, or when an area lies wholly in another and nothing of it would be left.
    """
    chosen = require(ids, 1)
    winners = chosen if len(chosen) > 1 else _around(scene, chosen[0])
    losers = chosen[1:] if len(chosen) > 1 else chosen
    taking_part = tuple(dict.fromkeys((*winners, *losers)))
    places = vertices(scene.chosen(taking_part))
    met = {id: with_points(scene.shapes[id], places, scene.ground) for id in taking_part}
    corners = crossings([border(shape) for shape in met.values()])
    shapes = {id: with_points(shape, corners, scene.ground) for id, shape in met.items()}
    cut: dict[int, BaseGeometry] = {}
    for loser in losers:
        stronger = winners[: winners.index(loser)] if loser in winners else winners
        if left := _left({**shapes, **cut}, loser, stronger):
            cut[loser] = left
    if not cut:
        raise TopologyError(Fault.NO_OVERLAP, ids=chosen)
    met_again = [border(scene.shapes[id]) for id in winners]
    shared = lying_on(vertices(cut.values()), met_again, scene.ground)
    return planned(scene, cut, used=taking_part, notes=torn(scene, cut), shared=shared)


def torn(scene: Scene, changed: Mapping[int, BaseGeometry]) -> list[Note]:
    """What has more parts than before."""
    counts = {id: len(shapely.get_parts(shape)) for id, shape in changed.items()}
    return [
        Note(Remark.SEVERAL_PARTS, {"id": id, "parts": count})
        for id, count in counts.items()
        if count > len(shapely.get_parts(scene.shapes[id]))
    ]


def _around(scene: Scene, alone: int) -> tuple[int, ...]:
    shape = scene.shapes[alone]
    return tuple(
        sorted(id for id, other in scene.shapes.items() if id != alone and shapely.intersects(shape, other))
    )


def _left(shapes: dict[int, BaseGeometry], loser: int, stronger: tuple[int, ...]) -> BaseGeometry | None:
    """What the stronger leave of the loser; None when they take nothing from it."""
    left = shapes[loser]
    taken = False
    for id in stronger:
        common = as_multi(shapely.intersection(left, shapes[id], grid_size=1.0))
        if area_m2(common) < LEAST_M2:
            continue
        taken = True
        left = as_multi(shapely.difference(left, shapes[id], grid_size=1.0))
        if left.is_empty:
            raise TopologyError(Fault.VANISHES, id=loser, by=id)
    return left if taken else None
