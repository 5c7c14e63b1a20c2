"""Rates under load: requests by wrk, statements by pgbench."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

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
    client: Client, paths: Sequence[str], home: Path, *, clients: int, threads: int, seconds: int, encoding: str = ""
) -> float:
    """Answers in a second; raises AssertionError if any is missing or no success."""
    listed = home / "paths.txt"
    listed.write_text("\n".join(paths) + "\n", encoding="utf-8")
    command = ["wrk", "-t", str(threads), "-c", str(clients), "-d", f"{seconds}s", "-s", str(SCRIPT)]
    env = {**os.environ, "BENCH_PATHS": str(listed), "BENCH_ENCODING": encoding or "identity"}
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{client.port}"], env=env, check=True, capture_output=True, text=True
    ).stdout
    found = _DONE.search(told)
    assert found and found[2] == "0", told
    return int(found[1]) / int(found[3]) * 1e6


def run_statements(program: str, url: str, script: str, home: Path, *, clients: int, seconds: int) -> float:
    """Statements in a second, prepared once in each connection and planned for each tile, as our server does."""
    path = home / "tile.sql"
    path.write_text(script, encoding="utf-8")
    command = [program, "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f", str(path), url]
    env = {**os.environ, "PGOPTIONS": "-c plan_cache_mode=force_custom_plan"}
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    found = _RATE.search(told)
    assert found, told
    return float(found[1])


def script_of(statement: Callable[[TileId], Statement], z: int) -> str:
    """pgbench's script of the statement for any tile full of the city: each value that differs from tile to tile is
    reckoned from the tile's column and row."""
    tiles = filled_tiles(z)
    first, last = tiles[0], tiles[-1]
    query, origin = statement(first)
    right = statement(TileId(z, first.x + 1, first.y))[1]
    down = statement(TileId(z, first.x, first.y + 1))[1]
    lines = [f"\\set x random(0, {last.x - first.x})", f"\\set y random(0, {last.y - first.y})"]
    values = []
    for n, (start, beside, below, end) in enumerate(zip(origin, right, down, statement(last)[1], strict=True)):
        if start == beside == below == end:
            values.append(sql.Literal(start).as_string())
            continue
        reckoned = start + (beside - start) * (last.x - first.x) + (below - start) * (last.y - first.y)  # type: ignore[operator]
        assert abs(reckoned - end) <= 1e-6 * abs(end), f"value {n} is no sum of column and row"  # type: ignore[operator]
        lines.append(f"\\set v{n} {start!r} + :x * {beside - start!r} + :y * {below - start!r}")  # type: ignore[operator]
        values.append(f"(:v{n})::{'int8' if isinstance(start, int) else 'float8'}")
    text = re.sub("%[s%]", lambda hole: values.pop(0) if hole[0] == "%s" else "%", query.as_string())
    return "\n".join([*lines, f"{text};", ""])
