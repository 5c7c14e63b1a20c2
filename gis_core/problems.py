"""The one place where an error becomes application/problem+json (RFC 9457), or a plain page for a browser."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gis_core.errors import CasaGISError, NotFound

MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, **extra: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}


def problem_of(error: CasaGISError) -> dict[str, Any]:
    return problem(error.status, error.title, error.detail, **error.extra)


class ProblemMiddleware:
    """Turns a CasaGISError, and Django's 404 outside the admin, into an answer; leaves all else to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404):
            error = NotFound(f"There is nothing at {request.path}. Start at /.")
        if not isinstance(error, CasaGISError):
            return None
        return problem_response(request, problem_of(error))


def problem_response(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        return render(request, "problem.html", {"problem": body}, status=body["status"])
    return JsonResponse(body, status=body["status"], content_type=MEDIA_TYPE)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, problem(404, HTTPStatus(404).phrase, f"There is nothing at {request.path}."))
