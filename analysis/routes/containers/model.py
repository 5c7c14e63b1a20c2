"""A route problem of one day in PyVRP's terms, and PyVRP's solutions in ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvrp

from analysis.routes.plan import Halt, RoutePlan, Serve, Tip, VisitKind
from analysis.routes.problem import DEPOT, RouteProblem, RoutingError, Task, Vehicle, Way
from analysis.routes.rests import working_s

# PyVRP counts in whole numbers. Times and loads are rounded up, capacities down: what it accepts is feasible.
GRAMS_PER_KG = 1000
ML_PER_M3 = 1_000_000
NO_WAY = 10**9
MOST_BYTES = 2_000_000_000

Whole = Any  # int64; PyVRP's stubs have a type that no array has
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Room:
    """What the search leaves free beyond the rules, because PyVRP knows no breaks and no balance.

    `windows`: tasks begin a break's length before their window closes. `longest_s`: no shift is longer.
    """

    windows: bool = False
    longest_s: float = inf


class Model:
    """`data` for PyVRP; `halts` and `solution` turn its answers into ours and back.

    Each way of a task has a location of its own (its end is not always its beginning); a task of several ways is a
    group of which one is served. Money is in the "distances": metres and the prices of who serves what; vehicles with
    equal prices share a profile. The last location is the "end", reached by way of the best disposal site, so that
    the last thing a vehicle does is to tip. Where it is not known that all tasks can be served, they are optional with
    a prize above any detour: what finds no time is left out, and there still is a plan. (`required` is twice as fast.)
    Raises RoutingError when so many prices need more memory than a city's server has.
    """

    def __init__(self, problem: RouteProblem, tasks: Sequence[int], *, required: bool, room: Room) -> None:
        self.problem, self.required, self.room = problem, required, room
        self.clients = [(n, w) for n in tasks for w in range(len(problem.tasks[n].ways))]
        self.starts = sorted({v.start for v in problem.crews if v.start >= problem.first_place})
        self.end = problem.first_place + len(self.starts) if problem.disposal_sites else DEPOT
        self.ticks_per_s, self.money = _scales(problem)
        self.loads = _load_scales(problem)
        self.fleet = _alike(problem, tasks)
        profiles = dict.fromkeys(crew.prices for crew in self.fleet)
        self._require_memory(len(profiles))
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0)] * len(self._places),
            clients=self._clients(tasks),
            depots=self._depots(),
            vehicle_types=[
                self._vehicle_type(crew, list(profiles).index(crew.prices)) for crew in self.fleet
            ],
            distance_matrices=[self._money_of(prices) for prices in profiles],
            duration_matrices=[self._ticks_of(prices) for prices in profiles],
            groups=self._groups(),
        )

    @cached_property
    def _places(self) -> list[Way]:
        """The locations: depot and disposal sites, where trucks on the road are, ways, and the end."""
        ways = [self.problem.tasks[n].ways[w] for n, w in self.clients]
        fixed = [*range(self.problem.first_place), *self.starts]
        return [*(Way(row, row, 0.0) for row in fixed), *ways, Way(DEPOT, DEPOT, 0.0)]

    @property
    def _first_way(self) -> int:
        return self.problem.first_place + len(self.starts)

    def _require_memory(self, profiles: int) -> None:
        if profiles * 16 * len(self._places) ** 2 > MOST_BYTES:
            raise RoutingError(
                f"{profiles} different price lists for {len(self._places)} places need more than"
                f" {MOST_BYTES / 1e9:.0f} GB: plan fewer districts at once, or give vehicles the same prices."
            )

    def _clients(self, tasks: Sequence[int]) -> list[pyvrp.Client]:
        single = {n: len(self.problem.tasks[n].ways) == 1 for n in tasks}
        group = {n: number for number, n in enumerate(n for n in tasks if not single[n])}
        made = []
        for location, (n, w) in enumerate(self.clients, start=self._first_way):
            task, must = self.problem.tasks[n], self._must(self.problem.tasks[n])
            opens, closes = self._window(task)
            made.append(
                pyvrp.Client(
                    location=location,
                    pickup=[_up(load) for load in self._scaled(task.load_kg, task.load_m3)],
                    service_duration=self._ticks(task.ways[w].service_s),
                    tw_early=opens,
                    tw_late=closes,
                    release_time=self._ticks(task.release_s),
                    prize=0 if must else self._prize(task),
                    required=must and single[n],
                    group=group.get(n),
                )
            )
        return made

    def _groups(self) -> list[pyvrp.ClientGroup]:
        members: dict[int, list[int]] = {}
        for client, (n, _) in enumerate(self.clients):
            members.setdefault(n, []).append(client)
        return [
            pyvrp.ClientGroup(clients, required=self._must(self.problem.tasks[n]))
            for n, clients in members.items()
            if len(clients) > 1
        ]

    def _must(self, task: Task) -> bool:
        return self.required and task.prize is None

    def _prize(self, task: Task) -> int:
        return round(self.money * (self._forfeit if task.prize is None else task.prize))

    @cached_property
    def _forfeit(self) -> float:
        """More than a shift of one vehicle, and all that may be left out, could cost."""
        problem, costs = self.problem, self.problem.costs
        shift_h = max(v.latest_s - v.shift_start_s for v in problem.crews) / 3600
        longest_m = float(np.max(problem.length_m, initial=0.0, where=np.isfinite(problem.length_m)))
        prices = (price for task in problem.tasks for price in task.prices.values() if price < inf)
        driven = costs.per_km * max(60 * shift_h, 4 * longest_m / 1000)
        hours = shift_h * max(costs.per_hour, costs.per_overtime_hour)
        return (
            1 + costs.per_vehicle + hours + driven
            + sum(task.prize or 0.0 for task in problem.tasks)
            + max(prices, default=0.0)
        )  # fmt: skip

    def _window(self, task: Task) -> tuple[int, int]:
        if task.window_s is None:
            return 0, np.iinfo(np.int64).max
        opens_s, closes_s = task.window_s
        rest_s = max((v.rest.duration_s for v in self.problem.crews if v.rest), default=0.0)
        late_s = max(opens_s, task.release_s, closes_s - rest_s) if self.room.windows else closes_s
        opens = max(0, self._ticks(opens_s))
        return opens, max(opens, int(min(late_s * self.ticks_per_s, NO_WAY * 1000)))

    def _depots(self) -> list[pyvrp.Depot]:
        """The depot, the disposal sites (PyVRP charges the service when a vehicle leaves), the starts, the end."""
        tips = [
            pyvrp.Depot(row, service_duration=self._ticks(site.service_s))
            for row, site in enumerate(self.problem.disposal_sites, start=1)
        ]
        starts = [pyvrp.Depot(self.problem.first_place + n) for n in range(len(self.starts))]
        end = [pyvrp.Depot(len(self._places) - 1)] if self.problem.disposal_sites else []
        return [pyvrp.Depot(DEPOT), *tips, *starts, *end]

    def _vehicle_type(self, crew: Crew, profile: int) -> pyvrp.VehicleType:
        vehicle, costs = crew.vehicles[0], self.problem.costs
        rest_s = vehicle.rest.duration_s if vehicle.rest else 0.0
        longest_s = min(working_s(vehicle), self.room.longest_s - rest_s)
        regular_s = min(longest_s, working_s(vehicle) - vehicle.overtime_s)
        on_road = _on_road(vehicle)
        per_tick = self.money / 3600 / self.ticks_per_s
        return pyvrp.VehicleType(
            num_available=len(crew.vehicles),
            capacity=[
                int(min(c, NO_WAY * 1e3)) for c in self._scaled(vehicle.capacity_kg, vehicle.capacity_m3)
            ],
            initial_load=[_up(load) for load in self._scaled(vehicle.load_kg, vehicle.load_m3)],
            start_depot=self._depot_at(vehicle.start),
            end_depot=self.end,
            reload_depots=list(self.problem.tips),
            fixed_cost=round(costs.per_vehicle * self.money),
            tw_early=self._ticks(vehicle.shift_start_s),
            tw_late=int((vehicle.latest_s - rest_s) * self.ticks_per_s),
            start_late=self._ticks(vehicle.shift_start_s) if on_road else None,
            shift_duration=max(0, int(regular_s * self.ticks_per_s)),
            max_overtime=max(0, int((longest_s - regular_s) * self.ticks_per_s)),
            unit_distance_cost=1,
            unit_duration_cost=round(costs.per_hour * per_tick),
            unit_overtime_cost=max(0, round((costs.per_overtime_hour - costs.per_hour) * per_tick)),
            profile=profile,
        )

    def _depot_at(self, row: int) -> int:
        return row if row < self.problem.first_place else self.problem.first_place + self.starts.index(row)

    def _money_of(self, prices: bytes) -> Whole:
        """Money of driving from location to location, and of this price list."""
        problem = self.problem
        length_m = self._between(problem.length_m, self._homeward_m)
        length_m += np.array([way.length_m for way in self._places])[:, None]
        money = length_m * (problem.costs.per_km / 1000 * self.money)
        money[:, self._first_way : -1] += self._per_client(prices) * self.money
        return _whole(money)

    def _ticks_of(self, prices: bytes) -> Whole:
        """Travel, without a way to what this price list forbids."""
        time_s = self._between(self.problem.time_s, self.problem.way_home_s)
        time_s[:, self._first_way : -1][:, ~np.isfinite(self._per_client(prices))] = inf
        return _whole(time_s * self.ticks_per_s)

    def _per_client(self, prices: bytes) -> Floats:
        ways = [len(self.problem.tasks[n].ways) for n in dict.fromkeys(n for n, _ in self.clients)]
        return np.repeat(np.frombuffer(prices), ways)

    def _between(self, matrix: npt.NDArray[np.floating], homeward: Floats) -> Floats:
        enter = [way.enter for way in self._places]
        leave = [way.leave for way in self._places]
        full = np.asarray(matrix, dtype=np.float64)[np.ix_(leave, enter)]
        full[:, -1] = homeward[leave]
        full[: self.problem.first_place, -1] = matrix[: self.problem.first_place, DEPOT]
        return full

    @cached_property
    def _homeward_m(self) -> Floats:
        """Per matrix row the metres of the way home that way_home_s times."""
        length_m = self.problem.length_m
        if not self.problem.disposal_sites:
            return np.asarray(length_m[:, DEPOT], dtype=np.float64)
        rows = range(len(length_m))
        tips = np.array([self.problem.best_tip(row) for row in rows])
        return np.asarray(length_m[np.arange(len(tips)), tips] + length_m[tips, DEPOT], dtype=np.float64)

    def _scaled(self, kg: float, m3: float) -> tuple[float, float]:
        return kg * self.loads[0], m3 * self.loads[1]

    def _ticks(self, seconds: float) -> int:
        return _up(seconds * self.ticks_per_s)

    def halts(self, solution: pyvrp.Solution) -> list[tuple[Vehicle, list[Halt]]]:
        """Tasks and tips of each vehicle between its start and the way home; no tipping of an empty vehicle."""
        free = [list(crew.vehicles) for crew in self.fleet]
        return [self._route(free[r.vehicle_type()].pop(0), list(r)) for r in solution.routes()]

    def _route(self, vehicle: Vehicle, activities: Sequence[pyvrp.Activity]) -> tuple[Vehicle, list[Halt]]:
        halts: list[Halt] = []
        for activity in activities[1:-1]:
            if activity.is_client():
                halts.append(Serve(*self.clients[activity.idx]))
            elif isinstance(halts[-1], Serve) if halts else vehicle.load_kg + vehicle.load_m3 > 0:
                halts.append(Tip(activity.idx))
        return vehicle, halts

    def solution(self, plan: RoutePlan) -> pyvrp.Solution:
        """A plan of ours as PyVRP's, to start from."""
        ids = [self.problem.tasks[n].id for n, _ in self.clients]
        client = {(id, w): number for number, (id, (_, w)) in enumerate(zip(ids, self.clients, strict=True))}
        kind = {vehicle.id: number for number, crew in enumerate(self.fleet) for vehicle in crew.vehicles}
        routes = []
        for route in plan.routes:
            halts = [v for v in route.visits[1:-1] if v.kind is not VisitKind.REST]
            if self.problem.disposal_sites:
                halts = halts[:-1]  # the last tip is part of the way to the end
            visits = [f"C{client[v.id, v.way]}" if v.kind is VisitKind.TASK else f"D{v.place}" for v in halts]
            routes.append(pyvrp.Route(self.data, [pyvrp.Activity(v) for v in visits], kind[route.vehicle.id]))
        return pyvrp.Solution(self.data, routes)

    def cost(self, solution: pyvrp.Solution) -> float:
        """Money, without the forfeit of tasks that must be served and are not."""
        driven = solution.distance_cost() + solution.duration_cost() + solution.fixed_vehicle_cost()
        done = {self.clients[a.idx][0] for route in solution.routes() for a in route if a.is_client()}
        left = {n for n, _ in self.clients} - done
        return float(driven / self.money + sum(self.problem.tasks[n].prize or 0.0 for n in left))


