"""Which representation: by `f=`, then by Accept; and the links that every answer carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gis_core.errors import InvalidInput

JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
ATOM = "application/atom+xml"
Link = dict[str, str]


VARY = "Accept, Accept-Language, Cookie, Authorization"


def chosen_format(request: HttpRequest, more: Mapping[str, str] | None = None) -> str:
    """`json`, `html` or a name in `more` (name -> media type, "" for one that only `f=` may ask for).

    Raises InvalidInput for an unknown `f`. Without one, a browser (Accept: text/html first) gets the page.
    """
    more = more or {}
    chosen = request.GET.get("f")
    if chosen in {"json", "html", *more}:
        return str(chosen)
    if chosen is not None:
        raise InvalidInput(f"f={chosen!r} is not offered; use f={' or f='.join(('json', 'html', *more))}.")
    names = {media_type: name for name, media_type in more.items() if media_type}
    preferred = request.get_preferred_type([JSON, GEOJSON, HTML, *names])
    return "html" if preferred == HTML else names.get(preferred or "", "json")


def wants_html(request: HttpRequest) -> bool:
    """Of an address that offers JSON and HTML. Raises InvalidInput for an unknown `f`."""
    return chosen_format(request) == "html"


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
    response["Vary"] = VARY
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


def url_without(request: HttpRequest, name: str) -> str:
    """This request's absolute URL without one query parameter."""
    query = request.GET.copy()
    query.pop(name, None)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def refuse_unknown(request: HttpRequest, *known: str) -> None:
    """OGC API Features Part 1, 7.4: an unknown query parameter is an error, not silence."""
    unknown = sorted(set(request.GET) - {*known, "f", "lang"})
    if unknown:
        raise InvalidInput(
            f"Unknown query parameter {', '.join(unknown)}. Known here: {', '.join((*known, 'f', 'lang'))}."
        )
