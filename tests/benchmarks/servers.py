"""Servers for the time of a measurement: on a free loopback port, ended with everything they started."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_WITHIN_S = 60
END_WITHIN_S = 10


class Client:
    """One kept connection; `get` answers the body. Raises AssertionError for any status but those in `good`."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path: str, *, good: tuple[int, ...] = (200, 204)) -> bytes:
        self._connection.request("GET", path, headers={"accept-encoding": "identity"})
        response = self._connection.getresponse()
        body = response.read()
        if response.status not in good:
            raise AssertionError(f"{path}: {response.status} {body[:300]!r}")
        return body

    def close(self) -> None:
        self._connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    command: Sequence[str], *, env: Mapping[str, str], ready: str, log: Path, cwd: Path
) -> Iterator[Client]:
    """Start `command` ("{port}" in it is filled in), wait until `ready` answers 200, and end it however we leave."""
    port = free_port()
    filled = [part.replace("{port}", str(port)) for part in command]
    if setpriv := shutil.which("setpriv"):
        filled = [setpriv, "--pdeathsig", "TERM", *filled]
    with log.open("wb") as out:
        process = subprocess.Popen(
            filled,
            env={**os.environ, **env},
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
        )
        client = Client(port)
        try:
            _wait(process, client, ready, log)
            yield client
        finally:
            client.close()
            end(process)


def _wait(process: subprocess.Popen[bytes], client: Client, ready: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            client.get(ready)
            return
        except (OSError, http.client.HTTPException, AssertionError):
            client.close()
            time.sleep(0.1)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"The server did not answer at {ready} within {START_WITHIN_S} s:\n{tail}")


def end(process: subprocess.Popen[bytes]) -> None:
    """The process and what it started: first asked, then killed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(END_WITHIN_S)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
