"""Rates under load: requests by wrk, statements by pgbench."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import sql

from tests.benchmarks.servers import Client
from tests.benchmarks.tiles.subjects import filled_tiles
from tiles.grids import TileId
from tiles.vector.sql import Statement

SCRIPT = Path(__file__).with_name("load.lua")
_DONE = re.compile(r"answered (\d+) failed (\d+) microseconds (\d+)")
_RATE = re.compile(r"tps = ([0-9.]+)")


def pgbench() -> str | None:
    """Debian keeps it beside the server."""
    beside = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    return shutil.which("pgbench") or (str(beside[-1]) if beside else None)


def ask(
    client: Client,
    paths: Sequence[str],
    home: Path,
    *,
    clients: int,
    threads: int,
    seconds: int,
    encoding: str = "",
) -> float:
    """Answers in a second; raises AssertionError if any is missing or no success."""
    listed = home / "paths.txt"
    listed.write_text("\n".join(paths) + "\n", encoding="utf-8")
    command = [
        "wrk",
        "-t",
        str(threads),
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
        "--timeout",
        "60s",
        "-s",
        str(SCRIPT),
    ]
    env = {**os.environ, "BENCH_PATHS": str(listed), "BENCH_ENCODING": encoding or "identity"}
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{client.port}"], env=env, check=True, capture_output=True, text=True
    ).stdout
    found = _DONE.search(told)
    assert found and found[2] == "0", told
    return int(found[1]) / int(found[3]) * 1e6


def run_statements(program: str, url: str, script: str, home: Path, *, clients: int, seconds: int) -> float:
    """Statements in a second, prepared and planned once in each connection, as our server does."""
    path = home / "tile.sql"
    path.write_text(script, encoding="utf-8")
    command = [program, "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f", str(path), url]
    env = {**os.environ, "PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    found = _RATE.search(told)
    assert found, told
    return float(found[1])


def script_of(statement: Callable[[TileId], Statement], z: int) -> str:
    """pgbench's script of the statement for any tile full of the city: each value that differs from tile to tile is
    reckoned from the tile's column and row and those of the tile around it one zoom before."""
    tiles = filled_tiles(z)
    first, last = tiles[0], tiles[-1]
    sample = [tile for tile in tiles if tile.x < first.x + 4 and tile.y < first.y + 4] + [last]
    steps = [(t.x - first.x, t.y - first.y, t.x // 2 - first.x // 2, t.y // 2 - first.y // 2) for t in sample]
    query, origin = statement(first)
    lines = [f"\\set x random(0, {last.x - first.x})", f"\\set y random(0, {last.y - first.y})"]
    lines += [f"\\set half_x (:x + {first.x % 2}) / 2", f"\\set half_y (:y + {first.y % 2}) / 2"]
    texts = []
    for n, values in enumerate(zip(*(statement(tile)[1] for tile in sample), strict=True)):
        if all(value == values[0] for value in values):
            texts.append(sql.Literal(values[0]).as_string())
            continue
        found = _factors(steps, values)
        terms = zip(found, (":x", ":y", ":half_x", ":half_y"), strict=True)
        lines.append(
            f"\\set v{n} {origin[n]!r}" + "".join(f" + {step!r} * {name}" for step, name in terms if step)
        )
        texts.append(f"(:v{n})::{'int8' if isinstance(values[0], int) else 'float8'}")
    text = re.sub("%[s%]", lambda hole: texts.pop(0) if hole[0] == "%s" else "%", query.as_string())
    return "\n".join([*lines, f"{text};", ""])


def _factors(steps: Sequence[Sequence[int]], values: Sequence[Any]) -> list[float]:
    """How much each step adds to the first value."""
    found = np.linalg.lstsq(np.array(steps), np.array(values) - values[0], rcond=None)[0]
    found = np.round(found, 0 if isinstance(values[0], int) else 8)
    wrong = np.abs(values[0] + np.array(steps) @ found - np.array(values)).max()
    assert wrong <= 1e-4, f"{values} are no sums of columns and rows"
    return [int(step) if isinstance(values[0], int) else float(step) for step in found]
