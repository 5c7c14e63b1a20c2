"""Operations of a scenario as JSON with GeoJSON shapes in CRS84, and as what the analysis takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from analysis.green.plane import Floats
from analysis.green.polygons import polygon_parts
from analysis.green.what_if import Convert, Draw, Erase, Open, Operation, Plant, Remove
from analysis.processes.green_scenes import Scene
from gis_core.city import City
from gis_core.errors import InvalidInput

MAX_OPERATIONS = 200
MAX_COORDINATES = 20_000
ACCESS = ("public", "restricted", "private")
_SHAPE = {"type": "object", "required": ["type", "coordinates"]}
_GREEN = {"type": "integer", "description": "id of a feature of green-spaces"}


_OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "draw": {"geometry": _SHAPE, "access": {"type": "string", "enum": list(ACCESS)}},
    "erase": {"geometry": _SHAPE},
    "remove": {"green": _GREEN},
    "convert": {"green": _GREEN, "access": {"type": "string", "enum": list(ACCESS)}},
    "plant": {"geometry": _SHAPE},
    "open": {"geometry": _SHAPE},
}


def _if(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation of this name must have: said by a condition, so that an error names what is wrong with it."""
    then = {
        "properties": {"op": {}, **properties},
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"if": {"properties": {"op": {"const": name}}, "required": ["op"]}, "then": then}


SCHEMA: Mapping[str, Any] = {
    "type": "array",
    "maxItems": MAX_OPERATIONS,
    "items": {
        "type": "object",
        "properties": {"op": {"type": "string", "enum": list(_OPERATIONS)}},
        "required": ["op"],
        "allOf": [_if(name, properties) for name, properties in _OPERATIONS.items()],
    },
}


def read_operations(given: Sequence[Mapping[str, Any]], scene: Scene, city: City) -> list[Operation]:
    """In the city's metric CRS. Raises InvalidInput naming the operation and the cure."""
    to_plane = pyproj.Transformer.from_crs(4326, city.metric_crs, always_xy=True).transform
    operations: list[Operation] = []
    for place, operation in enumerate(given, 1):
        try:
            operations.append(_READ[operation["op"]](operation, scene, city, to_plane))
        except InvalidInput as error:
            raise InvalidInput(f"Operation {place} ({operation['op']}): {error}") from error
    return operations


def extent_of(given: Sequence[Mapping[str, Any]], city: City) -> shapely.MultiPolygon:
    """In CRS84: the box around all shapes given, a little wider; the whole city when there are none."""
    shapes = [_shape_of(operation) for operation in given if "geometry" in operation]
    box = city.bbox.as_tuple()
    if not shapes:
        return shapely.MultiPolygon([shapely.box(*box)])
    around = shapely.box(*shapely.total_bounds(np.array(shapes, dtype=object))).buffer(
        0.0005, join_style="mitre"
    )
    return shapely.MultiPolygon([shapely.intersection(around, shapely.box(*box))])


Transform = Callable[..., Any]


def _polygon(operation: Mapping[str, Any], city: City, to_plane: Transform) -> shapely.Geometry:
    parts, _ = polygon_parts(np.array([_checked(operation, city)], dtype=object))
    if not len(parts):
        raise InvalidInput("its shape must be a Polygon or a MultiPolygon with an area.")
    return shapely.transform(shapely.union_all(parts), lambda x, y: to_plane(x, y), interleaved=False)


def _points(operation: Mapping[str, Any], city: City, to_plane: Transform) -> Floats:
    points = _checked(operation, city)
    if points.geom_type not in {"Point", "MultiPoint"}:
        raise InvalidInput("its shape must be a Point or a MultiPoint.")
    x, y = shapely.get_coordinates(points).T
    return np.column_stack(to_plane(x, y))


def _checked(operation: Mapping[str, Any], city: City) -> shapely.Geometry:
    made = _shape_of(operation)
    if shapely.get_num_coordinates(made) > MAX_COORDINATES:
        raise InvalidInput(f"its shape has more than {MAX_COORDINATES} corners; simplify it.")
    west, south, east, north = city.bbox.as_tuple()
    if made.is_empty or not shapely.box(west, south, east, north).contains(made):
        raise InvalidInput(f"its shape must lie in the city ({west}, {south}, {east}, {north}).")
    return made


def _shape_of(operation: Mapping[str, Any]) -> shapely.Geometry:
    try:
        return shape(operation["geometry"])
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise InvalidInput(f"its geometry is not GeoJSON: {error}") from error


def _row(operation: Mapping[str, Any], scene: Scene) -> int:
    green = operation["green"]
    if green not in scene.green_rows:
        raise InvalidInput(f"there is no green space {green} (any more); leave the operation out.")
    return scene.green_rows[green]


_READ: Mapping[str, Callable[[Mapping[str, Any], Scene, City, Transform], Operation]] = {
    "draw": lambda o, scene, city, plane: Draw(_polygon(o, city, plane), o["access"] == "public"),
    "erase": lambda o, scene, city, plane: Erase(_polygon(o, city, plane)),
    "remove": lambda o, scene, city, plane: Remove(_row(o, scene)),
    "convert": lambda o, scene, city, plane: Convert(_row(o, scene), o["access"] == "public"),
    "plant": lambda o, scene, city, plane: Plant(_points(o, city, plane)),
    "open": lambda o, scene, city, plane: Open(_points(o, city, plane)),
}
