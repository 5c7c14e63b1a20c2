"""Whole layers: how much memory a fresh server needs while it streams one, and how long it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.frame import Case, Row, to_row
from tests.benchmarks.servers import memory_of
from tests.benchmarks.stage import Stage, our_server

MOST_MB = 300.0
GOAL = 1.0  # at least as little as the most
FORMATS = ("geojsonseq", "csv", "fgb", "parquet")
EVERY_S = 0.02


def run(scene: Stage) -> list[Row]:
    return [row for form in FORMATS for row in stream(scene, form)]


def stream(scene: Stage, form: str) -> list[Row]:
    name = f"stream {scene.size.parcels:,} parcels, f={form}"
    scene.say(f"measuring {name}")
    with our_server(scene.home) as server, watched(server.group) as peaks:
        start = time.perf_counter()
        size = server.count_bytes(f"/collections/parcels/items?f={form}")
        seconds = time.perf_counter() - start
    assert size > 50 * scene.size.parcels, f"{size} bytes are not the whole layer"
    case = Case(f"{name}; most memory of the server ({peaks[0]:.0f} MB before)", print, goal=GOAL)
    figures = {"ours": max(peaks), "limit": MOST_MB}
    timed = to_row(Case(f"{name}, {size / 1e6:.0f} MB; time", print), {"ours": seconds}, 1, unit="s")
    return [to_row(case, figures, 1, unit="MB"), timed]


@contextmanager
def watched(group: int) -> Iterator[list[float]]:
    """The memory of a group of processes, looked at again and again."""
    seen = [memory_of(group)]
    done = threading.Event()

    def look() -> None:
        while not done.wait(EVERY_S):
            seen.append(memory_of(group))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
