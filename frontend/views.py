"""The map page; every other page is rendered by the room that knows its facts."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from frontend.edit_texts import editor_texts
from gis_core.city import current_city
from gis_core.negotiation import respond
from layers.api.landing import landing_document
from layers.models import Revision
from layers.registry import get_collection

Box = tuple[float, float, float, float]


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map for a browser, the landing page of the OGC APIs for a program."""
    return respond(
        request,
        "map.html",
        landing_document(request),
        {"extent": data_extent(), "editor_texts": editor_texts},
    )


def data_extent() -> Box:
    """West, south, east, north of the streets, or of the city where there are none: what the map first shows."""
    revision = Revision.objects.filter(collection="streets").values_list("revision", flat=True).first()
    return _extent_at(revision) or current_city().bbox.as_tuple()


@lru_cache(maxsize=1)
def _extent_at(revision: int | None) -> Box | None:
    """The extent at a revision of the streets; the argument is the cache's key."""
    return get_collection("streets").model.objects.aggregate(box=Extent("geom"))["box"]
