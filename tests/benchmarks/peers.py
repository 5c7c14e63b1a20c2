"""The peers: installed from hashed locks into environments of their own, because their versions would fight ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tests.benchmarks.servers import Client, served
from tiles.grids import BUFFER, EXTENT

HERE = Path(__file__).parent


def install(name: str, home: Path) -> Path:
    """The bin folder of the environment that <name>.lock describes; made when it is missing or the lock changed."""
    lock = HERE / f"{name}.lock"
    folder, stamp = home / name, home / f"{name}.sha256"
    wanted = sha256(lock.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        home.mkdir(parents=True, exist_ok=True)
        uv = [str(Path(sys.executable).with_name("uv"))]
        subprocess.run([*uv, "venv", "-q", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run(
            [
                *uv,
                "pip",
                "sync",
                "-q",
                "--require-hashes",
                "--python",
                str(folder / "bin" / "python"),
                str(lock),
            ],
            check=True,
        )
        stamp.write_text(wanted)
    return folder / "bin"


@contextmanager
def tipg(home: Path, database_url: str) -> Iterator[Client]:
    """tipg under uvicorn with uvloop, one worker, its caps out of the way and its tiles of our extent and buffer."""
    program = install("tipg", home)
    env = {
        "DATABASE_URL": database_url,
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        "TIPG_TILE_BUFFER": str(BUFFER),
        "TIPG_CATALOG_TTL": "86400",
        "TIPG_DB_SCHEMAS": '["public"]',
    }
    command = [
        str(program / "uvicorn"),
        "tipg.main:app",
        "--port",
        "{port}",
        "--workers",
        "1",
        "--no-access-log",
    ]
    with served(command, env=env, ready="/healthz", log=home / "tipg.log", cwd=home) as client:
        yield client
