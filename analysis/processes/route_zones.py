"""One zone at a time: snap its containers, measure travel, solve, compare, check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from analysis.network import (
    DriveRules,
    Network,
    Position,
    Travel,
    Unreachable,
    build_network,
    measure_travel,
    snap,
)
from analysis.processes.input_frames import InputFrames
from analysis.processes.route_fleet import Fleet, snap_places
from analysis.routes import (
    Budget,
    Demand,
    Progress,
    Route,
    RoutePlan,
    RouteProblem,
    Task,
    Zone,
    check_plan,
    container,
    nearest_neighbour,
    share_fleet,
    solve,
)
from analysis.routes.plan import Unserved
from gis_core.errors import InvalidInput

CONTAINER_SNAP_M = 100.0
_STREET_COLUMNS = ("street_class", "one_way", "access", "speed_kmh", "max_height_m", "max_weight_t")


@dataclass(frozen=True, eq=False)
class Ground:
    """What all zones share: the network and where depots and disposal sites meet it."""

    network: Network
    depots: dict[str, Position]
    sites: dict[str, Position]


@dataclass(frozen=True, eq=False)
class ZonePlan:
    """A solved and checked zone. `travel` has the problem's rows, so that legs can be drawn."""

    zone: Zone
    plan: RoutePlan
    comparison: RoutePlan
    travel: Travel | None
    unreachable: tuple[Unreachable, ...]
    containers: int

    @property
    def unserved(self) -> tuple[Unserved, ...]:
        return self.plan.unserved

    def line(self, route: Route) -> npt.NDArray[np.float64]:
        """(k, 2) points of the drive along real streets, in the metric CRS, without repeated ones."""
        assert self.travel is not None  # noqa: S101 - a plan with routes was measured
        rows = [visit.place for visit in route.visits]
        legs = [self.travel.path(a, b).coordinates(self.travel.network) for a, b in pairwise(rows)]
        xy = np.concatenate(legs)
        keep = np.r_[True, np.hypot(*np.diff(xy, axis=0).T) > 0.005]
        return np.asarray(xy[keep], dtype=np.float64)


def build_ground(frames: InputFrames, fleet: Fleet) -> Ground:
    """One network of the whole city: a route may leave its district for the depot and the disposal site."""
    streets = frames.read("streets", _STREET_COLUMNS)
    if streets.empty:
        raise InvalidInput("There are no streets: load a city, or import some into streets.")
    rules = DriveRules(height_m=fleet.height_m, weight_t=fleet.weight_t)
    restrictions = frames.read("turn-restrictions", ["kind", "from_street", "to_street"])
    network = build_network(streets, rules, restrictions)
    return Ground(
        network,
        snap_places(network, fleet.depots, "depot"),
        snap_places(network, fleet.sites, "disposal site"),
    )


def make_zones(containers: gpd.GeoDataFrame, fleet: Fleet) -> tuple[Zone, ...]:
    """Districts with due containers, each with its share of the fleet."""
    demands = [
        Demand(
            str(district),
            (float(part.geometry.x.mean()), float(part.geometry.y.mean())),
            float(part["load_kg"].sum()),
        )
        for district, part in containers.groupby("district", sort=True)
    ]
    depots = {id: (place.x_m, place.y_m) for id, place in fleet.depots.items()}
    return share_fleet(demands, depots, {depot: fleet.at(depot) for depot in fleet.depots})


def plan_zone(
    zone: Zone,
    containers: gpd.GeoDataFrame,
    fleet: Fleet,
    ground: Ground,
    fraction: str,
    *,
    budget: Budget,
    seed: int,
    on_progress: Callable[[Progress], None],
) -> ZonePlan:
    """Raises RuntimeError if the checker refuses a plan: that is our fault, and nothing is published."""
    own = containers[containers["district"].isin(zone.districts)]
    points = own.geometry.to_numpy()
    positions, missed = snap(ground.network, list(own["key"]), points, max_snap_m=CONTAINER_SNAP_M)
    if not positions:
        return ZonePlan(zone, RoutePlan((), (), 0.0), RoutePlan((), (), 0.0), None, missed, len(own))
    sites = [ground.sites[site.id] for site in fleet.disposal]
    travel = measure_travel(ground.network, [ground.depots[zone.depot], *sites, *positions])
    problem = RouteProblem(
        depot_id=zone.depot,
        disposal_sites=fleet.disposal,
        tasks=_tasks(own, positions, first_place=1 + len(sites)),
        vehicles=tuple(fleet.vehicles[id] for id in zone.vehicles),
        time_s=travel.time_s,
        length_m=travel.length_m,
        fraction=fraction,
    )
    plan, comparison = solve(problem, budget, seed, on_progress), nearest_neighbour(problem)
    for checked in (plan, comparison):
        if faults := check_plan(problem, checked):
            raise RuntimeError(
                f"The plan of {', '.join(zone.districts)} breaks its rules: {' '.join(faults)}"
            )
    return ZonePlan(zone, plan, comparison, travel, missed, len(own))


def _tasks(containers: gpd.GeoDataFrame, positions: Sequence[Position], first_place: int) -> tuple[Task, ...]:
    rows = containers.set_index("key").loc[[position.id for position in positions]]
    values = zip(rows.index, rows["load_kg"], rows["load_m3"], rows["service_s"], strict=True)
    return tuple(
        container(key, place, float(kg), float(m3), float(service))
        for place, (key, kg, m3, service) in enumerate(values, start=first_place)
    )
