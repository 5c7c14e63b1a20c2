"""The table that ends the demonstration: features per layer, kilometres before and after, green per inhabitant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
        route_lines(jobs["optimize-routes"].outputs or {}),
        green_lines(city),
    )
    return "\n".join(line for lines in sections for line in [*lines, ""])


def feature_lines() -> Iterable[str]:
    yield f"{'Collection':32}{'features':>10}"
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(c.id), sql.Identifier(c.table)) for c in COLLECTIONS.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        for collection, count in cursor.fetchall():
            yield f"{collection:32}{count:10,}"


def green_lines(city: City) -> Iterable[str]:
    goal = city.threshold("green_m2_per_inhabitant").value
    name = f"name_{city.languages[0]}"
    yield f"{'District':32}{'inhabitants':>12}{'green m² each':>15}{'within 300 m':>14}"
    for row in District.objects.order_by("-green_m2_per_inhabitant", name).values_list(
        name, "population", "green_m2_per_inhabitant", "green_within_300_m_pct"
    ):
        yield f"{row[0][:31]:32}{_number(row[1], 0):>12}{_number(row[2], 1):>15}{_number(row[3], 0, ' %'):>14}"
    yield f"(goal: {goal:g} m² per inhabitant)"


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "unknown" if value is None else f"{value:,.{digits}f}{unit}"
