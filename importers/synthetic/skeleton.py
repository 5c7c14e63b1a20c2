"""Casablanca's main streets, imagined: avenues from the port, rings, limits as boulevards, a coast road, a bypass."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
import shapely.ops
from scipy.interpolate import CubicSpline

PRIMARY, SECONDARY, TERTIARY, LOCAL = "primary", "secondary", "tertiary", "local"
MOTORWAY, LINK = "motorway", "trunk"
_HARBOUR_M = 170.0  # breakwaters and quays narrower than twice this carry no streets
_SHORE_M = 45.0
_BYPASS_M = 260.0


@dataclass
class Plan:
    """Lines of the plane with their rank; the position in the lists is the street's number."""

    lines: list[shapely.LineString] = field(default_factory=list)
    ranks: list[str] = field(default_factory=list)

    def add(self, geom: shapely.Geometry, rank: str) -> None:
        for line in shapely.get_parts(shapely.line_merge(geom)):
            if line.length > 60:
                self.lines.append(line)
                self.ranks.append(rank)


def built_area(land: shapely.Polygon, coast: shapely.LineString) -> shapely.Polygon:
    """Where streets are: the land without breakwaters, a strip off the sea, and inside the bypass. One polygon."""
    core = land.buffer(-_HARBOUR_M).buffer(_HARBOUR_M - _SHORE_M)
    inland = land.exterior.difference(coast.buffer(400))
    area = core.difference(inland.buffer(_BYPASS_M)).buffer(-60).buffer(60)
    return max(shapely.get_parts(area), key=lambda part: part.area).simplify(12)


def main_streets(
    districts: gpd.GeoSeries, area: shapely.Polygon, land: shapely.Polygon, coast: shapely.LineString,
    centre: shapely.Point, rng: np.random.Generator,
) -> Plan:  # fmt: skip
    """All skeleton lines in the plane, the important ones first."""
    plan = Plan()
    bypass = _bypass(land, coast)
    links: list[shapely.LineString] = []
    rings = [_ring(centre, radius_m, rng) for radius_m in (1400, 3300, 5900)]
    for number, line in enumerate(_avenues(centre, rng)):
        start = rings[0] if number % 2 else centre  # every second avenue starts at the first ring
        plan.add(line.difference(shapely.convex_hull(start)).intersection(area), PRIMARY)
        links.append(line)
    for ring, rank in zip(rings, (SECONDARY, PRIMARY, SECONDARY), strict=True):
        plan.add(ring.intersection(area), rank)
    for limit in _limits(districts):
        plan.add(limit.simplify(6).intersection(area), SECONDARY)
    near_coast = area.exterior.intersection(coast.buffer(400))
    plan.add(near_coast, SECONDARY)
    plan.add(area.exterior.difference(coast.buffer(400)), TERTIARY)
    _add_bypass(plan, bypass, area, links)
    return plan


def _avenues(centre: shapely.Point, rng: np.random.Generator) -> list[shapely.LineString]:
    """Ten avenues from the port outwards, each bending a little on its way."""
    angles = np.deg2rad(np.array([188, 202, 222, 240, 256, 273, 291, 314, 335, 352]) + rng.uniform(-3, 3, 10))
    steps = np.arange(0, 20_000, 250.0)
    lines = []
    for angle in angles:
        bend = np.cumsum(rng.normal(0, 0.10, 6))
        turn = CubicSpline(np.linspace(0, 20_000, 6), bend - bend[0])(steps)
        along = np.cumsum(np.stack([np.cos(angle + turn), np.sin(angle + turn)], axis=1) * 250.0, axis=0)
        lines.append(shapely.LineString(np.vstack([[0.0, 0.0], along]) + np.array([centre.x, centre.y])))
    return lines


def _ring(centre: shapely.Point, radius_m: float, rng: np.random.Generator) -> shapely.LineString:
    angle = np.linspace(0, 2 * np.pi, 90)
    wobble = sum(rng.normal(0, 0.035) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 5))
    radius = radius_m * (1 + wobble)
    stretch = 1 + 0.35 * np.cos(angle - 0.45) ** 2  # the city is longer along the coast than across
    return shapely.LineString(
        np.stack([centre.x + radius * stretch * np.cos(angle), centre.y + radius * np.sin(angle)], axis=1)
    )


def _limits(districts: gpd.GeoSeries) -> list[shapely.Geometry]:
    """The common limits of every two districts: in Casablanca most are boulevards."""
    polygons = districts.to_numpy()
    one, two = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = [(i, j) for i, j in zip(one, two, strict=True) if i < j]
    shared = [shapely.intersection(polygons[i].boundary, polygons[j].boundary) for i, j in sorted(pairs)]
    return [shapely.line_merge(line) for line in shared if line.length > 100]


def _bypass(land: shapely.Polygon, coast: shapely.LineString) -> list[shapely.LineString]:
    """Two carriageways along the landward limit, the inner one first."""
    away = coast.buffer(900)
    rings = (land.buffer(-distance_m).simplify(8).exterior for distance_m in (150, 120))
    return [
        max(shapely.get_parts(shapely.line_merge(ring.difference(away))), key=lambda part: part.length)
        for ring in rings
    ]


def _add_bypass(
    plan: Plan, bypass: list[shapely.LineString], area: shapely.Polygon, avenues: list[shapely.LineString]
) -> None:
    """Avenues reach the bypass; it is cut off beyond the first and the last of these junctions."""
    inner, outer = bypass
    links = [link for avenue in avenues if (link := _link(avenue, inner, outer, area)) is not None]
    for carriageway in bypass:
        at = sorted(carriageway.project(shapely.intersection(link, carriageway).centroid) for link in links)
        plan.add(shapely.ops.substring(carriageway, at[0], at[-1]), MOTORWAY)
    for link in links:
        plan.add(link, LINK)


def _link(
    avenue: shapely.LineString, inner: shapely.LineString, outer: shapely.LineString, area: shapely.Polygon
) -> shapely.LineString | None:
    """The piece of an avenue from the built area across both carriageways, if it gets there directly."""
    if not (avenue.intersects(inner) and avenue.intersects(outer)):
        return None
    crossings = shapely.get_parts(shapely.intersection(avenue, outer))
    way = shapely.ops.substring(avenue, 0, min(avenue.project(point) for point in crossings) + 1)
    link = shapely.get_parts(shapely.line_merge(way.difference(area)))[-1]
    return link if link.length < 900 else None
