"""The GeoTIFF of a raster's feature over HTTP, whole or in pieces as GDAL reads it, and the link that leads to it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_core.actors import actor_of
from gis_core.errors import NotFound
from gis_core.negotiation import Link
from gis_core.ranges import file_response
from layers.api.openapi_parts import Json, get, path_parameter
from layers.api.parts import Part
from layers.definitions import Collection
from layers.policy import Access, access_to
from layers.queries.items import ItemsQuery, read_feature
from layers.registry import get_collection
from tiles.raster.files import media_path, raster_layers
from tiles.raster.values import require_whole_city

MEDIA_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized"


@require_safe
def raster_file(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponseBase:
    """Raises NotFound where there is no such raster, NotAuthenticated or NotAllowed to who may not see all of it."""
    collection = get_collection(collection_id)
    if not _has_files(collection):
        raise NotFound(f"{collection_id} has no files; see /collections/{collection_id}/items.")
    access = access_to(actor_of(request), collection)
    require_whole_city(access)
    row = read_feature(access, feature_id, fields=None, crs=ItemsQuery(limit=None).crs)
    name = json.loads(row.text)["properties"].get("file") if row else None
    if not name:
        raise NotFound(f"{collection_id} has no feature {feature_id} with a file that you may see.")
    return file_response(request, media_path(name), MEDIA_TYPE)


def item_links(request: HttpRequest, collection: Collection, feature_id: int) -> list[Link]:
    if not _has_files(collection):
        return []
    href = request.build_absolute_uri(reverse("raster-file", args=[collection.id, feature_id]))
    return [{"rel": "enclosure", "type": MEDIA_TYPE, "href": href, "title": "GeoTIFF (COG)"}]


def paths(accesses: Sequence[Access]) -> Json:
    names = [access.collection.id for access in accesses if _has_files(access.collection)]
    if not names:
        return {}
    parameters = [
        path_parameter("collectionId", {"type": "string", "enum": names}),
        path_parameter("featureId", {"type": "integer", "minimum": 0}),
    ]
    told: Json = get("rasterFile", "GeoTIFF of a raster", parameters, {MEDIA_TYPE: "File"})
    told["get"]["responses"] |= {
        "206": {"description": "The piece asked for (Range)"},
        "304": {"description": "Nothing changed (If-None-Match)"},
    }
    return {"/collections/{collectionId}/items/{featureId}/file": told}


def _has_files(collection: Collection) -> bool:
    return any(layer.collection is collection for layer in raster_layers())


FILES = Part((), lambda request: [], lambda request, collection: [], paths, item_links)
