"""A database of the benchmarks' own, beside the cities' ones, filled once for each size."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from layers.services.load import load_features
from tests.benchmarks.data import SEED, Size, city
from tests.benchmarks.urls import PREFIX, at_database, name_of


def prepare(size: Size, url: str, say: Callable[[str], None]) -> None:
    """Make and fill the database unless it holds these rows already, and bring its tables up to date.

    Django must be set up on `url`.
    """
    filled = _mark_of(url) == _mark(size)
    if not filled:
        _recreate(url)
    call_command("migrate", verbosity=0, interactive=False)
    if not filled:
        _fill(size, say)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "VACUUM ANALYZE"
        )  # each time: benchmarks leave dead rows, and a migration new tables
        connection.execute(sql.SQL("COMMENT ON TABLE layers_parcel IS {}").format(sql.Literal(_mark(size))))


def warm(url: str) -> None:
    """Bring every row of today into memory, so that no contestant pays for the disk."""
    with psycopg.connect(url) as connection:
        columns = connection.execute(
            "SELECT f_table_name, f_geometry_column FROM geometry_columns WHERE f_table_name NOT LIKE %s",
            ["%event"],
        ).fetchall()
        for table, column in columns:
            query = sql.SQL("SELECT sum(ST_NPoints({})) FROM {}")
            connection.execute(query.format(sql.Identifier(column), sql.Identifier(table)))


def _mark(size: Size) -> str:
    return f"benchmark {size.name} {size.parcels} {size.counts} {SEED}"


def _mark_of(url: str) -> str | None:
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT obj_description(to_regclass('layers_parcel'), 'pg_class')"
            ).fetchone()
    except psycopg.OperationalError:
        return None
    return row[0] if row else None


def _recreate(url: str) -> None:
    name = name_of(url)
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is not a database of the benchmarks")
    with psycopg.connect(at_database(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _fill(size: Size, say: Callable[[str], None]) -> None:
    for collection, frame in city(size, settings.CITY.bbox).items():
        start = time.perf_counter()
        report = load_features(collection, frame, source="synthetic")
        if report.rejected:
            raise RuntimeError(f"{collection}: {report.rejected[0]}")
        say(f"loaded {report.added:,} {collection} in {time.perf_counter() - start:.1f} s")
