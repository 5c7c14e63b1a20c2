"""Where a container, depot or disposal site meets the network: the street, the offset along it, the side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely

from analysis.network.causes import closure_of, cutting_off
from analysis.network.graph import Network
from analysis.network.reasons import PASSING, Reason, Unreachable

ON_LINE_M = 0.1  # nearer to the street's axis than this, a point has no side


class Approach(StrEnum):
    """How a truck may stop there.

    KERB: in the one direction that has the place at its kerb, so that no plan turns round in mid-street;
    EITHER: in both, and it may leave the other way (a yard); never on a street that is shut for a while.
    """

    KERB = "kerb"
    EITHER = "either"


@dataclass(frozen=True)
class Position:
    """A place on the network. `offset_m` counts along the section as drawn; `side` is "left", "right" or "on" of it.

    `arcs` are the directions in which a truck may stop here, one or two.
    """

    id: str
    section: int
    offset_m: float
    side: str
    distance_m: float
    arcs: tuple[int, ...]


def snap(
    network: Network,
    ids: Sequence[str],
    points: npt.NDArray[np.object_],
    *,
    max_snap_m: float = 100.0,
    component: int | None = None,
    approach: Approach = Approach.KERB,
) -> tuple[tuple[Position, ...], tuple[Unreachable, ...]]:
    """The points (in the network's CRS) on the nearest streets of one component (the main one by default), in order.

    A street outside the component is passed over for the next one within `max_snap_m`; who finds none is unreachable.
    """
    part = network.main_component if component is None else component
    usable = np.where(network.arcs_of_section >= 0, network.component[network.arcs_of_section] == part, False)
    if approach is Approach.EITHER:
        usable[list(network.open_hours)] = False
    sections = np.flatnonzero(usable.any(axis=1))
    tree = shapely.STRtree(network.lines[sections])
    hit, nearest = tree.query_nearest(points, max_distance=max_snap_m, all_matches=False)
    positions = _positions(network, usable, sections[nearest], [ids[i] for i in hit], points[hit], approach)
    missed = np.setdiff1d(np.arange(len(points)), hit)
    return positions, _unreachable(network, [ids[i] for i in missed], points[missed], max_snap_m, part)


def _positions(
    network: Network,
    usable: npt.NDArray[np.bool_],
    sections: npt.NDArray[np.int64],
    ids: Sequence[str],
    points: npt.NDArray[np.object_],
    approach: Approach,
) -> tuple[Position, ...]:
    lines = network.lines[sections]
    offset_m = shapely.line_locate_point(lines, points)
    distance_m = shapely.distance(lines, points)
    sides = _sides(lines, offset_m, points)
    return tuple(
        Position(
            id=ids[i],
            section=int(section),
            offset_m=float(offset_m[i]),
            side=sides[i],
            distance_m=float(distance_m[i]),
            arcs=_arcs(network, usable, int(section), sides[i], approach),
        )
        for i, section in enumerate(sections)
    )


def _arcs(
    network: Network, usable: npt.NDArray[np.bool_], section: int, side: str, approach: Approach
) -> tuple[int, ...]:
    """The arcs to stop on: both in a yard, else the kerb's, else (one way, or no side) the one there is."""
    forward, backward = network.arcs_of_section[section]
    arcs = tuple(int(arc) for arc, open_ in zip((forward, backward), usable[section], strict=True) if open_)
    if approach is Approach.EITHER or len(arcs) == 1:
        return arcs
    kerb_is_right = network.drives_on_right
    against = (side == "left") if kerb_is_right else (side == "right")
    return (arcs[1] if against else arcs[0],)


def _sides(
    lines: npt.NDArray[np.object_], offset_m: npt.NDArray[np.float64], points: npt.NDArray[np.object_]
) -> list[str]:
    """The side of each point, seen along the line as drawn."""
    before = shapely.line_interpolate_point(lines, np.maximum(offset_m - 1.0, 0.0))
    after = shapely.line_interpolate_point(lines, offset_m + 1.0)
    along_x, along_y = (
        shapely.get_x(after) - shapely.get_x(before),
        shapely.get_y(after) - shapely.get_y(before),
    )
    to_x, to_y = shapely.get_x(points) - shapely.get_x(before), shapely.get_y(points) - shapely.get_y(before)
    left_m = (along_x * to_y - along_y * to_x) / np.maximum(np.hypot(along_x, along_y), 1e-9)
    return ["on" if abs(m) < ON_LINE_M else "left" if m > 0 else "right" for m in left_m]


def _unreachable(
    network: Network, ids: Sequence[str], points: npt.NDArray[np.object_], max_snap_m: float, part: int
) -> tuple[Unreachable, ...]:
    """Why these points have no position: no street near enough, only one that is cut off, or that is closed."""
    if not ids:
        return ()
    shut = _shut(network, points, max_snap_m)
    (_, nearest), nearest_m = shapely.STRtree(network.lines).query_nearest(
        points, return_distance=True, all_matches=False
    )
    near = [int(n) for n, m in zip(nearest, nearest_m, strict=True) if m <= max_snap_m]
    cut = cutting_off(network, near, part)
    missed = []
    for n, (id, section, m) in enumerate(zip(ids, nearest.tolist(), nearest_m.tolist(), strict=True)):
        street = str(network.street_ids[section]) if section in network.open_hours else shut.get(n)
        if m <= max_snap_m and section not in network.open_hours:
            closures = cut[section]
            missed.append(Unreachable(id, Reason.CUT_OFF if closures else Reason.NOT_CONNECTED, m, closures))
        elif street is None:
            missed.append(Unreachable(id, Reason.TOO_FAR, m))
        else:
            closure = closure_of(network, street)
            missed.append(Unreachable(id, closure.reason, m, (closure,)))
    return tuple(missed)


def _shut(network: Network, points: npt.NDArray[np.object_], max_snap_m: float) -> dict[int, str]:
    """For points beside a street that is closed to this vehicle, or for now: the nearest such street."""
    streets = [street for street, reason in network.closed.items() if reason in PASSING]
    tree = shapely.STRtree([network.closed_lines[street] for street in streets])
    hit, nearest = tree.query_nearest(points, max_distance=max_snap_m, all_matches=False)
    return {int(n): streets[line] for n, line in zip(hit, nearest, strict=True)}
