"""Features of a collection and one feature: GeoJSON, pages, and every file format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from gis_core.negotiation import (
    GEOJSON,
    HTML,
    JSON,
    Link,
    chosen_format,
    refuse_unknown,
    self_links,
    url_with,
    url_without,
)
from layers.api.asking import (
    DEFAULT_LIMIT,
    OF_ITEM,
    read_count,
    read_crs,
    read_fields,
    read_items_query,
    read_moment,
)
from layers.api.collections import access_for
from layers.api.downloads import item_file, items_file
from layers.api.history import require_at
from layers.api.parts import parts
from layers.api.representations import DOWNLOADS, item_etag, items_etag, not_modified, stamp
from layers.definitions import Field
from layers.policy import Access
from layers.queries.items import ItemsQuery, Page, Row, count_exactly, count_roughly, read_feature, read_page


@require_safe
def items(request: HttpRequest, collection_id: str) -> HttpResponseBase:
    access = access_for(request, collection_id)
    form = chosen_format(request, DOWNLOADS)
    etag = "" if form == "html" else items_etag(request, access, form)
    if form in DOWNLOADS:
        unchanged = not_modified(request, etag)
        response, query = (unchanged, None) if unchanged else items_file(request, access, form)
        return stamp(response, access, query.crs if query else read_crs(request, "crs"), etag=etag)
    query = read_items_query(request, access, default_limit=DEFAULT_LIMIT)
    response = not_modified(request, etag) if etag else None
    if response is None:
        response = _answer(request, access, query, form)
    return stamp(response, access, query.crs, etag=etag, as_of=query.as_of)


def _answer(request: HttpRequest, access: Access, query: ItemsQuery, form: str) -> HttpResponse:
    page = read_page(access, query)
    links = _page_links(request, page, form)
    if form == "html":
        return _items_page(request, access, query, page, links)
    counted = _counted(request, access, query)
    return HttpResponse(_collection_body(page.features, links, counted), content_type=GEOJSON)


def _page_links(request: HttpRequest, page: Page, form: str) -> list[Link]:
    links = self_links(request, GEOJSON)
    links.append(_collection_link(request))
    if page.next_after is not None:
        href = url_with(request, after=page.next_after, f=form)
        links.append({"rel": "next", "type": HTML if form == "html" else GEOJSON, "href": href})
    return links


def _collection_link(request: HttpRequest) -> Link:
    collection_id = request.resolver_match.kwargs["collection_id"]  # type: ignore[union-attr]
    href = request.build_absolute_uri(reverse("collection", args=[collection_id]))
    return {"rel": "collection", "type": JSON, "href": href}


def _counted(request: HttpRequest, access: Access, query: ItemsQuery) -> dict[str, int]:
    """numberMatched, only when it was asked for: counting can cost more than the page."""
    match read_count(request):
        case "exact":
            return {"numberMatched": count_exactly(access, query)}
        case "estimate":
            return {"numberMatched": count_roughly(access, query)}
    return {}


def _collection_body(features: Sequence[bytes], links: list[Link], counted: dict[str, int]) -> bytes:
    """A FeatureCollection around features that are GeoJSON text already."""
    head = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(),
        **counted,
        "numberReturned": len(features),
        "links": links,
    }
    beginning = json.dumps(head, ensure_ascii=False)[:-1].encode()
    return b"".join((beginning, b', "features": [', b",".join(features), b"]}"))


def _items_page(
    request: HttpRequest, access: Access, query: ItemsQuery, page: Page, links: list[Link]
) -> HttpResponse:
    features = [json.loads(text) for text in page.features]
    columns = access.shown if query.fields is None else query.fields
    rows = [
        (
            reverse("item", args=[access.collection.id, f["id"]]),
            [_display(field, f["properties"]) for field in columns],
        )
        for f in features
    ]
    context = {
        "collection": access.collection,
        "columns": columns,
        "rows": rows,
        "next": next((link["href"] for link in links if link["rel"] == "next"), None),
        "query": query,
        "first": url_without(request, "after"),
        "kept": [(name, text) for name, text in request.GET.items() if name not in {"q", "after"}],
        "doc": {"type": "FeatureCollection", "features": features, "links": links},
    }
    return render(request, "api/items.html", context)


def _display(field: Field, properties: dict[str, Any]) -> Any:
    value = properties[field.name]
    if field.name.endswith("_year") and value is not None:
        return str(value)  # a year is a name: no thousands separator
    return "" if value is None else field.label(value) if field.choices else value


@require_safe
def item(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponseBase:
    access = access_for(request, collection_id)
    refuse_unknown(request, *OF_ITEM)
    form = chosen_format(request, DOWNLOADS)
    query = ItemsQuery(
        limit=None,
        as_of=read_moment(request),
        fields=read_fields(request, access),
        crs=read_crs(request, "crs"),
    )
    row = read_feature(access, feature_id, as_of=query.as_of, fields=query.fields, crs=query.crs)
    if row is None and query.as_of is not None:
        require_at(request, access, feature_id, query.as_of)  # raises Gone when it existed, but not then
    if row is None:
        raise NotFound(f"{collection_id} has no feature {feature_id}.")
    etag = "" if form == "html" else item_etag(request, row, form, query.crs)
    response = not_modified(request, etag, row.updated_at) if etag else None
    if response is None:
        response = (
            item_file(request, access, feature_id, query, form)
            if form in DOWNLOADS
            else _item_answer(request, access, feature_id, row, form)
        )
    changed = None if form == "html" else row.updated_at
    return stamp(response, access, query.crs, etag=etag, changed=changed, as_of=query.as_of)


def _item_answer(request: HttpRequest, access: Access, feature_id: int, row: Row, form: str) -> HttpResponse:
    links = [
        *self_links(request, GEOJSON),
        _collection_link(request),
        *(added for part in parts() for added in part.item_links(request, access.collection, feature_id)),
    ]
    if form != "html":
        body = f'{row.text[:-1]}, "links": {json.dumps(links, ensure_ascii=False)}}}'
        return HttpResponse(body.encode(), content_type=GEOJSON)
    document = {**json.loads(row.text), "links": links}
    properties = document["properties"]
    fields = [(field, _display(field, properties)) for field in access.fields if field.name in properties]
    context = {"collection": access.collection, "feature_id": feature_id, "fields": fields}
    return render(request, "api/item.html", {"doc": document, **context})
