"""Times and distances between many places at once, and the streets driven between two of them.

The places join the arc graph as extra nodes: one "departure" per place and arc, which follows the links of its arc
after the rest of the arc. An arrival at a place is the end of its arc less what lies behind the place. So places
part-way along an arc, two on the same arc and the way round the block to a place just passed are all exact.

One search gives time and length: a link weighs its whole milliseconds times CM_RANGE plus its whole centimetres, which
float64 adds without error. So times are exact to a millisecond and lengths to a centimetre per street driven, and of
two drives equally quick the shorter one counts. A drive that lasts longer than MAX_DRIVE_S counts as none.

Memory: the answer is two n x n float64 matrices. While computing, one block of departures holds 8 bytes per departure
and arc: at most BLOCK_BYTES, whatever the number of places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import dijkstra

from analysis.network.graph import Network
from analysis.network.snapping import Position

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCK_BYTES = 16 * 1024 * 1024
NEAR = (
    3.0  # places within so many median travel times of the middle one are near: their searches can stop early
)
SLACK_S = 1.0  # more than the rounding of any drive
MAX_DRIVE_S = 12 * 3600.0
MS_PER_S, CM_PER_M = 1000.0, 100.0
CM_RANGE = 2.0**27  # centimetres below it, milliseconds above: 1,342 km and 18 h


@dataclass(frozen=True)
class Path:
    """A drive along arcs, from `start_m` along the first one to `end_m` along the last, in driving direction."""

    arcs: tuple[int, ...]
    start_m: float
    end_m: float
    time_s: float
    length_m: float

    def coordinates(self, network: Network) -> Floats:
        """(k, 2) points of the drive in the network's CRS, at least two; equal ones where nothing is driven."""
        parts = []
        for i, arc in enumerate(self.arcs):
            start_m = self.start_m if i == 0 else 0.0
            end_m = self.end_m if i == len(self.arcs) - 1 else float(network.length_m[arc])
            parts.append(_stretch(network, arc, start_m, end_m))
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Travel:
    """time_s[i, j] and length_m[i, j] of the fastest drive from place i to place j; inf where there is none."""

    network: Network
    positions: tuple[Position, ...]
    time_s: Floats
    length_m: Floats
    _graph: _Graph

    def path(self, start: int, end: int) -> Path:
        """The drive behind time_s[start, end]; the search stops as soon as it is found."""
        if not np.isfinite(self.time_s[start, end]):
            raise ValueError(f"No drive from {self.positions[start].id!r} to {self.positions[end].id!r}.")
        return self._graph.path(start, end, float(self.time_s[start, end]))


def measure_travel(network: Network, positions: Sequence[Position]) -> Travel:
    """All fastest drives between the positions: many-to-many Dijkstra on the arc graph, bounded where that is exact."""
    graph = _Graph(network, tuple(positions))
    time_s, length_m = graph.all_pairs()
    return Travel(network, tuple(positions), time_s, length_m, graph)


