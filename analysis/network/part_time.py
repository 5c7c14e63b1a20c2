"""Streets that are shut in part of the hours: a truck drives in to stop there and out again, but never through.

Each of their arcs is in the network twice: as itself, where drives arrive, with no way on but round at its end or into
streets that are open at the same hours; and as a copy behind all arcs, where drives begin. So no search passes through,
whatever the hour, streets behind one gate are reached by way of each other, and all else stays as it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components, dijkstra

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEVER = -1  # the group of arcs that are open all the time


def split(links: sp.csr_matrix, group: Ints) -> tuple[sp.csr_matrix, Ints, Ints]:
    """The links with the copies of the arcs that are shut for a while; per arc and copy where drives leave it; and
    which arc it is. `group`: the same number for arcs that are open at the same hours."""
    arcs = len(group)
    copied = np.flatnonzero(group != NEVER)
    onward = np.concatenate([np.arange(arcs), arcs + np.arange(len(copied))])
    onward[copied] = onward[arcs:]
    found = links.tocoo()
    start, end, seconds = found.row.astype(np.int64), found.col.astype(np.int64), found.data
    out = group[start] != NEVER
    inside = out & (group[start] == group[end])
    rows = np.concatenate([start[~out | inside], onward[start[out]], onward[start[inside]]])
    columns = np.concatenate([end[~out | inside], end[out], onward[end[inside]]])
    weights = np.concatenate([seconds[~out | inside], seconds[out], seconds[inside]])
    size = arcs + len(copied)
    every = np.concatenate([np.arange(arcs), copied])
    return sp.csr_matrix((weights, (rows, columns)), shape=(size, size)), onward, every


def inside_s(links: sp.csr_matrix, time_s: Floats, group: Ints) -> Floats:
    """(arcs, 2): how long a truck is at most on streets of the same group before an arc, and behind it until it is out:
    the longest of the quickest ways from each street by which it may come in, and to each by which it may go out."""
    spent = np.zeros((len(group), 2))
    own = np.flatnonzero(group != NEVER)
    plain = (group == NEVER).astype(np.float64)
    is_entry, is_exit = links.T @ plain > 0, links @ plain > 0
    found = links[own][:, own].tocoo()
    same = group[own[found.row]] == group[own[found.col]]
    near = sp.csr_matrix((found.data[same], (found.row[same], found.col[same])), shape=found.shape)
    parts = connected_components(near, directed=False)[1]
    for part in range(parts.max(initial=-1) + 1):
        here = np.flatnonzero(parts == part)
        arcs = own[here]
        between = dijkstra(near[here][:, here])  # from the end of one to the end of another
        np.fill_diagonal(between, 0.0)
        before = np.where(np.isfinite(between), between, 0.0) + time_s[arcs][:, None] - time_s[arcs]
        np.fill_diagonal(before, 0.0)
        spent[arcs, 0] = np.where(np.isfinite(between), before, 0.0)[is_entry[arcs]].max(axis=0, initial=0.0)
        spent[arcs, 1] = np.where(np.isfinite(between), between, 0.0)[:, is_exit[arcs]].max(
            axis=1, initial=0.0
        )
    return spent


def joined(labels: Ints, links: sp.csr_matrix, onward: Ints) -> Ints:
    """The numbers of components, with each split arc in one that it can be entered from and left to."""
    split_arcs = np.flatnonzero(onward != np.arange(len(onward)))
    if not len(split_arcs):
        return labels
    found = labels.copy()
    into = links.tocsc()
    special = {*split_arcs.tolist(), *onward[split_arcs].tolist()}
    for arc in split_arcs.tolist():
        before = _plain(into, arc, special, labels)
        after = _plain(links, int(onward[arc]), special, labels)
        found[arc] = found[onward[arc]] = min(before & after, default=int(labels[arc]))
    return found


def _plain(links: sp.csr_matrix | sp.csc_matrix, arc: int, special: set[int], labels: Ints) -> set[int]:
    """The components next to the arc, also by way of others that are shut for a while."""
    found, seen, todo = set[int](), {arc}, [arc]
    while todo:
        near = _neighbours(links, todo.pop())
        found |= {int(labels[other]) for other in near - special}
        todo += sorted((near & special) - seen)
        seen |= near & special
    return found


def _neighbours(links: sp.csr_matrix | sp.csc_matrix, arc: int) -> set[int]:
    return set(links.indices[links.indptr[arc] : links.indptr[arc + 1]].tolist())
