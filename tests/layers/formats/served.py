"""A real server of one address, /FORMAT/ROWS, for tests of what happens on the way."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from psycopg import sql

from gis_core.asgi import django_application
from layers.formats.catalog import FORMATS
from layers.formats.download import download
from tests.layers.formats.parcels import breaking, parcels

BREAKS_AT = 30_000


def serve(request: HttpRequest, name: str, count: int) -> HttpResponseBase:
    return download(request, FORMATS[name], parcels(count))


def serve_broken(request: HttpRequest, name: str) -> HttpResponseBase:
    """The database fails at a row in the middle."""
    return download(request, FORMATS[name], breaking(BREAKS_AT))


def serve_slow(request: HttpRequest, name: str) -> HttpResponseBase:
    """The database thinks for a second before the first row."""
    return download(
        request, FORMATS[name], replace(parcels(10), where=(sql.SQL("pg_sleep(0.1) IS NOT NULL"), []))
    )


urlpatterns = [
    path("<slug:name>/slow", serve_slow),
    path("<slug:name>/<int:count>", serve),
    path("<slug:name>/broken", serve_broken),
]
settings.ROOT_URLCONF = "tests.layers.formats.served"
application = django_application
