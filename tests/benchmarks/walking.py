"""Walking to green in a synthetic city of 50,625 junctions and 400,000 homes, beside networkx, with equal results."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.walk import Places, WalkNetwork, build_walk_network, walk_distances
from analysis.green.walk.distances import node_distances

SIDE = 225  # junctions on a side
STEP_M = 67.0
HOMES = 400_000
ENTRANCES = 3_679
LIMIT_M = 300.0
SNAP_M = 200.0
ORIGIN = np.array([630_000.0, 3_715_000.0])


@dataclass(frozen=True, eq=False)
class WalkingCity:
    streets: gpd.GeoDataFrame
    homes: np.ndarray
    entrances: np.ndarray


def walking_city(seed: int = 20_261) -> WalkingCity:
    """A crooked lattice: about 100,300 streets, each with a bend."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1) * STEP_M
    nodes = ORIGIN + grid + rng.uniform(-15, 15, grid.shape)
    ends = np.concatenate(
        [
            np.stack([nodes[:, :-1], nodes[:, 1:]], axis=-2).reshape(-1, 2, 2),
            np.stack([nodes[:-1], nodes[1:]], axis=-2).reshape(-1, 2, 2),
        ]
    )
    bend = ends.mean(axis=1) + rng.uniform(-4, 4, (len(ends), 2))
    lines = shapely.linestrings(np.stack([ends[:, 0], bend, ends[:, 1]], axis=1))
    streets = gpd.GeoDataFrame({"street_class": ["residential"] * len(lines)}, geometry=lines, crs=32629)
    side_m = SIDE * STEP_M
    places = [ORIGIN + rng.uniform(0, side_m, (n, 2)) for n in (HOMES, ENTRANCES)]
    return WalkingCity(streets, *places)


def measure_walking(repeats: int = 5) -> dict[str, Any]:
    """CPU seconds: the network made once; homes and entrances on it, search and distance of every home; the search
    alone, and networkx's of the same graph where it is installed (`networkx_s` is None where not)."""
    city = walking_city()
    network, build_s = _timed(lambda: build_walk_network(city.streets))
    network.snap(city.homes[:10], SNAP_M)  # the grid, and numba's compiler
    walk_distances(network, network.snap(city.homes[:10], SNAP_M), city.entrances[:10], LIMIT_M)
    runs = [_timed(lambda: _end_to_end(network, city)) for _ in range(repeats)]
    doors = network.snap(city.entrances, SNAP_M)
    searches = [_timed(lambda: node_distances(network, doors, LIMIT_M)) for _ in range(repeats)]
    metres, search_s = searches[0][0], min(seconds for _, seconds in searches)
    networkx_s, equal = _networkx(network, doors, metres)
    return {
        "homes": HOMES,
        "nodes": len(network.node_xy),
        "edges": len(network.ends),
        "within_pct": 100 * float(np.isfinite(runs[0][0]).mean()),
        "build_s": build_s,
        "end_to_end_s": min(seconds for _, seconds in runs),
        "search_s": search_s,
        "networkx_s": networkx_s,
        "networkx_equal": equal,
    }


def _end_to_end(network: WalkNetwork, city: WalkingCity) -> np.ndarray:
    return walk_distances(network, network.snap(city.homes, SNAP_M), city.entrances, LIMIT_M)


def _networkx(network: WalkNetwork, doors: Places, metres: np.ndarray) -> tuple[float | None, bool | None]:
    try:
        import networkx as nx  # noqa: PLC0415  a peer that need not be installed
    except ImportError:
        return None, None
    graph = nx.Graph()
    for (a, b), length_m in zip(network.ends.tolist(), network.length_m.tolist(), strict=True):
        graph.add_edge(a, b, weight=length_m)
    for edge, before_m, leg_m in zip(doors.edge, doors.before_m, doors.leg_m, strict=True):
        for node, on_m in zip(network.ends[edge], (before_m, network.length_m[edge] - before_m), strict=True):
            near = graph.get_edge_data("green", int(node), {"weight": np.inf})["weight"]
            graph.add_edge("green", int(node), weight=min(near, float(on_m + leg_m)))
    found, seconds = _timed(lambda: nx.single_source_dijkstra_path_length(graph, "green", cutoff=LIMIT_M))
    theirs = np.array([found.get(node, np.inf) for node in range(len(network.node_xy))])
    return seconds, bool(np.allclose(theirs, metres, atol=1e-9))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start
