"""JSON or HTML: by `f=`, then by Accept; and the links that every answer carries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gis_core.errors import InvalidInput

JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
Link = dict[str, str]


def wants_html(request: HttpRequest) -> bool:
    """Raises InvalidInput for an unknown `f`. Without one, a browser (Accept: text/html first) gets the page."""
    chosen = request.GET.get("f")
    if chosen not in {None, "json", "html"}:
        raise InvalidInput(f"f={chosen!r} is not offered; use f=json or f=html.")
    return chosen == "html" if chosen else request.get_preferred_type([JSON, GEOJSON, HTML]) == HTML


def respond(
    request: HttpRequest,
    template: str,
    document: dict[str, Any],
    context: dict[str, Any],
    *,
    media_type: str = JSON,
) -> HttpResponse:
    """The document as JSON, or as a page that shows the same."""
    if wants_html(request):
        response = render(request, template, {"doc": document, **context})
    else:
        response = JsonResponse(document, content_type=media_type, json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def self_links(request: HttpRequest, media_type: str = JSON) -> list[Link]:
    """self and alternate, absolute, whatever else stands in the query."""
    html = wants_html(request)
    return [
        {
            "rel": "alternate" if html else "self",
            "type": media_type,
            "href": url_with(request, f="json"),
            "title": "JSON",
        },
        {
            "rel": "self" if html else "alternate",
            "type": HTML,
            "href": url_with(request, f="html"),
            "title": "HTML",
        },
    ]


def url_with(request: HttpRequest, **changes: str) -> str:
    """This request's absolute URL with some query parameters changed."""
    query = request.GET.copy()
    for key, value in changes.items():
        query[key] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def refuse_unknown(request: HttpRequest, *known: str) -> None:
    """OGC API Features Part 1, 7.4: an unknown query parameter is an error, not silence."""
    unknown = sorted(set(request.GET) - {*known, "f", "lang"})
    if unknown:
        raise InvalidInput(
            f"Unknown query parameter {', '.join(unknown)}. Known here: {', '.join((*known, 'f', 'lang'))}."
        )
