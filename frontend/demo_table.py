"""The table that ends the demonstration: features per layer, kilometres before and after, green per inhabitant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from gis_core.city import City
from gis_core.jobs.models import Job
from layers.models import District
from layers.registry import COLLECTIONS


def demo_table(city: City, jobs: Mapping[str, Job]) -> str:
    sections = (
        [f"\n{city.name.in_language(city.languages[0])}"],
        feature_lines(),
        route_lines(jobs["optimize-routes"].outputs["totals"]),
        green_lines(city),
    )
    return "\n".join(line for lines in sections for line in [*lines, ""])


def feature_lines() -> Iterable[str]:
    yield f"{'Collection':32}{'features':>10}"
    counts = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} AS n, {} AS id, count(*) FROM {}").format(n, c.id, sql.Identifier(c.table))
        for n, c in enumerate(COLLECTIONS.values())
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT id, count FROM ({}) counts ORDER BY n").format(counts))
        for collection, count in cursor.fetchall():
            yield f"{collection:32}{count:10,}"


ROUTE_ROWS = (
    ("kilometres", "distance_km", 1),
    ("hours", "duration_h", 1),
    ("vehicles", "vehicles", 0),
    ("visits to a disposal site", "tips", 0),
    ("containers served", "served", 0),
)


def route_lines(totals: Mapping[str, Any]) -> Iterable[str]:
    """`totals` is the output of process optimize-routes."""
    before = totals["baseline"]
    yield f"{'Routes of ' + totals['date']:32}{'nearest neighbour':>20}{'optimised':>12}"
    for title, key, digits in ROUTE_ROWS:
        yield f"{title:32}{_number(before[key], digits):>20}{_number(totals[key], digits):>12}"
    if totals["saved_pct"] is not None:
        yield f"({totals['saved_pct']:g} % of the kilometres saved)"
    if missed := len(totals["unreachable"]) + len(totals["unserved"]):
        yield f"({missed} of {totals['containers']} due containers are not served: the job's page says which and why)"


def green_lines(city: City) -> Iterable[str]:
    goal = city.threshold("green_m2_per_inhabitant").value
    name = f"name_{city.languages[0]}"
    yield f"{'District':32}{'inhabitants':>12}{'green m² each':>15}{'within 300 m':>14}"
    columns = (name, "population", "green_m2_per_inhabitant", "green_within_300_m_pct")
    for title, people, each_m2, near_pct in District.objects.order_by(name).values_list(*columns):
        yield f"{title[:31]:32}{_number(people, 0):>12}{_number(each_m2, 1):>15}{_number(near_pct, 0, ' %'):>14}"
    yield f"(goal: {goal:g} m² per inhabitant)"


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "unknown" if value is None else f"{value:,.{digits}f}{unit}"
