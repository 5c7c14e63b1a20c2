"""Signing in by password: five wrong ones from one address lock that user name there for a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.problems import MEDIA_TYPE, problem


class LockoutBackend(AxesStandaloneBackend):  # type: ignore[misc]
    """First of AUTHENTICATION_BACKENDS: lets nobody through itself, and stops who is locked out."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Without a request it is no visitor who asks, but a command or a test."""
        if request is not None:
            super().authenticate(request, **credentials)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """429 with the minutes that are left: a page for a browser, a problem document for a program."""
    wait = _time_left(request, credentials)
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    headers = {"Retry-After": str(max(1, int(wait.total_seconds())))}
    if "text/html" in request.headers.get("Accept", ""):
        page = render(request, "registration/locked_out.html", {"minutes": minutes}, status=429)
        page["Retry-After"] = headers["Retry-After"]
        return page
    detail = _("Too many wrong passwords; try again in %(minutes)d minutes.") % {"minutes": minutes}
    return JsonResponse(
        problem(429, "Too many attempts", detail), status=429, content_type=MEDIA_TYPE, headers=headers
    )


def _time_left(request: HttpRequest, credentials: dict[str, Any] | None) -> timedelta:
    """Until the last counted failure is as old as the lock is long."""
    attempts = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    moments = [moment for some in attempts for moment in some.values_list("attempt_time", flat=True)]
    end = max(moments, default=timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(timedelta(), end - timezone.now())
