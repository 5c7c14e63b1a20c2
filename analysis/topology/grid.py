"""The grid that the tools work on: whole numbers of 1e-7 degree, which is how coordinates are stored.

On it a vertex that does not move keeps its coordinates to the last digit, and two vertices are the same or they are
not. Straight means straight in longitude and latitude, as for the database. Metres are asked of a `Ground`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin, sqrt

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

UNITS_PER_DEGREE = 10**7
_WGS84 = pyproj.Geod(ellps="WGS84")
Coordinates = npt.NDArray[np.float64]


def to_grid(shape: BaseGeometry) -> BaseGeometry:
    """Of degrees; flat."""
    return shapely.transform(shapely.force_2d(shape), lambda xy: np.rint(xy * UNITS_PER_DEGREE))


def to_degrees(shape: BaseGeometry) -> BaseGeometry:
    """With seven decimals."""
    return shapely.transform(shape, lambda xy: np.rint(xy) / UNITS_PER_DEGREE)


def area_m2(shape: BaseGeometry) -> float:
    """On the ellipsoid."""
    return abs(float(_WGS84.geometry_area_perimeter(shapely.orient_polygons(to_degrees(shape)))[0]))


def length_m(shape: BaseGeometry) -> float:
    """On the ellipsoid."""
    return float(_WGS84.geometry_length(to_degrees(shape)))


@dataclass(frozen=True)
class Ground:
    """Metres per unit of the grid eastwards and northwards: good to 0.3 % within 20 km, for tolerances."""

    east_m: float
    north_m: float

    @classmethod
    def at(cls, latitude: float) -> Ground:
        """Radii of curvature of the ellipsoid in the prime vertical and along the meridian."""
        flat = _WGS84.es * sin(radians(latitude)) ** 2
        prime = _WGS84.a / sqrt(1 - flat)
        meridian = prime * (1 - _WGS84.es) / (1 - flat)
        unit = radians(1) / UNITS_PER_DEGREE
        return cls(prime * cos(radians(latitude)) * unit, meridian * unit)

    @property
    def scale(self) -> Coordinates:
        return np.array([self.east_m, self.north_m])

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        """In a plane of metres."""
        return shapely.transform(shape, lambda xy: xy * self.scale)

    def units(self, shape: BaseGeometry) -> BaseGeometry:
        """Back on the grid."""
        return shapely.transform(shape, lambda xy: np.rint(xy / self.scale))


@dataclass(frozen=True)
class Scene:
    """Shapes on the grid by id: the chosen features and all around them that a change may reach."""

    shapes: Mapping[int, BaseGeometry]

    @classmethod
    def of(cls, shapes: Mapping[int, BaseGeometry]) -> Scene:
        """Of shapes in degrees."""
        return cls({id: to_grid(shape) for id, shape in shapes.items()})

    @cached_property
    def ground(self) -> Ground:
        bounds = shapely.total_bounds(np.array(list(self.shapes.values()), dtype=object))
        return Ground.at(float(bounds[1] + bounds[3]) / 2 / UNITS_PER_DEGREE)

    def chosen(self, ids: Iterable[int]) -> list[BaseGeometry]:
        return [self.shapes[id] for id in ids]

    @property
    def are_areas(self) -> bool:
        return all("Polygon" in shape.geom_type for shape in self.shapes.values())
