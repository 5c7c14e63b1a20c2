"""What roadbooks add to the API definition and to the links of a collection route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.api.roadbooks import COLLECTION, FORMATS, MEDIA_TYPES
from gis_core.negotiation import HTML, Link
from layers.api.openapi_parts import Json, f_parameter, get, lang_parameter, path_parameter
from layers.api.parts import Part
from layers.definitions import Collection
from layers.policy import Access

_SCHEMAS = {"json": "Document", "html": "Page", "geojson": "FeatureCollection"}


def item_links(request: HttpRequest, collection: Collection, feature_id: int) -> list[Link]:
    if collection.id != COLLECTION:
        return []
    href = request.build_absolute_uri(reverse("roadbook", args=[feature_id]))
    return [{"rel": "related", "type": HTML, "href": f"{href}?f=html", "title": _("Roadbook")}]


def paths(accesses: Sequence[Access]) -> Json:
    if COLLECTION not in {access.collection.id for access in accesses}:
        return {}
    feature = path_parameter("featureId", {"type": "integer", "minimum": 0})
    parameters = [feature, f_parameter(*FORMATS), lang_parameter()]
    media = {media_type: _SCHEMAS.get(name, "File") for name, media_type in MEDIA_TYPES.items()}
    told: dict[str, Any] = get("roadbook", "Roadbook of a collection route", parameters, media)
    told["get"]["responses"]["304"] = {"description": "Nothing changed (If-None-Match)"}
    return {f"/collections/{COLLECTION}/items/{{featureId}}/roadbook": told}


ROADBOOKS = Part((), lambda request: [], lambda request, collection: [], paths, item_links)
