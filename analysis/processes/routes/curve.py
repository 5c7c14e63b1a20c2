"""The cost of a plan as it falls while its job runs: a few points, for people to look at."""

from __future__ import annotations

import time
from collections.abc import Sequence

from analysis.routes import KEEP, OnProgress, Progress
from gis_core.jobs.process import Context

MOST_POINTS = 120


class Curve:
    """Costs of all zones together, beginning with the comparison; told to the job as {"cost": [[seconds, cost], …]}."""

    def __init__(self, context: Context, costs: Sequence[float], from_pct: float, to_pct: float) -> None:
        self.context, self.costs = context, list(costs)
        self.from_pct, self.step_pct = from_pct, (to_pct - from_pct) / max(1, len(costs))
        self.began_s = time.monotonic()
        self.points = [[0.0, round(sum(costs), 2)]]

    def listener(self, zone: int, message: str) -> OnProgress:
        """What zone number `zone` is solved with; tells the solver to keep what it has when somebody asked for it."""

        def told(progress: Progress) -> bool | str | None:
            self._note(zone, progress.cost)
            self.context.live = {"cost": self.points}
            self.context.progress(self.from_pct + self.step_pct * (zone + progress.share), message)
            return KEEP if self.context.finishing else None

        told(Progress(0.0, 0, self.costs[zone]))
        return told

    def _note(self, zone: int, cost: float) -> None:
        self.costs[zone] = min(self.costs[zone], cost)
        whole = round(sum(self.costs), 2)
        if whole < self.points[-1][1]:
            self.points.append([round(time.monotonic() - self.began_s, 1), whole])
        if len(self.points) > MOST_POINTS:
            self.points = [self.points[0], *self.points[2:-1:2], self.points[-1]]
