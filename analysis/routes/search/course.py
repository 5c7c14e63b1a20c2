"""The search's course: build, anneal, close routes, anneal again, balance; the budget is asked between batches."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf

from analysis.routes.budget import Budget, OnProgress, Watch
from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Refusal, RoutePlan, make_plan, refusals
from analysis.routes.problem import RouteProblem, RoutingError
from analysis.routes.search import balance, decode, fleet
from analysis.routes.search.encode import Encoded, encode
from analysis.routes.search.kernels import anneal
from analysis.routes.search.kernels.compiled import by_one_process
from analysis.routes.search.model import BEST, ITERATIONS, MUST, NONE, empty_state

HOT, COLD = 1.0, 0.01  # first and last temperature, as shares of the mean way to a task
AGAIN = 0.3  # the temperature when the best solution is annealed again
ONCE = 0.3  # share of the first annealing
ROUNDS, TIMED_ROUNDS = 8, 3  # how often it is annealed again at most; where clocks count
ROUND = 300  # iterations per task for each time
WARM = 0.03  # the temperature after a start plan or a closed route
BATCH, FEWEST = 100_000, 50  # tasks looked at between two glances at the clock; iterations at least
FIRST, CLOSING = 0.25, 0.5  # shares of the budget when closing routes begins, and when it ends at the latest
BALANCING = 0.6  # share of the budget when balancing begins


def search(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    start: RoutePlan | None = None,
) -> RoutePlan:
    """The best plan found, as `solver.solve` describes it, by one thread, of a problem that is_for_search.

    Raises RoutingError when `spread_s` cannot be kept, with the spread that can.
    """
    refused = refusals(problem)
    tasks = tuple(n for n in range(len(problem.tasks)) if n not in refused)
    if not tasks:
        return make_plan(problem, (), refused)
    return _Course(problem, refused, encode(problem, tasks), seed, stop, on_progress).run(start)


class _Course:
    """One search: the arrays, the clock, and the plans that the answer is chosen from."""

    def __init__(
        self,
        problem: RouteProblem,
        refused: dict[int, Refusal],
        encoded: Encoded,
        seed: int,
        stop: Budget,
        on_progress: OnProgress | None,
    ) -> None:
        self.problem, self.refused, self.encoded, self.stop = problem, refused, encoded, stop
        self.model, self.state = encoded.model, empty_state(encoded.model, seed)
        with by_one_process():  # loads the compiled code before the clock runs
            anneal.improve(self.model, self.state, 0, 1.0, False)
            anneal.restore(self.model, self.state)
            anneal.total(self.model, self.state)
        self.watch = Watch(stop, on_progress)
        self.batch = max(FEWEST, BATCH // len(encoded.tasks))
        self.plans: list[RoutePlan] = []

    def run(self, start: RoutePlan | None) -> RoutePlan:
        model, state = self.model, self.state
        if start is None and self.problem.days == 1:
            self.plans.append(nearest_neighbour(self.problem))
            start = None if model.everywhere else self.plans[0]  # far better than tasks in a random order
        if start is not None:
            decode.load(self.problem, self.encoded, state, start)
        anneal.total(model, state)
        anneal.improve(model, state, 1, 1.0, False)  # places what is absent
        self._note()
        hot = HOT if start is None else WARM
        balanced = model.spread != NONE
        if (model.fixed > 0).any() and fleet.may_close(model, state):
            hot = self._close(hot)
        self._cool(hot, BALANCING if balanced else 1.0)
        if balanced:
            balance.level(model, state, self._cool_warm)
        self._note()
        return self._answer()

    def _close(self, hot: float) -> float:
        """Anneal a while, then make do with as few shifts as possible; the temperature to go on with."""
        self._anneal(hot, FIRST)
        self._note()
        anneal.restore(self.model, self.state)
        fleet.fewest(self.model, self.state, self._way() * WARM, lambda: self._over(CLOSING), self._steps)
        return WARM * 3

    def _cool(self, hot: float, until: float) -> None:
        """Anneal, then again and again from the best solution, until this share of the budget is used."""
        begun, before = self.watch.share(self.iterations), self.iterations
        once = begun + (until - begun) * ONCE
        self._anneal(hot, once)
        left = (self.iterations - before) * (1.0 - ONCE) / ONCE
        most = TIMED_ROUNDS if self.model.timed else ROUNDS
        rounds = max(1, min(most, int(left / (ROUND * len(self.encoded.tasks)))))
        for number in range(1, rounds + 1):
            anneal.restore(self.model, self.state)
            self._anneal(min(hot, AGAIN), once + (until - once) * number / rounds)

    def _anneal(self, hot: float, until: float) -> None:
        """From this temperature to the last one, until this share of the budget is used."""
        begun, way = self.watch.share(self.iterations), self._way()
        while not self._over(until):
            share = (self.watch.share(self.iterations) - begun) / max(1e-9, until - begun)
            heat = way * hot * (COLD / hot) ** min(1.0, share)
            anneal.improve(self.model, self.state, self._steps(), heat, False)

    def _cool_warm(self, until: float) -> None:
        self._cool(WARM, BALANCING + (1.0 - BALANCING) * until)

    @property
    def iterations(self) -> int:
        return int(self.state.numbers[ITERATIONS])

    def _over(self, until: float) -> bool:
        """Whether this share of the budget is used; reports."""
        best = int(self.state.numbers[BEST])
        money = best / self.encoded.ticks_per_s * self.encoded.rate if best < MUST else inf
        return self.watch.is_over(self.iterations, money) or self.watch.share(self.iterations) >= until

    def _steps(self) -> int:
        most = self.stop.max_iterations
        return self.batch if most is None else min(self.batch, most - self.iterations)

    def _way(self) -> float:
        """The mean way from one task to the next in the present solution, in ticks."""
        model, state = self.model, self.state
        tasks = model.task[state.route != NONE]
        service = 0 if model.timed else int(model.service.min(axis=1)[tasks].sum())
        return max(1.0, float(state.length.sum() - service) / max(1, len(tasks)))

    def _note(self) -> None:
        """Make a plan of the best solution."""
        stops = decode.best_stops(self.encoded, self.state)
        routes = decode.routes(self.problem, self.encoded, stops)
        self.plans.append(make_plan(self.problem, routes, self.refused, self.iterations))

    def _answer(self) -> RoutePlan:
        """The plan that serves most of what must be served, and then costs least."""
        kept = [plan for plan in self.plans if balance.is_kept(self.problem, plan)]
        if not kept:
            least_s = min(balance.spread_s(plan) for plan in self.plans)
            raise RoutingError(
                f"No plan was found whose shifts differ by at most {(self.problem.spread_s or 0.0) / 60:.0f} min;"
                f" {ceil(least_s / 60)} min can be kept. Allow that much, or give the search more time."
            )
        best = min(kept, key=lambda plan: (self._unserved(plan), plan.cost))
        return replace(best, iterations=self.iterations)

    def _unserved(self, plan: RoutePlan) -> int:
        must = {task.id for task in self.problem.tasks if task.prize is None}
        return sum(unserved.id in must for unserved in plan.unserved)
