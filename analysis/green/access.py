"""Access to green: the share of a zone's inhabitants who live near a large enough public green space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.coverage import same_crs
from analysis.green.patches import Patches, plane_area, sum_by
from analysis.green.plane import Floats, Geometries, MetricCrs, NotMetric
from analysis.green.polygons import Positions, polygon_parts, subdivide

QUAD_SEGS = 32
M2_PER_HA = 10_000
SLIVER = 1e-6  # so small a part of a home in a zone is the noise of a common border
REACH_RULE = (
    "Straight line of {distance_m:g} m to the boundary of a public green space of {min_area_ha:g} ha or more."
    " Green spaces that overlap or share an edge are one space for the size test; touching in a point is not"
    " enough. Green outside the zone counts. The reach is a buffer whose round corners have 32 segments a"
    " quarter: at most 0.03 % of the distance short."
)
EVENLY = "inhabitants spread evenly over the zone's area"


@dataclass(frozen=True, eq=False)
class Homes:
    """Where people live: shapes with a weight each (inhabitants of a grid cell, floor area of a building).

    Within a shape people live evenly; a shape across two zones belongs to both by its area.
    `rule` says in words where the people are taken from.
    """

    shapes: gpd.GeoSeries
    weights: Floats
    rule: str


@dataclass(frozen=True, eq=False)
class Access:
    """Of each zone, in the order of the zones: share of inhabitants, weight counted, and by which homes."""

    within_pct: Floats
    weight: Floats
    homes_rule: tuple[str, ...]


def reach(public_green: Patches, *, distance_m: float, min_area_ha: float) -> Patches:
    """Where one is within `distance_m` of a connected public green space of at least `min_area_ha`.

    Length and size are those of the ellipsoid.
    """
    polygons, crs = public_green.polygons, public_green.crs
    scale = crs.areal_scale(polygons)
    large = shapely.area(polygons) / scale >= min_area_ha * M2_PER_HA
    plane_m = distance_m * np.sqrt(scale[large])
    near = shapely.buffer(polygons[large], plane_m, quad_segs=QUAD_SEGS)
    return Patches.of(gpd.GeoSeries(near, crs=crs.crs))


def people_within(zones: gpd.GeoSeries, reached: Patches, homes: Sequence[Homes] = ()) -> Access:
    """The share of each zone's inhabitants inside `reached`.

    By the first of `homes` that has anybody in the zone; where none has, by area.
    """
    crs = same_crs(zones, reached)
    shapes = zones.to_numpy()
    access = _evenly(shapes, reached)
    for source in reversed(homes):
        access = _prefer(_by_homes(shapes, reached, source, crs), access)
    return access


def _evenly(zones: Geometries, reached: Patches) -> Access:
    area = plane_area(zones)
    return _access(reached.plane_area_in(zones), area, EVENLY)


def _by_homes(zones: Geometries, reached: Patches, homes: Homes, crs: MetricCrs) -> Access:
    if MetricCrs.of(homes.shapes.crs) != crs:
        raise NotMetric(f"The homes are in another CRS than the zones ({crs.name}): reproject them.")
    zone, home, parts = _overlaps(zones, homes.shapes.to_numpy())
    area = plane_area(homes.shapes.to_numpy())
    density = np.divide(homes.weights, area, out=np.zeros(len(area)), where=area > 0)[home]
    inside = sum_by(zone, density * reached.plane_area_in(parts), len(zones))
    total = sum_by(zone, density * shapely.area(parts), len(zones))
    total[total < SLIVER * homes.weights.max(initial=0)] = 0
    return _access(inside, total, homes.rule)


def _overlaps(zones: Geometries, homes: Geometries) -> tuple[Positions, Positions, Geometries]:
    """Zone, home and common part of every pair that meets; zones are cut small first, for speed."""
    zone_parts, zone_of_part = polygon_parts(zones)
    pieces, part_of_piece = subdivide(zone_parts)
    home_parts, home_of_part = polygon_parts(homes)
    home, piece = shapely.STRtree(pieces).query(home_parts, predicate="intersects")
    common = shapely.intersection(home_parts[home], pieces[piece])
    return zone_of_part[part_of_piece[piece]], home_of_part[home], common


def _access(inside: Floats, total: Floats, rule: str) -> Access:
    share = np.divide(inside, total, out=np.full(len(total), np.nan), where=total > 0)
    return Access(100 * np.clip(share, 0, 1), total, (rule,) * len(total))


def _prefer(first: Access, second: Access) -> Access:
    known = first.weight > 0
    rules = zip(first.homes_rule, second.homes_rule, known, strict=True)
    return Access(
        within_pct=np.where(known, first.within_pct, second.within_pct),
        weight=np.where(known, first.weight, second.weight),
        homes_rule=tuple(own if use else other for own, other, use in rules),
    )
