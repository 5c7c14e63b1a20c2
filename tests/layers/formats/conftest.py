"""Committed rows of five collections: a stream reads on a connection of its own, so they stay for a whole module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from layers.models import CollectionRoute, District, Street, Vehicle, WasteContainer

UGLY = 'He said "1 < 2 & 3", twice,\nthen\x0bleft\tl’été'
MOMENT = datetime(2026, 11, 24, 10, 30, 15, 123456, tzinfo=UTC)
HOLED = (
    "MULTIPOLYGON(((-7.6 33.5,-7.57 33.5,-7.57 33.53,-7.6 33.53,-7.6 33.5),"
    "(-7.59 33.51,-7.59 33.52,-7.58 33.52,-7.59 33.51)),((-7.56 33.5,-7.55 33.5,-7.55 33.51,-7.56 33.5)))"
)
ONE_RING = "MULTIPOLYGON(((-7.6 33.54,-7.57 33.54,-7.57 33.5512345,-7.6 33.54)))"
STAMPS = {"created_at": MOMENT, "updated_at": MOMENT}
MODELS = (District, Street, WasteContainer, Vehicle, CollectionRoute)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        _fill()
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                for model in MODELS:
                    cursor.execute(f"TRUNCATE {model._meta.db_table}")
            connection.close()


def _fill() -> None:
    District.objects.create(
        **STAMPS, external_id="d1", name_fr="Aïn Chock", name_ar="عين الشق", name_en="=1+1", population=377_744,
        green_share_pct=1 / 3, green_computed_at=MOMENT, code="'=x", geom=_geometry(HOLED),
    )  # fmt: skip
    District.objects.create(
        **STAMPS,
        external_id="d2",
        name_fr="ح" * 200,
        name_ar=UGLY,
        name_en="-",
        census_year=2024,
        geom=_geometry(ONE_RING),
    )
    for n in range(3):
        Street.objects.create(
            **STAMPS, external_id=f"s{n}", name_ar="شارع محمد الخامس", lanes=None if n else 2, speed_kmh=n * 0.1,
            geom=_geometry(f"LINESTRING(-7.6 33.5{n},-7.61 33.51,-7.62 33.5)"),
        )  # fmt: skip
    WasteContainer.objects.create(
        **STAMPS, external_id="w1", fill_pct=99.5, fill_observed_at=MOMENT, collection_days=[1, 3, 7],
        geom=_geometry("POINT(-7.6234567 33.5654321)"),
    )  # fmt: skip
    WasteContainer.objects.create(**STAMPS, external_id="w2", geom=_geometry("POINT(-7.6 33.5)"))
    Vehicle.objects.create(
        **STAMPS, external_id="v1", depot="@home", capacity_kg=1e-9, capacity_m3=12345.678901234567,
        fractions=["glass", "حديد"], shift_start=time(6, 30), shift_end=time(14, 0, 1),
    )  # fmt: skip
    CollectionRoute.objects.create(
        **STAMPS, external_id="r1", plan="p", vehicle="v1", service_date=date(2026, 11, 24),
        starts_at=time(6, 0), stops=1, distance_km=1.5, duration_min=2.5, load_kg=0,
        geom=_geometry("LINESTRING(-7.6 33.5,-7.61 33.51)"),
    )  # fmt: skip


def _geometry(wkt: str) -> GEOSGeometry:
    return GEOSGeometry(wkt, srid=4326)