@dataclass(frozen=True)
class Crew:
    """Vehicles that are alike, with the bytes of their prices per task (float64)."""

    vehicles: tuple[Vehicle, ...]
    prices: bytes


def _alike(problem: RouteProblem, tasks: Sequence[int]) -> list[Crew]:
    """Vehicles of the same capacity, shift, break, start, load and prices together, in the order of the fleet."""
    groups: dict[tuple[object, ...], list[Vehicle]] = {}
    for v in problem.crews:
        prices = np.array([problem.tasks[n].prices.get(v.id, 0.0) for n in tasks], dtype=np.float64)
        shift = (v.shift_start_s, v.shift_end_s, v.overtime_s, v.rest)
        state = (v.capacity_kg, v.capacity_m3, v.start, v.load_kg, v.load_m3)
        groups.setdefault((*state, *shift, prices.tobytes()), []).append(v)
    return [Crew(tuple(vehicles), bytes(key[-1])) for key, vehicles in groups.items()]  # type: ignore[call-overload]


def _on_road(vehicle: Vehicle) -> bool:
    return vehicle.start != DEPOT or vehicle.load_kg > 0 or vehicle.load_m3 > 0


def _scales(problem: RouteProblem) -> tuple[int, int]:
    """Ticks per second and units per money: 1 and 1 for a problem in whole numbers, else fine enough to round.

    36,000 units make whole numbers of the default costs per tick and per metre.
    """
    costs = problem.costs
    seconds = [way.service_s for task in problem.tasks for way in task.ways]
    ticks = 1 if _are_whole(problem.time_s) and _are_whole(np.array(seconds)) else 10
    money = [task.prize or 0.0 for task in problem.tasks]
    money += [price for task in problem.tasks for price in task.prices.values()]
    driven = (
        _are_whole(problem.length_m * (costs.per_km / 1000))
        and costs.per_hour == costs.per_overtime_hour == 0
    )
    return ticks, 1 if driven and _are_whole(np.array([*money, costs.per_vehicle])) else 36_000


def _load_scales(problem: RouteProblem) -> tuple[int, int]:
    """Units per kg and m³: 1 where all loads are whole, else grams and millilitres."""
    kg = [task.load_kg for task in problem.tasks] + [vehicle.load_kg for vehicle in problem.crews]
    m3 = [task.load_m3 for task in problem.tasks] + [vehicle.load_m3 for vehicle in problem.crews]
    return 1 if _are_whole(np.array(kg)) else GRAMS_PER_KG, 1 if _are_whole(np.array(m3)) else ML_PER_M3


def _are_whole(values: npt.NDArray[np.floating]) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite == np.round(finite)).all())


def _whole(values: Floats) -> Whole:
    np.fill_diagonal(values, 0.0)
    return np.ceil(np.where(np.isfinite(values), values, NO_WAY) - 1e-6).astype(np.int64)


def _up(value: float) -> int:
    return int(np.ceil(value - 1e-6))
