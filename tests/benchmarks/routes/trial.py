"""python -m tests.benchmarks.routes.trial SOLVER FORMAT FILE SECONDS SEED: one solver on one file, in a process of its
own, so that its memory is its own; prints JSON."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


class TrialFailed(Exception):
    """The solver's process ended badly; the text is the last that it said."""


def trial(*words: object, threads: int = 1) -> dict[str, Any]:
    """Run this module on these words; adds `cpu_s` and `memory_mb` (largest resident size) to what it prints."""
    cores = {name: str(threads) for name in ONE_CORE}
    command = [sys.executable, "-m", __name__, *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **cores}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TrialFailed(
            f"{' '.join(map(str, words[:3]))}: {(done.stderr.strip() or 'no word').splitlines()[-1]}"
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(solver: str, *words: str) -> None:
    found = RUNS[solver](*words)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**found, "cpu_s": time.process_time(), "memory_mb": memory_mb}))


def _ours(format: str, file: str, seconds: str, seed: str) -> dict[str, Any]:
    from analysis.routes import Budget, solve  # noqa: PLC0415  each solver loads its own libraries alone
    from analysis.routes.instances import figures, read_instance  # noqa: PLC0415

    problem = read_instance(Path(file), format)
    return figures(problem, solve(problem, Budget(max_seconds=float(seconds), cpu=True), int(seed)))


def _pyvrp(format: str, file: str, seconds: str, seed: str) -> dict[str, Any]:
    from tests.benchmarks.routes.peers import pyvrp_groups, pyvrp_itself  # noqa: PLC0415

    run = pyvrp_itself if format == "vrplib" else pyvrp_groups
    return run(format, Path(file), float(seconds), int(seed))


def _ortools(format: str, file: str, seconds: str, _seed: str) -> dict[str, Any]:
    from tests.benchmarks.routes.peers import ortools_disjunctions  # noqa: PLC0415

    return ortools_disjunctions(format, Path(file), float(seconds))


def _town(seconds: str, seed: str) -> dict[str, Any]:
    from tests.benchmarks.routes.places import town  # noqa: PLC0415

    return town(float(seconds), int(seed))


def _travel(places: str, seed: str) -> dict[str, Any]:
    from tests.benchmarks.routes.places import travel  # noqa: PLC0415

    return travel(int(places), int(seed))


RUNS: dict[str, Callable[..., dict[str, Any]]] = {
    "ours": _ours,
    "pyvrp": _pyvrp,
    "ortools": _ortools,
    "town": _town,
    "travel": _travel,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
