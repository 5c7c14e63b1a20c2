"""Servers for the time of a measurement: on a free loopback port, ended with everything they started."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_WITHIN_S = 60
END_WITHIN_S = 10


class Client:
    """One kept connection to a server. Raises AssertionError for any status but those in `good`.

    group: the process group of the server, whose memory `memory_of` tells.
    """

    def __init__(self, port: int, group: int = 0) -> None:
        self.port, self.group = port, group
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path: str, *, good: tuple[int, ...] = (200, 204), encoding: str = "identity") -> bytes:
        """The body as it came."""
        return self._ask("GET", path, None, {"accept-encoding": encoding}, good)[1]

    def patch(self, path: str, body: bytes, headers: Mapping[str, str]) -> str:
        """The ETag of what the patch made."""
        return str(self._ask("PATCH", path, body, headers, (200, 204))[0]["etag"])

    def count_bytes(self, path: str) -> int:
        """Read an answer of any size without keeping it."""
        self._connection.request("GET", path, headers={"accept-encoding": "identity"})
        response = self._connection.getresponse()
        total = 0
        while part := response.read(1 << 20):
            total += len(part)
        if response.status != 200:
            raise AssertionError(f"{path}: {response.status}")
        return total

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], good: tuple[int, ...]
    ) -> tuple[http.client.HTTPMessage, bytes]:
        everything = {"accept-encoding": "identity", **headers}
        try:
            self._connection.request(method, path, body, everything)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()  # a server may give up a connection that others kept waiting
            self._connection.request(method, path, body, everything)
            response = self._connection.getresponse()
        answer = response.read()
        if response.status not in good:
            raise AssertionError(f"{path}: {response.status} {answer[:300]!r}")
        return response.headers, answer

    def close(self) -> None:
        self._connection.close()


def granian(application: str, *, workers: int) -> list[str]:
    """The command that serves an ASGI application as script/server does; `served` fills in the port."""
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
    ]
    return [*command, "--workers", str(workers), "--no-ws", "--log-level", "warning", application]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    command: Sequence[str], *, env: Mapping[str, str], ready: str, log: Path, cwd: Path, port: int = 0
) -> Iterator[Client]:
    """Start `command` ("{port}" in it is filled in), wait until `ready` answers 200, and end it however we leave.

    port: given where a file of settings names it.
    """
    port = port or free_port()
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
        client = Client(port, process.pid)
        try:
            _wait(process, client, ready, log)
            yield client
        finally:
            client.close()
            end(process)


def memory_of(group: int) -> float:
    """Resident memory in MB of all processes of a group; pages that they share count for each of them."""
    pages = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()
            if int(state[2]) == group:
                pages += int((process / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


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
