"""Planarise streets: each real crossing becomes an end point that all streets there share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Coordinates, Ground, Scene, length_m
from analysis.topology.linework import SHARED_M, Vertex, planned, same, vertices
from analysis.topology.merge import ends
from analysis.topology.plan import Fault, Note, Plan, Remark, TopologyError, require
from analysis.topology.split import cut_line


def planarise(scene: Scene, ids: Iterable[int], levels: Mapping[int, int], *, tolerance_m: float) -> Plan:
    """The chosen lines, and those that cross them, cut where they meet on one level; the longest part keeps the id.

    levels: bridges above 0, tunnels below; lines of different levels pass each other. An end within `tolerance_m` of
    another line or end is put on it. Raises TopologyError when nothing has to be cut or joined.
    """
    chosen = require(ids, 1)
    junctions = _Junctions(scene, chosen, levels, tolerance_m)
    lines = junctions.joined_ends()
    nodes = junctions.nodes(lines)
    shapes = {id: _noded(lines[id], nodes.get(id, set()), scene.ground, tolerance_m) for id in lines}
    parts = {
        id: sorted(cut_line(shape, nodes.get(id, set())), key=length_m, reverse=True)
        for id, shape in shapes.items()
    }
    changed = {id: found[0] for id, found in parts.items() if not same(found[0], scene.shapes[id])}
    if not changed:
        raise TopologyError(Fault.NOTHING_TO_DO, tolerance_m=tolerance_m)
    created = [(id, part) for id, found in parts.items() for part in found[1:]]
    every = vertices([*changed.values(), *(part for _id, part in created)])
    return planned(scene, changed, created=created, used=chosen, notes=junctions.notes, known=every)


@dataclass
class _Junctions:
    """Where the lines of a scene must meet."""

    scene: Scene
    chosen: tuple[int, ...]
    levels: Mapping[int, int]
    tolerance_m: float
    notes: list[Note] = field(default_factory=list)

    @property
    def ground(self) -> Ground:
        return self.scene.ground

    def joined_ends(self) -> dict[int, BaseGeometry]:
        """The lines, with ends that are within the tolerance of a chosen line's end put on one place."""
        lines = dict(self.scene.shapes)
        owners = Counter(end for line in lines.values() for end in ends(line))
        for id in self.chosen:
            for end in ends(lines[id]):
                group = self._near(end, list(owners))
                goal = max(sorted(group), key=lambda place: (self._foreign(place), owners[place]))
                for place in group - {goal}:
                    lines = {id: _with_end(line, place, goal) for id, line in lines.items()}
                    owners[goal] += owners.pop(place)
        return lines

    def _foreign(self, place: Vertex) -> bool:
        """Ends of lines that were not chosen stay."""
        return any(
            place in ends(line) for id, line in self.scene.shapes.items() if id not in set(self.chosen)
        )

    def _near(self, place: Vertex, places: list[Vertex]) -> set[Vertex]:
        apart = np.hypot(*((np.array(places) - place) * self.ground.scale).T)
        return {found for found, metres in zip(places, apart, strict=True) if metres <= self.tolerance_m}

    def nodes(self, lines: dict[int, BaseGeometry]) -> dict[int, set[Vertex]]:
        """The places where each line is to be cut: its own crossings, and those with others."""
        found: dict[int, set[Vertex]] = {}
        taken: list[Vertex] = []
        for one, other in self._pairs(lines):
            for place in self._meetings(lines[one], lines[other], taken):
                found.setdefault(one, set()).add(place)
                found.setdefault(other, set()).add(place)
        return found

    def _pairs(self, lines: dict[int, BaseGeometry]) -> list[tuple[int, int]]:
        ids = list(lines)
        plane = [self.ground.metres(lines[id]) for id in ids]
        tree = shapely.STRtree(plane)
        near = tree.query(plane, predicate="dwithin", distance=self.tolerance_m).T.tolist()
        pairs = [tuple(sorted((ids[a], ids[b]))) for a, b in near if a < b]
        wanted = sorted({(a, b) for a, b in pairs if {a, b} & set(self.chosen)})
        level = [(a, b) for a, b in wanted if self.levels.get(a, 0) == self.levels.get(b, 0)]
        self._tell(lines, wanted, level)
        return level + [(id, id) for id in self.chosen if not lines[id].is_simple]

    def _tell(
        self, lines: dict[int, BaseGeometry], wanted: list[tuple[int, int]], level: list[tuple[int, int]]
    ) -> None:
        passing = [pair for pair in wanted if pair not in level and shapely.crosses(*map(lines.get, pair))]
        same = [
            pair for pair in level if shapely.intersection(*map(lines.get, pair), grid_size=1.0).length > 0
        ]
        if passing:
            self.notes.append(Note(Remark.OTHER_LEVEL, {"pairs": tuple(passing)}))
        if same:
            self.notes.append(Note(Remark.SAME_COURSE, {"pairs": tuple(same)}))

    def _meetings(self, one: BaseGeometry, other: BaseGeometry, taken: list[Vertex]) -> set[Vertex]:
        """Ends on the other line, then crossings; one near an end or a node that is there already is that one."""
        if one is other:
            return self._settled(_self_crossings(one), taken)
        plane = self.ground.metres(one), self.ground.metres(other)
        touching = {
            end
            for line, goal in ((one, plane[1]), (other, plane[0]))
            for end in ends(line)
            if shapely.distance(shapely.points(np.array(end) * self.ground.scale), goal) <= self.tolerance_m
        }
        taken.extend(sorted(touching - set(taken)))
        common = shapely.intersection(one, other, grid_size=1.0)
        return touching | self._settled(sorted(vertices([_bare(common)])), taken)

    def _settled(self, places: Iterable[Vertex], taken: list[Vertex]) -> set[Vertex]:
        found = set()
        for place in places:
            near = self._near(place, taken) if taken else set()
            found.add(min(near) if near else place)
            if not near:
                taken.append(place)
        return found


