"""The collections, each with its schema, queryables and sortables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.negotiation import VARY, refuse_unknown, respond, self_links
from layers.api.documents import collection_document
from layers.api.schemas import SCHEMA, queryables_document, schema_document, sortables_document
from layers.formats.catalog import FORMATS
from layers.policy import Access, access_to, readable
from layers.registry import get_collection


def access_for(request: HttpRequest, collection_id: str) -> Access:
    """Raises NotFound, NotAuthenticated or NotAllowed."""
    return access_to(actor_of(request), get_collection(collection_id))


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
    formats = [f for f in FORMATS.values() if access.collection.geometry_type or not f.needs_geometry]
    context = {"collection": access.collection, "fields": access.fields, "formats": formats}
    return respond(request, "api/collection.html", document, context)


def _schema_view(document_of: Callable[[HttpRequest, Access], dict[str, Any]]) -> Callable[..., HttpResponse]:
    @require_safe
    def view(request: HttpRequest, collection_id: str) -> HttpResponse:
        refuse_unknown(request, "profile")
        document = document_of(request, access_for(request, collection_id))
        return JsonResponse(
            document,
            content_type=SCHEMA,
            json_dumps_params={"ensure_ascii": False},
            headers={"Vary": VARY},
        )

    return view


schema = _schema_view(schema_document)
queryables = _schema_view(queryables_document)
sortables = _schema_view(sortables_document)
