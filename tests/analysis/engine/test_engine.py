"""Parts are worked on here or by real workers; one of them dies on the way and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.engine import Cluster, Here, NoCluster
from tests.analysis.engine.cluster import RunningCluster, cluster
from tests.analysis.engine.work import fail, square
from tests.conftest import eventually


@pytest.fixture(scope="module")
def two_workers() -> Iterator[RunningCluster]:
    with cluster(2) as running:
        yield running


def test_here_one_part_after_the_other(tmp_path):
    told: list[float] = []
    made = Here().run(square, [(str(tmp_path), n) for n in range(4)], told.append)
    assert [value for value, _ in made] == [0, 1, 4, 9]
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_work_that_fails_is_told_with_its_own_words(two_workers):
    with pytest.raises(ValueError, match="part 7 is bad"):
        Cluster(two_workers.address).run(fail, [7])


def test_cancelling_ends_the_run(two_workers, tmp_path):
    def cancel(share: float) -> None:
        raise KeyError("dismissed")

    with pytest.raises(KeyError, match="dismissed"):
        Cluster(two_workers.address).run(square, [(str(tmp_path), n) for n in range(200)], cancel)
    begun = len(list(tmp_path.iterdir()))
    assert begun < 100


def test_killed_worker_loses_nothing(two_workers, tmp_path):
    """The last test of this cluster: one worker is gone after it."""
    parts = [(str(tmp_path), n) for n in range(60)]
    victim = two_workers.workers[0]
    killer = threading.Thread(
        target=lambda: (eventually(lambda: _begun(tmp_path, victim.pid) > 3, 30), victim.kill())
    )
    killer.start()
    made = Cluster(two_workers.address).run(square, parts)
    killer.join()
    assert victim.wait(5) == -9
    assert _begun(tmp_path, victim.pid) > 3
    assert [value for value, _ in made] == [n * n for n in range(60)]


def _begun(folder: Path, pid: int) -> int:
    return len(list(folder.glob(f"*-{pid}")))


def test_no_scheduler_is_told_with_the_cure(monkeypatch):
    monkeypatch.setattr("analysis.engine.cluster.CONNECT_S", 0.5)
    with pytest.raises(NoCluster, match="dask scheduler"):
        Cluster("tcp://127.0.0.1:1").run(square, [])
