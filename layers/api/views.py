"""OGC API Features Part 1 over the catalogue, as GeoJSON and as plain pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.errors import InvalidInput, NotFound
from gis_core.geometry import BBox
from gis_core.negotiation import (
    GEOJSON,
    JSON,
    Link,
    refuse_unknown,
    respond,
    self_links,
    url_with,
    wants_html,
)
from layers.api import openapi
from layers.api.documents import SCHEMA, collection_document, schema_document
from layers.policy import Access, access_to, readable
from layers.queries.items import ItemsQuery, Page, read_feature, read_page
from layers.queries.search import search_names
from layers.registry import COLLECTIONS, get_collection

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "geojson", "html", "oas30")
)


def landing_document(request: HttpRequest) -> dict[str, Any]:
    """The landing page's JSON; the page itself is the map."""

    def link(rel: str, name: str) -> Link:
        return {"rel": rel, "type": JSON, "href": request.build_absolute_uri(reverse(name))}

    return {
        "title": "CasaGIS",
        "links": [
            *self_links(request),
            {**link("service-desc", "openapi"), "type": openapi.MEDIA_TYPE},
            link("data", "collections"),
            link("conformance", "conformance"),
            link("http://www.opengis.net/def/rel/ogc/1.0/processes", "processes"),
        ],
    }


@require_safe
def api_definition(request: HttpRequest) -> HttpResponse:
    document = openapi.openapi_document(request, default_limit=DEFAULT_LIMIT, max_limit=MAX_LIMIT)
    return JsonResponse(document, content_type=openapi.MEDIA_TYPE)


@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"conformsTo": list(CONFORMANCE)})


@require_safe
def collection_list(request: HttpRequest) -> HttpResponse:
    refuse_unknown(request)
    accesses = readable(actor_of(request))
    documents = [collection_document(request, access) for access in accesses]
    document = {"collections": documents, "links": self_links(request)}
    shown = [access.collection for access in accesses]
    return respond(request, "api/collections.html", document, {"collections": shown})


@require_safe
def collection_detail(request: HttpRequest, collection_id: str) -> HttpResponse:
    refuse_unknown(request)
    access = access_for(request, collection_id)
    document = collection_document(request, access)
    context = {"collection": access.collection, "fields": access.fields}
    return respond(request, "api/collection.html", document, context)


def access_for(request: HttpRequest, collection_id: str) -> Access:
    """Raises NotFound, NotAuthenticated or NotAllowed."""
    return access_to(actor_of(request), get_collection(collection_id))


@require_safe
def schema(request: HttpRequest, collection_id: str) -> HttpResponse:
    document = schema_document(request, access_for(request, collection_id))
    return JsonResponse(document, content_type=SCHEMA, json_dumps_params={"ensure_ascii": False})


@require_safe
def items(request: HttpRequest, collection_id: str) -> HttpResponse:
    access = access_for(request, collection_id)
    refuse_unknown(request, "bbox", "limit", "after", "q")
    query = parse_items_query(request)
    page = read_page(access, query)
    links = _page_links(request, page)
    if wants_html(request):
        return _items_page(request, access, query, page, links)
    return geojson_response(_collection_body(page.features, links))


def parse_items_query(request: HttpRequest) -> ItemsQuery:
    """bbox, limit (clamped to the maximum), after, q. Raises InvalidInput naming the parameter."""
    bbox = request.GET.get("bbox")
    return ItemsQuery(
        limit=min(_whole_number(request, "limit", DEFAULT_LIMIT, least=1), MAX_LIMIT),
        bbox=BBox.parse(bbox) if bbox else None,
        after=_whole_number(request, "after", 0, least=0),
        q=request.GET.get("q", "").replace("\x00", "").strip()[:200],
    )


def _whole_number(request: HttpRequest, name: str, default: int, *, least: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:19]) < 2**63:
        raise InvalidInput(f"{name}={text!r} must be a whole number of at least {least}.")
    return int(text)


def _page_links(request: HttpRequest, page: Page) -> list[Link]:
    links = self_links(request, GEOJSON)
    if page.next_after is not None:
        kind = "html" if wants_html(request) else "json"
        media_type = "text/html" if kind == "html" else GEOJSON
        links.append(
            {"rel": "next", "type": media_type, "href": url_with(request, after=str(page.next_after), f=kind)}
        )
    return links


def _collection_body(features: Iterable[str], links: list[Link]) -> bytes:
    """A FeatureCollection around features that are GeoJSON text already."""
    texts = list(features)
    head = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(),
        "numberReturned": len(texts),
        "links": links,
    }
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": [{",".join(texts)}]}}'.encode()


def geojson_response(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=GEOJSON)
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def _items_page(
    request: HttpRequest, access: Access, query: ItemsQuery, page: Page, links: list[Link]
) -> HttpResponse:
    features = [json.loads(text) for text in page.features]
    rows = [
        (
            reverse("item", args=[access.collection.id, f["id"]]),
            [_display(field, f["properties"]) for field in access.fields],
        )
        for f in features
    ]
    document = {"type": "FeatureCollection", "features": features, "links": links}
    following = next((link["href"] for link in links if link["rel"] == "next"), None)
    context = {
        "collection": access.collection,
        "columns": access.fields,
        "rows": rows,
        "next": following,
        "query": query,
    }
    return render(request, "api/items.html", {"doc": document, **context})


def _display(field: Any, properties: dict[str, Any]) -> Any:
    value = properties[field.name]
    if field.name.endswith("_year") and value is not None:
        return str(value)  # a year is a name: no thousands separator
    return "" if value is None else field.label(value) if field.choices else value


@require_safe
def item(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponse:
    refuse_unknown(request)
    access = access_for(request, collection_id)
    text = read_feature(access, feature_id)
    if text is None:
        raise NotFound(f"{collection_id} has no feature {feature_id}.")
    feature = json.loads(text)
    up = {
        "rel": "collection",
        "type": JSON,
        "href": request.build_absolute_uri(reverse("collection", args=[collection_id])),
    }
    document = {**feature, "links": [*self_links(request, GEOJSON), up]}
    fields = [(field, _display(field, feature["properties"])) for field in access.fields]
    context = {"collection": access.collection, "feature_id": feature_id, "fields": fields}
    return respond(request, "api/item.html", document, context, media_type=GEOJSON)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET /search?q=&limit=: features by name over all named collections, as a FeatureCollection of points."""
    refuse_unknown(request, "q", "limit")
    limit = min(_whole_number(request, "limit", 10, least=1), 50)
    query = parse_items_query(request)
    features = search_names(actor_of(request), query.q, limit) if query.q else []
    for feature in features:
        feature["properties"]["collection_title"] = str(
            COLLECTIONS[feature["properties"]["collection"]].title
        )
    document = {"type": "FeatureCollection", "features": features, "links": self_links(request, GEOJSON)}
    return JsonResponse(document, content_type=GEOJSON, json_dumps_params={"ensure_ascii": False})
