"""The database before Django uses it: made when missing, and able to hold the layers."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from gis_core.errors import Unavailable

EXTENSIONS = ("postgis", "pg_trgm")


def ensure_database() -> bool:
    """True when the database of the settings had to be made. Raises Unavailable with the cure."""
    name = settings.DATABASES["default"]["NAME"]
    try:
        _connect(name).close()
    except psycopg.OperationalError as error:
        _create(name, reason=error)
        return True
    return False


def _create(name: str, *, reason: psycopg.Error) -> None:
    try:
        with _connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                raise Unavailable(f"Database {name} exists but does not let us in: {reason}".strip())
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"PostgreSQL does not answer: {error}. Check DATABASE_URL, or script/postgres status."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            f"Database {name} is missing and this user may not make it: createdb {name}, then again."
        ) from error


def ensure_extensions() -> None:
    """PostGIS and trigrams in the database. Raises Unavailable with what its administrator has to do."""
    name = settings.DATABASES["default"]["NAME"]
    with _connect(name) as connection:
        for extension in EXTENSIONS:
            _ensure_extension(connection, extension, name)


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


def _connect(database: str) -> psycopg.Connection[Any]:
    """An autocommit connection by the settings' own parameters, past Django and its pool."""
    given = settings.DATABASES["default"]
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
