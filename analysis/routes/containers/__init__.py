"""One day's route problem by PyVRP: windows, several trips, prizes, prices, either-way streets, breaks, balance."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pyvrp

from analysis.routes.budget import Budget, OnProgress, Watch
from analysis.routes.containers.anneal import anneal
from analysis.routes.containers.balance import is_balanced, level, mean_s
from analysis.routes.containers.model import Model, Room
from analysis.routes.departure import leave_late
from analysis.routes.greedy import nearest_neighbour
from analysis.routes.plan import Refusal, RoutePlan, make_plan, refusals
from analysis.routes.problem import RouteProblem, RoutingError
from analysis.routes.rests import fitted
from analysis.routes.starts import adopt

STAGES = (0.4, 0.6, 0.8, 1.0)  # shares of the budget after which the room for breaks and balance is looked at


def solve(
    problem: RouteProblem,
    stop: Budget,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    start: RoutePlan | None = None,
) -> RoutePlan:
    """The best plan found, never worse than nearest_neighbour or what is left of `start`: more tasks that must be
    served first, then the lower cost.

    The search begins from `start`: its tasks that are still asked for, on vehicles that are still there. `on_progress`
    is called about four times a second; when it answers True, SolveCancelled is raised; what it raises goes through.
    The same problem, seed, start and max_iterations give the same plan. Raises RoutingError for several days, and for
    more price lists than memory holds.
    """
    if problem.days > 1:
        raise RoutingError("PyVRP plans one day; give it the tasks of each day.")
    refused = refusals(problem)
    known = [nearest_neighbour(problem)] + ([adopt(problem, start, refused)] if start else [])
    best = min((level(problem, plan, refused) for plan in known), key=lambda plan: _rank(problem, plan))
    if len(refused) == len(problem.tasks):
        return best
    search = _Search(problem, refused, seed, Watch(stop, on_progress), best, keep=start is not None)
    room, last = Room(), best
    for until in STAGES if _needs_room(problem) else (1.0,):
        last, all_kept = search.run(room, last, until)
        best = min(best, level(problem, last, refused), key=lambda plan: _rank(problem, plan))
        room = _tightened(problem, room, last, all_kept=all_kept)
    return replace(best, iterations=search.iterations)


def _rank(problem: RouteProblem, plan: RoutePlan) -> tuple[int, float]:
    optional = {task.id for task in problem.tasks if task.prize is not None}
    return sum(unserved.id not in optional for unserved in plan.unserved), plan.cost


def _needs_room(problem: RouteProblem) -> bool:
    """Whether there is a rule that PyVRP does not see."""
    windows = any(task.window_s for task in problem.tasks)
    return problem.spread_s is not None or (windows and any(v.rest for v in problem.crews))


def _tightened(problem: RouteProblem, room: Room, plan: RoutePlan, *, all_kept: bool) -> Room:
    """More room in windows if a break cost a task; shifts nearer to their mean while they differ too much."""
    room = replace(room, windows=room.windows or not all_kept)
    if problem.spread_s is None or is_balanced(problem, plan.routes) or not plan.routes:
        return room
    mean = mean_s(plan.routes)
    slack_s = problem.spread_s / 2 if room.longest_s == inf else (room.longest_s - mean) / 2
    return replace(room, longest_s=mean + max(slack_s, problem.spread_s / (2 * len(plan.routes))))


class _Search:
    """PyVRP, run once or several times within one budget."""

    def __init__(
        self,
        problem: RouteProblem,
        refused: dict[int, Refusal],
        seed: int,
        watch: Watch,
        known: RoutePlan,
        *,
        keep: bool,
    ) -> None:
        self.problem, self.refused, self.seed, self.watch = problem, refused, seed, watch
        self.tasks = [n for n in range(len(problem.tasks)) if n not in refused]
        self.required = _rank(problem, known)[0] == sum(problem.tasks[n].prize is None for n in refused)
        self.iterations, self.best_cost, self.keep = 0, known.cost, keep

    def run(self, room: Room, start: RoutePlan, until: float) -> tuple[RoutePlan, bool]:
        """The best plan at this share of the budget; whether its breaks left it all tasks. `start`: none found."""
        model = Model(self.problem, self.tasks, required=self.required, room=room)
        keep, self.keep = self.keep, True

        def told(best: pyvrp.Solution) -> None:
            self.best_cost = model.cost(best)

        best = anneal(model.data, model.solution(start), self.seed, _Stage(self, until), told, keep=keep)
        if not best.is_feasible():
            return start, True
        routes = model.halts(best)
        driven = [leave_late(self.problem, fitted(self.problem, vehicle, halts)) for vehicle, halts in routes]
        plan = make_plan(self.problem, driven, self.refused)
        return plan, sum(len(r.served) for r in plan.routes) == best.num_clients()


class _Stage:
    """A part of the budget: until this share of it is used."""

    def __init__(self, search: _Search, until: float) -> None:
        self.search, self.until, self.asked = search, until, -1

    def is_over(self) -> bool:
        search = self.search
        self.asked += 1
        search.iterations += self.asked > 0
        return search.watch.is_over(search.iterations, search.best_cost) or self.share() >= self.until

    def share(self) -> float:
        return self.search.watch.share(self.search.iterations)
