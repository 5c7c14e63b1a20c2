"""Planar street graphs: lines noded, near junctions merged, thin blocks opened, sections joined between junctions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components

GRID_M = 0.02


@dataclass(frozen=True)
class Graph:
    """Straight edges between nodes of the plane: `xy` (n, 2) m, `ends` (m, 2) node numbers, `street` (m,) numbers."""

    xy: np.ndarray
    ends: np.ndarray
    street: np.ndarray

    @property
    def lines(self) -> np.ndarray:
        return shapely.linestrings(self.xy[self.ends])

    @property
    def lengths_m(self) -> np.ndarray:
        return np.hypot(*(self.xy[self.ends[:, 1]] - self.xy[self.ends[:, 0]]).T)

    @property
    def degree(self) -> np.ndarray:
        return np.bincount(self.ends.ravel(), minlength=len(self.xy))

    def keep(self, edges: np.ndarray) -> Graph:
        """The graph of these edges (a mask), its nodes numbered anew."""
        used, ends = np.unique(self.ends[edges], return_inverse=True)
        return Graph(self.xy[used], ends.reshape(-1, 2), self.street[edges])

    def components(self, edges: np.ndarray | None = None) -> np.ndarray:
        """Component number of each node, using only the edges of the mask."""
        ends = self.ends if edges is None else self.ends[edges]
        return components(len(self.xy), ends)


def components(nodes: int, ends: np.ndarray, directed: bool = False) -> np.ndarray:
    """Component number of each node; strongly connected ones if `directed`."""
    matrix = sparse.coo_array(
        (np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes)
    )
    return connected_components(matrix, directed=directed, connection="strong")[1]


def node_lines(lines: np.ndarray, street: np.ndarray) -> Graph:
    """Split lines where they meet. Of overlapping lines the one of the lower number names the edge."""
    pieces, index = segments(lines)
    street = street[index]
    noded, _ = segments(shapely.get_parts(shapely.union_all(pieces, grid_size=GRID_M)))
    middle = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    edge, piece = shapely.STRtree(pieces).query(middle, predicate="dwithin", distance=3 * GRID_M)
    number = np.full(len(noded), np.iinfo(np.int64).max)
    np.minimum.at(number, edge, street[piece])
    xy, ends = _numbered(shapely.get_coordinates(noded))
    return Graph(xy, ends, number).keep(number < np.iinfo(np.int64).max)


def segments(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines cut at every vertex, and which line each piece comes from."""
    xy, index = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero((index[:-1] == index[1:]) & (xy[:-1] != xy[1:]).any(axis=1))
    return shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1)), index[first]


def _numbered(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    nodes, number = np.unique(xy, axis=0, return_inverse=True)
    return nodes, number.reshape(-1, 2)


def merge_near_nodes(graph: Graph, distance_m: float) -> Graph:
    """Pull the two ends of every short edge together; doubled edges keep the lower street number."""
    short = graph.lengths_m < distance_m
    group = graph.components(short)
    size = np.bincount(group)
    xy = np.stack([np.bincount(group, graph.xy[:, axis]) / size for axis in (0, 1)], axis=1)
    return _without_doubles(replace(graph, xy=xy, ends=group[graph.ends]))


def _without_doubles(graph: Graph) -> Graph:
    low, high = graph.ends.min(axis=1), graph.ends.max(axis=1)
    order = np.lexsort((graph.street, high, low))
    key = low[order] * len(graph.xy) + high[order]
    first = np.r_[True, key[1:] != key[:-1]] & (low[order] != high[order])
    return graph.keep(np.sort(order[first]))


def renode(graph: Graph) -> Graph:
    """Split again after nodes have moved, and keep the largest connected part."""
    graph = node_lines(graph.lines, graph.street)
    part = graph.components()
    largest = np.bincount(part[graph.ends[:, 0]]).argmax()
    return graph.keep(part[graph.ends[:, 0]] == largest)


@dataclass(frozen=True)
class Blocks:
    """The faces of a graph. `face` and `edge` are pairs: this face is bounded by that edge."""

    polygons: np.ndarray
    face: np.ndarray
    edge: np.ndarray


def blocks(graph: Graph) -> Blocks:
    polygons = shapely.get_parts(shapely.polygonize(graph.lines))
    xy, face = shapely.get_coordinates(polygons, return_index=True)
    inner = face[:-1] == face[1:]
    number = _node_numbers(graph.xy, xy)
    pairs = np.sort(np.stack([number[:-1], number[1:]], axis=1)[inner], axis=1)
    keys = np.sort(graph.ends, axis=1) @ np.array([len(graph.xy), 1])
    order = np.argsort(keys)
    edge = order[np.searchsorted(keys, pairs @ np.array([len(graph.xy), 1]), sorter=order)]
    return Blocks(polygons, face[:-1][inner], edge)


def _node_numbers(nodes: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Which node each coordinate is; they are equal to the bit."""
    _, inverse = np.unique(np.vstack([nodes, xy]), axis=0, return_inverse=True)
    number = np.empty(inverse.max() + 1, dtype=np.int64)
    number[inverse[: len(nodes)]] = np.arange(len(nodes))
    return number[inverse[len(nodes) :]]


def open_thin_blocks(graph: Graph, minor: np.ndarray, width_m: float, area_m2: float) -> Graph:
    """Remove the longest minor edge of every block that is narrower or smaller than this. `minor`: mask of streets."""
    faces = blocks(graph)
    area, perimeter = shapely.area(faces.polygons), shapely.length(faces.polygons)
    thin = (2 * area / perimeter < width_m) | (area < area_m2)
    candidate = thin[faces.face] & minor[graph.street[faces.edge]]
    face, edge = faces.face[candidate], faces.edge[candidate]
    order = np.lexsort((-graph.lengths_m[edge], face))
    first = np.r_[True, face[order][1:] != face[order][:-1]] if len(order) else np.zeros(0, bool)
    keep = np.ones(len(graph.ends), bool)
    keep[edge[order[first]]] = False
    return graph.keep(keep)


def drop_dead_ends(graph: Graph, shorter_than_m: float) -> Graph:
    """Remove stubs, again and again, until every dead end left is at least so long."""
    while True:
        stub = (graph.degree[graph.ends] == 1).any(axis=1) & (graph.lengths_m < shorter_than_m)
        if not stub.any():
            return graph
        graph = graph.keep(~stub)


def sections(graph: Graph) -> tuple[np.ndarray, np.ndarray]:
    """Lines from junction to junction and their streets; edges join at nodes where only two of one street meet."""
    chain = _chains(graph)
    order = np.argsort(chain, kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(graph.lines[order], indices=chain[order]))
    street = np.full(chain.max() + 1, 0)
    street[chain] = graph.street
    parts, index = shapely.get_parts(joined, return_index=True)
    return parts, street[index]


def _chains(graph: Graph) -> np.ndarray:
    """Chain number of each edge: edges that follow one another without a junction."""
    node = graph.ends.ravel()
    edge = np.repeat(np.arange(len(graph.ends)), 2)
    order = np.argsort(node, kind="stable")
    node, edge = node[order], edge[order]
    second = np.flatnonzero(node[:-1] == node[1:])
    second = second[graph.degree[node[second]] == 2]
    pairs = np.stack([edge[second], edge[second + 1]], axis=1)
    same = graph.street[pairs[:, 0]] == graph.street[pairs[:, 1]]
    return components(len(graph.ends), pairs[same])
