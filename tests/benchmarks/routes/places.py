"""Made-up towns, larger than the published sets that land with the project: a plan, and travel between places."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.network import DriveRules, Stretch, build_network, measure_travel
from analysis.routes import Budget, solve
from analysis.routes.instances import figures
from analysis.routes.instances.network import Link, node_problem
from tests.benchmarks.routes.town import make_town

TOWN_SIDE = 58  # crossings; about 6,250 streets to serve
SPEED_M_S, SERVICE_M_S = 8.0, 2.5
TIP_S, SHIFT_S = 600.0, 8 * 3600.0
KG_PER_M, CAPACITY_KG = 0.5, 10_000.0


def town(seconds: float, seed: int) -> dict[str, Any]:
    """A plan for the waste of a town; matrices are from crossing to crossing."""
    streets = make_town(seed, side=TOWN_SIDE)
    ends = np.round([[line.coords[0], line.coords[-1]] for line in streets.geometry], 2)
    _, nodes = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    links = [
        _link(pair, length_m, one_way)
        for pair, length_m, one_way in zip(
            nodes.reshape(-1, 2).tolist(), streets.length, streets["one_way"], strict=True
        )
    ]
    links = _in_main_part(links)
    known = sorted({node for link in links for node in (link.tail, link.head)})
    middle, edge = known[len(known) // 2], known[0]
    problem = node_problem(
        links, depot=edge, sites=((edge, TIP_S), (middle, TIP_S)), capacity=CAPACITY_KG, shift_s=SHIFT_S, vehicles=70
    )  # fmt: skip
    plan = solve(problem, Budget(max_seconds=seconds, cpu=True), seed)
    matrices_mb = len({id(m): m for m in (problem.time_s, problem.length_m)}) * problem.time_s.nbytes / 1e6
    return {**figures(problem, plan), "tasks": len(problem.tasks), "matrices_mb": matrices_mb}


def _in_main_part(links: list[Link]) -> list[Link]:
    """Those between crossings that all reach each other: a street behind one-way streets cannot be served."""
    both = [link for link in links if link.both_ways]
    tails = [link.tail for link in links] + [link.head for link in both]
    heads = [link.head for link in links] + [link.tail for link in both]
    size = 1 + max(tails + heads)
    graph = csr_matrix((np.ones(len(tails)), (tails, heads)), shape=(size, size))
    part = connected_components(graph, directed=True, connection="strong")[1]
    main = np.bincount(part).argmax()
    return [link for link in links if part[link.tail] == part[link.head] == main]


def _link(pair: list[int], length_m: float, one_way: str) -> Link:
    tail, head = reversed(pair) if one_way == "backward" else pair
    drive_s, serve_s = length_m / SPEED_M_S, length_m / SERVICE_M_S
    return Link(
        tail, head, serve_s, drive_s, (KG_PER_M * length_m,), required=True, both_ways=one_way == "no"
    )


def travel(places: int, seed: int) -> dict[str, Any]:
    """Times and lengths between places on a city of about 124,000 arcs; compiled before the clock starts."""
    network = build_network(make_town(seed), DriveRules())
    rng = np.random.default_rng(seed)
    main = np.flatnonzero(network.component == network.main_component)
    at = [Stretch(f"p{n}", int(arc)) for n, arc in enumerate(rng.choice(main, places, replace=False))]
    measure_travel(network, at[:2])
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    found = measure_travel(network, at)
    return {
        "arcs": network.arc_count,
        "wall_s": time.perf_counter() - wall_s,
        "travel_cpu_s": time.process_time() - cpu_s,
        "reached": float(np.isfinite(found.time_s).mean()),
    }
