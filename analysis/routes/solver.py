"""Container collection by PyVRP: several trips per shift with tipping between them, loads in kg and m³."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import PerturbationParams
from pyvrp.solve import SolveParams

from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Refusal, RoutePlan, drive, make_plan, refusals
from analysis.routes.problem import DEPOT, RouteProblem, RoutingError, Vehicle

# PyVRP counts in whole numbers. Times and loads are rounded up, capacities down: what it accepts is feasible.
TICKS_PER_S = 10
GRAMS_PER_KG = 1000
ML_PER_M3 = 1_000_000
COST_SCALE = 36_000  # per tick and per metre, the default costs become whole numbers
NO_WAY = 10**9
REPORT_EVERY_S = 0.25
PERTURBATIONS = (1, 10)  # measured better than PyVRP's (1, 25) at budgets of seconds


class SolveCancelled(Exception):
    """`on_progress` answered True: the person does not want the plan any more."""


@dataclass(frozen=True)
class Budget:
    """When to stop: at the first limit met. Only `max_iterations` alone makes the answer repeatable."""

    max_iterations: int | None = None
    max_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.max_iterations is None and self.max_seconds is None:
            raise RoutingError("Give the solver a limit: max_iterations or max_seconds.")
        if (self.max_iterations or 0) < 0 or (self.max_seconds or 0.0) < 0:
            raise RoutingError("A solver's limit is not negative.")


@dataclass(frozen=True)
class Progress:
    """Share of the budget used (0 to 1), iterations done, and the cost of the best plan so far (inf: none yet)."""

    share: float
    iterations: int
    cost: float


def solve(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: Callable[[Progress], bool | None] | None = None,
) -> RoutePlan:
    """The best plan found, never worse than nearest_neighbour: more stops served first, then the lower cost.

    `on_progress` is called about four times a second; when it answers True, SolveCancelled is raised; what it raises
    goes through. The same problem, seed and max_iterations give the same plan.
    """
    refused = refusals(problem)
    comparison = nearest_neighbour(problem)
    if len(refused) == len(problem.stops):
        return comparison
    watch = _Watch(stop, on_progress)
    model = _Model(problem, refused, required=len(comparison.unserved) == len(refused))
    params = SolveParams(perturbation=PerturbationParams(*PERTURBATIONS))
    start = model.solution(comparison)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # too small a fleet is answered by `unserved`
        result = pyvrp.solve(
            model.data, watch, seed=seed, collect_stats=False, params=params, initial_solution=start
        )
    found = [model.plan(result.best)] if result.best.is_feasible() else []
    return min([*found, comparison], key=lambda plan: (len(plan.unserved), plan.cost))


class _Watch:
    """PyVRP's stopping criterion: asked once per iteration with the best cost."""

    def __init__(self, budget: Budget, on_progress: Callable[[Progress], bool | None] | None) -> None:
        self.budget, self.on_progress = budget, on_progress
        self.iterations, self.started_s, self.reported_s = -1, time.monotonic(), 0.0

    def __call__(self, best_cost: int) -> bool:
        self.iterations += 1
        now_s = time.monotonic()
        share = self._share(now_s - self.started_s)
        if self.on_progress and (now_s - self.reported_s >= REPORT_EVERY_S or share >= 1.0):
            self.reported_s = now_s
            if self.on_progress(Progress(min(share, 1.0), self.iterations, _money(best_cost))):
                raise SolveCancelled
        return share >= 1.0

    def _share(self, elapsed_s: float) -> float:
        limits = ((self.iterations, self.budget.max_iterations), (elapsed_s, self.budget.max_seconds))
        return max(1.0 if limit == 0 else used / limit for used, limit in limits if limit is not None)


