"""Lines and rings on the grid: where they cross, what they enclose, and vertices put on borders that are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.topology.grid import Coordinates, Ground, Scene
from analysis.topology.plan import Fault, Note, Plan, TopologyError

SHARED_M = (
    0.02  # borders nearer than this to a vertex are one border: coordinates are stored to about a centimetre
)
SNAP_M = (
    0.05  # a drawn line goes through vertices this near to it, so that no new vertex comes to lie beside one
)
Vertex = tuple[float, float]
Shapes = Sequence[BaseGeometry]


def border(shape: BaseGeometry) -> BaseGeometry:
    """The rings of an area; a line itself."""
    return shape.boundary if "Polygon" in shape.geom_type else shape


def vertices(shapes: Iterable[BaseGeometry]) -> set[Vertex]:
    return {(x, y) for x, y in shapely.get_coordinates(list(shapes)).tolist()}


def noded(lines: Shapes) -> BaseGeometry:
    """All lines, once each, cut where they meet, on the grid: GEOS's snap rounding."""
    return shapely.union_all(np.array(lines, dtype=object), grid_size=1.0)


def faces(lines: Shapes) -> list[BaseGeometry]:
    """The areas that the lines enclose."""
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded(lines)))))


def inside(parts: Shapes, shape: BaseGeometry) -> list[BaseGeometry]:
    """The parts that lie in the shape, told by a point inside each."""
    shapely.prepare(shape)
    within = shapely.contains(shape, shapely.point_on_surface(np.array(parts, dtype=object)))
    return [part for part, is_in in zip(parts, within, strict=True) if is_in]


def united(parts: Shapes) -> BaseGeometry:
    return as_multi(shapely.union_all(np.array(parts, dtype=object), grid_size=1.0))


def as_multi(shape: BaseGeometry) -> BaseGeometry:
    """A MultiPolygon of all areas of the shape; lines and points that an operation left behind fall away."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    return shapely.multipolygons(areas) if areas else shapely.MultiPolygon()


def crossings(lines: Shapes) -> set[Vertex]:
    """Where the lines meet between their vertices."""
    return vertices([noded(lines)]) - vertices(lines)


def lying_on(points: Iterable[Vertex], lines: Shapes, ground: Ground) -> set[Vertex]:
    """The points that are on the lines, or so near that they are shared."""
    places = np.array(sorted(set(points))).reshape(-1, 2)
    goal = ground.metres(shapely.union_all(np.array(lines, dtype=object)))
    near = shapely.distance(goal, shapely.points(places * ground.scale)) <= SHARED_M
    return {(x, y) for x, y in places[near].tolist()}


def with_points(
    shape: BaseGeometry, points: Iterable[Vertex], ground: Ground, reach_m: float = SHARED_M
) -> BaseGeometry:
    """The shape with the points as vertices of the edges that they lie on, to `reach_m`; itself if there are none."""
    near = _near(border(shape), points, ground, reach_m)
    if not len(near):
        return shape
    return redrawn(shape, lambda course: _threaded(course, near, ground, reach_m))


def redrawn(shape: BaseGeometry, redraw: Callable[[Coordinates], Coordinates]) -> BaseGeometry:
    """The line, or the MultiPolygon, with the course of each line or closed ring made anew."""
    if shape.geom_type == "LineString":
        return shapely.linestrings(redraw(shapely.get_coordinates(shape)))

    def ring(old: BaseGeometry) -> BaseGeometry:
        return shapely.linearrings(redraw(shapely.get_coordinates(old)))

    parts = shapely.get_parts(shape)
    return shapely.multipolygons(
        [
            shapely.polygons(ring(part.exterior), [ring(hole) for hole in part.interiors] or None)
            for part in parts
        ]
    )


def _near(line: BaseGeometry, points: Iterable[Vertex], ground: Ground, reach_m: float) -> Coordinates:
    """The points on the line that are not its vertices."""
    found = np.array(sorted(set(points) - vertices([line])), dtype=np.float64).reshape(-1, 2)
    if not len(found):
        return found
    distances = shapely.distance(ground.metres(line), shapely.points(found * ground.scale))
    near: Coordinates = found[distances <= reach_m]
    return near


def _threaded(course: Coordinates, points: Coordinates, ground: Ground, reach_m: float) -> Coordinates:
    """The course with each point put into its nearest edge, if that is within reach."""
    known = {(x, y) for x, y in course.tolist()}
    placed = []
    for point in points:
        edge, along, distance = _place(course * ground.scale, point * ground.scale)
        if distance <= reach_m and tuple(point.tolist()) not in known:
            placed.append((edge, along, point))
    placed.sort(key=lambda found: found[:2])
    if not placed:
        return course
    return np.insert(course, [edge + 1 for edge, *_ in placed], [point for *_, point in placed], axis=0)


def _place(course: Coordinates, point: npt.NDArray[np.float64]) -> tuple[int, float, float]:
    """The nearest edge's number, the share of it up to the point, and the distance, all in metres."""
    starts, edges = course[:-1], np.diff(course, axis=0)
    lengths = np.maximum((edges**2).sum(axis=1), 1e-12)
    along = np.clip(((point - starts) * edges).sum(axis=1) / lengths, 0, 1)
    distances = np.hypot(*(starts + along[:, None] * edges - point).T)
    nearest = int(distances.argmin())
    return nearest, float(along[nearest]), float(distances[nearest])


