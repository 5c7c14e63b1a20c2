"""The one place where an error becomes application/problem+json (RFC 9457), or a plain page for a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gis_core.challenges import refusal_headers
from gis_core.errors import CasaGISError
from gis_core.schema import require_current

MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, **extra: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}


def problem_of(error: CasaGISError) -> dict[str, Any]:
    return problem(error.status, error.title, error.detail, **error.extra)


class ProblemMiddleware:
    """Turns a CasaGISError into an answer, and what only a migration mends; leaves all else to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        told = cured(error)
        return problem_response(request, problem_of(told)) if isinstance(told, CasaGISError) else None


def cured(error: Exception) -> Exception:
    """Of a table or column that is not there, the reason where it is a database older than the program."""
    if isinstance(error, ProgrammingError):
        try:
            require_current()
        except CasaGISError as older:
            return older
        except DatabaseError:  # the transaction is broken, or the database gone
            return error
    return error


def problem_response(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    status, headers = body["status"], refusal_headers(request, body)
    if "text/html" in request.headers.get("Accept", "") and request.GET.get("f") != "json":
        page = render(request, "problem.html", {"problem": body}, status=status)
        for name, value in headers.items():
            page[name] = value
        return page
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(
        request, problem(404, "Not found", f"There is nothing at {request.path}. Start at /.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_response(
        request, problem(500, "Internal error", "Something broke here; the server's log says what.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    cure = "Reload the page and send again; a script sends the cookie's token in the header X-CSRFToken."
    return problem_response(request, problem(403, "Not allowed", f"{reason} {cure}"))
