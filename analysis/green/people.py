"""Where people live: the totals of census zones or grid cells spread over buildings, or evenly where none stand."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.patches import Positions, polygon_parts, subdivide, sum_by
from analysis.green.plane import Floats, Geometries, MetricCrs, NotMetric

SPACING_M = 50.0
BY_BUILDING = "spread over the buildings of each zone by floor area"
EVENLY = "spread evenly over the zone's area (points every {spacing_m:g} m)"


@dataclass(frozen=True, eq=False)
class People:
    """Inhabitants as points (x, y in metres of `crs`, shape (n, 2)); `count` is never NaN or negative.

    `building` is the row of the building that a point stands for, -1 for a point without one. `unplaced` are those
    of zones without a place. `rule` says in words how they were placed.
    """

    xy: Floats
    count: Floats
    building: Positions
    crs: MetricCrs
    rule: str
    unplaced: float = 0.0

    @property
    def points(self) -> Geometries:
        return np.asarray(shapely.points(self.xy), dtype=object)


@dataclass(frozen=True, eq=False)
class Spread:
    """What each target gets, and what each zone could give to none: together the zones' totals."""

    given: Floats
    left: Floats


def interpolate(
    zones: gpd.GeoSeries, totals: Floats, targets: gpd.GeoSeries, weights: Floats | None = None
) -> Spread:
    """Totals of zones given to targets by the area that they share, times the target's weight per m².

    Without weights it is plain areal interpolation, of which the part of a zone that no target covers stays in
    `left`; with weights a zone gives all that it has, and what is left is that of zones that meet no weighted target.
    A missing or negative total counts as 0. Raises NotMetric when the two are in different or no metric CRS.
    """
    if MetricCrs.of(zones.crs) != MetricCrs.of(targets.crs):
        raise NotMetric(f"The zones are in {zones.crs}, the targets in {targets.crs}: reproject one.")
    totals = known(totals)
    shapes = targets.to_numpy()
    zone, target, shared_m2 = _shared(zones.to_numpy(), shapes)
    if weights is None:
        part, whole = shared_m2, _areas(zones.to_numpy())
        # Zones whose targets overlap would give more than they have.
        whole = np.maximum(whole, sum_by(zone, part, len(zones)))
    else:
        part = shared_m2 * _ratio(known(weights), _areas(shapes))[target]
        whole = sum_by(zone, part, len(zones))
    share = part * _ratio(np.ones(len(zones)), whole)[zone]
    given = sum_by(target, totals[zone] * share, len(targets))
    return Spread(given, totals * np.clip(1 - sum_by(zone, share, len(zones)), 0, 1))


def spread_people(
    zones: gpd.GeoSeries,
    totals: Floats,
    buildings: gpd.GeoSeries,
    floor_m2: Floats | None = None,
    spacing_m: float = SPACING_M,
) -> People:
    """People of zones in their buildings (by floor area where known, else ground area); evenly in zones without any.

    `floor_m2` may have NaN: the ground area then. The sum of `count` and `unplaced` is that of `totals`.
    """
    shapes = buildings.to_numpy()
    ground_m2 = _areas(shapes)
    floors = ground_m2 if floor_m2 is None else np.where(np.isfinite(floor_m2), floor_m2, ground_m2)
    spread = interpolate(zones, totals, buildings, floors)
    lived_in = np.flatnonzero(spread.given > 0)
    empty = np.flatnonzero(spread.left > 0)
    lattice, owner = _lattice(zones.to_numpy()[empty], spacing_m)
    each = spread.left[empty] / np.maximum(np.bincount(owner, minlength=len(empty)), 1)
    placed = np.unique(owner)
    rules = [BY_BUILDING] * bool(len(lived_in)) + [EVENLY.format(spacing_m=spacing_m)] * bool(len(owner))
    return People(
        xy=np.concatenate([_xy(shapely.point_on_surface(shapes[lived_in])), lattice]),
        count=np.concatenate([spread.given[lived_in], each[owner]]),
        building=np.concatenate([lived_in, np.full(len(owner), -1)]),
        crs=MetricCrs.of(zones.crs),
        rule="; where there are none, ".join(rules),
        unplaced=float(spread.left[empty].sum() - spread.left[empty[placed]].sum()),
    )


def zone_of(people: People, zones: gpd.GeoSeries) -> Positions:
    """The row of the zone that each point of people is in (the first of several), -1 for none."""
    if MetricCrs.of(zones.crs) != people.crs:
        raise NotMetric(f"The zones are in {zones.crs}, the people in {people.crs.name}: reproject one.")
    polygons, owner = polygon_parts(zones.to_numpy())
    pieces, part = subdivide(polygons)
    piece, point = shapely.STRtree(people.points).query(pieces, predicate="intersects")
    row = np.full(len(people.count), len(zones), dtype=np.intp)
    np.minimum.at(row, point, owner[part[piece]])
    return np.where(row == len(zones), -1, row)


def known(values: Floats) -> Floats:
    """Missing and negative numbers as 0: nobody lives where nobody was counted."""
    numbers = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=0.0)
    return np.maximum(numbers, 0.0)


def _shared(zones: Geometries, targets: Geometries) -> tuple[Positions, Positions, Floats]:
    """Zone, target and common plane m² of every pair that meets; zones are cut small first, for speed."""
    polygons, zone_of_part = polygon_parts(zones)
    pieces, part = subdivide(polygons)
    parts, target_of_part = polygon_parts(targets)
    found, piece = shapely.STRtree(pieces).query(parts, predicate="intersects")
    inside = shapely.contains_properly(pieces[piece], parts[found])
    shared = shapely.area(parts[found])
    shared[~inside] = shapely.area(shapely.intersection(parts[found[~inside]], pieces[piece[~inside]]))
    return zone_of_part[part[piece]], target_of_part[found], shared


def _lattice(shapes: Geometries, spacing_m: float) -> tuple[Floats, Positions]:
    """Points every `spacing_m` in each shape, one at least, and the row of the shape of each."""
    found: list[Floats] = [np.empty((0, 2))]
    owners: list[Positions] = [np.empty(0, dtype=np.intp)]
    for row, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            continue
        xy = _lattice_in(shape, spacing_m)
        found.append(xy)
        owners.append(np.full(len(xy), row, dtype=np.intp))
    return np.concatenate(found), np.concatenate(owners)


def _lattice_in(shape: shapely.Geometry, spacing_m: float) -> Floats:
    west, south, east, north = shape.bounds
    x, y = np.meshgrid(_middles(west, east, spacing_m), _middles(south, north, spacing_m))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    xy = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
    return xy if len(xy) else _xy(shapely.point_on_surface(np.array([shape], dtype=object)))


def _middles(low: float, high: float, spacing: float) -> Floats:
    """The middles of equal steps from low to high, each as near to `spacing` as they fit."""
    steps = max(1, round((high - low) / spacing))
    return low + (np.arange(steps) + 0.5) * (high - low) / steps


def _areas(shapes: Geometries) -> Floats:
    polygons, owner = polygon_parts(shapes)
    return sum_by(owner, shapely.area(polygons), len(shapes))


def _xy(points: Geometries) -> Floats:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def percent(part: Floats, whole: Floats) -> Floats:
    """NaN where the whole is nothing."""
    share: Floats = 100 * np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return share
