"""Times and distances between many places at once, and the streets driven between two of them.

A drive leaves the arc of its first place after the rest of that arc, follows links, and arrives at the end of the last
arc less what lies behind the place. So places part-way along an arc, two on the same arc, streets served from end to
end and the way round the block to a place just passed are all exact, with the turns between them.

One search gives time and length: a link weighs its whole milliseconds times CM_RANGE plus its whole centimetres, in one
int64. So times are exact to a millisecond and lengths to a centimetre per street driven, and of two drives equally
quick the shorter one counts. A drive that lasts longer than MAX_DRIVE_S counts as none.

Memory: the answer is two n x n float32 matrices, 8 bytes a pair: 8 MB for 1,000 places, 800 MB for 10,000. While
computing, each thread holds BLOCK places x all ends in int64 and 20 bytes per arc beside it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from analysis.network.graph import Network
from analysis.network.places import Ends, Place

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

BLOCK = 32  # places whose drives one thread computes at a time
MAX_DRIVE_S = 12 * 3600.0
MS_PER_S, CM_PER_M = 1000, 100
CM_BITS = 27  # centimetres below, milliseconds above: 1,342 km
CM_RANGE = 2**CM_BITS
BUCKET_MS_BITS = 11  # milliseconds that one bucket of the search holds: about two seconds


@dataclass(frozen=True)
class Path:
    """A drive along arcs, from `start_m` along the first one to `end_m` along the last, in driving direction.

    From and to a street served as a whole, nothing is driven of the first and of the last arc: the drive is between.
    """

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
    """time_s[i, j] and length_m[i, j] of the fastest drive from the end of place i to the beginning of place j.

    inf where there is none. On the diagonal 0 for a point; for a stretch the way round to its beginning.
    """

    network: Network
    places: tuple[Place, ...]
    time_s: Matrix
    length_m: Matrix
    _search: _Search

    def path(self, start: int, end: int) -> Path:
        """The drive behind time_s[start, end]; the search stops as soon as it is found."""
        path = self._search.path(start, end) if np.isfinite(self.time_s[start, end]) else None
        if path is None:
            raise ValueError(f"No drive from {self.places[start].id!r} to {self.places[end].id!r}.")
        return path


def measure_travel(network: Network, places: Sequence[Place]) -> Travel:
    """All fastest drives between the places: one search per arc that a place lies on, on every processor."""
    search = _Search(network, places)
    time_s, length_m = search.all_pairs()
    return Travel(network, tuple(places), time_s, length_m, search)


class _Search:
    """The arc graph and the ends of some places on it."""

    def __init__(self, network: Network, places: Sequence[Place]) -> None:
        self.network, self.places = network, len(places)
        self.ends = ends = Ends.of(network, places)
        self.links = _Links.of(network)
        self.s_per_m = network.time_s[ends.arc] / network.length_m[ends.arc]
        self.rest_m = network.length_m[ends.arc] - ends.leave_m
        self.behind_m = network.length_m[ends.arc] - ends.enter_m
        self.goals, self.goal_of_end = np.unique(ends.arc, return_inverse=True)

    def all_pairs(self) -> tuple[Matrix, Matrix]:
        """Times and lengths from place to place; the better direction where a place has two."""
        time_s = np.full((self.places, self.places), np.inf, dtype=np.float32)
        length_m = np.full_like(time_s, np.inf)
        first = np.searchsorted(self.ends.place, np.arange(self.places))
        along = np.argsort(self.ends.arc[first], kind="stable") if len(first) else first
        blocks = [along[i : i + BLOCK] for i in range(0, len(along), BLOCK)]

        def fill(block: Ints) -> None:
            for place, *best in self._rows(block):
                time_s[place], length_m[place] = best

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(fill, blocks))
        return time_s, length_m

    def _rows(self, block: Ints) -> list[tuple[int, Floats, Floats]]:
        """Each place of the block with its times and lengths to all places."""
        ends = np.concatenate([np.array(self.ends.of_place(int(place))) for place in block])
        time_s, length_m = _columns(self.ends.place, *self._from(ends), self.places)
        rows = []
        for place in block:
            own = np.flatnonzero(self.ends.place[ends] == place)
            best = own[time_s[own].argmin(axis=0)]
            every = np.arange(self.places)
            rows.append((int(place), time_s[best, every], length_m[best, every]))
        return rows

    def _from(self, starts: Ints) -> tuple[Floats, Floats]:
        """Seconds and metres from each start end to every end."""
        arcs, number = np.unique(self.ends.arc[starts], return_inverse=True)
        links_s, links_m = _unpacked(self.links.between(self.network.onward[arcs], self.goals))
        cell = np.ix_(number, self.goal_of_end)
        rest_m, rest_s = self.rest_m[starts], (self.rest_m * self.s_per_m)[starts]
        time_s = rest_s[:, None] + links_s[cell] - self.behind_m * self.s_per_m
        length_m = rest_m[:, None] + links_m[cell] - self.behind_m
        direct_m = self.ends.enter_m - self.ends.leave_m[starts, None]
        ahead = (self.ends.arc == self.ends.arc[starts, None]) & (direct_m >= 0)
        return (  # next to each other, whole milliseconds and centimetres may come to less than nothing
            np.where(ahead, direct_m * self.s_per_m, np.maximum(time_s, 0.0)),
            np.where(ahead, direct_m, np.maximum(length_m, 0.0)),
        )

    def path(self, start: int, end: int) -> Path | None:
        """The fastest drive from place to place."""
        pairs = [(a, b) for a in self.ends.of_place(start) for b in self.ends.of_place(end)]
        found = [path for a, b in pairs if (path := self._end_path(a, b)) is not None]
        return min(found, key=lambda path: path.time_s, default=None)

    def _end_path(self, start: int, end: int) -> Path | None:
        """The fastest drive between two ends."""
        ends, network = self.ends, self.network
        arc, start_m, end_m = int(ends.arc[start]), float(ends.leave_m[start]), float(ends.enter_m[end])
        if ends.arc[end] == arc and end_m >= start_m:
            length_m = end_m - start_m
            return Path((arc,), start_m, end_m, length_m * float(self.s_per_m[start]), length_m)
        traced = self.links.trace(int(network.onward[arc]), int(ends.arc[end]))
        if traced is None:
            return None
        links_s, arcs = traced
        rest_s, behind_s = self.rest_m[start] * self.s_per_m[start], self.behind_m[end] * self.s_per_m[end]
        time_s = max(float(rest_s + links_s - behind_s), 0.0)
        length_m = float(self.rest_m[start] + network.length_m[arcs].sum() - self.behind_m[end])
        return Path((arc, *arcs), start_m, end_m, time_s, max(length_m, 0.0))


@dataclass(frozen=True, eq=False)
class _Links:
    """The network's links as the kernels read them: by rows, packed, and neighbours near each other in memory.

    Arcs are renumbered along a Hilbert curve, which makes the search a third quicker: `rank` by arc, `arc` by rank.
    """

    rank: Ints
    arc: Ints
    starts: npt.NDArray[np.int32]
    arcs: npt.NDArray[np.int32]
    weights: Ints
    limit: int

    @classmethod
    def of(cls, network: Network) -> _Links:
        arc = _along_hilbert_curve(network)
        links = network.links[arc][:, arc].tocsr()
        ms = np.rint(links.data * MS_PER_S).astype(np.int64)
        cm = np.rint(network.length_m * CM_PER_M).astype(np.int64)[arc][links.indices]
        quickest = float((network.length_m / network.time_s).max())
        limit_s = min(MAX_DRIVE_S, CM_RANGE / CM_PER_M / quickest)
        return cls(
            np.argsort(arc),
            arc,
            links.indptr.astype(np.int32),
            links.indices.astype(np.int32),
            ms * CM_RANGE + np.maximum(cm, 1),
            int(limit_s * MS_PER_S) * CM_RANGE,
        )

    @cached_property
    def _buckets(self) -> tuple[int, int]:
        """How far a weight is shifted to its bucket, and the number of buckets: more than one link can jump over."""
        shift = CM_BITS + BUCKET_MS_BITS
        farthest = int(self.weights.max(initial=0)) >> shift
        return shift, 1 << (farthest + 2).bit_length()

    def between(self, starts: Ints, goals: Ints) -> Ints:
        """Packed weight from the end of each start to the end of each goal; the kernel's FAR where there is no way."""
        from analysis.network import kernels  # noqa: PLC0415 - numba is heavy: only who searches loads it

        ends = self.rank[starts], self.rank[goals]
        return np.asarray(
            kernels.search(self.starts, self.arcs, self.weights, *ends, *self._buckets, self.limit)
        )

    def trace(self, start: int, goal: int) -> tuple[float, list[int]] | None:
        """Seconds, and the arcs after the start up to the goal."""
        from analysis.network import kernels  # noqa: PLC0415 - as above

        packed, before = kernels.trace(
            self.starts,
            self.arcs,
            self.weights,
            self.rank[start],
            self.rank[goal],
            *self._buckets,
            self.limit,
        )
        if packed >= kernels.FAR:
            return None
        arcs, rank = [], self.rank[goal]
        while rank >= 0:
            arcs.append(int(self.arc[rank]))
            rank = before[rank]
        return (packed >> CM_BITS) / MS_PER_S, arcs[::-1]


def _along_hilbert_curve(network: Network) -> Ints:
    middles = shapely.line_interpolate_point(network.lines, 0.5, normalized=True)
    along = gpd.GeoSeries(middles).hilbert_distance().to_numpy()
    return np.argsort(along[network.section], kind="stable")


def _columns(place: Ints, time_s: Floats, length_m: Floats, places: int) -> tuple[Floats, Floats]:
    """Columns of ends made columns of places: the quicker end where a place has two."""
    first = np.searchsorted(place, np.arange(places))
    best_s, best_m = time_s[:, first], length_m[:, first]
    for end in np.setdiff1d(np.arange(len(place)), first):
        better = time_s[:, end] < best_s[:, place[end]]
        best_s[better, place[end]] = time_s[better, end]
        best_m[better, place[end]] = length_m[better, end]
    return best_s, best_m


def _unpacked(packed: Ints) -> tuple[Floats, Floats]:
    """Seconds and metres; inf where there is no way."""
    found = packed < 2**62
    seconds = np.where(found, (packed >> CM_BITS) / MS_PER_S, np.inf)
    return seconds, np.where(found, (packed & (CM_RANGE - 1)) / CM_PER_M, np.inf)


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
