"""The cost of a plan as it falls while its job runs: a few points, for people to look at."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.routes import KEEP, OnProgress, Progress
from gis_core.jobs.process import Context

MOST_POINTS = 120


class Curve:
    """Costs of all zones together, beginning with the comparison; told to the job as {"cost": [[seconds, cost], …]} and
    what it is `about`. Each zone is solved in so many `turns`."""

    def __init__(
        self,
        context: Context,
        costs: Sequence[float],
        from_pct: float,
        to_pct: float,
        *,
        turns: int = 1,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.context, self.costs, self.turns, self.about = context, list(costs), turns, about or {}
        self.from_pct, self.step_pct = from_pct, (to_pct - from_pct) / max(1, len(costs) * turns)
        self.began_s = time.monotonic()
        self.points = [[0.0, round(sum(costs), 2)]]

    def listener(self, zone: int, message: str, turn: int = 0) -> OnProgress:
        """What zone number `zone` is solved with; tells the solver to keep what it has when somebody asked for it."""

        def told(progress: Progress) -> bool | str | None:
            self._note(zone, progress.cost)
            self.context.live = {"cost": self.points, **self.about}
            done = zone * self.turns + turn + progress.share
            self.context.progress(self.from_pct + self.step_pct * done, message)
            return KEEP if self.context.finishing else None

        told(Progress(0.0, 0, self.costs[zone]))
        return told

    def _note(self, zone: int, cost: float) -> None:
        self.costs[zone] = min(self.costs[zone], cost)
        whole = round(sum(self.costs), 2)
        if whole < self.points[-1][1]:
            self.points.append([round(time.monotonic() - self.began_s, 1), whole])
        self.points = _thinned(self.points)


def _thinned(points: list[list[float]]) -> list[list[float]]:
    while len(points) > MOST_POINTS:
        points = [points[0], *points[2:-1:2], points[-1]]
    return points


def joined(live: Mapping[str, Any], lives: Sequence[tuple[float, Mapping[str, Any]]]) -> dict[str, Any]:
    """The curve of all zones from those of the parts, each of one zone: `live` has the costs that they began with, and
    `lives` when each part began (seconds after the job) and what it shows."""
    costs, points = list(live["zones"]), [list(live["cost"][0])]
    told = sorted((began + s, part["zone"], cost) for began, part in lives for s, cost in part["cost"])
    for at_s, zone, cost in told:
        if cost < costs[zone]:
            costs[zone] = cost
            points.append([round(at_s, 1), round(sum(costs), 2)])
    return {"cost": _thinned(points)}
