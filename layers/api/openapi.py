"""The API definition: OpenAPI 3.0, as OGC API Features Part 1 wants it and its clients read it.

The paths with `{collectionId}` (GDAL looks for that name) hold for every collection; each collection's items stand
once more under their own path, because there each property is a query parameter with its type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from gis_core.crs import offered_crs
from gis_core.geometry import CRS84
from gis_core.negotiation import GEOJSON, HTML, JSON
from layers.api import openapi_writing
from layers.api.asking import COUNTS, DEFAULT_LIMIT, MAX_LIMIT, filterable
from layers.api.openapi_parts import (
    COMPONENTS,
    Json,
    f_parameter,
    get,
    lang_parameter,
    path_parameter,
    query_parameter,
)
from layers.api.parts import parts
from layers.api.schemas import SCHEMA, type_schema
from layers.cql2.parse import LANGUAGES
from layers.formats.catalog import FORMATS
from layers.policy import Access

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"


def openapi_document(request: HttpRequest, accesses: Sequence[Access]) -> Json:
    """Of the collections that who asks may read, and the properties that he may see."""
    collection = path_parameter(
        "collectionId", {"type": "string", "enum": [a.collection.id for a in accesses]}
    )
    limit = _limit()
    return {
        "openapi": "3.0.3",
        "info": {"title": "CasaGIS", "version": "0.1.0", "license": {"name": "MIT"}},
        "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}],
        "paths": {
            **_describing_paths(collection),
            **_feature_paths(collection),
            **{f"/collections/{a.collection.id}/items": _items_of(a) for a in accesses},
            "/search": get(
                "search",
                "Features by name",
                [_words(), limit, lang_parameter()],
                {GEOJSON: "FeatureCollection"},
            ),
            **openapi_writing.paths(collection),
            **{path: told for part in parts() for path, told in part.paths(accesses).items()},
        },
        "components": {**COMPONENTS, "parameters": {"limit": limit}},
    }


def _describing_paths(collection: Json) -> Json:
    both, pages = [f_parameter(), lang_parameter()], {JSON: "Document", HTML: "Page"}
    paths = {
        "/": get("landing", "Landing page", both, pages),
        "/api": get("api", "This document", both, {MEDIA_TYPE: "Document"}),
        "/conformance": get("conformance", "Conformance classes", both, {JSON: "Document"}),
        "/collections": get("collections", "Collections", both, pages),
        "/collections/{collectionId}": get("collection", "One collection", [collection, *both], pages),
    }
    for name in ("schema", "queryables", "sortables"):
        parameters = [collection, _profile(), *both]
        paths[f"/collections/{{collectionId}}/{name}"] = get(
            name, name.title(), parameters, {SCHEMA: "Document"}
        )
    return paths


def _feature_paths(collection: Json) -> Json:
    feature = path_parameter("featureId", {"type": "integer", "minimum": 0})
    of_item = [*_item_parameters(), f_parameter(*FORMATS), lang_parameter()]
    return {
        "/collections/{collectionId}/items": {
            **get("items", "Features", [collection, *_items_parameters()], _media("FeatureCollection")),
            **openapi_writing.items_methods("", [collection]),
        },
        "/collections/{collectionId}/items/{featureId}": {
            **get("item", "One feature", [collection, feature, *of_item], _media("Feature")),
            **openapi_writing.item_methods([collection, feature]),
        },
    }


def _items_of(access: Access) -> Json:
    """The items of one collection, its properties as parameters."""
    collection = access.collection
    own = [query_parameter(f.name, _value_schema(access, f), str(f.title)) for f in filterable(access)]
    name = collection.id.replace("-", "_")
    return {
        **get(
            f"items_{name}", str(collection.title), [*_items_parameters(), *own], _media("FeatureCollection")
        ),
        **openapi_writing.items_methods(f"_{name}", []),
    }


def _value_schema(access: Access, field: Any) -> Json:
    """Of an array the parameter is one value that it holds."""
    schema = type_schema(field, access.collection)
    return {"type": "string"} if schema["type"] == "array" else schema


def _media(json_schema: str) -> dict[str, str]:
    return {
        GEOJSON: json_schema,
        HTML: "Page",
        **{f.media_type: "File" for f in FORMATS.values() if f.negotiated},
    }


def _items_parameters() -> list[Json]:
    return [
        query_parameter("bbox", {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        query_parameter("bbox-crs", _crs()),
        query_parameter(
            "datetime", {"type": "string"}, "An instant, or start/end with .. for an open end (RFC 3339)."
        ),
        _limit(),
        query_parameter("after", {"type": "string"}, "Where the page begins: as the link next says it."),
        _words(),
        query_parameter("filter", {"type": "string"}, "A condition in CQL2."),
        query_parameter("filter-lang", {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
        query_parameter("filter-crs", _crs(), "CRS of the geometries in the filter."),
        query_parameter("sortby", _names(), "Properties to sort by, each with + or - before it."),
        query_parameter(
            "count", {"type": "string", "enum": list(COUNTS), "default": COUNTS[0]}, "Give numberMatched."
        ),
        *_item_parameters(),
        f_parameter(*FORMATS),
        lang_parameter(),
    ]


def _item_parameters() -> list[Json]:
    return [
        query_parameter("crs", _crs()),
        query_parameter("properties", _names(), "Only these properties; long ones are in no other answer."),
        _profile(),
        query_parameter("asOf", {"type": "string", "format": "date-time"}, "As it was at this moment."),
    ]


def _limit() -> Json:
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return query_parameter("limit", schema, "A larger number is taken as the maximum.")


def _words() -> Json:
    return query_parameter("q", {"type": "string"}, "Words of a name, in any script and spelling.")


def _profile() -> Json:
    return query_parameter("profile", {"type": "array", "items": {"type": "string"}}, "Has no effect here.")


def _crs() -> Json:
    return {"type": "string", "format": "uri", "default": CRS84, "enum": [crs.uri for crs in offered_crs()]}


def _names() -> Json:
    return {"type": "array", "items": {"type": "string"}}
