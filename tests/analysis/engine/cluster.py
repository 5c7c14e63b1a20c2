"""A real Dask cluster: a scheduler and workers as processes of this machine, for tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DASK = Path(sys.executable).with_name("dask")


@dataclass(frozen=True)
class RunningCluster:
    address: str
    workers: Sequence[subprocess.Popen[str]]


@contextmanager
def cluster(count: int, **environment: str) -> Iterator[RunningCluster]:
    """As docs/guides/operators.md starts them, on free ports of this machine."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with ExitStack() as stack:
        scheduler = stack.enter_context(_process("scheduler", env, "--port", "0"))
        address = _address(scheduler)
        workers = [
            stack.enter_context(_process("worker", env, address, "--nthreads", "1", "--no-nanny"))
            for _ in range(count)
        ]
        yield RunningCluster(address, workers)


@contextmanager
def _process(kind: str, env: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(DASK), kind, *arguments, "--host", "127.0.0.1", "--no-dashboard"]
    process = subprocess.Popen(command, env=env, cwd=ROOT, text=True, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _address(scheduler: subprocess.Popen[str]) -> str:
    assert scheduler.stderr
    for line in scheduler.stderr:
        if found := re.search(r"Scheduler at:\s+(tcp://[\d.]+:\d+)", line):
            return found.group(1)
    raise AssertionError("the scheduler ended before it told its address")