class _Model:
    """The problem in PyVRP's terms, and its solutions in ours.

    Locations: our matrix rows, and last the "end", reached by way of the best disposal site, so that the last thing a
    vehicle does is to tip. Where it is not known that all stops can be served, they are optional with a prize above any
    detour: who finds no time is left out, and there still is a plan. (`required` searches twice as fast.)
    """

    def __init__(self, problem: RouteProblem, refused: dict[int, Refusal], *, required: bool) -> None:
        self.problem, self.refused, self.required = problem, refused, required
        first, last = problem.first_stop, problem.first_stop + len(problem.stops)
        self.rows = [row for row in range(first, last) if row not in refused]
        self.end = 1 + len(problem.disposal_sites)  # the end's number among PyVRP's depots
        self.crews = list(_alike(problem.crews))
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(last + 1)],
            clients=[self._client(row) for row in self.rows],
            depots=self._depots(last),
            vehicle_types=[self._vehicle_type(group) for group in self.crews],
            distance_matrices=[_with_end(problem, problem.length_m, self._homeward_m(), 1)],
            duration_matrices=[_with_end(problem, problem.time_s, problem.way_home_s, TICKS_PER_S)],
        )

    def plan(self, solution: pyvrp.Solution) -> RoutePlan:
        free = [list(group) for group in self.crews]
        routes = [
            drive(self.problem, free[route.vehicle_type()].pop(0), self._places(route))
            for route in solution.routes()
        ]
        return make_plan(self.problem, routes, self.refused)

    def solution(self, plan: RoutePlan) -> pyvrp.Solution:
        """A plan of ours as PyVRP's, to start from."""
        client = {row: number for number, row in enumerate(self.rows)}
        kind = {vehicle.id: number for number, group in enumerate(self.crews) for vehicle in group}
        routes = []
        for route in plan.routes:
            places = [
                visit.place for visit in route.visits[1:-2]
            ]  # the last tip is part of the way to the end
            visits = [f"C{client[row]}" if row in client else f"D{row}" for row in places]
            routes.append(pyvrp.Route(self.data, [pyvrp.Activity(v) for v in visits], kind[route.vehicle.id]))
        return pyvrp.Solution(self.data, routes)

    def _places(self, route: pyvrp.Route) -> list[int]:
        """Matrix rows between the depot's start and end; no tipping of an empty vehicle."""
        rows: list[int] = []
        for activity in route:
            if activity.is_client():
                rows.append(self.rows[activity.idx])
            elif activity.idx != DEPOT and rows and rows[-1] >= self.problem.first_stop:
                rows.append(self.problem.best_tip(rows[-1]) if activity.idx == self.end else activity.idx)
        return rows

    def _client(self, row: int) -> pyvrp.Client:
        stop = self.problem.stop_at(row)
        return pyvrp.Client(
            location=row,
            pickup=[_up(stop.load_kg * GRAMS_PER_KG), _up(stop.load_m3 * ML_PER_M3)],
            service_duration=_up(stop.service_s * TICKS_PER_S),
            required=self.required,
            prize=0 if self.required else self._prize,
        )

    @property
    def _prize(self) -> int:
        """More than a whole shift of one vehicle could cost."""
        costs = self.problem.costs
        shift_h = max(v.shift_end_s - v.shift_start_s for v in self.problem.crews) / 3600
        return round(COST_SCALE * (costs.per_vehicle + shift_h * (costs.per_hour + 60 * costs.per_km)))

    def _depots(self, end_location: int) -> list[pyvrp.Depot]:
        """The depot, the disposal sites (PyVRP charges the service when a vehicle leaves), the end."""
        tips = [
            pyvrp.Depot(row, service_duration=_up(site.service_s * TICKS_PER_S))
            for row, site in enumerate(self.problem.disposal_sites, start=1)
        ]
        return [pyvrp.Depot(DEPOT), *tips, pyvrp.Depot(end_location)]

    def _vehicle_type(self, group: list[Vehicle]) -> pyvrp.VehicleType:
        vehicle, costs = group[0], self.problem.costs
        return pyvrp.VehicleType(
            num_available=len(group),
            capacity=[int(vehicle.capacity_kg * GRAMS_PER_KG), int(vehicle.capacity_m3 * ML_PER_M3)],
            start_depot=DEPOT,
            end_depot=self.end,
            reload_depots=list(self.problem.tips),
            fixed_cost=round(costs.per_vehicle * COST_SCALE),
            tw_early=_up(vehicle.shift_start_s * TICKS_PER_S),
            tw_late=int(vehicle.shift_end_s * TICKS_PER_S),
            unit_distance_cost=round(costs.per_km / 1000 * COST_SCALE),
            unit_duration_cost=round(costs.per_hour / 3600 / TICKS_PER_S * COST_SCALE),
        )

    def _homeward_m(self) -> npt.NDArray[np.float64]:
        """Per matrix row the metres of the way home that way_home_s times."""
        tips = np.array([self.problem.best_tip(row) for row in range(len(self.problem.length_m))])
        rows = np.arange(len(tips))
        return np.asarray(
            self.problem.length_m[rows, tips] + self.problem.length_m[tips, DEPOT], dtype=np.float64
        )


def _alike(crews: tuple[Vehicle, ...]) -> Iterator[list[Vehicle]]:
    """Vehicles of the same capacity and shift together, in the order of the fleet."""
    groups: dict[tuple[float, ...], list[Vehicle]] = {}
    for v in crews:
        groups.setdefault((v.capacity_kg, v.capacity_m3, v.shift_start_s, v.shift_end_s), []).append(v)
    yield from groups.values()


def _with_end(
    problem: RouteProblem, matrix: npt.NDArray[np.float64], homeward: npt.NDArray[np.float64], scale: int
) -> Any:
    """The matrix in whole numbers, with the end last: reached from a stop by way of a tip, from a tip straight."""
    n = len(matrix)
    full = np.zeros((n + 1, n + 1))
    full[:n, :n] = matrix
    full[:n, n] = homeward
    full[: problem.first_stop, n] = matrix[: problem.first_stop, DEPOT]
    np.fill_diagonal(full, 0.0)
    return np.ceil(np.where(np.isfinite(full), full * scale, NO_WAY) - 1e-6).astype(np.int64)


def _up(value: float) -> int:
    return int(np.ceil(value - 1e-6))


def _money(cost: int) -> float:
    return cost / COST_SCALE if cost < np.iinfo(np.int64).max // 2 else float("inf")
