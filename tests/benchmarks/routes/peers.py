"""The peers, given the same problem: PyVRP (a street is a group of two clients) and OR-Tools (a disjunction of two)."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analysis.routes import RouteProblem, Way
from analysis.routes.instances import read_instance


def pyvrp_groups(format: str, file: Path, seconds: float, seed: int) -> dict[str, Any]:
    """Arc routing with one depot and one trip per vehicle; service is no matter of order and is added after."""
    import pyvrp  # noqa: PLC0415  a peer's libraries are loaded for the peer alone

    problem = read_instance(file, format)
    ways, owner = _ways(problem)
    alone = [len(task.ways) == 1 for task in problem.tasks]
    group = np.cumsum([not one for one in alone]) - 1
    clients = [
        pyvrp.Client(
            place + 1, pickup=[round(problem.tasks[n].load_kg)], required=alone[n],
            group=None if alone[n] else int(group[n]),
        )
        for place, n in enumerate(owner)
    ]  # fmt: skip
    matrix = _between(problem, ways)
    members = [[c for c, n in enumerate(owner) if n == task] for task, one in enumerate(alone) if not one]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0)] * len(matrix),
        clients=clients,
        depots=[pyvrp.Depot(0)],
        vehicle_types=[pyvrp.VehicleType(len(problem.vehicles), [round(problem.vehicles[0].capacity_kg)])],
        distance_matrices=[matrix],
        duration_matrices=[np.zeros_like(matrix)],
        groups=[pyvrp.ClientGroup(clients) for clients in members],
    )
    found = _pyvrp(data, seconds, seed)
    return {**found, "cost": found["cost"] + sum(task.ways[0].service_s for task in problem.tasks)}


def pyvrp_itself(_format: str, file: Path, seconds: float, seed: int) -> dict[str, Any]:
    """A VRPLIB file by PyVRP's own reader, rounding and parameters."""
    import pyvrp  # noqa: PLC0415

    return _pyvrp(pyvrp.read(file, round_func="dimacs"), seconds, seed)


def _pyvrp(data: Any, seconds: float, seed: int) -> dict[str, Any]:
    import pyvrp  # noqa: PLC0415

    asked = 0
    is_over = _clock(seconds)

    def stop(_cost: int) -> bool:
        nonlocal asked
        asked += 1
        return is_over()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = pyvrp.solve(data, stop, seed=seed, collect_stats=False)
    best = result.best
    return {
        "cost": best.distance(),
        "shifts": best.num_routes(),
        "feasible": best.is_feasible(),
        "iterations": asked,
    }


def ortools_disjunctions(format: str, file: Path, seconds: float) -> dict[str, Any]:
    """Arc routing as above: guided local search from the cheapest arcs; it has no seed."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415

    problem = read_instance(file, format)
    ways, owner = _ways(problem)
    matrix = _between(problem, ways).tolist()
    loads = [0, *(round(problem.tasks[n].load_kg) for n in owner)]
    manager = pywrapcp.RoutingIndexManager(len(matrix), len(problem.vehicles), 0)
    routing = pywrapcp.RoutingModel(manager)
    node = manager.IndexToNode
    drive = routing.RegisterTransitCallback(lambda a, b: matrix[node(a)][node(b)])
    routing.SetArcCostEvaluatorOfAllVehicles(drive)
    load = routing.RegisterUnaryTransitCallback(lambda a: loads[node(a)])
    routing.AddDimension(load, 0, round(problem.vehicles[0].capacity_kg), True, "load")
    for task in range(len(problem.tasks)):
        either = [manager.NodeToIndex(place + 1) for place, n in enumerate(owner) if n == task]
        routing.AddDisjunction(either, 10**7, 1)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(3600)  # of the clock; what counts is the processor's, below
    routing.AddSearchMonitor(routing.solver().CustomLimit(_clock(seconds)))
    best = routing.SolveWithParameters(parameters)
    service = sum(task.ways[0].service_s for task in problem.tasks)
    used = sum(routing.IsVehicleUsed(best, vehicle) for vehicle in range(len(problem.vehicles)))
    cost = best.ObjectiveValue()
    return {"cost": cost + service, "shifts": used, "feasible": cost < 10**7, "iterations": 0}


def _clock(seconds: float) -> Callable[[], bool]:
    end_s = time.process_time() + seconds
    return lambda: time.process_time() >= end_s


def _ways(problem: RouteProblem) -> tuple[list[Way], list[int]]:
    """Every way to serve a task, and the task's number."""
    both = [(way, n) for n, task in enumerate(problem.tasks) for way in task.ways]
    return [way for way, _ in both], [n for _, n in both]


def _between(problem: RouteProblem, ways: list[Way]) -> np.ndarray:
    """Whole seconds from the end of each way to the beginning of each; the depot first."""
    leave, enter = [0, *(way.leave for way in ways)], [0, *(way.enter for way in ways)]
    matrix = np.round(np.asarray(problem.time_s, float)[np.ix_(leave, enter)]).astype(np.int64)
    np.fill_diagonal(matrix, 0)
    return matrix
