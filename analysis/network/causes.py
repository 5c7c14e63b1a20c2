"""Which closed streets cut a place off: the fewest on a way in, and what the way out needs besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import dijkstra

from analysis.network.graph import JUNCTION_GRID_M, Network
from analysis.network.reasons import PASSING, Closure, Reason

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DETOUR_M = 1e7  # any way round is better than through one more closed street
OPENABLE = (*PASSING, Reason.NO_ACCESS)


def closure_of(network: Network, street: str) -> Closure:
    """What closes the street itself, all the time or for a part of it."""
    return Closure(street, network.closed.get(street, Reason.CLOSED), network.shut_by.get(street, ()))


def cutting_off(network: Network, sections: Iterable[int], part: int) -> dict[int, tuple[Closure, ...]]:
    """Per section the closed streets between it and the component `part`; none where opening streets does not help.

    Ways are sought from junction to junction, along one-way streets as they are signed; turns are not looked at.
    """
    sections = list(sections)
    if not sections:
        return {}
    ways = _Ways.of(network)
    own = np.flatnonzero((network.component[: network.arc_count] == part) & ~_part_time(network))
    ends = np.unique(ways.ends[own])
    cost_m, before = _tree(ways.links, ends)
    entered: dict[frozenset[str], list[tuple[int, int]]] = defaultdict(list)
    for section in sections:
        arcs = [int(arc) for arc in network.arcs_of_section[section] if arc >= 0]
        tail, head = min(ways.ends[arcs].tolist(), key=lambda end: cost_m[end[0]])
        if np.isfinite(cost_m[tail]):
            opened = frozenset(filter(None, (ways.closed.get(link) for link in _steps(before, tail))))
            entered[opened].append((section, head))
    return dict.fromkeys(sections, ()) | {
        section: tuple(closure_of(network, street) for street in sorted(streets))
        for opened, group in entered.items()
        for section, streets in _left(ways, ends, opened, group)
    }


def _left(
    ways: _Ways, ends: Ints, opened: frozenset[str], group: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, frozenset[str]]]:
    """For sections, and the junctions where they are left, what was opened on the way in and must be on the way out."""
    cost_m, after = _tree(ways.without(opened).T.tocsr(), ends)
    for section, head in group:
        out = (ways.closed.get((node, last)) for last, node in _steps(after, head))
        yield section, opened | set(filter(None, out)) if np.isfinite(cost_m[head]) else frozenset()


def _tree(links: sp.csr_matrix, roots: Ints) -> tuple[Floats, Ints]:
    """Per junction the metres from the nearest root, and the junction before it."""
    cost_m, before, _ = dijkstra(links, indices=roots, min_only=True, return_predecessors=True)
    return cost_m, before


def _steps(before: Ints, node: int) -> Iterator[tuple[int, int]]:
    """The links of the tree from the node to its root."""
    while (last := int(before[node])) >= 0:
        yield last, node
        node = last


@dataclass(frozen=True, eq=False)
class _Ways:
    """Links between junctions, those of closed streets at a high price; `ends` are tail and head of each arc,
    `closed` says which links are a closed street."""

    links: sp.csr_matrix
    ends: Ints
    closed: Mapping[tuple[int, int], str]

    def without(self, opened: frozenset[str]) -> sp.csr_matrix:
        """The links, with these streets as if they were open."""
        links = self.links.copy()
        for (tail, head), street in self.closed.items():
            if street in opened:
                links[tail, head] -= DETOUR_M
        return links

    @classmethod
    def of(cls, network: Network) -> _Ways:
        shut = [street for street, reason in network.closed.items() if reason in OPENABLE]
        lines = np.array([*network.lines, *(network.closed_lines[street] for street in shut)], dtype=object)
        first, last = _junctions(lines)
        arcs = np.arange(network.arc_count)
        section, backward = network.section[arcs], network.backward[arcs]
        opened = len(network.lines) + np.arange(len(shut))
        against = np.array([network.closed_one_way[street] for street in shut], dtype=object)
        ahead, behind = opened[against != "backward"], opened[against != "forward"]
        line = np.concatenate([section, ahead, behind])
        turned = np.concatenate([backward, np.zeros(len(ahead), bool), np.ones(len(behind), bool)])
        tail, head = np.where(turned, last[line], first[line]), np.where(turned, first[line], last[line])
        names = np.array([*network.street_ids, *shut], dtype=object)
        barred = np.concatenate([_part_time(network), np.ones(len(ahead) + len(behind), bool)])
        length_m = shapely.length(lines)[line] + np.where(barred, DETOUR_M, 0.0)
        count = int(max(first.max(), last.max())) + 1
        links, kept = _cheapest(tail, head, length_m, count)
        closed = {(int(tail[n]), int(head[n])): str(names[line[n]]) for n in kept if barred[n]}
        return cls(links, np.column_stack([tail, head])[arcs], closed)


def _cheapest(tail: Ints, head: Ints, length_m: Floats, count: int) -> tuple[sp.csr_matrix, Ints]:
    """One link per pair of junctions, the cheapest, and which rows those are."""
    order = np.argsort(length_m, kind="stable")
    kept = order[np.unique(tail[order] * count + head[order], return_index=True)[1]]
    return sp.csr_matrix((length_m[kept], (tail[kept], head[kept])), shape=(count, count)), kept


def _junctions(lines: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """The junction at the first and at the last point of each line."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    xy = np.rint(np.column_stack([shapely.get_x(ends), shapely.get_y(ends)]) / JUNCTION_GRID_M)
    number = np.unique(xy, axis=0, return_inverse=True)[1].reshape(2, -1)
    return number[0], number[1]


def _part_time(network: Network) -> npt.NDArray[np.bool_]:
    """Per arc whether its street is shut in part of the hours."""
    return np.isin(network.section[: network.arc_count], list(network.open_hours))
