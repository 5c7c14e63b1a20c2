"""Streets that are shut in part of the hours: a truck drives in to stop there and out again, but never through.

Each of their arcs is in the network twice: as itself, where drives arrive, with no way on but round at its end; and as
a copy behind all arcs, where drives begin. So no search passes through, whatever the hour, and all else stays as it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def split(links: sp.csr_matrix, section: Ints, part_time: Flags) -> tuple[sp.csr_matrix, Ints, Ints]:
    """The links with the copies of the arcs that `part_time` is true of; per arc and copy where drives leave it; and
    which arc it is."""
    arcs = len(section)
    copied = np.flatnonzero(part_time)
    onward = np.concatenate([np.arange(arcs), arcs + np.arange(len(copied))])
    onward[copied] = onward[arcs:]
    found = links.tocoo()
    start, end, seconds = found.row.astype(np.int64), found.col.astype(np.int64), found.data
    out = part_time[start]
    round_ = out & part_time[end] & (section[start] == section[end])
    rows = np.concatenate([start[~out | round_], onward[start[out]], onward[start[round_]]])
    columns = np.concatenate([end[~out | round_], end[out], onward[end[round_]]])
    weights = np.concatenate([seconds[~out | round_], seconds[out], seconds[round_]])
    size = arcs + len(copied)
    every = np.concatenate([np.arange(arcs), copied])
    return sp.csr_matrix((weights, (rows, columns)), shape=(size, size)), onward, every


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
    """The components next to the arc, also by way of the round at its end."""
    near = _neighbours(links, arc)
    around = {beyond for other in near & special for beyond in _neighbours(links, other)}
    return {int(labels[other]) for other in (near | around) - special}


def _neighbours(links: sp.csr_matrix | sp.csc_matrix, arc: int) -> set[int]:
    return set(links.indices[links.indptr[arc] : links.indptr[arc + 1]].tolist())
