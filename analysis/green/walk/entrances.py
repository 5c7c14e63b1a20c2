"""Where one enters a green space on foot: by its known entrances, else where paths cross its boundary, or end at it,
or run along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from analysis.green.plane import Floats, Geometries
from analysis.green.polygons import Positions
from analysis.green.walk.network import WalkNetwork

TOLERANCE_M = 15.0
BESIDE_M = 30.0
SPACING_M = 20.0
ENTRANCE_RULE = (
    "A green space with known entrances, street furniture of that kind within {beside_m:g} m of its boundary, has these"
    " alone. Else its entrances are where a street or path crosses its boundary, and path ends within {tolerance_m:g} m"
    " of it; one without any has the points of its boundary, every {spacing_m:g} m, within {beside_m:g} m of the"
    " walking network (the rule of the Global Observatory of Healthy and Sustainable Cities)."
)


@dataclass(frozen=True, eq=False)
class Entrances:
    """Points (n, 2) in metres and the row of the green space that each leads into; `closed` have no entrance."""

    xy: Floats
    green: Positions
    closed: Positions

    def of(self, kept: np.ndarray) -> Entrances:
        """Only those of the green spaces that `kept`, a boolean for each, is true of."""
        inside = kept[self.green]
        return Entrances(self.xy[inside], self.green[inside], self.closed[kept[self.closed]])


def find_entrances(
    greens: Geometries,
    network: WalkNetwork,
    *,
    tolerance_m: float = TOLERANCE_M,
    beside_m: float = BESIDE_M,
    spacing_m: float = SPACING_M,
) -> Entrances:
    """Of polygons in the network's CRS."""
    boundaries = shapely.boundary(greens)
    gate, gated = _gates(boundaries, network, beside_m * network.plane_m)
    open_ = np.setdiff1d(np.arange(len(greens)), gated)
    crossing, crossed = _crossings(boundaries[open_], network)
    end, ended = _path_ends(boundaries[open_], network, tolerance_m * network.plane_m)
    xy, green = np.vstack([gate, crossing, end]), np.concatenate([gated, open_[crossed], open_[ended]])
    without = np.setdiff1d(open_, green)
    beside, along = _beside(boundaries[without], network, beside_m, spacing_m * network.plane_m)
    xy, green = np.vstack([xy, beside]), np.concatenate([green, without[along]])
    return Entrances(xy, green, np.setdiff1d(np.arange(len(greens)), green))


def _gates(boundaries: Geometries, network: WalkNetwork, plane_m: float) -> tuple[Floats, Positions]:
    """Each known entrance with the boundary that is nearest to it, if it is near."""
    gates = shapely.points(network.gates_xy)
    if not len(gates) or not len(boundaries):
        return np.empty((0, 2)), np.empty(0, dtype=np.intp)
    tree = shapely.STRtree(boundaries)
    gate, green = tree.query_nearest(gates, max_distance=plane_m, all_matches=False)
    return network.gates_xy[gate], green


def _crossings(boundaries: Geometries, network: WalkNetwork) -> tuple[Floats, Positions]:
    green, segment = network.line_tree.query(boundaries, predicate="intersects")
    met = shapely.intersection(boundaries[green], network.lines[segment])
    xy, pair = shapely.get_coordinates(met, return_index=True)
    return _once(xy, green[pair])


def _path_ends(boundaries: Geometries, network: WalkNetwork, plane_m: float) -> tuple[Floats, Positions]:
    xy = network.node_xy[network.dead_ends]
    tree = shapely.STRtree(shapely.points(xy))
    green, end = tree.query(boundaries, predicate="dwithin", distance=plane_m)
    return xy[end], green


def _beside(
    boundaries: Geometries, network: WalkNetwork, beside_m: float, spacing: float
) -> tuple[Floats, Positions]:
    xy, green = shapely.get_coordinates(shapely.segmentize(boundaries, spacing), return_index=True)
    near = network.snap(xy, beside_m).edge >= 0
    return xy[near], green[near]


def _once(xy: Floats, green: Positions) -> tuple[Floats, Positions]:
    """Each place of a green space once, to the decimetre."""
    key = np.column_stack([np.rint(xy * 10), green])
    _, first = np.unique(key, axis=0, return_index=True)
    first.sort()
    return xy[first], green[first]
