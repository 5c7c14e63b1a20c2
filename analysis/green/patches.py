"""Polygons made fit to measure: united first, so that a place under many of them counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from analysis.green.plane import Floats, Geometries, MetricCrs

MAX_POINTS = 256
ZONES_AT_ONCE = 20_000
Positions = npt.NDArray[np.intp]
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Patches:
    """Polygons that never overlap, in one metric CRS: what many shapes cover together, each place once.

    Shapes that overlap or share an edge are one polygon here; shapes that touch in a point only stay two.
    """

    polygons: Geometries
    crs: MetricCrs

    @classmethod
    def of(cls, shapes: gpd.GeoSeries) -> Patches:
        """Of shapes in any order, any number of times; raises NotMetric for degrees, feet or Web Mercator."""
        crs = MetricCrs.of(shapes.crs)
        polygons, _ = polygon_parts(shapes.to_numpy())
        return cls(shapely.get_parts(shapely.disjoint_subset_union_all(polygons)), crs)

    @cached_property
    def _pieces(self) -> Geometries:
        return subdivide(self.polygons)[0]

    @cached_property
    def _index(self) -> shapely.STRtree:
        return shapely.STRtree(self._pieces)

    def plane_area_in(self, zones: Geometries, on_progress: Progress = lambda _: None) -> Floats:
        """Area in plane m² of the patches inside each zone, never more than the zone's own.

        on_progress: told the share done, 0 to 1, after every 20,000 zones.
        """
        area = np.zeros(len(zones))
        for start in range(0, len(zones), ZONES_AT_ONCE):
            block = slice(start, start + ZONES_AT_ONCE)
            area[block] = self._area_in(zones[block])
            on_progress(min(1.0, (start + ZONES_AT_ONCE) / len(zones)))
        return area

    def _area_in(self, zones: Geometries) -> Floats:
        polygons, owner = polygon_parts(zones)
        zone, piece = self._index.query(polygons, predicate="intersects")
        shared = shapely.area(shapely.intersection(polygons[zone], self._pieces[piece]))
        area = sum_by(owner[zone], shared, len(zones))
        return np.minimum(area, sum_by(owner, shapely.area(polygons), len(zones)))


def polygon_parts(geometries: Geometries) -> tuple[Geometries, Positions]:
    """Valid polygons, and the position of the geometry each came from.

    Invalid rings are repaired by "linework"; lines, points, empty and missing geometries give nothing.
    """
    shapes = np.asarray(geometries, dtype=object).copy()
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="linework")
    members, owner = shapely.get_parts(shapes, return_index=True)
    polygons, member = shapely.get_parts(members, return_index=True)
    kept = (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(polygons)
    return polygons[kept], owner[member][kept]


def plane_area(geometries: Geometries) -> Floats:
    """Plane m² of each geometry, with the same repair as everywhere here; 0 for a missing one."""
    polygons, owner = polygon_parts(geometries)
    return sum_by(owner, shapely.area(polygons), len(geometries))


def subdivide(polygons: Geometries, max_points: int = MAX_POINTS) -> tuple[Geometries, Positions]:
    """The same area in pieces of few points, and the polygon each is of: then a forest costs no more.

    A polygon of more points is halved across its longer side, and so on.
    """
    rest, owner = polygons, np.arange(len(polygons))
    pieces, owners = [polygons[:0]], [owner[:0]]
    while len(rest):
        large = shapely.get_num_coordinates(rest) > max_points
        pieces.append(rest[~large])
        owners.append(owner[~large])
        rest, half = polygon_parts(_halves(rest[large]))
        owner = np.tile(owner[large], 2)[half]
    return np.concatenate(pieces), np.concatenate(owners)


def _halves(polygons: Geometries) -> Geometries:
    west, south, east, north = shapely.bounds(polygons).T
    wide = east - west >= north - south
    middle_x, middle_y = np.where(wide, (west + east) / 2, east), np.where(wide, north, (south + north) / 2)
    first = shapely.box(west, south, middle_x, middle_y)
    second = shapely.box(np.where(wide, middle_x, west), np.where(wide, south, middle_y), east, north)
    return np.concatenate([shapely.intersection(polygons, first), shapely.intersection(polygons, second)])


def sum_by(owner: Positions, values: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64, copy=False)
