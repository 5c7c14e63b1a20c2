"""Shifts of nearly the same length: what is out of a band costs more and more, until the bound is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from analysis.routes.plan import RoutePlan
from analysis.routes.problem import RouteProblem
from analysis.routes.search.model import Model, State

WEIGHTS = (2.0, 5.0, 20.0, 100.0)  # ticks that a tick out of the band costs, one round after the other
MARGIN = 0.02  # of the bound, for what rounding adds


def spread_s(plan: RoutePlan) -> float:
    """The most that two shifts of one day differ."""
    hours: dict[int, list[float]] = defaultdict(list)
    for route in plan.routes:
        hours[route.day].append(route.duration_s)
    return max((max(day) - min(day) for day in hours.values()), default=0.0)


def is_kept(problem: RouteProblem, plan: RoutePlan) -> bool:
    return problem.spread_s is None or spread_s(plan) <= problem.spread_s + 1e-6


def level(model: Model, state: State, cool: Callable[[float], None]) -> None:
    """Anneal with ever dearer bands around each day's mean; `cool` goes on until a share of what is left is used."""
    from analysis.routes.search.kernels import anneal  # numba: only where a search runs

    for round_, weight in enumerate(WEIGHTS, start=1):
        anneal.restore(model, state)
        _set_bands(model, state)
        state.weight[0] = weight
        anneal.restore(model, state)  # by the new prices
        cool(round_ / len(WEIGHTS))


def _set_bands(model: Model, state: State) -> None:
    for day in range(model.days):
        own = slice(day * model.vehicles, (day + 1) * model.vehicles)
        used = state.length[own][state.count[own] > 0]
        if len(used):
            middle, half = float(np.mean(used)), model.spread * (0.5 - MARGIN)
            state.band[day] = int(middle - half), int(middle + half)
