"""Where a client begins: landing page, conformance, API definition; and search by name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.negotiation import GEOJSON, JSON, VARY, Link, refuse_unknown, self_links
from layers.api import openapi
from layers.api.asking import whole_number
from layers.api.conformance import CONFORMANCE
from layers.api.parts import parts
from layers.policy import readable
from layers.queries.search import search_names
from layers.registry import COLLECTIONS


def landing_document(request: HttpRequest) -> dict[str, Any]:
    """The landing page's JSON; the page itself is the map."""

    def link(rel: str, name: str) -> Link:
        return {"rel": rel, "type": JSON, "href": request.build_absolute_uri(reverse(name))}

    return {
        "title": "CasaGIS",
        "description": "OGC APIs over the city's layers.",
        "links": [
            *self_links(request),
            {**link("service-desc", "openapi"), "type": openapi.MEDIA_TYPE},
            link("data", "collections"),
            link("conformance", "conformance"),
            link("http://www.opengis.net/def/rel/ogc/1.0/processes", "processes"),
            *(added for part in parts() for added in part.landing_links(request)),
        ],
    }


@require_safe
def api_definition(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request)
    document = openapi.openapi_document(request, readable(actor_of(request)))
    return JsonResponse(
        document,
        content_type=openapi.MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
        headers={"Vary": VARY},
    )


@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request)
    added = [name for part in parts() for name in part.conformance]
    return JsonResponse({"conformsTo": [*CONFORMANCE, *added]})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET /search?q=&limit=: features by name over all named collections, as a FeatureCollection of points."""
    refuse_unknown(request, "q", "limit")
    limit = min(whole_number(request, "limit", 10, least=1), 50)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    features = search_names(actor_of(request), words, limit) if words else []
    for feature in features:
        feature["properties"]["collection_title"] = str(
            COLLECTIONS[feature["properties"]["collection"]].title
        )
    document = {"type": "FeatureCollection", "features": features, "links": self_links(request, GEOJSON)}
    return JsonResponse(
        document, content_type=GEOJSON, json_dumps_params={"ensure_ascii": False}, headers={"Vary": VARY}
    )
