"""One zone at a time: place its tasks, measure travel, state the problem, solve, compare, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import inf

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from analysis.network import Approach, Network, Path, Position, Travel, Unreachable, measure_travel, snap
from analysis.network.drives import Step, drive_steps
from analysis.network.places import Stretch
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.fleet import Fleet
from analysis.processes.routes.ground import Ground, Grounds, Law
from analysis.processes.routes.hours import in_hours, windows
from analysis.processes.routes.narrow import Part, parts_by_size
from analysis.processes.routes.placed import Placed, item_of
from analysis.processes.routes.work import Work
from analysis.routes import (
    Budget,
    Costs,
    Cure,
    Demand,
    OnProgress,
    Route,
    RoutePlan,
    RouteProblem,
    RoutingError,
    Task,
    Vehicle,
    Visit,
    VisitKind,
    Zone,
    check_plan,
    explain_infeasible,
    nearest_neighbour,
    share_fleet,
    solve,
)
from analysis.routes.problem import DEPOT
from analysis.routes.territories import territory_prices

Floats = npt.NDArray[np.float64]
START_SNAP_M = 250.0
NOTHING = RoutePlan((), (), 0.0)


@dataclass(frozen=True)
class Wishes:
    """What a new plan keeps of an older one, by task: the crew that knows it (leaving it costs `familiar_price`), the
    crew that must serve it."""

    familiar: Mapping[str, str] = field(default_factory=dict)
    familiar_price: float = 0.0
    locked: Mapping[str, str] = field(default_factory=dict)

    def prices(self, task: str, vehicles: tuple[str, ...]) -> dict[str, float]:
        if (own := self.locked.get(task)) in vehicles:
            return {vehicle: inf for vehicle in vehicles if vehicle != own}
        own = self.familiar.get(task)
        known = own in vehicles and self.familiar_price > 0
        return {v: self.familiar_price for v in vehicles if v != own} if known else {}


@dataclass(frozen=True)
class Start:
    """Where a truck on the road is (degrees), since when (seconds after midnight), with what on board; `rested`: its
    break is behind it."""

    lon: float
    lat: float
    from_s: float
    load_kg: float = 0.0
    load_m3: float = 0.0
    rested: bool = False


@dataclass(frozen=True, eq=False)
class ZoneProblem:
    """A stated zone. `travel` has the problem's rows, so that legs can be drawn; None: no task is reachable."""

    zone: Zone
    items: int
    placed: Placed
    problem: RouteProblem | None
    travel: Travel | None
    law: Law
    _paths: dict[tuple[int, int], Path] = field(default_factory=dict)

    def path(self, a: int, b: int) -> Path:
        """The drive from the end of matrix place a to the beginning of b; the ones asked for are kept."""
        assert self.travel is not None  # noqa: S101 - a plan with routes was measured
        if (a, b) not in self._paths:
            self._paths[a, b] = self.travel.path(a, b)
        return self._paths[a, b]

    def steps(self, route: Route) -> tuple[Step, ...]:
        """The streets that the route drives, in order."""
        assert self.travel is not None  # noqa: S101 - as above
        legs = [(a, b) for a, b in pairwise(route.visits) if b.kind is not VisitKind.REST]
        paths = [self.path(a.leave, b.place) for a, b in legs]
        waits_s = [max(0.0, b.start_s - b.arrival_s) for _, b in legs]
        return drive_steps(self.travel.network, paths, [a.departure_s for a, _ in legs], waits_s)

    def faults(self, plan: RoutePlan) -> list[str]:
        """What is wrong with a plan: by the checker of the problem, and by that of the streets."""
        if self.problem is None:
            return []
        if faults := check_plan(self.problem, plan):
            return list(faults)
        return self.law.faults({route.vehicle.id: self.steps(route) for route in plan.routes})

    def line(self, route: Route) -> Floats:
        """(k, 2) points of the drive along real streets, in the metric CRS, without repeated ones."""
        xy = np.concatenate(list(self._parts(route)))
        keep = np.r_[True, np.hypot(*np.diff(xy, axis=0).T) > 0.005]
        return np.asarray(xy[keep], dtype=np.float64)

    def _parts(self, route: Route) -> Iterator[Floats]:
        assert self.travel is not None  # noqa: S101 - a plan with routes was measured
        network = self.travel.network
        for before, visit in pairwise(route.visits):
            if visit.kind is not VisitKind.REST:
                yield self.path(before.leave, visit.place).coordinates(network)
            if visit.kind is VisitKind.TASK:
                yield from (arc.coordinates(network) for arc in self.arcs_of(visit))

    def start_point(self, vehicle: Vehicle) -> shapely.Point | None:
        """Where a truck on the road is, in the metric CRS; None for one in its depot."""
        place = self.travel.places[vehicle.start] if self.travel and vehicle.start != DEPOT else None
        if self.travel is None or not isinstance(place, Position):
            return None
        return self.travel.network.lines[place.section].interpolate(place.offset_m)

    def arcs_of(self, visit: Visit) -> tuple[Path, ...]:
        """The street that a visit serves by driving it; none for a container."""
        place = self.placed.places[visit.place - self._first] if visit.kind is VisitKind.TASK else None
        if not isinstance(place, Stretch) or self.travel is None:
            return ()
        length_m = float(self.travel.network.length_m[place.arc])
        return (Path((place.arc,), 0.0, length_m, 0.0, length_m),)

    @property
    def _first(self) -> int:
        return self.problem.first_place if self.problem else 0


