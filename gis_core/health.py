"""GET /healthz: 200 when the database answers, 503 and the reason when it does not."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
            (postgis,) = cursor.fetchone()
    except DatabaseError as error:
        return JsonResponse({"status": "fail", "detail": f"PostGIS does not answer: {error}"}, status=503)
    return JsonResponse({"status": "pass", "city": settings.CITY.slug, "postgis": postgis})
