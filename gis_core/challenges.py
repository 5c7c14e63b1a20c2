"""The headers that go with a refusal: how to sign in (RFC 7617, RFC 6750), how long to wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

REALM = "CasaGIS"


def refusal_headers(request: HttpRequest, body: Mapping[str, Any]) -> dict[str, str]:
    """For a problem document; empty where its status asks for none."""
    if body["status"] == 401:
        return {"WWW-Authenticate": sign_in_challenge(body, basic=not from_page(request))}
    if body["status"] == 403 and "scope" in body:
        return {"WWW-Authenticate": f'{_bearer("insufficient_scope")}, scope="{body["scope"]}"'}
    if "allow" in body:
        return {"Allow": body["allow"]}
    if "retry_after" in body:
        return {"Retry-After": str(body["retry_after"])}
    return {}


def sign_in_challenge(body: Mapping[str, Any], *, basic: bool) -> str:
    """Basic comes first: some clients read only the first challenge."""
    bearer = _bearer(str(body.get("error", "")))
    return f'Basic realm="{REALM}", charset="UTF-8", {bearer}' if basic else bearer


def _bearer(error: str) -> str:
    return f'Bearer realm="{REALM}"' + (f', error="{error}"' if error else "")


def from_page(request: HttpRequest) -> bool:
    """Whether a browser asks, which would open its own password dialog at the sight of Basic.

    It is known by asking for HTML, by the Fetch Metadata or X-Requested-With of a script, or by our cookies.
    """
    return (
        "text/html" in request.headers.get("Accept", "")
        or "Sec-Fetch-Mode" in request.headers
        or "X-Requested-With" in request.headers
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or settings.CSRF_COOKIE_NAME in request.COOKIES
    )
