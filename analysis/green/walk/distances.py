"""How far people walk to the nearest entrance: one search from all entrances at once, exact to the place on an edge."""

from __future__ import annotations

import numpy as np

from analysis.green.plane import Floats
from analysis.green.walk.network import Places, WalkNetwork

SNAP_M = 200.0
STEP_LENGTHS = 2.0  # mean street lengths taken at a time: fewer sort more, more take nodes twice
DISTANCE_RULE = (
    "Walking distance: from the place straight to the nearest street ({snap_m:g} m at most), along the shortest way,"
    " and straight from the street to the entrance."
)


def walk_distances(
    network: WalkNetwork, people: Places, entrances_xy: Floats, limit_m: float, snap_m: float = SNAP_M
) -> Floats:
    """Metres on the ground from each place to its nearest entrance; inf beyond `limit_m` or without a street."""
    from analysis.green.walk.kernels import distance_from_edges  # noqa: PLC0415  numba is slow to import

    entrances = network.snap(entrances_xy, snap_m)
    kept = np.flatnonzero(entrances.edge >= 0)
    order = kept[np.argsort(entrances.edge[kept], kind="stable")]
    doors = Places(entrances.edge[order], entrances.before_m[order], entrances.leg_m[order])
    starts = np.searchsorted(doors.edge, np.arange(len(network.ends) + 1))
    metres = distance_from_edges(
        people.edge,
        people.before_m,
        people.leg_m,
        network.ends,
        network.length_m,
        node_distances(network, doors, limit_m),
        starts,
        doors.before_m,
        doors.leg_m,
    )
    return np.where(metres <= limit_m, metres, np.inf)


def node_distances(network: WalkNetwork, doors: Places, limit_m: float) -> Floats:
    """Metres from each node to the nearest of `doors`, inf beyond the limit."""
    from analysis.green.walk.kernels import search_from  # noqa: PLC0415  numba is slow to import

    metres = np.full(len(network.node_xy), np.inf)
    ends, to_end_m = network.ends[doors.edge], network.length_m[doors.edge] - doors.before_m
    np.minimum.at(metres, ends[:, 0], doors.before_m + doors.leg_m)
    np.minimum.at(metres, ends[:, 1], to_end_m + doors.leg_m)
    metres[metres > limit_m] = np.inf
    graph = network.graph
    step_m = STEP_LENGTHS * float(network.length_m.mean())
    search_from(metres, graph.indptr, graph.indices, graph.data, limit_m, step_m)
    return metres
