"""One zone at a time: place its tasks, measure travel, state the problem, solve, compare, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import inf

import numpy as np
import numpy.typing as npt

from analysis.network import Path, Travel, Unreachable, measure_travel
from analysis.network.places import Stretch
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.fleet import Fleet
from analysis.processes.routes.ground import Ground
from analysis.processes.routes.placed import Placed
from analysis.processes.routes.work import Work
from analysis.routes import (
    Budget,
    Costs,
    Demand,
    OnProgress,
    Route,
    RoutePlan,
    RouteProblem,
    Task,
    Visit,
    VisitKind,
    Zone,
    check_plan,
    nearest_neighbour,
    share_fleet,
    solve,
)
from analysis.routes.territories import territory_prices

Floats = npt.NDArray[np.float64]
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


@dataclass(frozen=True, eq=False)
class ZoneProblem:
    """A stated zone. `travel` has the problem's rows, so that legs can be drawn; None: no task is reachable."""

    zone: Zone
    items: int
    placed: Placed
    problem: RouteProblem | None
    travel: Travel | None

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
                yield self.travel.path(before.leave, visit.place).coordinates(network)
            if visit.kind is VisitKind.TASK:
                yield from (arc.coordinates(network) for arc in self.arcs_of(visit))

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


def make_zones(work: Work, fleet: Fleet) -> tuple[Zone, ...]:
    """Districts with something to serve, each with its share of the fleet."""
    middles = work.items.geometry.centroid
    demands = [
        Demand(
            str(district),
            (float(middles.loc[part.index].x.mean()), float(middles.loc[part.index].y.mean())),
            float(part["load_kg"].sum()),
        )
        for district, part in work.items.groupby("district", sort=True)
    ]
    depots = {id: (place.x_m, place.y_m) for id, place in fleet.depots.items()}
    return share_fleet(demands, depots, {depot: fleet.at(depot) for depot in fleet.depots})


def state_zone(
    zone: Zone, work: Work, fleet: Fleet, ground: Ground, asked: Asked, wishes: Wishes, costs: Costs
) -> ZoneProblem:
    """Raises NetworkError and RoutingError for what cannot be stated."""
    own = work.items[work.items["district"].isin(zone.districts)]
    sites = [ground.sites[site.id] for site in fleet.disposal]
    placed = work.place(ground.network, own, 1 + len(sites))
    if not placed.tasks:
        return ZoneProblem(zone, len(own), placed, None, None)
    travel = measure_travel(ground.network, [ground.depots[zone.depot], *sites, *placed.places])
    problem = RouteProblem(
        depot_id=zone.depot,
        disposal_sites=fleet.disposal,
        tasks=tuple(_priced(task, zone, wishes) for task in placed.tasks),
        vehicles=tuple(fleet.vehicles[id] for id in zone.vehicles),
        time_s=travel.time_s,
        length_m=travel.length_m,
        fraction=asked.fraction,
        costs=costs,
        spread_s=asked.spread_s,
    )
    return ZoneProblem(zone, len(own), placed, problem, travel)


def _priced(task: Task, zone: Zone, wishes: Wishes) -> Task:
    prices = wishes.prices(task.id, zone.vehicles)
    return replace(task, prices=prices) if prices else task


def with_territories(stated: ZoneProblem, work: Work, comparison: RoutePlan) -> ZoneProblem:
    """The same with a territory for each vehicle, as many as the comparison needs."""
    if stated.problem is None:
        return stated
    at = work.items.set_index("key").geometry.centroid
    items = [task.id.removesuffix(":left").removesuffix(":right") for task in stated.problem.tasks]
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
    if stated.problem and (faults := check_plan(stated.problem, plan)):
        districts = ", ".join(stated.zone.districts)
        raise RuntimeError(f"The plan of {districts} breaks its rules: {' '.join(faults)}")


def compared(stated: ZoneProblem) -> RoutePlan:
    return nearest_neighbour(stated.problem) if stated.problem else NOTHING
