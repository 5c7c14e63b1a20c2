"""The walking network: every street one may walk on, both ways, joined where streets meet or cross on one level."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import shapely

from analysis.green.plane import Floats, Geometries, MetricCrs

Ints = npt.NDArray[np.int64]

NOT_WALKED = ("motorway", "trunk")
NODE_GRID_M = 0.01  # points equal to the centimetre are one node
CELL_M = 60.0
WALK_RULE = (
    "Walking both ways on all streets but {classes}; streets are joined where they meet, end on or cross each"
    " other on the same level."
)


class NoStreets(ValueError):
    """There is nothing to walk on; the text says why."""


@dataclass(frozen=True, eq=False)
class Places:
    """Points on the network: `edge` (-1: no street near enough), metres from its first end, metres beside it."""

    edge: Ints
    before_m: Floats
    leg_m: Floats


@dataclass(frozen=True, eq=False)
class WalkNetwork:
    """Edges between nodes. `node_xy` (nodes, 2) in metres of `crs`; `ends` (edges, 2) are nodes; `length_m` along it.

    `segments` (k, 4) are the straight parts of the edges, x and y of both ends; `edge_of` and `before_m` tell of each
    its edge and how far from the edge's first end it begins. Lengths are those of the ground.
    """

    crs: MetricCrs
    node_xy: Floats
    ends: Ints
    length_m: Floats
    segments: Floats
    edge_of: Ints
    before_m: Floats
    plane_m: float  # plane metres of one metre on the ground there
    gates_xy: Floats = field(default_factory=lambda: np.empty((0, 2)))  # known entrances of green spaces

    @cached_property
    def graph(self) -> sp.csr_matrix:
        """Node to node, symmetric; of two streets between the same nodes the shorter counts."""
        return shortest_links(self.ends[:, 0], self.ends[:, 1], self.length_m, len(self.node_xy))

    @cached_property
    def dead_ends(self) -> Ints:
        """Nodes where one street ends and no other begins."""
        return np.flatnonzero(np.bincount(self.ends.ravel(), minlength=len(self.node_xy)) == 1)

    @cached_property
    def lines(self) -> Geometries:
        """The segments as lines, for geometry that needs them."""
        return np.asarray(shapely.linestrings(self.segments.reshape(-1, 2, 2)), dtype=object)

    @cached_property
    def line_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    @cached_property
    def _grid(self) -> tuple[Ints, npt.NDArray[np.int32], Floats, int, int]:
        from analysis.green.walk.kernels import fill_grid  # noqa: PLC0415  numba is slow to import

        low = np.minimum(self.segments[:, :2], self.segments[:, 2:]).min(axis=0)
        high = np.maximum(self.segments[:, :2], self.segments[:, 2:]).max(axis=0)
        columns, rows = (int(n) + 1 for n in (high - low) / CELL_M)
        starts, members = fill_grid(self.segments, low, CELL_M, columns, rows)
        return starts, members, low, columns, rows

    def snap(self, xy: Floats, max_m: float) -> Places:
        """The nearest point of the network to each of `xy` (n, 2), within `max_m` on the ground."""
        from analysis.green.walk.kernels import nearest_segments  # noqa: PLC0415  numba is slow to import

        starts, members, low, columns, rows = self._grid
        points = np.ascontiguousarray(xy, dtype=np.float64).reshape(-1, 2)
        segment, along, plane_m = nearest_segments(
            points, self.segments, starts, members, low, CELL_M, columns, rows, max_m * self.plane_m
        )
        found = segment >= 0
        edge = np.where(found, self.edge_of[segment], -1)
        before = self.before_m[segment] + along * self._segment_m[segment]
        return Places(edge, np.minimum(before, self.length_m[edge]), plane_m / self.plane_m)

    @cached_property
    def _segment_m(self) -> Floats:
        delta = self.segments[:, 2:] - self.segments[:, :2]
        return np.hypot(delta[:, 0], delta[:, 1]) / self.plane_m


def build_walk_network(streets: gpd.GeoDataFrame, gates: gpd.GeoSeries | None = None) -> WalkNetwork:
    """Of the streets' columns street_class and bridge_level (0 when absent), in a metric CRS.

    gates: points where green spaces are known to be entered.

    Raises NotMetric, or NoStreets when nothing is left to walk on.
    """
    crs = MetricCrs.of(streets.crs)
    walked = streets[~streets["street_class"].isin(NOT_WALKED) & (streets.geometry.length > NODE_GRID_M)]
    if walked.empty:
        raise NoStreets(f"None of the {len(streets)} streets can be walked on: import streets first.")
    lines = np.asarray(walked.geometry.to_numpy(), dtype=object)
    level = walked["bridge_level"].fillna(0).to_numpy() if "bridge_level" in walked else np.zeros(len(lines))
    middle = shapely.box(*walked.total_bounds)
    plane_m = float(np.sqrt(crs.areal_scale(np.array([middle], dtype=object))[0]))
    network = _network(lines, _cuts(lines, level), crs, plane_m)
    return network if gates is None else replace(network, gates_xy=_points(gates, crs))


def _points(gates: gpd.GeoSeries, crs: MetricCrs) -> Floats:
    return np.asarray(shapely.get_coordinates(gates.to_crs(crs.crs).to_numpy()), dtype=np.float64)


def shortest_links(a: Ints, b: Ints, length_m: Floats, nodes: int) -> sp.csr_matrix:
    """A symmetric matrix of the shortest of all links between two nodes (scipy would add them up)."""
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((np.tile(length_m, 2), columns, rows))
    rows, columns, data = rows[order], columns[order], np.tile(length_m, 2)[order]
    first = np.r_[True, (np.diff(rows) != 0) | (np.diff(columns) != 0)]
    return sp.csr_matrix((data[first], (rows[first], columns[first])), shape=(nodes, nodes))


def _cuts(lines: Geometries, level: npt.NDArray[np.float64]) -> tuple[Ints, Floats]:
    """Line and metres along it of every place where another line of its level meets its inside."""
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    pair = (first < second) & (level[first] == level[second])
    first, second = first[pair], second[pair]
    points, pair_of = shapely.get_parts(shapely.intersection(lines[first], lines[second]), return_index=True)
    points = np.concatenate([shapely.get_point(points, 0), shapely.get_point(points, -1), points])
    pair_of = np.tile(pair_of, 3)
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points, pair_of = points[is_point], pair_of[is_point]
    line = np.concatenate([first[pair_of], second[pair_of]])
    at = shapely.line_locate_point(lines[line], np.tile(points, 2))
    inside = (at > NODE_GRID_M) & (at < shapely.length(lines[line]) - NODE_GRID_M)
    return line[inside], at[inside]


def _network(lines: Geometries, cuts: tuple[Ints, Floats], crs: MetricCrs, plane_m: float) -> WalkNetwork:
    """Vertices of all lines in one row, cut points among them; nodes are ends and cuts."""
    xy, line, at = _vertices(lines)
    cut_line, cut_at = cuts
    cut_xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[cut_line], cut_at))
    is_cut = np.r_[np.zeros(len(line), bool), np.ones(len(cut_line), bool)]
    xy, line, at = np.vstack([xy, cut_xy]), np.r_[line, cut_line], np.r_[at, cut_at]
    order = np.lexsort((is_cut, at, line))
    xy, line, at, is_cut = xy[order], line[order], at[order], is_cut[order]
    # A cut at a vertex, or found twice, is one place.
    again = np.r_[False, (np.diff(line) == 0) & (np.diff(at) < NODE_GRID_M)]
    groups = np.cumsum(~again) - 1
    cut = np.bincount(groups, weights=is_cut) > 0
    xy, line, at = xy[~again], line[~again], at[~again]
    return _edges(xy, line, at, cut, crs, plane_m)


def _edges(
    xy: Floats, line: Ints, at: Floats, cut: npt.NDArray[np.bool_], crs: MetricCrs, plane_m: float
) -> WalkNetwork:
    new = np.r_[True, np.diff(line) != 0]
    is_node = cut | new | np.r_[new[1:], True]
    node_at = np.flatnonzero(is_node)
    cells = np.rint(xy[node_at] / NODE_GRID_M)
    nodes, number = np.unique(cells, axis=0, return_inverse=True)
    begin = np.flatnonzero(~np.r_[new[1:], True])  # each vertex but the last of a line begins a segment
    opens = is_node[begin]
    edge_of = np.cumsum(opens) - 1
    node_number = np.full(len(xy), -1)
    node_number[node_at] = number.ravel()
    closes = is_node[begin + 1]
    ends = np.column_stack([node_number[begin[opens]], node_number[begin[closes] + 1]])
    start_at, end_at = at[begin[opens]], at[begin[closes] + 1]
    return WalkNetwork(
        crs=crs,
        node_xy=nodes * NODE_GRID_M,
        ends=ends,
        length_m=(end_at - start_at) / plane_m,
        segments=np.ascontiguousarray(np.hstack([xy[begin], xy[begin + 1]])),
        edge_of=edge_of,
        before_m=(at[begin] - start_at[edge_of]) / plane_m,
        plane_m=plane_m,
    )


def _vertices(lines: Geometries) -> tuple[Floats, Ints, Floats]:
    """Coordinates, line and plane metres along it of every vertex, in order."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    first = np.r_[True, np.diff(line) != 0]
    step[first] = 0.0
    walked = np.cumsum(step)
    return xy, line, walked - walked[first][line]
