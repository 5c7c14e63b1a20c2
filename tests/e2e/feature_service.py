"""The service with a database of its own and several worker processes; it holds only what a test puts in."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from tests.benchmarks.servers import Client, granian, served
from tests.conftest import ROOT
from tests.databases import url_of

PATCH_TYPE = "application/merge-patch+json"
_MAKE_PLANNER = """
from django.contrib.auth.models import Group, User
from gis_core.tokens import make_token
user = User.objects.create_user("planner-e2e")
user.groups.add(Group.objects.get_or_create(name="planner")[0])
print(make_token(user, name="e2e", scopes=["read", "write"], days=1)[1])
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Service:
    """`url` is the database's; `token` one of a planner of the whole city."""

    url: str
    var: Path
    token: str

    @contextmanager
    def serving(self, workers: int = 2, *, log: str = "server.log") -> Iterator[Client]:
        """The server in a process group of its own, ended however we leave."""
        command = granian("gis_core.asgi:application", workers=workers)
        environment = _environment(self.url, self.var)
        with served(command, env=environment, ready="/healthz", log=self.var / log, cwd=ROOT) as client:
            yield client

    def manage(self, *arguments: str) -> str:
        return _manage(_environment(self.url, self.var), *arguments)

    def rows(self, query: str, *params: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as opened:
            return opened.execute(query, params).fetchall()  # type: ignore[arg-type]


class Planner:
    """One kept connection of a planner; answers whatever the status is."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._always = {"authorization": f"Bearer {token}", "accept": "application/geo+json"}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("content-type", "application/geo+json")
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, {**self._always, **named})
        response = self._connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def tree(species: str, *, counter: int = 0, east: float = -7.6) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [east, 33.55]}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"species": species, "planted_year": counter},
    }


@contextmanager
def feature_service(var: Path) -> Iterator[Service]:
    """On a copy of the tests' empty database, which must be set up."""
    server = connection.settings_dict
    name = f"casagis_e2e_features_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    connection.close()
    connection.close_pool()  # nobody may be connected to what is copied
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as opened:
        opened.execute(drop)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        opened.execute(copy.format(sql.Identifier(name), sql.Identifier(server["NAME"])))
        try:
            url = url_of(server, name)
            yield Service(url, var, _token(url, var))
        finally:
            opened.execute(drop)


def _token(url: str, var: Path) -> str:
    return _manage(_environment(url, var), "shell", "-v0", "-c", _MAKE_PLANNER).split()[-1]


def _manage(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _environment(url: str, var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "CASAGIS_TEST_DB"}
    return {**kept, "DATABASE_URL": url, "CASAGIS_VAR": str(var), "CASAGIS_CITY": "casablanca"}
