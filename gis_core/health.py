"""GET /healthz: 200 when the database answers, 503 and the reason when it does not; "warn" when mail is stuck."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from gis_core.mail import trouble


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
            (postgis,) = cursor.fetchone()
        stuck = trouble()
    except DatabaseError as error:
        return JsonResponse({"status": "fail", "detail": f"PostGIS does not answer: {error}"}, status=503)
    told = {"status": "warn", "detail": stuck} if stuck else {"status": "pass"}
    return JsonResponse({**told, "city": settings.CITY.slug, "postgis": postgis})
