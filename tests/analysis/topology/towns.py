"""Made-up towns on the grid: blocks that share crooked borders vertex by vertex, and streets."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import reject
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from analysis.topology import Scene

ORIGIN = np.array([-76_000_000.0, 335_500_000.0])  # Casablanca
SIDE = 10_000  # about 100 m
Line = list[tuple[float, float]]


def town(seed: int, columns: int = 3, rows: int = 3, *, bends: int = 2) -> Scene:
    """Blocks numbered from 1, row by row from the south-west; `bends` vertices on each border between corners."""
    rng = np.random.default_rng(seed)
    corner = {
        (x, y): tuple((ORIGIN + np.rint((np.array([x, y]) + rng.uniform(-0.2, 0.2, 2)) * SIDE)).tolist())
        for x in range(columns + 1)
        for y in range(rows + 1)
    }
    border = {
        (a, b): _crooked(rng, corner[a], corner[b], bends)
        for a in corner
        for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1))
        if b in corner
    }
    cells = [(x, y) for y in range(rows) for x in range(columns)]
    shapes = {number: _block(border, *cell) for number, cell in enumerate(cells, start=1)}
    if not is_coverage(shapes):  # a border so crooked that it crosses another
        reject()
    return Scene(shapes)


def _crooked(rng: np.random.Generator, start: tuple, end: tuple, bends: int) -> Line:
    shares = np.linspace(0, 1, bends + 2)[1:-1, None]
    points = np.array(start) + shares * (np.array(end) - start) + rng.uniform(-300, 300, (bends, 2))
    return [start, *map(tuple, np.rint(points).tolist()), end]


def _block(border: dict, x: int, y: int) -> BaseGeometry:
    a, b, c, d = (x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)
    ring = [*border[a, b], *border[b, c][1:], *border[d, c][::-1][1:], *border[a, d][::-1][1:]]
    return shapely.multipolygons([shapely.polygons(ring)])


def at(x: float, y: float) -> tuple[float, float]:
    """Of blocks from the south-west corner."""
    return tuple(np.rint(ORIGIN + np.array([x, y]) * SIDE).tolist())


def line(*places: tuple[float, float]) -> BaseGeometry:
    return shapely.linestrings([at(*place) for place in places])


def area(*places: tuple[float, float]) -> BaseGeometry:
    return shapely.multipolygons([shapely.polygons([at(*place) for place in places])])


def applied(scene: Scene, plan) -> dict[object, BaseGeometry]:
    """All shapes after the plan; new ones under ("new", n)."""
    shapes = {**scene.shapes, **dict(plan.changed)}
    for id in plan.removed:
        del shapes[id]
    return shapes | {("new", n): shape for n, (_from, shape) in enumerate(plan.created)}


def is_coverage(shapes: dict) -> bool:
    valid = all(shape.is_valid for shape in shapes.values())
    return valid and bool(shapely.coverage_is_valid(np.array(list(shapes.values()), dtype=object)))


def seams(shapes: dict) -> list[BaseGeometry]:
    """Holes in the union of all: slivers where there was no gap."""
    union = shapely.coverage_union_all(np.array(list(shapes.values()), dtype=object))
    return [hole for part in shapely.get_parts(union) for hole in part.interiors]


seeds = st.integers(0, 10**6)
