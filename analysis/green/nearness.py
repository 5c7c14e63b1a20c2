"""Who lives near green: whether a large enough one is within a distance of each place, by line or on foot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from analysis.green.access import M2_PER_HA
from analysis.green.patches import Patches, Positions, subdivide, sum_by
from analysis.green.people import People, percent
from analysis.green.plane import Floats, NotMetric
from analysis.green.walk import (
    DISTANCE_RULE,
    ENTRANCE_RULE,
    SNAP_M,
    WALK_RULE,
    Entrances,
    Places,
    WalkNetwork,
    find_entrances,
    walk_distances,
)
from analysis.green.walk.entrances import BESIDE_M, SPACING_M, TOLERANCE_M
from analysis.green.walk.network import NOT_WALKED

Flags = npt.NDArray[np.bool_]
LINE = "line"
WALK = "walk"
LINE_RULE = "Straight line to the boundary of the green space; inside it the distance is 0."
SIZE_RULE = "Green spaces that overlap or share an edge are one space for the size test."
WALKING_RULE = " ".join(
    (
        WALK_RULE.format(classes=", ".join(NOT_WALKED)),
        DISTANCE_RULE.format(snap_m=SNAP_M),
        ENTRANCE_RULE.format(tolerance_m=TOLERANCE_M, spacing_m=SPACING_M, beside_m=BESIDE_M),
    )
)


@dataclass(frozen=True, eq=False)
class Share:
    """Of each zone: people near, people in all, and the share in percent (NaN where nobody lives)."""

    near: Floats
    people: Floats

    @property
    def pct(self) -> Floats:
        return percent(self.near, self.people)


@dataclass(frozen=True, eq=False)
class Nearness:
    """People, public green and (for walking) the network, in one CRS: measured once, asked for many distances.

    `opened` are entrances, (n, 2) in metres, beside those that the streets make: each leads into the nearest green
    space within 30 m.
    """

    people: People
    green: Patches
    network: WalkNetwork | None = None
    opened: Floats | None = None

    def __post_init__(self) -> None:
        if self.people.crs != self.green.crs:
            raise NotMetric(
                f"People are in {self.people.crs.name}, green in {self.green.crs.name}: reproject one."
            )

    @cached_property
    def scale(self) -> Floats:
        return self.green.crs.areal_scale(self.green.polygons)

    @cached_property
    def size_m2(self) -> Floats:
        """Of each connected green space, on the ellipsoid."""
        return np.asarray(shapely.area(self.green.polygons) / self.scale, dtype=np.float64)

    @cached_property
    def entrances(self) -> Entrances:
        return with_opened(find_entrances(self.green.polygons, self._walked), self.green, self.opened)

    @cached_property
    def places(self) -> Places:
        return self._walked.snap(self.people.xy, SNAP_M)

    @property
    def _walked(self) -> WalkNetwork:
        if self.network is None:
            raise ValueError("Walking needs a network: give one.")
        return self.network

    def near(self, by: str, distance_m: float, min_area_ha: float) -> Flags:
        """Of each of the people's places."""
        return (self.by_line if by == LINE else self.on_foot)(distance_m, min_area_ha)

    def by_line(self, distance_m: float, min_area_ha: float) -> Flags:
        large = self.size_m2 >= min_area_ha * M2_PER_HA
        found = np.zeros(len(self.people.count), dtype=np.bool_)
        if large.any() and len(found):
            pieces, owner = subdivide(self.green.polygons[large])
            plane_m = distance_m * np.sqrt(self.scale[large][owner])
            _, point = shapely.STRtree(self.people.points).query(
                pieces, predicate="dwithin", distance=plane_m
            )
            found[point] = True
        return found

    def on_foot(self, distance_m: float, min_area_ha: float) -> Flags:
        """Who stands in the green itself is there, whatever the entrances."""
        large = self.size_m2 >= min_area_ha * M2_PER_HA
        entrances = self.entrances.of(large)
        metres = walk_distances(self._walked, self.places, entrances.xy, distance_m)
        return np.isfinite(metres) | self.by_line(0.0, min_area_ha)


def with_opened(entrances: Entrances, green: Patches, opened: Floats | None) -> Entrances:
    if opened is None or not len(opened) or not len(green.polygons):
        return entrances
    points = shapely.points(opened)
    door, space = shapely.STRtree(green.polygons).query_nearest(
        points, max_distance=BESIDE_M, all_matches=False
    )
    return Entrances(
        np.vstack([entrances.xy, opened[door]]),
        np.concatenate([entrances.green, space]),
        np.setdiff1d(entrances.closed, space),
    )


def share_by_zone(people: People, zone: Positions, near: Flags, zones: int) -> Share:
    """`zone` is the row of the zone of each place, -1 for none (analysis.green.people.zone_of)."""
    inside = zone >= 0
    count = people.count[inside]
    return Share(
        sum_by(zone[inside], count * near[inside], zones),
        sum_by(zone[inside], count, zones),
    )
