"""PyVRP's local search under simulated annealing, which at budgets of seconds is better than its late acceptance."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Protocol

import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.PenaltyManager import PenaltyManager, PenaltyParams
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

PERTURBATIONS = PerturbationParams(1, 10)  # PyVRP's own are (1, 25)
LEAST_PENALTY = 1e-3  # a gram too much is worth less than PyVRP's 0.1
HOT, COLD = 1e-3, 1e-5  # the first and last temperature, as shares of the present cost


class Clock(Protocol):
    """Says when to stop, asked once per iteration, and how much of the budget is used (0 to 1)."""

    def is_over(self) -> bool: ...

    def share(self) -> float: ...


def anneal(
    data: pyvrp.ProblemData,
    start: pyvrp.Solution,
    seed: int,
    clock: Clock,
    on_best: Callable[[pyvrp.Solution], None],
    *,
    keep: bool,
) -> pyvrp.Solution:
    """The best solution found, feasible if any was; `keep`: begin from `start` and from nothing better.

    A worse solution is taken with a probability that falls with the budget left (Kirkpatrick et al., 1983); penalties
    of infeasible ones follow PyVRP's manager.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", PenaltyBoundWarning
        )  # too small a fleet is answered by tasks left out
        return _anneal(data, start, seed, clock, on_best, keep=keep)


def _anneal(
    data: pyvrp.ProblemData,
    start: pyvrp.Solution,
    seed: int,
    clock: Clock,
    on_best: Callable[[pyvrp.Solution], None],
    *,
    keep: bool,
) -> pyvrp.Solution:
    rng, chance = pyvrp.RandomNumberGenerator(seed=seed), random.Random(seed)  # noqa: S311 - no secret
    search = _local_search(data, rng)
    params = PenaltyParams(min_penalty=LEAST_PENALTY)
    penalties = PenaltyManager(params.midpoint_penalties(data), params)
    present = _first(data, start, search, penalties, rng, keep=keep)
    best, costs = present, penalties.cost_evaluator()
    while not clock.is_over():
        costs = penalties.cost_evaluator()
        found = search(present, costs, exhaustive=False)
        penalties.register(found)
        if costs.cost(found) < costs.cost(best):
            thorough = search(found, costs, exhaustive=True)
            best = found = thorough if thorough.is_feasible() else found
            on_best(best)
        now = costs.penalised_cost(present)
        heat = now * HOT * (COLD / HOT) ** clock.share()
        if costs.penalised_cost(found) < now - heat * math.log(1.0 - chance.random()):
            present = found
    return best


def _local_search(data: pyvrp.ProblemData, rng: pyvrp.RandomNumberGenerator) -> LocalSearch:
    search = LocalSearch(data, rng, compute_neighbours(data), PerturbationManager(PERTURBATIONS))
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    return search


def _first(
    data: pyvrp.ProblemData,
    start: pyvrp.Solution,
    search: LocalSearch,
    penalties: PenaltyManager,
    rng: pyvrp.RandomNumberGenerator,
    *,
    keep: bool,
) -> pyvrp.Solution:
    """`start` made better; or a random solution made better, where that comes out cheaper."""
    costs = penalties.max_cost_evaluator()
    known = search(start, costs, exhaustive=True)
    if keep:
        return known
    random_one = search(pyvrp.Solution.make_random(data, rng), costs, exhaustive=True)
    return min((known, random_one), key=costs.penalised_cost)
