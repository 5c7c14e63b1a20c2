"""Coverage that follows edits: after a change of one green space only the zones that it touches are measured again."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.coverage import same_crs
from analysis.green.patches import MAX_POINTS, Patches, zone_polygons
from analysis.green.plane import Floats, Geometries, MetricCrs
from analysis.green.polygons import Polygons, Positions, polygon_parts


@dataclass(eq=False)
class CoverageModel:
    """Zones, green spaces and the plane m² of their union in each zone, kept true through `edit`.

    greens: as last edited, None for one that was removed. Shapes added since lie beside the index, which is of the
    beginning: it finds more than is there, never less.
    """

    zones: Polygons
    greens: Geometries
    area: Floats
    crs: MetricCrs
    _index: shapely.STRtree
    _moved: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, zones: gpd.GeoSeries, greens: gpd.GeoSeries) -> CoverageModel:
        """Raises NotMetric when they are not in one CRS with true metres."""
        patches, parts = Patches.of(greens), zone_polygons(zones.to_numpy())
        crs, shapes = same_crs(zones, patches), greens.to_numpy().copy()
        invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
        shapes[invalid] = shapely.make_valid(shapes[invalid], method="linework")
        return cls(parts, shapes, patches.plane_area_in(parts), crs, shapely.STRtree(shapes))

    def edit(self, number: int, shape: shapely.Geometry | None) -> Positions:
        """Put `shape` in place of a green space; None removes it, a number behind the last one adds one.

        The zones that it touched or touches, whose `area` is true again.
        """
        if number == len(self.greens):
            self.greens = np.append(self.greens, None)
        before, after = self.greens[number], None if shape is None else _valid(shape)
        self.greens[number] = after
        self._moved.add(number)
        parts = np.unique(self.zones.index.query([one for one in (before, after) if one is not None])[1])
        touched = np.unique(self.zones.owner[parts])
        self._measure(touched)
        return touched

    def _measure(self, touched: Positions) -> None:
        parts = np.flatnonzero(np.isin(self.zones.owner, touched)) if self._cut else touched
        shapes = self.zones.shapes[parts]
        zones = Polygons(shapes, np.searchsorted(touched, self.zones.owner[parts]), len(touched))
        near, _ = polygon_parts(self._near(shapes))
        united = Polygons.of(shapely.get_parts(shapely.disjoint_subset_union_all(near)), MAX_POINTS)
        self.area[touched] = np.minimum(zones.shared_with(united), zones.areas())

    @property
    def _cut(self) -> bool:
        """Whether a zone has other than one part, so that its number is not the place of its part."""
        return len(self.zones.shapes) != self.zones.count

    def _near(self, shapes: Geometries) -> Geometries:
        found = set(np.unique(self._index.query(shapes)[1]).tolist()) | self._moved
        kept = self.greens[sorted(found)]
        return kept[~shapely.is_missing(kept)]


def _valid(shape: shapely.Geometry) -> shapely.Geometry:
    return shape if shape.is_valid else shapely.make_valid(shape, method="linework")
