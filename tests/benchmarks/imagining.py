"""What-if of a synthetic city of 400,000 parcels and homes, 20,000 overlapping greens and 500,000 trees."""

from __future__ import annotations

import resource
import time
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from analysis.green.people import spread_people
from analysis.green.walk import build_walk_network
from analysis.green.what_if import (
    Convert,
    Draw,
    Erase,
    Open,
    Operation,
    Plant,
    Reach,
    Remove,
    polygons_of,
    prepare,
    what_if,
)
from analysis.green.what_if.state import CityState
from tests.benchmarks.walking import ORIGIN, SIDE, STEP_M, walking_city

CRS = 32629
SIDE_M = SIDE * STEP_M
PARCELS = 632  # on a side: 399,424
GREENS = 20_000
TREES = 500_000


def measure_what_if(questions: int = 100) -> dict[str, Any]:
    """CPU seconds to prepare; milliseconds of `questions` different ones: median, 95 % and the slowest."""
    start = time.process_time()
    state = _state()
    prepared = time.process_time() - start
    what_if(state, [Draw(shapely.box(*ORIGIN, *(ORIGIN + 100)), public=True)])  # numba's compiler
    rng = np.random.default_rng(5)
    took = [_timed(state, _question(rng)) for _ in range(questions)]
    return {
        "parcels": len(state.parcels.shapes),
        "prepare_s": prepared,
        "median_ms": float(np.median(took)),
        "p95_ms": float(np.percentile(took, 95)),
        "slowest_ms": max(took),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _question(rng: np.random.Generator) -> list[Operation]:
    x, y = ORIGIN + rng.uniform(0, SIDE_M - 600, 2)
    side = rng.uniform(50, 500)
    shape = shapely.box(x, y, x + side, y + side)
    places = np.array([x, y]) + rng.uniform(0, 300, (50, 2))
    green = int(rng.integers(GREENS))
    choices: list[list[Operation]] = [
        [Draw(shape, public=True)],
        [Erase(shape)],
        [Convert(green, public=bool(rng.random() < 0.5))],
        [Draw(shape, public=True), Open(places[:2]), Plant(places)],
        [Remove(green), Plant(places)],
    ]
    return choices[rng.integers(len(choices))]


def _timed(state: CityState, operations: list[Operation]) -> float:
    start = time.process_time()
    what_if(state, operations)
    return 1000 * (time.process_time() - start)


def _state() -> CityState:
    rng = np.random.default_rng(7)
    parcels = _boxes(PARCELS, SIDE_M / PARCELS)
    middle = shapely.get_coordinates(shapely.centroid(parcels))
    homes = shapely.box(*(middle - 5).T, *(middle + 5).T)
    corner, size = ORIGIN + rng.uniform(0, SIDE_M - 200, (GREENS, 2)), rng.lognormal(3.3, 0.7, (GREENS, 1))
    greens = polygons_of(
        gpd.GeoSeries(shapely.box(*corner.T, *(corner + size).T), crs=CRS),
        rng.random(GREENS) < 0.6,
        ("",) * GREENS,
    )
    districts = gpd.GeoSeries(_boxes(4, SIDE_M / 4), crs=CRS)
    people = spread_people(districts, np.full(16, 200_000.0), gpd.GeoSeries(homes, crs=CRS))
    trees = ORIGIN + rng.uniform(0, SIDE_M, (TREES, 2))
    network = build_walk_network(walking_city().streets)
    plots, built = gpd.GeoSeries(parcels, crs=CRS), gpd.GeoSeries(homes, crs=CRS)
    return prepare(districts, plots, greens, people, built, trees, network, Reach(300, 0.5))


def _boxes(steps: int, step_m: float) -> np.ndarray:
    x, y = (axis.ravel() * step_m for axis in np.meshgrid(np.arange(steps), np.arange(steps)))
    west, south = ORIGIN[0] + x, ORIGIN[1] + y
    return np.asarray(shapely.box(west, south, west + step_m, south + step_m), dtype=object)