def _bare(common: BaseGeometry) -> BaseGeometry:
    """Points where two lines meet; of a stretch that they share, its ends."""
    points: list[Vertex] = []
    for part in shapely.get_parts(shapely.line_merge(common) if "Line" in common.geom_type else common):
        points += list(ends(part)) if part.geom_type == "LineString" else [(part.x, part.y)]
    return shapely.multipoints(np.array(points).reshape(-1, 2))


def _self_crossings(line: BaseGeometry) -> list[Vertex]:
    parts = shapely.get_parts(shapely.node(line))
    count = Counter(end for part in parts for end in ends(part))
    rounded = {(float(round(x)), float(round(y))) for (x, y), times in count.items() if times > 2}
    return sorted(rounded)


def _with_end(line: BaseGeometry, place: Vertex, goal: Vertex) -> BaseGeometry:
    """The line with an end at `place` put to `goal`; one that would shrink to a point stays."""
    course = shapely.get_coordinates(line)
    for end in (0, -1):
        if tuple(course[end].tolist()) == place:
            course[end] = goal
    moved = shapely.linestrings(course)
    return moved if len(vertices([moved])) > 1 else line


def _noded(line: BaseGeometry, nodes: set[Vertex], ground: Ground, tolerance_m: float) -> BaseGeometry:
    """The line led through each node: a vertex within the tolerance moves there, else an edge bends to it."""
    course = shapely.get_coordinates(line)
    for node in sorted(nodes):
        apart = np.hypot(*((course - node) * ground.scale).T)
        nearest = int(apart.argmin())
        if 0 < apart[nearest] <= tolerance_m:
            if 0 < nearest < len(course) - 1:
                course[nearest] = node
            continue
        edges = _edges_through(course, node, ground)
        course = np.insert(course, edges + 1, node, axis=0)
    return shapely.linestrings(course)


def _edges_through(course: Coordinates, node: Vertex, ground: Ground) -> npt.NDArray[np.int64]:
    """Every edge that the node lies on without being its end, or the nearest one if it is no vertex yet."""
    sides = np.stack([course[:-1], course[1:]], axis=1)
    edges = shapely.linestrings(sides * ground.scale)
    apart = shapely.distance(edges, shapely.points(np.array(node) * ground.scale))
    ending = (sides == np.array(node)).all(axis=2).any(axis=1)
    through = np.flatnonzero((apart <= SHARED_M) & ~ending)
    return through if len(through) or ending.any() else np.array([apart.argmin()])