def followed(scene: Scene, points: AbstractSet[Vertex], reach_m: float = SHARED_M) -> dict[int, BaseGeometry]:
    """Every shape of the scene that a new vertex lies on, with that vertex."""
    if not points or not scene.shapes:
        return {}
    cloud = shapely.multipoints(np.array(sorted(points)))
    near = shapely.box(*shapely.bounds(cloud)).buffer(2 * reach_m / scene.ground.north_m)
    found = {
        id: with_points(shape, points, scene.ground, reach_m)
        for id, shape in scene.shapes.items()
        if shapely.intersects(shapely.box(*shape.bounds), near)
    }
    return {id: shape for id, shape in found.items() if shape is not scene.shapes[id]}


def reaching(line: BaseGeometry, outline: BaseGeometry, ground: Ground, tolerance_m: float) -> BaseGeometry:
    """The line led on to the outline at each end that is within the tolerance of it."""
    course = shapely.get_coordinates(line)
    ends = [_led_on(course[end], outline, ground, tolerance_m) for end in (0, -1)]
    return shapely.linestrings(np.vstack([ends[0], course, ends[1]]))


def _led_on(end: Coordinates, outline: BaseGeometry, ground: Ground, tolerance_m: float) -> Coordinates:
    point, goal = shapely.points(end * ground.scale), ground.metres(outline)
    if not 0 < shapely.distance(point, goal) <= tolerance_m:
        return np.empty((0, 2))
    nearest = shapely.shortest_line(point, goal)
    place: Coordinates = np.rint(shapely.get_coordinates(nearest)[-1:] / ground.scale)
    return place


def one_line(blade: BaseGeometry) -> BaseGeometry:
    """Raises TopologyError for anything but one line of at least two places."""
    line = shapely.remove_repeated_points(blade) if blade.geom_type == "LineString" else blade
    if line.geom_type != "LineString" or line.is_empty or len(vertices([line])) < 2:
        raise TopologyError(Fault.WRONG_SHAPE, wanted="LineString", given=blade.geom_type)
    return line


def planned(
    scene: Scene,
    changed: Mapping[int, BaseGeometry],
    *,
    created: Sequence[tuple[int, BaseGeometry]] = (),
    removed: Iterable[int] = (),
    used: Iterable[int] = (),
    notes: Iterable[Note] = (),
    known: set[Vertex] | None = None,
    shared: AbstractSet[Vertex] = frozenset(),
) -> Plan:
    """The plan with every new vertex also on the borders of the neighbours that it lies on.

    known: vertices that stood there before; by default each shape's own ones. shared: others to be shared as well.
    Raises TopologyError for a shape that comes out empty or invalid.
    """
    results = [*changed.items(), *created]
    new = set(shared).union(
        *(vertices([shape]) - (known or vertices([scene.shapes[id]])) for id, shape in results)
    )
    gone = {*changed, *removed}
    around = Scene({id: shape for id, shape in scene.shapes.items() if id not in gone})
    own = {id: with_points(shape, new, scene.ground) for id, shape in changed.items()}
    parts = tuple((id, checked(id, with_points(shape, new, scene.ground))) for id, shape in created)
    shapes = {**followed(around, new), **own}
    _require_shared(scene, {**around.shapes, **shapes}, [shape for _id, shape in parts])
    return Plan(
        tuple(
            (id, checked(id, shapes[id])) for id in sorted(shapes) if not same(shapes[id], scene.shapes[id])
        ),
        parts,
        tuple(removed),
        tuple(sorted(set(used) - set(shapes) - gone)),
        tuple(notes),
    )


def _require_shared(scene: Scene, after: Mapping[int, BaseGeometry], created: Shapes) -> None:
    """What was a coverage stays one. Raises TopologyError."""
    if not scene.are_areas or not _is_coverage(scene.shapes.values()):
        return
    if not _is_coverage([*after.values(), *created]):
        ids = tuple(id for id in after if after[id] is not scene.shapes[id])
        raise TopologyError(Fault.INVALID, id=ids[0], reason="")


def _is_coverage(shapes: Iterable[BaseGeometry]) -> bool:
    return bool(shapely.coverage_is_valid(np.array(list(shapes), dtype=object)))


def same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """The same vertices in the same order; where a ring begins, and which way it runs, does not matter."""
    areas = "Polygon" in one.geom_type
    pair = (shapely.normalize(one), shapely.normalize(other)) if areas else (one, other)
    return bool(shapely.equals_exact(*pair, 0))


def checked(id: int, shape: BaseGeometry) -> BaseGeometry:
    """Raises TopologyError for a shape that came out empty or invalid."""
    if shape.is_empty:
        raise TopologyError(Fault.VANISHES, id=id, by=None)
    if not shape.is_valid:
        raise TopologyError(Fault.INVALID, id=id, reason=shapely.is_valid_reason(shape).partition("[")[0])
    return shape
