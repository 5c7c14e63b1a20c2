"""How far people walk to the nearest entrance: one search from all entrances at once, exact to the place on an edge."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from analysis.green.plane import Floats
from analysis.green.walk.network import Ints, Places, WalkNetwork

SNAP_M = 200.0
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
    """Metres from each node to the nearest of `doors`, inf beyond the limit.

    One more node stands for "in the green": it is linked to both ends of the edge of every door.
    """
    nodes = len(network.node_xy)
    if not len(doors.edge):
        return np.full(nodes, np.inf)
    ends = network.ends[doors.edge].T.ravel()
    before = doors.before_m
    metres = np.concatenate([before, network.length_m[doors.edge] - before]) + np.tile(doors.leg_m, 2)
    nearest = np.full(nodes, np.inf)
    np.minimum.at(nearest, ends, metres)
    linked = np.flatnonzero(np.isfinite(nearest))
    graph = _with_source(network.graph, linked, nearest[linked])
    found = dijkstra(graph, indices=[nodes], min_only=True, limit=limit_m)
    return np.asarray(found[:nodes], dtype=np.float64)


def _with_source(graph: sp.csr_matrix, linked: Ints, metres: Floats) -> sp.csr_matrix:
    """The graph and one more node with one-way links; zero metres stay a link."""
    nodes = graph.shape[0]
    indptr = np.r_[graph.indptr, graph.indptr[-1] + len(linked)]
    indices = np.r_[graph.indices, linked]
    return sp.csr_matrix((np.r_[graph.data, metres], indices, indptr), shape=(nodes + 1, nodes + 1))
