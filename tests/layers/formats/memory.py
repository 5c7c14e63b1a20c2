"""python -m tests.layers.formats.memory FORMAT ROWS: seconds, bytes and how much memory one download takes, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time

import django


def main(name: str, count: int) -> None:
    django.setup()
    from layers.formats.catalog import FORMATS  # noqa: PLC0415  after Django is set up
    from layers.formats.download import stream  # noqa: PLC0415
    from tests.layers.formats.parcels import parcels  # noqa: PLC0415

    sum(map(len, stream(FORMATS[name], parcels(10))))  # what the libraries themselves take
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longest, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(longest, done))
    watcher.start()
    start = time.perf_counter()
    sizes = [len(chunk) for chunk in stream(FORMATS[name], parcels(count))]
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        json.dumps(
            {
                "format": name,
                "rows": count,
                "seconds": round(seconds, 2),
                "added_mb": round(added, 1),
                "child_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
                "longest_stall_ms": round(longest[0] * 1000),
                "bytes": sum(sizes),
                "largest_chunk": max(sizes),
            }
        )
    )


def _watch(longest: list[float], done: threading.Event) -> None:
    """How long other threads of the process wait for their turn."""
    while not done.is_set():
        start = time.perf_counter()
        time.sleep(0.005)
        longest[0] = max(longest[0], time.perf_counter() - start - 0.005)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
