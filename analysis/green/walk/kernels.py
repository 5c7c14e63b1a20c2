"""Nearest street by a grid of straight segments, exact and many times faster than a tree of lines; and the search."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]


@numba.njit(cache=True)
def _cells(ends: Floats, origin: Floats, cell_m: float, columns: int, rows: int, row: int) -> tuple[int, ...]:
    """First and last column and row of the cells that the bounds of a segment touch."""
    x0, y0, x1, y1 = ends[row]
    return (
        min(max(int((min(x0, x1) - origin[0]) / cell_m), 0), columns - 1),
        min(max(int((max(x0, x1) - origin[0]) / cell_m), 0), columns - 1),
        min(max(int((min(y0, y1) - origin[1]) / cell_m), 0), rows - 1),
        min(max(int((max(y0, y1) - origin[1]) / cell_m), 0), rows - 1),
    )


@numba.njit(cache=True)
def fill_grid(ends: Floats, origin: Floats, cell_m: float, columns: int, rows: int) -> tuple[Ints, Ints32]:
    """Segments of each cell, as starts (cells + 1) and members: a segment is in every cell of its bounds."""
    starts = np.zeros(columns * rows + 1, np.int64)
    for s in range(len(ends)):
        west, east, south, north = _cells(ends, origin, cell_m, columns, rows, s)
        for r in range(south, north + 1):
            for c in range(west, east + 1):
                starts[r * columns + c + 1] += 1
    starts = np.cumsum(starts)
    members = np.empty(starts[-1], np.int32)
    filled = starts[:-1].copy()
    for s in range(len(ends)):
        west, east, south, north = _cells(ends, origin, cell_m, columns, rows, s)
        for r in range(south, north + 1):
            for c in range(west, east + 1):
                members[filled[r * columns + c]] = s
                filled[r * columns + c] += 1
    return starts, members


@numba.njit(cache=True)
def _foot(ends: Floats, s: int, x: float, y: float) -> tuple[float, float]:
    """Squared distance of the point to segment s, and where its foot is, 0 to 1 along it."""
    x0, y0 = ends[s, 0], ends[s, 1]
    dx, dy = ends[s, 2] - x0, ends[s, 3] - y0
    length2 = dx * dx + dy * dy
    t = ((x - x0) * dx + (y - y0) * dy) / length2 if length2 > 0 else 0.0
    t = min(max(t, 0.0), 1.0)
    ex, ey = x0 + t * dx - x, y0 + t * dy - y
    return ex * ex + ey * ey, t


@numba.njit(cache=True)
def nearest_segments(  # noqa: C901  one loop: a call for each ring costs a third
    xy: Floats,
    ends: Floats,
    starts: Ints,
    members: Ints32,
    origin: Floats,
    cell_m: float,
    columns: int,
    rows: int,
    max_m: float,
) -> tuple[Ints, Floats, Floats]:
    """Of each point the nearest segment (-1: none within `max_m`; the lower number of equals), foot 0..1, distance.

    Rings of cells around the point are searched until no farther ring can hold a nearer segment.
    """
    found = np.full(len(xy), -1, np.int64)
    along = np.zeros(len(xy))
    distance = np.full(len(xy), np.inf)
    last_ring = int(max_m / cell_m) + 1
    for p in range(len(xy)):
        x, y = xy[p]
        column, row = int(np.floor((x - origin[0]) / cell_m)), int(np.floor((y - origin[1]) / cell_m))
        in_x, in_y = x - origin[0] - column * cell_m, y - origin[1] - row * cell_m
        margin = min(min(in_x, cell_m - in_x), min(in_y, cell_m - in_y))
        best = max_m * max_m
        for ring in range(last_ring + 1):
            if ring > 0:
                clear = (ring - 1) * cell_m + margin
                if clear * clear > best:
                    break
            for r in range(row - ring, row + ring + 1):
                if r < 0 or r >= rows:
                    continue
                edge = r == row - ring or r == row + ring
                step = 1 if edge or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= columns:
                        continue
                    cell = r * columns + c
                    for k in range(starts[cell], starts[cell + 1]):
                        s = members[k]
                        d2, t = _foot(ends, s, x, y)
                        if d2 < best or (d2 == best and (found[p] < 0 or s < found[p])):
                            best, found[p], along[p] = d2, s, t
        if found[p] >= 0:
            distance[p] = np.sqrt(best)
    return found, along, distance


@numba.njit(cache=True)
def distance_from_edges(
    edge: Ints,
    before_m: Floats,
    leg_m: Floats,
    ends: Ints,
    length_m: Floats,
    node_m: Floats,
    starts: Ints,
    entrance_at_m: Floats,
    entrance_leg_m: Floats,
) -> Floats:
    """Metres from each place to the nearest entrance: over either end of its edge, or along the edge itself.

    A place is `before_m` from the first end of `edge` (-1: on none, so inf) and `leg_m` beside it. Entrances are
    ordered by edge: those of edge e are starts[e] to starts[e + 1].
    """
    out = np.full(len(edge), np.inf)
    for p in range(len(edge)):
        e = edge[p]
        if e < 0:
            continue
        at = before_m[p]
        best = min(node_m[ends[e, 0]] + at, node_m[ends[e, 1]] + length_m[e] - at)
        for k in range(starts[e], starts[e + 1]):
            best = min(best, abs(at - entrance_at_m[k]) + entrance_leg_m[k])
        out[p] = best + leg_m[p]
    return out


@numba.njit(cache=True)
def search_from(  # noqa: C901  one loop: calls for each link of the network cost more than the search
    metres: Floats, starts: Ints32, near: Ints32, link_m: Floats, limit_m: float, step_m: float
) -> None:
    """Lower `metres` of each node, inf where nothing is known yet, to the shortest way from all nodes that have some.

    Links of node n: starts[n] to starts[n + 1] of `near` and `link_m`. Nodes farther than `limit_m` stay as they are.
    Instead of one heap there are nodes within `step_m` of the nearest that waits, taken first in first out, and those
    behind them: a node may be taken more than once, yet in the end each has its least sum, as with Dijkstra.
    """
    nodes = len(metres)
    ring, behind = np.empty(nodes, np.int32), np.empty(nodes, np.int32)  # a node waits in one of them, once
    waits = np.zeros(nodes, np.bool_)
    read, write, ahead, left = 0, 0, 0, 0
    for n in range(nodes):
        if metres[n] <= limit_m and metres[n] < np.inf:
            behind[left], waits[n], left = n, True, left + 1
    while left > 0:
        bound = np.inf
        for k in range(left):
            bound = min(bound, metres[behind[k]])
        bound += step_m
        kept = 0
        for k in range(left):
            if metres[behind[k]] <= bound:
                ring[write], ahead = behind[k], ahead + 1
                write = write + 1 if write + 1 < nodes else 0
            else:
                behind[kept], kept = behind[k], kept + 1
        left = kept
        while ahead > 0:
            n, ahead = ring[read], ahead - 1
            read = read + 1 if read + 1 < nodes else 0
            waits[n] = False
            for k in range(starts[n], starts[n + 1]):
                other, there = near[k], metres[n] + link_m[k]
                if there >= metres[other] or there > limit_m:
                    continue
                metres[other] = there
                if waits[other]:
                    continue
                waits[other] = True
                if there <= bound:
                    ring[write], ahead = other, ahead + 1
                    write = write + 1 if write + 1 < nodes else 0
                else:
                    behind[left], left = other, left + 1
