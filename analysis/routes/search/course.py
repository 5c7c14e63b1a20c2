"""The search's course: build, anneal in batches against the budget, hand out the best plan."""

from __future__ import annotations

from math import inf

from analysis.routes.budget import Budget, OnProgress, Watch
from analysis.routes.plan import RoutePlan, make_plan, refusals
from analysis.routes.problem import RouteProblem
from analysis.routes.search import decode
from analysis.routes.search.encode import MUST, Encoded, encode
from analysis.routes.search.model import BEST, ITERATIONS, State, empty_state

HOT, COLD = 0.3, 0.003  # first and last temperature, as shares of the mean way to a task
BATCH = 20_000  # tasks looked at between two glances at the clock


def search(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    start: RoutePlan | None = None,
) -> RoutePlan:
    """The best plan found, as `solver.solve` describes it; windows are not for this search."""
    from analysis.routes.search.kernels import anneal  # numba: half a second that only a search shall cost

    refused = refusals(problem)
    tasks = tuple(n for n in range(len(problem.tasks)) if n not in refused)
    if not tasks:
        return make_plan(problem, (), refused)
    encoded = encode(problem, tasks)
    model, state = encoded.model, empty_state(encoded.model, seed)
    anneal.improve(model, state, 0, 1.0)
    watch = Watch(stop, on_progress)
    anneal.build(model, state)
    heat = _heat(encoded, state)
    batch = max(1, BATCH // len(tasks))
    while not watch.is_over(int(state.numbers[ITERATIONS]), _money(encoded, state)):
        share = watch.share(int(state.numbers[ITERATIONS]))
        anneal.improve(model, state, _steps(stop, state, batch), heat * HOT * (COLD / HOT) ** share)
    routes = decode.routes(problem, encoded, decode.best_stops(encoded, state))
    return make_plan(problem, routes or [], refused, int(state.numbers[ITERATIONS]))


def _steps(stop: Budget, state: State, batch: int) -> int:
    left = batch if stop.max_iterations is None else stop.max_iterations - int(state.numbers[ITERATIONS])
    return min(batch, left)


def _heat(encoded: Encoded, state: State) -> float:
    """The mean way from one task to the next in the present solution, in ticks."""
    served = state.route != -1
    service = encoded.model.service.min(axis=1)[encoded.model.task[served]].sum()
    return max(1.0, float(state.length.sum() - service) / max(1, int(served.sum())))


def _money(encoded: Encoded, state: State) -> float:
    best = int(state.numbers[BEST])
    return best / encoded.ticks_per_s * encoded.rate if best < MUST else inf
