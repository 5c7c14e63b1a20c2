"""The search previous many-to-many travel: shortest links from some arcs to others, with a queue of buckets.

Weights are whole numbers, and a bucket holds 2^shift of them. What lies in one bucket is taken up again when it is
bettered within the bucket, so that the answer is exact whatever the width (Dial 1969; Meyer and Sanders 2003, with one
processor). One array per search, no allocation inside; the lock of the interpreter is not held.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Weights = npt.NDArray[np.int64]
Arcs = npt.NDArray[np.int64]
Links = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

FAR = np.int64(2**62)  # no way
_NONE = -1
_OUT = -2  # in no bucket


@njit(cache=True, nogil=True)
def search(
    indptr: Links,
    indices: Links,
    weights: Weights,
    starts: Arcs,
    goals: Arcs,
    shift: int,
    slots: int,
    limit: int,
) -> Weights:
    """Weight of the links from the end of each start to the end of each goal, at least one link; FAR beyond `limit`.

    indptr, indices (int32) and weights (int64) are a sparse matrix by rows; `slots`, a power of two, is more than
    the largest weight divided by 2^shift. Shape (starts, goals), int64.
    """
    n = len(indptr) - 1
    found = np.empty((len(starts), len(goals)), dtype=np.int64)
    wanted = np.zeros(n, dtype=np.bool_)
    dist = np.empty(n, dtype=np.int64)
    before = np.empty(0, dtype=np.int32)
    following, previous, heads = _queue(n, slots)
    for row in range(len(starts)):
        dist[:] = FAR
        _settle(
            indptr,
            indices,
            weights,
            starts[row],
            goals,
            wanted,
            shift,
            limit,
            dist,
            before,
            following,
            previous,
            heads,
        )
        for column in range(len(goals)):
            found[row, column] = dist[goals[column]]
    return found


@njit(cache=True, nogil=True)
def trace(
    indptr: Links, indices: Links, weights: Weights, start: int, goal: int, shift: int, slots: int, limit: int
) -> tuple[int, Links]:
    """The weight of the links from one start to one goal and, per arc, the arc before it (-1: the start)."""
    n = len(indptr) - 1
    goals = np.array([goal], dtype=np.int64)
    wanted = np.zeros(n, dtype=np.bool_)
    dist = np.full(n, FAR, dtype=np.int64)
    before = np.full(n, _NONE, dtype=np.int32)
    following, previous, heads = _queue(n, slots)
    _settle(
        indptr, indices, weights, start, goals, wanted, shift, limit, dist, before, following, previous, heads
    )
    return dist[goal], before


@njit(cache=True, nogil=True)
def _queue(n: int, slots: int) -> tuple[Links, Links, Links]:
    """Doubly linked lists: the arc after and before each arc in its bucket, and the first arc of each bucket."""
    return (
        np.full(n, _NONE, dtype=np.int32),
        np.full(n, _OUT, dtype=np.int32),
        np.full(slots, _NONE, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def _settle(  # noqa: C901 - one loop: calls would cost more than they clear
    indptr: Links,
    indices: Links,
    weights: Weights,
    start: int,
    goals: Arcs,
    wanted: Flags,
    shift: int,
    limit: int,
    dist: Weights,
    before: Links,
    following: Links,
    previous: Links,
    heads: Links,
) -> None:
    """Fill `dist` (and `before`, if it has room) until every goal is final, or the queue is empty."""
    mask = len(heads) - 1
    traced = len(before) > 0
    left = 0
    for goal in goals:
        left += not wanted[goal]
        wanted[goal] = True
    queued = 0
    cursor = int(FAR)
    node = start
    reached = np.int64(0)
    while True:
        for link in range(indptr[node], indptr[node + 1]):
            arc = indices[link]
            total = reached + weights[link]
            if total >= dist[arc] or total > limit:
                continue
            if previous[arc] != _OUT:
                _unlink(arc, (dist[arc] >> shift) & mask, following, previous, heads)
            else:
                queued += 1
            dist[arc] = total
            if traced:
                before[arc] = node if reached > 0 else _NONE
            slot = (total >> shift) & mask
            head = heads[slot]
            following[arc] = head
            previous[arc] = _NONE
            if head >= 0:
                previous[head] = arc
            heads[slot] = arc
            cursor = min(cursor, total >> shift)
        if queued == 0:
            break
        if heads[cursor & mask] < 0:
            if left <= 0:
                break
            while heads[cursor & mask] < 0:
                cursor += 1
        node = heads[cursor & mask]
        _unlink(node, cursor & mask, following, previous, heads)
        queued -= 1
        reached = dist[node]
        left -= wanted[node]
        wanted[node] = False
    for goal in goals:
        wanted[goal] = False
    _empty(queued, cursor, mask, following, previous, heads)


@njit(cache=True, nogil=True)
def _unlink(arc: int, slot: int, following: Links, previous: Links, heads: Links) -> None:
    last, after = previous[arc], following[arc]
    if last >= 0:
        following[last] = after
    else:
        heads[slot] = after
    if after >= 0:
        previous[after] = last
    previous[arc] = _OUT


@njit(cache=True, nogil=True)
def _empty(queued: int, cursor: int, mask: int, following: Links, previous: Links, heads: Links) -> None:
    """Take out what the search left, so that the next one finds an empty queue."""
    while queued > 0:
        while heads[cursor & mask] < 0:
            cursor += 1
        _unlink(heads[cursor & mask], cursor & mask, following, previous, heads)
        queued -= 1
