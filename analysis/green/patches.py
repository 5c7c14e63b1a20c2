"""Green made fit to measure: united first, so that a place under many green spaces counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.plane import Floats, Geometries, MetricCrs
from analysis.green.polygons import MAX_POINTS, Polygons, Positions, polygon_parts, subdivide

ZONES_AT_ONCE = 50_000
ZONE_MAX_POINTS = 2048
Progress = Callable[[float], None]

__all__ = [
    "MAX_POINTS",
    "Patches",
    "Polygons",
    "Positions",
    "Progress",
    "plane_area",
    "polygon_parts",
    "subdivide",
    "sum_by",
    "zone_polygons",
]


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
    def _pieces(self) -> Polygons:
        return Polygons.of(self.polygons, MAX_POINTS)

    def plane_area_in(self, zones: Geometries | Polygons, on_progress: Progress = lambda _: None) -> Floats:
        """Area in plane m² of the patches inside each zone, never more than the zone's own.

        zones: geometries, or what `zone_polygons` made of them if they are asked about more than once.
        on_progress: told the share done, 0 to 1, after every 50,000 zones.
        """
        parts = zones if isinstance(zones, Polygons) else zone_polygons(zones)
        area = np.zeros(parts.count)
        for start in range(0, len(parts.shapes), ZONES_AT_ONCE):
            area += parts.shared_with(self._pieces, slice(start, start + ZONES_AT_ONCE))
            on_progress(min(1.0, (start + ZONES_AT_ONCE) / len(parts.shapes)))
        return np.minimum(area, parts.areas())


def zone_polygons(zones: Geometries) -> Polygons:
    """Zones made fit to be measured, which is most of the work where there are many."""
    return Polygons.of(zones, ZONE_MAX_POINTS)


def plane_area(geometries: Geometries) -> Floats:
    """Plane m² of each geometry, with the same repair as everywhere here; 0 for a missing one."""
    return Polygons.of(geometries).areas()


def sum_by(owner: Positions, values: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64, copy=False)
