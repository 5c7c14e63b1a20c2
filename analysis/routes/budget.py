"""When a search stops, and what it tells on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from analysis.routes.problem import RoutingError

REPORT_EVERY_S = 0.25


class SolveCancelled(Exception):
    """`on_progress` answered True: the person does not want the plan any more."""


@dataclass(frozen=True)
class Budget:
    """When to stop: at the first limit met. Only `max_iterations` alone makes the answer repeatable.

    Seconds are of the clock; `cpu` counts the processor's seconds of this process instead (benchmarks).
    """

    max_iterations: int | None = None
    max_seconds: float | None = None
    cpu: bool = False

    def __post_init__(self) -> None:
        if self.max_iterations is None and self.max_seconds is None:
            raise RoutingError("Give the solver a limit: max_iterations or max_seconds.")
        if (self.max_iterations or 0) < 0 or (self.max_seconds or 0.0) < 0:
            raise RoutingError("A solver's limit is not negative.")

    def now_s(self) -> float:
        return time.process_time() if self.cpu else time.monotonic()


@dataclass(frozen=True)
class Progress:
    """Share of the budget used (0 to 1), iterations done, and the cost of the best plan so far (inf: none yet)."""

    share: float
    iterations: int
    cost: float


KEEP = "keep"  # an answer of on_progress: stop now, the best so far is good enough
OnProgress = Callable[[Progress], bool | str | None]


class Watch:
    """Counts a search against its budget, and reports."""

    def __init__(self, budget: Budget, on_progress: OnProgress | None) -> None:
        self.budget, self.on_progress = budget, on_progress
        self.started_s, self._reported_s, self._enough = budget.now_s(), 0.0, False

    def is_over(self, iterations: int, cost: float) -> bool:
        """Whether to stop after so many iterations: the budget is used, or the listener answered KEEP.

        Raises SolveCancelled when it answered True.
        """
        now_s = time.monotonic()
        share = self.share(iterations)
        if self.on_progress and (now_s - self._reported_s >= REPORT_EVERY_S or share >= 1.0):
            self._reported_s = now_s
            answer = self.on_progress(Progress(min(share, 1.0), iterations, cost))
            if answer and answer != KEEP:
                raise SolveCancelled
            self._enough |= answer == KEEP
        return self._enough or share >= 1.0

    def share(self, iterations: int) -> float:
        elapsed_s = self.budget.now_s() - self.started_s
        limits = ((iterations, self.budget.max_iterations), (elapsed_s, self.budget.max_seconds))
        return max(1.0 if limit == 0 else used / limit for used, limit in limits if limit is not None)
