"""Which vehicles work where: districts get a depot, small ones are joined, the fleet is shared out by load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist

from analysis.routes.problem import NoVehicle

XY = tuple[float, float]
TOGETHER = 300  # so many tasks are planned well in seconds; to part them would only cost vehicles


@dataclass(frozen=True)
class Demand:
    """What one district has to be collected, in how many containers or streets, and where its middle is (metres)."""

    id: str
    xy_m: XY
    load_kg: float
    tasks: int


@dataclass(frozen=True)
class Zone:
    """Districts that are planned together, with vehicles of one depot that work nowhere else.

    `items`: which of the districts' containers or streets; empty: all of them.
    """

    districts: tuple[str, ...]
    depot: str
    vehicles: tuple[str, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Area:
    demands: tuple[Demand, ...]

    @property
    def load_kg(self) -> float:
        return sum(demand.load_kg for demand in self.demands)

    @property
    def tasks(self) -> int:
        return sum(demand.tasks for demand in self.demands)

    @property
    def xy_m(self) -> XY:
        n = len(self.demands)
        return sum(d.xy_m[0] for d in self.demands) / n, sum(d.xy_m[1] for d in self.demands) / n


def share_fleet(
    demands: Sequence[Demand], depots: Mapping[str, XY], vehicles: Mapping[str, Sequence[str]]
) -> tuple[Zone, ...]:
    """Zones that cover all districts. `vehicles` lists the ids at each depot; raises NoVehicle if there are none.

    Districts go to their nearest depot as long as its share of the fleet lasts; the lightest are joined to their
    neighbour where they are not worth a vehicle, more than there are vehicles, or quickly planned as one; every zone
    gets one vehicle, and the others follow the load.
    """
    staffed = {depot: tuple(ids) for depot, ids in vehicles.items() if ids and depot in depots}
    if not staffed:
        raise NoVehicle(
            "The fleet has no vehicle at any depot; add vehicles, or give them a depot that exists."
        )
    zones: list[Zone] = []
    for depot, own in _by_depot(demands, depots, staffed).items():
        areas = _join(own, len(staffed[depot]))
        for area, share in zip(areas, _share(areas, staffed[depot]), strict=True):
            zones.append(Zone(tuple(d.id for d in area.demands), depot, share))
    return tuple(zones)


def _by_depot(
    demands: Sequence[Demand], depots: Mapping[str, XY], staffed: Mapping[str, tuple[str, ...]]
) -> dict[str, list[Demand]]:
    """Districts by depot: who would lose most by going elsewhere chooses first."""
    load_kg = sum(demand.load_kg for demand in demands)
    count = sum(len(ids) for ids in staffed.values())
    room_kg = {depot: load_kg * len(ids) / count for depot, ids in staffed.items()}
    chosen: dict[str, list[Demand]] = {}
    for demand in sorted(demands, key=lambda d: (-_regret_m(d, depots, staffed), d.id)):
        near = sorted(staffed, key=lambda depot: dist(demand.xy_m, depots[depot]))
        depot = next((d for d in near if room_kg[d] >= demand.load_kg / 2), near[0])
        room_kg[depot] -= demand.load_kg
        chosen.setdefault(depot, []).append(demand)
    return chosen


def _regret_m(demand: Demand, depots: Mapping[str, XY], staffed: Mapping[str, tuple[str, ...]]) -> float:
    """How much farther the second nearest depot is than the nearest."""
    near = sorted(dist(demand.xy_m, depots[depot]) for depot in staffed)
    return near[1] - near[0] if len(near) > 1 else 0.0


def _join(demands: Sequence[Demand], most: int) -> list[_Area]:
    """At most so many areas, none with less than half a vehicle's share or so few tasks that it would be planned as
    well with its neighbour: the lightest joins the nearest other one."""
    areas = [_Area((demand,)) for demand in demands]
    least_kg = sum(area.load_kg for area in areas) / most / 2
    while len(areas) > 1:
        light = min(areas, key=lambda area: (area.load_kg, area.demands[0].id))
        others = (area for area in areas if area is not light)
        near = min(others, key=lambda area: dist(area.xy_m, light.xy_m))
        few = light.tasks + near.tasks <= TOGETHER
        if len(areas) <= most and light.load_kg >= least_kg and not few:
            break
        areas.remove(light)
        areas[areas.index(near)] = _Area((*near.demands, *light.demands))
    return areas


def _share(areas: Sequence[_Area], vehicles: Sequence[str]) -> list[tuple[str, ...]]:
    """One vehicle each, then always the area with the most load per vehicle."""
    counts = [1] * len(areas)
    for _ in range(len(vehicles) - len(areas)):
        counts[max(range(len(areas)), key=lambda i: areas[i].load_kg / counts[i])] += 1
    starts = [sum(counts[:i]) for i in range(len(areas))]
    return [tuple(vehicles[start : start + n]) for start, n in zip(starts, counts, strict=True)]
