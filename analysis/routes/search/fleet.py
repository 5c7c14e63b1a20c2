"""As few shifts as possible: close a route, and place its tasks in the others (absence counters show who is hard)."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from analysis.routes.search.kernels import anneal
from analysis.routes.search.model import ABSENT, MUST, NONE, Model, State


def fewest(
    model: Model, state: State, heat: float, over: Callable[[], bool], steps: Callable[[], int]
) -> None:
    """Close one route after the other until `over`; the state ends with the last solution that serves all.

    Where something that must be served is absent from the start, nothing is closed.
    """
    limit = model.limit.copy()
    model.limit[state.size == 0] = -1
    while not over() and _all_served(model, state) and may_close(model, state):
        anneal.restart(state)
        anneal.close(model, state, _easiest(model, state))
        while not over() and not anneal.improve(model, state, steps(), heat, True):
            pass
        if not _all_served(model, state):
            anneal.restore(model, state)
            break
    anneal.restart(state)
    model.limit[:] = limit


def _all_served(model: Model, state: State) -> bool:
    absent = state.absent[: state.numbers[ABSENT]]
    return bool((model.missing[absent] < MUST).all())


def may_close(model: Model, state: State) -> bool:
    """Whether one shift less could still hold the service times."""
    used = int((state.size > 0).sum())
    visits = state.route != NONE
    work = int(model.service.min(axis=1)[model.task[visits]].sum())
    return used > max(1, ceil(work / max(1, int(model.limit.max()))))


def _easiest(model: Model, state: State) -> int:
    """The slot whose tasks were absent least often, and of those the one with the fewest."""
    hardness = np.zeros(len(state.size))
    visits = np.flatnonzero(state.route != NONE)
    np.add.at(hardness, state.route[visits], state.absences[model.task[visits]])
    used = np.flatnonzero(state.size > 0)
    return int(used[np.lexsort((state.size[used], hardness[used]))[0]])
