"""Compact territories: each vehicle has a middle, and what lies nearer to another's costs it the way there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.routes.problem import RouteProblem

Floats = npt.NDArray[np.float64]
ROUNDS = 20
STRAY_SHARE = 0.5  # of a kilometre's price, for each kilometre that a task lies nearer to another middle


def territory_prices(problem: RouteProblem, xy_m: Floats, count: int) -> list[dict[str, float]]:
    """Per task the money that each vehicle pays for leaving its territory.

    xy_m: (tasks, 2) in metres. count: how many territories; vehicles beyond it share them. Always the same answer
    for the same problem: the middles begin spread out and settle by load (Lloyd's k-means).
    """
    load_kg = np.array([max(task.load_kg, 1.0) for task in problem.tasks])
    middles = _middles(xy_m, load_kg, min(count, len(xy_m)))
    away_m = np.hypot(*(xy_m[:, None] - middles[None]).transpose(2, 0, 1))
    stray = (away_m - away_m.min(axis=1, keepdims=True)) / 1000 * problem.costs.per_km * STRAY_SHARE
    crews = [vehicle.id for vehicle in problem.crews]
    territory = {id: n % len(middles) for n, id in enumerate(crews)}
    return [{id: float(row[territory[id]]) for id in crews} for row in stray]


def _middles(xy_m: Floats, load_kg: Floats, count: int) -> Floats:
    middles = _spread_out(xy_m, count)
    for _ in range(ROUNDS):
        nearest = np.hypot(*(xy_m[:, None] - middles[None]).transpose(2, 0, 1)).argmin(axis=1)
        load = np.bincount(nearest, weights=load_kg, minlength=count)
        moved = np.column_stack(
            [np.bincount(nearest, weights=load_kg * xy_m[:, axis], minlength=count) for axis in (0, 1)]
        )
        middles = np.where(load[:, None] > 0, moved / np.maximum(load, 1e-9)[:, None], middles)
    return middles


def _spread_out(xy_m: Floats, count: int) -> Floats:
    """The task farthest from the middle of all, and then always the one farthest from those chosen."""
    chosen = [int(np.hypot(*(xy_m - xy_m.mean(axis=0)).T).argmax())]
    while len(chosen) < count:
        away_m = np.hypot(*(xy_m[:, None] - xy_m[chosen][None]).transpose(2, 0, 1)).min(axis=1)
        chosen.append(int(away_m.argmax()))
    return xy_m[chosen]
