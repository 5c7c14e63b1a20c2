"""What the prepared bands cost: one edit, and a load of many rows, with their triggers and without. All rolled back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import geopandas as gpd
import numpy as np
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from gis_core.geometry import BBox
from layers.registry import get_collection
from layers.services.load import load_features
from tests.benchmarks import data
from tests.benchmarks.frame import Case, Row, to_row
from tests.benchmarks.stage import Stage

TRIGGERS = "casagis_bands%"
MOST_MS, MOST_SHARE = 2.0, 1.0  # of a row; of the load itself
BATCHES, EDITS, FIRST = 6, 20, 5  # the first edits of a batch plan and fetch what the others have
ROUNDS = 3


def run(scene: Stage) -> Iterator[Row]:
    for name in ("parcels", "green-spaces"):
        scene.say(f"measuring the bands of {name}")
        yield one_edit(scene, name)
        yield one_load(scene, name)


def one_edit(scene: Stage, name: str) -> Row:
    """Each edit moves one feature by some centimetres."""
    table = get_collection(name).table
    statement = sql.SQL("UPDATE {} SET geom = ST_Translate(geom, 1e-6, 0) WHERE id = %s").format(
        sql.Identifier(table)
    )
    spent: dict[bool, list[float]] = {True: [], False: []}
    with psycopg.connect(scene.url) as own:
        ids = own.execute(
            sql.SQL("SELECT id FROM {} ORDER BY random() LIMIT {}").format(
                sql.Identifier(table), sql.Literal(2 * BATCHES * (EDITS + FIRST))
            )
        ).fetchall()
        own.rollback()
        for batch in range(2 * BATCHES):
            kept = batch % 2 == 0
            with own.transaction(force_rollback=True), own.cursor() as cursor:
                if not kept:
                    switch_off(cursor, table)
                times = []
                for key in ids[batch * (EDITS + FIRST) : (batch + 1) * (EDITS + FIRST)]:
                    start = time.perf_counter()
                    cursor.execute(statement, key)
                    times.append(time.perf_counter() - start)
                spent[kept] += times[FIRST:]
    with_bands, without = (float(np.median(spent[kept])) * 1000 for kept in (True, False))
    case = Case(f"{name}: one edit of a geometry, what the bands add", print, goal=1.0)
    figures = {"ours": with_bands - without, "limit": MOST_MS}
    note = f"{with_bands:.2f} ms with the bands, {without:.2f} ms without"
    return to_row(case, figures, 2 * BATCHES * EDITS, note=note)


def one_load(scene: Stage, name: str) -> Row:
    """Rows like the others, a twentieth of them, through the door that files take."""
    frame = _more(scene, name)
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * ROUNDS):
        kept = number % 2 == 0
        with _rolled_back():
            if not kept:
                with connection.cursor() as cursor:
                    switch_off(cursor, get_collection(name).table)
            start = time.perf_counter()
            report = load_features(name, frame, source="synthetic")
            spent[kept].append(time.perf_counter() - start)
            assert report.added == len(frame), report.as_dict()
    with_bands, without = (float(np.median(spent[kept])) for kept in (True, False))
    case = Case(f"{name}: load of {len(frame):,}, what the bands add", print, goal=1.0)
    figures = {"ours": with_bands - without, "limit": MOST_SHARE * without}
    note = f"{with_bands:.2f} s with the bands, {without:.2f} s without: {with_bands / without - 1:.2f} times the load"
    return to_row(case, figures, 2 * ROUNDS, unit="s", note=note)


def _more(scene: Stage, name: str) -> gpd.GeoDataFrame:
    """As dense as the city, in a corner of it."""
    share = 1 / 20
    city, margin = settings.CITY.bbox, data.MARGIN
    west, south = city.west + margin, city.south + margin
    across, up = (city.east - margin - west) * share**0.5, (city.north - margin - south) * share**0.5
    make, whole = {
        "parcels": (data.parcels, scene.size.parcels),
        "green-spaces": (data.greens, scene.size.counts["green-spaces"]),
    }[name]
    frame = make(scene.random(), int(whole * share), BBox(west, south, west + across, south + up))
    return frame.assign(external_id="more-" + frame["external_id"])


def switch_off(cursor: psycopg.Cursor[tuple[object, ...]], table: str) -> None:
    """The triggers of the bands, until the transaction is rolled back."""
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s", [table, TRIGGERS]
    )
    names = [name for (name,) in cursor.fetchall()]
    assert names, f"{table} has no trigger named {TRIGGERS}"
    for name in names:
        query = sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}")
        cursor.execute(query.format(sql.Identifier(table), sql.Identifier(str(name))))


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