@dataclass(frozen=True, eq=False)
class ZonePlan:
    """A solved and checked zone, with its nearest-neighbour plan (None: not compared)."""

    stated: ZoneProblem
    plan: RoutePlan
    comparison: RoutePlan | None

    @property
    def zone(self) -> Zone:
        return self.stated.zone

    @property
    def unreachable(self) -> tuple[Unreachable, ...]:
        return self.stated.placed.missed

    @cached_property
    def served(self) -> int:
        return sum(len(route.served) for route in self.plan.routes)

    @cached_property
    def cures(self) -> tuple[Cure, ...]:
        """What would let a crew serve what is left out, by reason."""
        return explain_infeasible(self.stated.problem, self.plan) if self.stated.problem else ()


def make_zones(work: Work, fleet: Fleet, grounds: Grounds) -> tuple[Zone, ...]:
    """Districts with something to serve, each with its share of the fleet; streets that only small vehicles reach are
    zones of their own."""
    parts = parts_by_size(work, fleet, grounds)
    return tuple(
        zone if len(parts) == 1 else replace(zone, items=tuple(sorted(items_of(zone, part.items)["key"])))
        for part in parts
        for zone in _share(part, fleet)
    )


def _share(part: Part, fleet: Fleet) -> tuple[Zone, ...]:
    middles = part.items.geometry.centroid
    demands = [
        Demand(
            str(district),
            (float(middles.loc[own.index].x.mean()), float(middles.loc[own.index].y.mean())),
            float(own["load_kg"].sum()),
            len(own),
        )
        for district, own in part.items.groupby("district", sort=True)
    ]
    depots = {id: (place.x_m, place.y_m) for id, place in fleet.depots.items()}
    staffed = {depot: [id for id in fleet.at(depot) if id in part.vehicles] for depot in fleet.depots}
    return share_fleet(demands, depots, staffed)


