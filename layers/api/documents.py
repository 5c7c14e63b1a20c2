"""Collections as the documents of OGC API Features Parts 1, 2, 3 and 5."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.crs import offered_crs
from gis_core.geometry import CRS84
from gis_core.negotiation import ATOM, GEOJSON, HTML, JSON, Link
from layers.api.parts import parts
from layers.api.schemas import SCHEMA
from layers.definitions import Collection
from layers.formats.catalog import FORMATS
from layers.policy import Access
from layers.queries.spans import time_span

_RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0"


def collection_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    """What the collection is, where it lies, which CRSs it is given in, and what who asks may do with it."""
    collection = access.collection
    document: dict[str, Any] = {
        "id": collection.id,
        "title": str(collection.title),
        "description": str(collection.description),
        "itemType": "feature",
        "links": _links(request, access),
        "access": {"read": True, "write": access.may_write, "fields_writable": list(access.writable)},
    }
    if extent := _extent(access):
        document["extent"] = extent
    if collection.geometry_type:
        document |= {"crs": [crs.uri for crs in offered_crs()], "storageCrs": CRS84}
    return document


def _extent(access: Access) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    if access.collection.geometry_type:
        extent["spatial"] = {"bbox": [list(settings.CITY.bbox.as_tuple())], "crs": CRS84}
    if any(f.name == access.collection.time for f in access.fields):
        extent["temporal"] = {"interval": [list(time_span(access))]}
    return extent


def _links(request: HttpRequest, access: Access) -> list[Link]:
    collection = access.collection
    title = str(collection.title)

    def link(rel: str, media_type: str, name: str, query: str = "") -> Link:
        href = request.build_absolute_uri(reverse(name, args=[collection.id]))
        return {"rel": rel, "type": media_type, "href": href + query, "title": title}

    return [
        link("self", JSON, "collection"),
        link("alternate", HTML, "collection", "?f=html"),
        *_feed_link(request, collection),
        link("items", GEOJSON, "items"),
        link("items", HTML, "items", "?f=html"),
        *(link(f"{_RELATIONS}/{name}", SCHEMA, name) for name in ("schema", "queryables", "sortables")),
        *(
            {**link("enclosure", form.media_type, "items", f"?f={form.id}"), "title": str(form.title)}
            for form in FORMATS.values()
            if collection.geometry_type or not form.needs_geometry
        ),
        *(added for part in parts() for added in part.collection_links(request, collection)),
    ]


def _feed_link(request: HttpRequest, collection: Collection) -> list[Link]:
    if collection.feed is None:
        return []
    href = request.build_absolute_uri(reverse(collection.feed))
    return [{"rel": "alternate", "type": ATOM, "href": href, "title": _("Feed to subscribe to (Atom)")}]
