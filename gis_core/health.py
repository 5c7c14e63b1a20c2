"""GET /healthz: 200 when the database answers and is as old as the program ("warn": mail is stuck), else 503, why."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from gis_core.errors import Unavailable
from gis_core.mail import trouble
from gis_core.schema import require_current


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
            (postgis,) = cursor.fetchone()
        require_current()
        stuck = trouble()
    except Unavailable as error:
        return JsonResponse({"status": "fail", "detail": error.detail}, status=503)
    except DatabaseError as error:
        return JsonResponse({"status": "fail", "detail": f"PostGIS does not answer: {error}"}, status=503)
    told = {"status": "warn", "detail": stuck} if stuck else {"status": "pass"}
    return JsonResponse({**told, "city": settings.CITY.slug, "postgis": postgis})