class _Graph:
    """The arc graph with the departures of some places added. Nodes: the arcs, then the departures ("ends" below)."""

    def __init__(self, network: Network, positions: tuple[Position, ...]) -> None:
        self.arc_count = network.arc_count
        self.place = np.array([i for i, p in enumerate(positions) for _ in p.arcs], dtype=np.int64)
        self.arc = np.array([arc for p in positions for arc in p.arcs], dtype=np.int64)
        length_m = network.length_m[self.arc]
        offset_m = np.array([positions[i].offset_m for i in self.place], dtype=np.float64)
        self.driven_m = np.clip(
            np.where(network.backward[self.arc], length_m - offset_m, offset_m), 0.0, length_m
        )
        points = shapely.line_interpolate_point(network.lines[network.section[self.arc]], offset_m)
        self.xy_m = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
        self.rest_m = length_m - self.driven_m
        self.s_per_m = network.time_s[self.arc] / length_m
        self.rest_s = self.rest_m * self.s_per_m
        self.length_m = network.length_m
        self.links = _with_departures(_packed(network), self.arc)
        self.max_drive_s = min(
            MAX_DRIVE_S, CM_RANGE / CM_PER_M / float((network.length_m / network.time_s).max())
        )
        self.ends_of_place = _ends_of_place(self.place, len(positions))

    def all_pairs(self) -> tuple[Floats, Floats]:
        """Times and lengths from place to place; the better direction where a place has two."""
        end_time_s, end_length_m = self._end_pairs()
        n = len(self.ends_of_place)
        time_s, length_m = np.full((n, n), np.inf), np.full((n, n), np.inf)
        for leaving in self.ends_of_place.T:
            for arriving in self.ends_of_place.T:
                cell = np.ix_(leaving, arriving)
                better = end_time_s[cell] < time_s
                time_s[better], length_m[better] = end_time_s[cell][better], end_length_m[cell][better]
        np.fill_diagonal(time_s, 0.0)
        np.fill_diagonal(length_m, 0.0)
        return time_s, length_m

    def path(self, start: int, end: int, time_s: float) -> Path:
        """The drive from place to place whose time is known."""
        pairs = [
            (int(a), int(b)) for a in set(self.ends_of_place[start]) for b in set(self.ends_of_place[end])
        ]
        found = [p for a, b in sorted(pairs) if (p := self._end_path(a, b, time_s)) is not None]
        return min(found, key=lambda path: path.time_s)

    def _end_pairs(self) -> tuple[Floats, Floats]:
        """Times and lengths from end to end."""
        ends = np.arange(len(self.arc))
        time_s, length_m = np.full((len(ends), len(ends)), np.inf), np.full((len(ends), len(ends)), np.inf)
        near, to_middle_s, from_middle_s = self._near(ends)
        far = np.setdiff1d(ends, near)
        for block in self._blocks(near[to_middle_s[near].argsort()]):
            limit_s = (
                to_middle_s[block].max() + from_middle_s[near].max() + (self.rest_s[near]).max() + SLACK_S
            )
            cell = np.ix_(block, near)
            time_s[cell], length_m[cell] = self._forward(block, near, limit_s)
        for block in self._blocks(far):
            time_s[block], length_m[block] = self._forward(block, ends)
            cell = np.ix_(near, block)
            time_s[cell], length_m[cell] = self._backward(near, block)
        direct_m = self._direct_m()
        ahead = np.isfinite(direct_m)
        return np.where(ahead, direct_m * self.s_per_m[:, None], time_s), np.where(ahead, direct_m, length_m)

    def _near(self, ends: Ints) -> tuple[Ints, Floats, Floats]:
        """The ends near the middle one, and the seconds from every end to it and from it to every end.

        Driving by way of the middle bounds every drive between two near ends, so that their searches may stop there.
        """
        middle = self._middle()
        from_s, to_s = self._forward(middle, ends)[0][0], self._backward(ends, middle)[0][:, 0]
        from_s[middle], to_s[middle] = 0.0, 0.0
        near = (
            (from_s <= NEAR * np.median(from_s))
            & (to_s <= NEAR * np.median(to_s))
            & np.isfinite(from_s + to_s)
        )
        return ends[near], to_s, from_s

    def _middle(self) -> Ints:
        """The end nearest to the median of all places, as an array of one."""
        return np.array([np.hypot(*(self.xy_m - np.median(self.xy_m, axis=0)).T).argmin()])

    def _forward(self, starts: Ints, goals: Ints, limit_s: float = np.inf) -> tuple[Floats, Floats]:
        """Seconds and metres from each start end to each goal end; at least one link, never straight along one arc."""
        raw_s, raw_m = self._search(self.links, self.arc_count + starts, self.arc[goals], limit_s)
        return self._between(starts, goals, raw_s, raw_m)

    def _backward(self, starts: Ints, goals: Ints) -> tuple[Floats, Floats]:
        """The same as _forward, searched from the goals: cheap where they are few."""
        raw_s, raw_m = self._search(self._reversed_links, self.arc[goals], self.arc_count + starts, np.inf)
        return self._between(starts, goals, raw_s.T, raw_m.T)

    def _between(self, starts: Ints, goals: Ints, links_s: Floats, links_m: Floats) -> tuple[Floats, Floats]:
        """The rest of the first arc, the links, less what lies behind the goal on the last arc."""
        time_s = self.rest_s[starts, None] + links_s - self.rest_s[goals]
        return time_s, self.rest_m[starts, None] + links_m - self.rest_m[goals]

    @cached_property
    def _reversed_links(self) -> sp.csr_matrix:
        return self.links.T.tocsr()

    def _search(
        self, links: sp.csr_matrix, sources: Ints, targets: Ints, limit_s: float
    ) -> tuple[Floats, Floats]:
        """Seconds and metres of the links from each source to each target node; inf beyond the limit."""
        packed = dijkstra(links, indices=sources, limit=self._packed_limit(limit_s))[:, targets]
        return _unpacked(packed)

    def _packed_limit(self, limit_s: float) -> float:
        return float(np.ceil(max(0.0, min(limit_s, self.max_drive_s)) * MS_PER_S) * CM_RANGE)

    def _direct_m(self) -> Floats:
        """Metres from end to end where both lie on one arc and the second not behind the first; else inf."""
        ahead_m = self.driven_m[None, :] - self.driven_m[:, None]
        return np.where((self.arc[:, None] == self.arc[None, :]) & (ahead_m >= 0), ahead_m, np.inf)

    def _end_path(self, start: int, end: int, time_s: float) -> Path | None:
        """The drive between two ends, if it takes no longer than `time_s`."""
        ahead_m = float(self.driven_m[end] - self.driven_m[start])
        arc, start_m, end_m = int(self.arc[start]), float(self.driven_m[start]), float(self.driven_m[end])
        if self.arc[end] == arc and ahead_m >= 0:
            return Path((arc,), start_m, end_m, ahead_m * float(self.s_per_m[start]), ahead_m)
        source, node = self.arc_count + start, int(self.arc[end])
        limit = self._packed_limit(time_s - self.rest_s[start] + self.rest_s[end] + SLACK_S)
        packed, before = dijkstra(self.links, indices=source, limit=limit, return_predecessors=True)
        if not np.isfinite(packed[node]):
            return None
        total_s = float(self.rest_s[start] + _unpacked(packed[node])[0] - self.rest_s[end])
        arcs = []
        while node != source:
            arcs.append(node)
            node = int(before[node])
        length_m = float(self.rest_m[start] + self.length_m[arcs].sum() - self.rest_m[end])
        return Path((arc, *reversed(arcs)), start_m, end_m, total_s, length_m)

    def _blocks(self, ends: Ints) -> list[Ints]:
        size = max(1, BLOCK_BYTES // (8 * self.links.shape[0]))
        return [ends[i : i + size] for i in range(0, len(ends), size)]


def _packed(network: Network) -> sp.csr_matrix:
    """The links as whole milliseconds x CM_RANGE + the whole centimetres of the arc they lead into."""
    links = network.links
    cm = np.rint(network.length_m * CM_PER_M)[links.indices]
    data = np.rint(links.data * MS_PER_S) * CM_RANGE + np.maximum(cm, 1.0)
    return sp.csr_matrix((data, links.indices, links.indptr), shape=links.shape)


def _unpacked(packed: Floats) -> tuple[Floats, Floats]:
    """Seconds and metres."""
    found = np.isfinite(packed)
    ms, cm = np.divmod(np.where(found, packed, 0.0), CM_RANGE)
    return np.where(found, ms / MS_PER_S, np.inf), np.where(found, cm / CM_PER_M, np.inf)


def _with_departures(links: sp.csr_matrix, arcs: Ints) -> sp.csr_matrix:
    """The links with one row more per arc listed: a copy of that arc's row."""
    stacked = sp.vstack([links, links[arcs]], format="csr")
    n = stacked.shape[0]
    return sp.csr_matrix((stacked.data, stacked.indices, stacked.indptr), shape=(n, n))


def _ends_of_place(place: Ints, n: int) -> Ints:
    """(n, 2) first and last end of each place; the same where it has one. `place` is sorted."""
    return np.column_stack(
        [np.searchsorted(place, np.arange(n)), np.searchsorted(place, np.arange(n), side="right") - 1]
    )


def _stretch(network: Network, arc: int, start_m: float, end_m: float) -> Floats:
    """Points of an arc from start_m to end_m in driving direction."""
    line = network.lines[network.section[arc]]
    xy = shapely.get_coordinates(line)
    xy = xy[::-1] if network.backward[arc] else xy
    if start_m <= 0.0 and end_m >= network.length_m[arc]:
        return np.asarray(xy, dtype=np.float64)
    along_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    inside = xy[(along_m > start_m) & (along_m < end_m)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(shapely.linestrings(xy), [start_m, end_m]))
    return np.concatenate([ends[:1], inside, ends[1:]])
