"""script/server: web and worker live and die together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts script/server on the tests' database; whatever is left of it is ended afterwards."""
    given = connection.settings_dict
    address = f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@/{given['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"{address}?host={quote(str(given['HOST']), safe='')}&port={given['PORT'] or 5432}"
    }
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [ROOT / "script" / "server", *arguments]
        pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL}
        server = subprocess.Popen(command, env=environment, text=True, **pipes)
        started.append(server)
        return server

    yield start
    for server in started:
        server.terminate()
        server.wait(timeout=30)


def address_of(server: subprocess.Popen[str]) -> str:
    """Waits for the line with the address; fails with what the server said when it ended instead."""
    said = []
    for line in server.stderr:
        said.append(line)
        if " answers at " in line:
            return line.split(" answers at ")[1].split()[0]
    pytest.fail("".join(said))


def children(server: subprocess.Popen[str]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def ended(pids: list[int], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    """A zombie that nobody has collected yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_server_answers_and_ends_both_on_term(start: Start) -> None:
    server = start()
    with urllib.request.urlopen(f"{address_of(server)}healthz") as answer:
        assert answer.status == 200
    pids = children(server)
    assert len(pids) == 2
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0
    assert ended(pids)


def test_server_ends_when_the_worker_dies(start: Start) -> None:
    server = start()
    address_of(server)
    web, worker = children(server)
    os.kill(worker, signal.SIGKILL)
    assert server.wait(timeout=30) == 1
    assert "the worker ended by itself" in server.stderr.read()
    assert ended([web])


def test_server_killed_outright_leaves_nothing_behind(start: Start) -> None:
    server = start()
    address_of(server)
    pids = children(server)
    server.kill()
    assert ended(pids)


def test_server_refuses_a_taken_port(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = start("--port", port)
        assert server.wait(timeout=30) == 1
    assert f"port {port} is taken" in server.stderr.read()


def test_server_refuses_an_unknown_option(start: Start) -> None:
    server = start("--prot", "80")
    assert (server.wait(timeout=30), "unknown option --prot" in server.stderr.read()) == (1, True)
