"""Container collection by PyVRP: several trips per shift with tipping between them, loads in kg and m³."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import PerturbationParams
from pyvrp.solve import SolveParams

from analysis.routes.budget import Budget, OnProgress, Watch
from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Halt, Refusal, RoutePlan, Serve, Tip, VisitKind, drive, make_plan, refusals
from analysis.routes.problem import DEPOT, Matrix, RouteProblem, Vehicle

# PyVRP counts in whole numbers. Times and loads are rounded up, capacities down: what it accepts is feasible.
TICKS_PER_S = 10
GRAMS_PER_KG = 1000
ML_PER_M3 = 1_000_000
COST_SCALE = 36_000  # per tick and per metre, the default costs become whole numbers
NO_WAY = 10**9
PERTURBATIONS = (1, 10)  # measured better than PyVRP's (1, 25) at budgets of seconds


def solve(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> RoutePlan:
    """The best plan found, never worse than nearest_neighbour: more stops served first, then the lower cost.

    `on_progress` is called about four times a second; when it answers True, SolveCancelled is raised; what it raises
    goes through. The same problem, seed and max_iterations give the same plan.
    """
    refused = refusals(problem)
    comparison = nearest_neighbour(problem)
    if len(refused) == len(problem.tasks):
        return comparison
    watch = _Watch(Watch(stop, on_progress))
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

    def __init__(self, watch: Watch) -> None:
        self.watch, self.iterations = watch, -1

    def __call__(self, best_cost: int) -> bool:
        self.iterations += 1
        return self.watch.is_over(self.iterations, _money(best_cost))


class _Model:
    """The problem in PyVRP's terms, and its solutions in ours.

    Locations: our matrix rows, and last the "end", reached by way of the best disposal site, so that the last thing a
    vehicle does is to tip. Where it is not known that all stops can be served, they are optional with a prize above any
    detour: who finds no time is left out, and there still is a plan. (`required` searches twice as fast.)
    """

    def __init__(self, problem: RouteProblem, refused: dict[int, Refusal], *, required: bool) -> None:
        self.problem, self.refused, self.required = problem, refused, required
        self.tasks = [n for n in range(len(problem.tasks)) if n not in refused]
        last = problem.places
        self.end = 1 + len(problem.disposal_sites)  # the end's number among PyVRP's depots
        self.crews = list(_alike(problem.crews))
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(last + 1)],
            clients=[self._client(n) for n in self.tasks],
            depots=self._depots(last),
            vehicle_types=[self._vehicle_type(group) for group in self.crews],
            distance_matrices=[_with_end(problem, problem.length_m, self._homeward_m(), 1)],
            duration_matrices=[_with_end(problem, problem.time_s, problem.way_home_s, TICKS_PER_S)],
        )

    def plan(self, solution: pyvrp.Solution) -> RoutePlan:
        free = [list(group) for group in self.crews]
        routes = [
            drive(self.problem, free[route.vehicle_type()].pop(0), self._halts(route))
            for route in solution.routes()
        ]
        return make_plan(self.problem, routes, self.refused)

    def solution(self, plan: RoutePlan) -> pyvrp.Solution:
        """A plan of ours as PyVRP's, to start from."""
        client = {self.problem.tasks[n].id: number for number, n in enumerate(self.tasks)}
        kind = {vehicle.id: number for number, group in enumerate(self.crews) for vehicle in group}
        routes = []
        for route in plan.routes:
            halts = route.visits[1:-2]  # the last tip is part of the way to the end
            visits = [f"C{client[v.id]}" if v.kind is VisitKind.TASK else f"D{v.place}" for v in halts]
            routes.append(pyvrp.Route(self.data, [pyvrp.Activity(v) for v in visits], kind[route.vehicle.id]))
        return pyvrp.Solution(self.data, routes)

    def _halts(self, route: pyvrp.Route) -> list[Halt]:
        """Tasks and tips between the depot's start and end; no tipping of an empty vehicle."""
        halts: list[Halt] = []
        for activity in route:
            if activity.is_client():
                halts.append(Serve(self.tasks[activity.idx]))
            elif activity.idx != DEPOT and halts and isinstance(halts[-1], Serve):
                here = self.problem.tasks[halts[-1].task].ways[0].leave
                halts.append(Tip(self.problem.best_tip(here) if activity.idx == self.end else activity.idx))
        return halts

    def _client(self, number: int) -> pyvrp.Client:
        task = self.problem.tasks[number]
        return pyvrp.Client(
            location=task.ways[0].enter,
            pickup=[_up(task.load_kg * GRAMS_PER_KG), _up(task.load_m3 * ML_PER_M3)],
            service_duration=_up(task.ways[0].service_s * TICKS_PER_S),
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


def _with_end(problem: RouteProblem, matrix: Matrix, homeward: npt.NDArray[np.float64], scale: int) -> Any:
    """The matrix in whole numbers, with the end last: reached from a stop by way of a tip, from a tip straight."""
    n = len(matrix)
    full = np.zeros((n + 1, n + 1))
    full[:n, :n] = matrix
    full[:n, n] = homeward
    full[: problem.first_place, n] = matrix[: problem.first_place, DEPOT]
    np.fill_diagonal(full, 0.0)
    return np.ceil(np.where(np.isfinite(full), full * scale, NO_WAY) - 1e-6).astype(np.int64)


def _up(value: float) -> int:
    return int(np.ceil(value - 1e-6))


def _money(cost: int) -> float:
    return cost / COST_SCALE if cost < np.iinfo(np.int64).max // 2 else float("inf")
