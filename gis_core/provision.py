"""The database before Django uses it: made when missing, and able to hold the layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from gis_core.errors import Unavailable

EXTENSIONS = ("postgis", "pg_trgm")
Given = Mapping[str, Any]  # an entry of Django's DATABASES


def ensure_database(given: Given) -> bool:
    """True when the database had to be made. Raises Unavailable with the cure."""
    try:
        connect(given, given["NAME"]).close()
    except psycopg.OperationalError as error:
        _create(given, reason=error)
        return True
    return False


def _create(given: Given, *, reason: psycopg.Error) -> None:
    name = given["NAME"]
    try:
        with connect(given, "postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                raise Unavailable(f"Database {name} exists but does not let us in: {reason}".strip())
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"PostgreSQL does not answer. Check DATABASE_URL, or script/postgres status. It said: {error}"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            f"Database {name} is missing and this user may not make it: createdb {name}, then again."
        ) from error


def ensure_extensions(given: Given) -> None:
    """PostGIS and trigrams in the database. Raises Unavailable with what its administrator has to do."""
    with connect(given, given["NAME"]) as connection:
        for extension in EXTENSIONS:
            _ensure_extension(connection, extension, given["NAME"])


def _ensure_extension(connection: psycopg.Connection[Any], extension: str, database: str) -> None:
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension]).fetchone():
        return
    if not connection.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = %s", [extension]
    ).fetchone():
        raise Unavailable(
            f"The PostgreSQL server of {database} does not have {extension}. "
            "Install it there (Debian: apt-get install postgresql-postgis postgresql-contrib)."
        )
    try:
        connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            f"This user may not add {extension}. Ask a superuser: psql {database} -c 'CREATE EXTENSION {extension}'."
        ) from error


def connect(given: Given, database: str) -> psycopg.Connection[Any]:
    """An autocommit connection to any database of the server, past Django and its pool."""
    options = {key: value for key, value in given["OPTIONS"].items() if key != "pool"}
    return psycopg.connect(
        dbname=database,
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        autocommit=True,
        **{"connect_timeout": 10, **options},
    )