def items_of(zone: Zone, items: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What the zone serves of them."""
    own = items[items["district"].isin(zone.districts)]
    return own[own["key"].isin(zone.items)] if zone.items else own


def state_zone(
    zone: Zone,
    work: Work,
    fleet: Fleet,
    ground: Ground,
    asked: Asked,
    wishes: Wishes,
    costs: Costs,
    starts: Mapping[str, Start] | None = None,
) -> ZoneProblem:
    """`starts` is by vehicle. Raises NetworkError and RoutingError for what cannot be stated."""
    own = items_of(zone, work.items)
    sites = [ground.sites[site.id] for site in fleet.disposal]
    placed = work.place(ground.network, own, 1 + len(sites))
    if not placed.tasks:
        return ZoneProblem(zone, len(own), placed, None, None, ground.law)
    rest_s = asked.rest.duration_s if asked.rest else 0.0
    timed = in_hours(ground.network, placed, windows(own, fleet.hours_of(asked.day)), rest_s)
    begun = {id: start for id, start in (starts or {}).items() if id in zone.vehicles}
    at = _snapped(ground.network, begun, work.items.crs)
    travel = measure_travel(ground.network, [ground.depots[zone.depot], *sites, *placed.places, *at])
    rows = dict(zip(begun, range(1 + len(sites) + len(placed.places), len(travel.places)), strict=True))
    problem = RouteProblem(
        depot_id=zone.depot,
        disposal_sites=fleet.disposal,
        tasks=tuple(_priced(task, zone, wishes) for task in timed),
        vehicles=tuple(
            _begun(fleet.vehicles[id], begun.get(id), rows.get(id, DEPOT)) for id in zone.vehicles
        ),
        time_s=travel.time_s,
        length_m=travel.length_m,
        fraction=asked.fraction,
        costs=costs,
        spread_s=asked.spread_s,
    )
    return ZoneProblem(zone, len(own), placed, problem, travel, ground.law)


def _snapped(network: Network, starts: Mapping[str, Start], crs: object) -> list[Position]:
    """Where the trucks meet the network, in order. Raises RoutingError for one that is nowhere near."""
    if not starts:
        return []
    points = gpd.points_from_xy([s.lon for s in starts.values()], [s.lat for s in starts.values()], crs=4326)
    metric = gpd.GeoSeries(points).to_crs(crs).to_numpy()
    found, missed = snap(network, list(starts), metric, max_snap_m=START_SNAP_M, approach=Approach.EITHER)
    if missed:
        raise RoutingError(f"Vehicle {missed[0].id} is {missed[0].nearest_m:.0f} m from the nearest street.")
    return list(found)


def _begun(vehicle: Vehicle, start: Start | None, row: int) -> Vehicle:
    if start is None:
        return vehicle
    return replace(
        vehicle,
        start=row,
        shift_start_s=max(vehicle.shift_start_s, start.from_s),
        load_kg=start.load_kg,
        load_m3=start.load_m3,
        rest=None if start.rested else vehicle.rest,
    )


def _priced(task: Task, zone: Zone, wishes: Wishes) -> Task:
    """A task that somebody gave to a crew is not left out for its price."""
    prices = wishes.prices(task.id, zone.vehicles)
    if wishes.locked.get(task.id) in zone.vehicles:
        task = replace(task, prize=None)
    return replace(task, prices=prices) if prices else task


def with_territories(stated: ZoneProblem, work: Work, comparison: RoutePlan) -> ZoneProblem:
    """The same with a territory for each vehicle, as many as the comparison needs."""
    if stated.problem is None:
        return stated
    at = work.items.set_index("key").geometry.centroid
    items = [item_of(task.id) for task in stated.problem.tasks]
    xy_m = at.loc[items].get_coordinates().to_numpy()
    prices = territory_prices(stated.problem, xy_m, max(1, len(comparison.routes)))
    tasks = zip(stated.problem.tasks, prices, strict=True)
    priced = tuple(replace(task, prices=_sum(task.prices, more)) for task, more in tasks)
    return replace(stated, problem=replace(stated.problem, tasks=priced))


def _sum(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    return {id: a.get(id, 0.0) + b.get(id, 0.0) for id in {**a, **b}}


def solve_zone(
    stated: ZoneProblem,
    comparison: RoutePlan | None,
    *,
    budget: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    start: RoutePlan | None = None,
) -> ZonePlan:
    """Raises RuntimeError if the checker refuses a plan: that is our fault, and nothing is stored."""
    if stated.problem is None:
        return ZonePlan(stated, NOTHING, comparison and NOTHING)
    plan = solve(stated.problem, budget, seed, on_progress, start)
    for checked in filter(None, (plan, comparison)):
        require_sound(stated, checked)
    return ZonePlan(stated, plan, comparison)


def require_sound(stated: ZoneProblem, plan: RoutePlan) -> None:
    if faults := stated.faults(plan):
        districts = ", ".join(stated.zone.districts)
        raise RuntimeError(f"The plan of {districts} breaks its rules: {' '.join(faults)}")


def compared(stated: ZoneProblem) -> RoutePlan:
    return nearest_neighbour(stated.problem, optional=False) if stated.problem else NOTHING
