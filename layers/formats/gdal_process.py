"""GDAL in a process of its own: Arrow batches go in by a pipe, a file comes out.

GDAL holds Python's lock while it builds an index (measured: 1.1 s for the FlatGeobuf of 400,000 parcels), in which the
server would answer nobody; and what crashes inside it crashes alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import pyarrow as pa

FAREWELL_S = 600  # to build the index and close the file


def write_layer(batches: pa.RecordBatchReader, path: Path, **options: object) -> None:
    """pyogrio.raw.write_arrow there; raises RuntimeError with what it said. Without the last batch, no file is kept."""
    told = path.with_name("gdal.txt")
    command = [sys.executable, "-m", __name__, str(path), json.dumps(options)]
    with told.open("wb") as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors)  # noqa: S603  our own module
    try:
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # it ended early, and says why
                _send(batches, process.stdin)
        failed = process.wait(FAREWELL_S)
    finally:
        process.kill()
        process.wait()
    text = told.read_text(errors="replace")
    told.unlink()
    if failed:
        raise RuntimeError(f"GDAL did not write {path.name}: {text[-2000:]}")


def _send(batches: pa.RecordBatchReader, pipe: IO[bytes]) -> None:
    try:
        with pa.ipc.new_stream(pa.PythonFile(pipe, mode="w"), batches.schema) as stream:
            for batch in batches:
                stream.write_batch(batch)
    finally:
        with suppress(BrokenPipeError):
            pipe.close()


def main(path: str, options: str) -> None:
    """The other end of the pipe."""
    for module in (
        "geopandas",
        "pandas",
        "shapely",
    ):  # pyogrio writes Arrow without them: less to load and to hold
        sys.modules[module] = None  # type: ignore[assignment]
    from pyogrio.raw import write_arrow  # noqa: PLC0415

    with pa.ipc.open_stream(sys.stdin.buffer) as batches:
        write_arrow(batches, path, **json.loads(options))


if __name__ == "__main__":
    main(*sys.argv[1:])
