"""The database is made when missing; what cannot be mended here names its cure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from psycopg import sql

from gis_core.errors import Unavailable
from gis_core.provision import connect, ensure_database, ensure_extensions

GIVEN = settings.DATABASES["default"]
NAME = f"casagis_test_provision_{os.getpid()}"
GUEST = f"casagis_test_guest_{os.getpid()}"


def administer(statement: str, name: str) -> None:
    with connect(GIVEN, "postgres") as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@pytest.fixture
def missing() -> Iterator[dict[str, Any]]:
    """A database that does not exist; dropped afterwards."""
    yield {**GIVEN, "NAME": NAME}
    administer("DROP DATABASE IF EXISTS {}", NAME)


@pytest.fixture
def guest() -> Iterator[dict[str, Any]]:
    """The same for a user who may make neither databases nor extensions."""
    administer("CREATE ROLE {} LOGIN PASSWORD 'guest'", GUEST)
    yield {**GIVEN, "NAME": NAME, "USER": GUEST, "PASSWORD": "guest"}
    administer("DROP DATABASE IF EXISTS {}", NAME)
    administer("DROP ROLE {}", GUEST)


def test_ensure_database_makes_it_once(missing: dict[str, Any]) -> None:
    assert ensure_database(missing) is True
    assert ensure_database(missing) is False
    ensure_extensions(missing)
    ensure_extensions(missing)
    with connect(missing, NAME) as connection:
        assert connection.execute(
            "SELECT similarity('parc', 'parc')::float, ST_X(ST_Point(5, 0))"
        ).fetchone() == (1.0, 5.0)


def test_ensure_database_without_the_right_names_the_cure(guest: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match=f"createdb {NAME}"):
        ensure_database(guest)


def test_ensure_extensions_without_the_right_names_the_statement(guest: dict[str, Any]) -> None:
    administer("CREATE DATABASE {}", NAME)
    with pytest.raises(Unavailable, match="CREATE EXTENSION postgis"):
        ensure_extensions(guest)


def test_ensure_database_when_nothing_answers_says_where_to_look(missing: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="script/postgres status"):
        ensure_database({**missing, "HOST": "127.0.0.1", "PORT": 1})
