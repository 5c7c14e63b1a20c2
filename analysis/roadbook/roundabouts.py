"""Roundabouts, by their shape: small round one-way rings. Which arcs are on one, and which exit a drive takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import pi

import numpy as np
import numpy.typing as npt
import shapely

from analysis.network import Network, Reason
from analysis.roadbook.turns import turn_deg

MOST_M = 320.0  # around the largest that is told as one: 100 m across
LEAST_ROUND = 0.82  # 4 pi area / perimeter²: 1 for a circle, 0.79 for a square block of one-way streets
SHARPEST_DEG = (
    46.0  # a corner of an octagon: in OpenStreetMap's of Monaco 41, in squares of one-way streets 49 to 97
)
MOST_ARCS = 24
JUNCTION_GRID_M = 0.01  # as in the network


class Roundabouts:
    """Of one network, for any number of routes; each arc is looked at once."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._ring: dict[int, tuple[int, ...]] = {}

    def ring(self, arc: int) -> tuple[int, ...]:
        """The arcs of the roundabout that the arc is on, in order from it; none if it is on none."""
        if arc not in self._ring:
            found = self._follow(arc)
            for n, each in enumerate(found):
                self._ring[each] = found[n:] + found[:n]
            self._ring.setdefault(arc, ())
        return self._ring[arc]

    def exit_of(self, arcs: Sequence[int]) -> tuple[int, int] | None:
        """For a drive that begins on a ring: how many of `arcs` are on it, and the number of the exit that comes then.
        None if the drive ends there."""
        ring = set(self.ring(arcs[0]))
        out = next((n for n, arc in enumerate(arcs) if arc not in ring), 0)
        return (out, max(1, sum(self._exits(arc, ring) for arc in arcs[:out]))) if out else None

    def _follow(self, arc: int) -> tuple[int, ...]:
        """On along one-way streets, always towards the middle, until the beginning comes again."""
        found, length_m = [arc], 0.0
        while self._one_way[found[-1]] and len(found) <= MOST_ARCS:
            length_m += float(self.network.length_m[found[-1]])
            after = [n for n in self._after(found[-1]) if self._one_way[n]]
            if length_m > MOST_M or not after:
                return ()
            inward = 1 if self.network.drives_on_right else -1
            on = max(after, key=lambda n: inward * turn_deg(self.network, found[-1], n))
            if on == arc:
                return tuple(found) if self._is_round(found, length_m) else ()
            if on in found:
                return ()
            found.append(on)
        return ()

    def _is_round(self, arcs: Sequence[int], length_m: float) -> bool:
        lines = [self.network.lines[self.network.section[arc]] for arc in arcs]
        ways = [
            line.reverse() if self.network.backward[a] else line for a, line in zip(arcs, lines, strict=True)
        ]
        ring = shapely.LinearRing(np.concatenate([shapely.get_coordinates(line)[:-1] for line in ways]))
        if len(ring.coords) < 5 or ring.is_ccw != self.network.drives_on_right:
            return False
        round_ = 4 * pi * shapely.Polygon(ring).area / length_m**2 >= LEAST_ROUND
        return bool(round_ and _sharpest_deg(np.asarray(ring.coords)) <= SHARPEST_DEG)

    def _after(self, arc: int) -> list[int]:
        links = self.network.links
        own = links.indices[links.indptr[arc] : links.indptr[arc + 1]].tolist()
        return [n for n in own if self.network.section[n] != self.network.section[arc] or len(own) == 1]

    def _exits(self, arc: int, ring: set[int]) -> int:
        """Streets that leave the ring where this arc ends, also those that this truck may not drive."""
        on = {int(self.network.section[n]) for n in ring}
        open_ = {int(self.network.section[n]) for n in self._after(arc)} - on
        line = self.network.lines[self.network.section[arc]]
        end = shapely.get_point(line, 0 if self.network.backward[arc] else -1)
        return len(open_) + self._closed_exits.get(_junction(end), 0)

    @cached_property
    def _closed_exits(self) -> Mapping[tuple[int, int], int]:
        """By junction how many streets lead out of it that are for trucks, but not for this one now."""
        found: dict[tuple[int, int], int] = defaultdict(int)
        for street, reason in self.network.closed.items():
            line, one_way = self.network.closed_lines[street], self.network.closed_one_way[street]
            if reason is not Reason.NOT_DRIVABLE:
                found[_junction(shapely.get_point(line, 0))] += one_way != "backward"
                found[_junction(shapely.get_point(line, -1))] += one_way != "forward"
        return found

    @cached_property
    def _one_way(self) -> npt.NDArray[np.bool_]:
        both: npt.NDArray[np.bool_] = np.all(self.network.arcs_of_section >= 0, axis=1)
        return np.asarray(~both[self.network.section], dtype=np.bool_)


def _sharpest_deg(closed_xy: npt.NDArray[np.float64]) -> float:
    """The sharpest corner of a closed ring of points."""
    along = np.diff(closed_xy, axis=0)
    heading_deg = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    change_deg = (np.diff(np.r_[heading_deg, heading_deg[0]]) + 180.0) % 360.0 - 180.0
    return float(np.abs(change_deg).max())


def _junction(point: shapely.Point) -> tuple[int, int]:
    return round(point.x / JUNCTION_GRID_M), round(point.y / JUNCTION_GRID_M)
