"""One address, one view for each method; OPTIONS tells who asks what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.errors import NotOffered

View = Callable[..., HttpResponse]


def by_method(**views: View) -> View:
    """by_method(GET=…, POST=…): HEAD goes with GET; anything else is 405 with Allow, unless OPTIONS is given."""
    allowed = [*views, *(["HEAD"] if "GET" in views else [])]

    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else request.method
        view = views.get(method or "")
        if view is None:
            raise NotOffered(
                f"{request.method} is not offered here; use {', '.join(allowed)}.", allow=", ".join(allowed)
            )
        return view(request, *args, **kwargs)

    return door
