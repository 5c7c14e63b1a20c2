"""The API definition: OpenAPI 3.0, as OGC API Features Part 1 wants it and its clients read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from gis_core.negotiation import GEOJSON, JSON
from layers.registry import COLLECTIONS

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"


def openapi_document(request: HttpRequest, *, default_limit: int, max_limit: int) -> dict[str, Any]:
    """One path template for all collections, its parameter named `collectionId` (GDAL looks for that name)."""
    collection = {
        "name": "collectionId",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": list(COLLECTIONS)},
    }
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}}
    reading = [
        _query("bbox", {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": max_limit, "default": default_limit}),
        _query("after", {"type": "integer", "minimum": 0}, "The last id of the page before."),
        _query("q", {"type": "string"}, "Words of a name, in any script and spelling."),
    ]
    both = [_query("f", {"type": "string", "enum": ["json", "html"]}), _query("lang", {"type": "string"})]
    return {
        "openapi": "3.0.3",
        "info": {"title": "CasaGIS", "version": "0.1.0", "license": {"name": "MIT"}},
        "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}],
        "paths": {
            "/": _get("landing", "Landing page", both),
            "/conformance": _get("conformance", "Conformance classes", both),
            "/collections": _get("collections", "Collections", both),
            "/collections/{collectionId}": _get("collection", "One collection", [collection, *both]),
            "/collections/{collectionId}/items": _get(
                "items", "Features", [collection, *reading, *both], GEOJSON
            ),
            "/collections/{collectionId}/items/{featureId}": _get(
                "item", "One feature", [collection, feature, *both], GEOJSON
            ),
        },
    }


def _query(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    parameter = {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }
    return {**parameter, "description": description} if description else parameter


def _get(
    operation: str, title: str, parameters: list[dict[str, Any]], media_type: str = JSON
) -> dict[str, Any]:
    def content(kind: str) -> dict[str, Any]:
        return {kind: {"schema": {"type": "object"}}}

    responses = {
        "200": {"description": title, "content": {**content(media_type), **content("text/html")}},
        "default": {"description": "A problem (RFC 9457)", "content": content(PROBLEM)},
    }
    return {
        "get": {"operationId": operation, "summary": title, "parameters": parameters, "responses": responses}
    }
