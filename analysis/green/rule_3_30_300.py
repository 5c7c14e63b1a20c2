"""3-30-300 by building: three trees near, 30 % canopy in the neighbourhood, 300 m to green; the variant is named."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from analysis.green.coverage import same_crs
from analysis.green.nearness import Flags
from analysis.green.patches import Patches, plane_area
from analysis.green.people import percent
from analysis.green.plane import Floats, Geometries

CROWN_SEGS = 8
TREES_WITHIN = "trees-within"
THIRD_TREE = "third-tree"
TREE_VARIANTS = {
    TREES_WITHIN: "at least {trees:g} trees within {distance_m:g} m of the building's walls",
    THIRD_TREE: "the tree number {trees:g} from the building's middle is within {distance_m:g} m",
}
CANOPY_RULE = (
    "Canopy of a neighbourhood: crowns as circles, overlaps counted once, over its area; {unknown} of {trees} trees"
    " have no crown diameter and add nothing."
)


@dataclass(frozen=True)
class TreeRule:
    """How many trees count as three, within how many metres, and by which variant."""

    trees: int
    distance_m: float
    variant: str = TREES_WITHIN

    @property
    def text(self) -> str:
        return TREE_VARIANTS[self.variant].format(trees=self.trees, distance_m=self.distance_m)


def enough_trees(buildings: gpd.GeoSeries, trees_xy: Floats, rule: TreeRule, plane_m: float = 1.0) -> Flags:
    """Of each building; `trees_xy` (n, 2) in the buildings' CRS; `plane_m` plane metres of a metre on the ground."""
    shapes = buildings.to_numpy()
    if len(trees_xy) < rule.trees or not len(shapes):
        return np.zeros(len(shapes), dtype=np.bool_)
    reach = rule.distance_m * plane_m
    if rule.variant == TREES_WITHIN:
        building, _ = shapely.STRtree(shapely.points(trees_xy)).query(
            shapes, predicate="dwithin", distance=reach
        )
        return np.asarray(np.bincount(building, minlength=len(shapes)) >= rule.trees)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes[there]))
    near = np.zeros(len(shapes), dtype=np.bool_)
    near[there] = cKDTree(trees_xy).query(middles, k=[rule.trees])[0][:, 0] <= reach
    return near


def crowns(trees: gpd.GeoSeries, diameter_m: Floats) -> Patches:
    """The ground under crowns. A crown of 8 segments a quarter is 0.6 % smaller than its circle."""
    known = np.isfinite(diameter_m) & (diameter_m > 0)
    circles = shapely.buffer(trees.to_numpy()[known], diameter_m[known] / 2, quad_segs=CROWN_SEGS)
    return Patches.of(gpd.GeoSeries(circles, crs=trees.crs))


def canopy_share(zones: gpd.GeoSeries, canopy: Patches) -> Floats:
    """Share in percent of each zone under crowns; NaN for a zone without area."""
    same_crs(zones, canopy)
    shapes: Geometries = zones.to_numpy()
    return percent(canopy.plane_area_in(shapes), plane_area(shapes))
