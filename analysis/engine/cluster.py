"""The engine of many machines: a Dask scheduler and its workers (distributed.dask.org)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.engine.here import Progress, Work

if TYPE_CHECKING:
    from distributed import Client

RETRIES = 3  # of a part whose worker failed or raised; a part that kills workers is given up by Dask itself
CONNECT_S = 10
WORKERS_S = 30


class NoCluster(RuntimeError):
    """No scheduler answers, or it has no worker; the message says how to start them."""


@dataclass(frozen=True)
class Cluster:
    """A scheduler's address, tcp://host:port. Workers must have this code and what the work reads from."""

    scheduler: str

    def run(self, work: Work, parts: Sequence[Any], on_progress: Progress = lambda _: None) -> list[Any]:
        """`work` and parts are pickled. A part whose worker dies is worked on by another. Raises NoCluster."""
        from distributed import as_completed  # noqa: PLC0415  half a second and 20 MB, for clusters only

        with self.client() as client:
            futures = client.map(work, parts, pure=False, retries=RETRIES)
            try:
                for number, done in enumerate(as_completed(futures), start=1):
                    done.result()  # raises what the work raised
                    on_progress(number / len(parts))
                made: list[Any] = client.gather(futures)
            finally:
                client.cancel(futures, force=True)
        return made

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Connected, with at least one worker. Raises NoCluster."""
        from distributed import Client  # noqa: PLC0415  as above

        cure = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
        try:
            client = Client(self.scheduler, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise NoCluster(f"No Dask scheduler answers at {self.scheduler}: {cure}.") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=WORKERS_S)
            except TimeoutError as error:
                raise NoCluster(f"The Dask scheduler at {self.scheduler} has no worker: {cure}.") from error
            with client.as_current():
                yield client
