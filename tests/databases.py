"""Databases of the tests: copied from one that was migrated, because a migration from nothing takes ten seconds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from gis_core.provision import connect

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("gis_core", "layers", "tiles")  # the rooms with tables
LOCK = 4_430_000  # of pg_advisory_lock in the database postgres: one process makes the template, others wait


def url_of(server: Mapping[str, Any], name: str) -> str:
    user, password = quote(server["USER"]), quote(server["PASSWORD"] or "")
    host, port = quote(str(server["HOST"]), safe=""), server["PORT"] or 5432
    return f"postgresql://{user}:{password}@/{name}?host={host}&port={port}"


@contextmanager
def new_database(server: Mapping[str, Any], name: str, template: str) -> Iterator[None]:
    """A copy of `template`, dropped afterwards whoever is connected. `migrate` adapts it to its city."""
    with connect(server, "postgres") as opened:
        _drop(opened, name)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        opened.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield
        finally:
            _drop(opened, name)


def migrated_template(server: Mapping[str, Any]) -> str:
    """The database of today's migrations, made when it is missing; this checkout's older ones are dropped."""
    prefix = f"{os.environ.get('CASAGIS_TEST_DB', 'test_casagis')}_template_"
    name = f"{prefix}{digest(ROOT)}"
    with connect(server, "postgres") as opened:
        opened.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        found = opened.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        known = {row[0] for row in found}
        if name not in known:
            for old in known:
                _drop(opened, old)
            _make(opened, server, name)
    return name


def digest(root: Path) -> str:
    """Of everything that a migration may run: another one for any other source, so that a template is never stale."""
    files = [file for room in SOURCES for file in (root / room).rglob("*") if file.suffix in {".py", ".sql"}]
    total = hashlib.sha256()
    for file in sorted([*files, root / "requirements.lock"]):
        total.update(f"{file.relative_to(root)} {file.stat().st_size}\n".encode() + file.read_bytes())
    return total.hexdigest()[:16]


def _make(opened: psycopg.Connection[Any], server: Mapping[str, Any], name: str) -> None:
    """It gets its name when it is whole; nobody may connect to it then, for that would forbid to copy it."""
    unready = f"{name}_unready"
    opened.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unready)))
    environment = {key: value for key, value in os.environ.items() if key != "CASAGIS_TEST_DB"}
    environment |= {"DATABASE_URL": url_of(server, unready), "CASAGIS_CITY": "casablanca"}
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    names = sql.Identifier(unready), sql.Identifier(name)
    opened.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(names[0]))
    opened.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _drop(opened: psycopg.Connection[Any], name: str) -> None:
    opened.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
