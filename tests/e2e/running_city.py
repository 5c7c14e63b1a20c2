"""A demo city of its own, served: database, static files, server and worker, all gone afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.databases import migrated_template, new_database, url_of
from tests.frontend.messages import compile_catalogues

PLANNER = ("planner-e2e", "a long e2e passphrase")
_MAKE_PLANNER = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user({name!r}, password={password!r})
user.groups.add(Group.objects.get_or_create(name="planner")[0])
"""


@dataclass(frozen=True)
class RunningCity:
    """`manage` runs a management command against the city's database."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout


@contextmanager
def serve_city(slug: str, server: dict[str, Any], var: Path) -> Iterator[RunningCity]:
    """Load `slug` into a new database on `server` (Django's settings of a connection) and serve it on a free port."""
    name = f"casagis_e2e_{slug}_{os.getpid()}"
    with new_database(server, name, migrated_template(server)):
        environment = {
            **os.environ,
            "CASAGIS_CITY": slug,
            "CASAGIS_VAR": str(var),
            "DATABASE_URL": url_of(server, name),
        }
        environment.pop("CASAGIS_TEST_DB", None)
        city = RunningCity(f"http://127.0.0.1:{_free_port()}", environment)
        compile_catalogues()
        city.manage("migrate", "-v0")
        city.manage("collectstatic", "--noinput", "-v0")
        city.manage("process", "load-city", "--quiet")
        city.manage("shell", "-c", _MAKE_PLANNER.format(name=PLANNER[0], password=PLANNER[1]))
        with _running(city, var):
            yield city


@contextmanager
def _running(city: RunningCity, var: Path) -> Iterator[None]:
    port = city.url.rpartition(":")[2]
    server = [
        "granian",
        "--interface",
        "asgi",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--no-ws",
        "gis_core.asgi:application",
    ]
    worker = ["manage.py", "procrastinate", "-v", "0", "worker"]
    with (var / "e2e.log").open("wb") as log:
        running = [
            subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=city.environment, stdout=log, stderr=log
            )
            for command in (["-m", *server], worker)
        ]
        try:
            _wait(f"{city.url}/healthz", running[0], var / "e2e.log")
            yield
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                _reap(process)


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, *, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer: {log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
