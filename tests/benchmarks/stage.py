"""What the service's benchmarks stand on: the filled database, one bare connection, and servers when first asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import psycopg

from tests.benchmarks.data import FULL, QUICK, SEED, Size
from tests.benchmarks.database import prepare, warm
from tests.benchmarks.frame import Case, Row, compare, measure
from tests.benchmarks.peers import tipg
from tests.benchmarks.servers import Client, granian, served

ROOT = Path(__file__).resolve().parents[2]
# As script/server starts it: large answers are not given back to the system after each request.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "16777216", "MALLOC_TRIM_THRESHOLD_": "67108864"}


@dataclass(frozen=True)
class Stage:
    """`bare` is one connection to the database at `url`; `running` ends what it holds when the stage is left.

    home: where peers are installed and logs are written.
    """

    home: Path
    url: str
    bare: psycopg.Connection[tuple[object, ...]]
    running: ExitStack
    size: Size
    repetitions: int
    say: Callable[[str], None]

    @cached_property
    def ours(self) -> Client:
        return self.running.enter_context(our_server(self.home))

    @cached_property
    def tipg(self) -> Client:
        return self.running.enter_context(tipg(self.home))

    @property
    def quick(self) -> bool:
        return self.size is QUICK

    def random(self) -> np.random.Generator:
        return np.random.default_rng(SEED)

    def measure(self, case: Case, repetitions: int | None = None) -> Row:
        """Timed on the first requests, compared before that on later ones: no timed request was made before."""
        times = repetitions or self.repetitions
        self.say(f"measuring {case.name}")
        compare(case, range(times, times + max(2, times // 4)))
        return measure(case, times)


@dataclass(frozen=True)
class BareStage:
    """For what needs neither database nor server."""

    home: Path
    quick: bool
    say: Callable[[str], None]


@contextmanager
def bare_stage(home: Path, *, quick: bool, say: Callable[[str], None]) -> Iterator[BareStage]:
    yield BareStage(home, quick, say)


@contextmanager
def stage(home: Path, url: str, *, quick: bool, say: Callable[[str], None]) -> Iterator[Stage]:
    size = QUICK if quick else FULL
    say(f"preparing {size.parcels} parcels and what goes with them")
    prepare(size, url, say)
    warm(url)
    with psycopg.connect(url, autocommit=True) as bare, ExitStack() as running:
        yield Stage(home, url, bare, running, size, 24 if quick else 60, say)


@contextmanager
def our_server(
    home: Path, env: Mapping[str, str] | None = None, *, workers: int = 1, name: str = "ours"
) -> Iterator[Client]:
    """As script/server starts it, on the database that the environment names; it logs to <name>.log."""
    command = granian("gis_core.asgi:application", workers=workers)
    ready, log = "/collections?f=json", home / f"{name}.log"
    with served(command, env={**MALLOC, **(env or {})}, ready=ready, log=log, cwd=ROOT) as client:
        yield client
