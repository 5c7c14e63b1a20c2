"""python -m tests.layers.formats.memory ROWS [FORMAT...]: what downloading so many parcels takes, as JSON."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from pathlib import Path

import django


def main(count: int, names: list[str]) -> None:
    django.setup()
    from layers.formats.catalog import FORMATS  # noqa: PLC0415  after Django is set up

    for name in FORMATS:
        _download(name, 10)  # what the libraries themselves take
    for name in names or FORMATS:
        print(json.dumps({"format": name, "rows": count, **measure(name, count)}), flush=True)


def measure(name: str, count: int) -> dict[str, float]:
    """Seconds, bytes, megabytes that the process grew by at most and that GDAL's own process held, and the longest
    time in which another thread had no turn."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now
    before = _megabytes("self", "VmRSS")
    watcher = _Watcher()
    watcher.start()
    start = time.perf_counter()
    size = _download(name, count)
    seconds = time.perf_counter() - start
    watcher.done.set()
    watcher.join()
    return {
        "seconds": round(seconds, 1),
        "bytes": size,
        "added_mb": round(_megabytes("self", "VmHWM") - before),
        "gdal_mb": round(watcher.child_mb),
        "longest_stall_ms": round(watcher.stall_s * 1000),
    }


def _download(name: str, count: int) -> int:
    from layers.formats.catalog import FORMATS  # noqa: PLC0415
    from layers.formats.download import stream  # noqa: PLC0415
    from tests.layers.formats.parcels import parcels  # noqa: PLC0415

    return sum(map(len, stream(FORMATS[name], parcels(count))))


class _Watcher(threading.Thread):
    def __init__(self) -> None:
        super().__init__()
        self.done = threading.Event()
        self.stall_s = 0.0
        self.child_mb = 0.0

    def run(self) -> None:
        while not self.done.is_set():
            start = time.perf_counter()
            time.sleep(0.01)
            self.stall_s = max(self.stall_s, time.perf_counter() - start - 0.01)
            self.child_mb = max([self.child_mb, *map(_child_megabytes, _children())])


def _children() -> list[str]:
    return [pid for path in Path("/proc/self/task").glob("*/children") for pid in _read(path).split()]


def _child_megabytes(pid: str) -> float:
    """0 while it is still the fork of this process."""
    return _megabytes(pid, "VmRSS") if "gdal_process" in _read(Path(f"/proc/{pid}/cmdline")) else 0.0


def _megabytes(pid: str, key: str) -> float:
    found = re.search(rf"{key}:\s+(\d+) kB", _read(Path(f"/proc/{pid}/status")))
    return int(found[1]) / 1024 if found else 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended
        return ""


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
