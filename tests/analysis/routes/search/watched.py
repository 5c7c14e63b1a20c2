"""python -m tests.analysis.routes.search.watched, with NUMBA_DISABLE_JIT=1: the search's kernels as plain Python, over
every kind of problem, on arrays that refuse an index below 0; prints how often an array was asked."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from analysis.routes import Budget, RoutePlan, RouteProblem
from analysis.routes.search import course, search
from analysis.routes.search.encode import Encoded, encode
from analysis.routes.search.model import Model, State, empty_state
from tests.analysis.routes.problems import vehicles
from tests.analysis.routes.search.test_timed import timed, timed_streets
from tests.analysis.routes.streets import streets

asked = 0


class Watched(np.ndarray):
    def __getitem__(self, index):
        value = super().__getitem__(_from_start(index))
        return int(value) if isinstance(value, np.signedinteger) else value  # 64 bits, as compiled

    def __setitem__(self, index, value):
        super().__setitem__(_from_start(index), value)


def _from_start(index):
    global asked
    asked += 1
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, int | np.integer) and part < 0:
            raise IndexError(f"An array was asked for {index}.")
    return index


def watch(arrays):
    return type(arrays)(*(a.view(Watched) if isinstance(a, np.ndarray) else a for a in arrays))


def watched_encode(problem: RouteProblem, tasks: tuple[int, ...]) -> Encoded:
    encoded = encode(problem, tasks)
    return replace(encoded, model=watch(encoded.model))


def watched_state(model: Model, seed: int) -> State:
    return watch(empty_state(model, seed))


def problems() -> list[RouteProblem]:
    tight = streets(14, vehicles(4, hours=0.6, overtime_s=600.0), sites=2, days=2)
    kinds = (
        {"prize": 3.0},
        {"prices": {"v0": 3.0}},
        {"prices": {"v1": np.inf}},
        {"patterns": (frozenset({1}),)},
    )
    many = tuple(replace(task, **kinds[n]) for n, task in zip((0, 1, 2, 3), tight.tasks, strict=False))
    return [
        streets(12, vehicles(3), sites=0),
        replace(tight, tasks=(*many, *tight.tasks[4:])),
        streets(16, vehicles(3, kg=9000, hours=1.0), extent_m=2000.0, spread_s=300.0),
        streets(255, vehicles(3, kg=9000)),  # so many that gaps are tried beside near tasks alone
        timed(12, 3, 5, releases=True),
        timed_streets(12, 2, 5),
    ]


def main() -> None:
    course.encode, course.empty_state = watched_encode, watched_state
    for n, problem in enumerate(problems()):
        plan: RoutePlan = search(problem, Budget(max_iterations=10 if n == 3 else 80), 1)
        search(problem, Budget(max_iterations=10), 2, start=plan)
    print(asked)


if __name__ == "__main__":
    np.seterr(over="ignore")
    sys.exit(main())
