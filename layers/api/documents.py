"""Collections and their schema as the documents of OGC API Features Parts 1 and 5."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from gis_core.geometry import CRS84
from gis_core.negotiation import GEOJSON, HTML, JSON, Link
from layers.definitions import Field
from layers.policy import Access

SCHEMA = "application/schema+json"
_GEOMETRY_FORMATS = {
    "Point": "geometry-point",
    "LineString": "geometry-linestring",
    "MultiPolygon": "geometry-multipolygon",
}
_FORMATS = {"date": "date", "date-time": "date-time", "time": "time"}


def collection_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    collection = access.collection

    def href(name: str) -> str:
        return request.build_absolute_uri(reverse(name, args=[collection.id]))

    links: list[Link] = [
        {"rel": "items", "type": GEOJSON, "href": href("items"), "title": str(collection.title)},
        {"rel": "items", "type": HTML, "href": f"{href('items')}?f=html", "title": str(collection.title)},
        {"rel": "http://www.opengis.net/def/rel/ogc/1.0/schema", "type": SCHEMA, "href": href("schema")},
        {"rel": "self", "type": JSON, "href": href("collection")},
    ]
    document: dict[str, Any] = {
        "id": collection.id,
        "title": str(collection.title),
        "description": str(collection.description),
        "itemType": "feature",
        "links": links,
        "access": {"read": True, "write": access.may_write, "fields_writable": list(access.writable)},
    }
    if collection.geometry_type:
        document["extent"] = {"spatial": {"bbox": [list(settings.CITY.bbox.as_tuple())], "crs": CRS84}}
    return document


def schema_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    """JSON Schema of one feature's properties, titles in the reader's language (Part 5)."""
    collection = access.collection
    properties: dict[str, Any] = {"id": {"type": "integer", "readOnly": True, "x-ogc-role": "id"}}
    if collection.geometry_type:
        properties["geometry"] = {
            "format": _GEOMETRY_FORMATS[collection.geometry_type],
            "x-ogc-role": "primary-geometry",
        }
    for number, field in enumerate(access.fields):
        properties[field.name] = {**field_schema(field), "x-ogc-propertySeq": number + 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.build_absolute_uri(request.path),
        "type": "object",
        "title": str(collection.title),
        "description": str(collection.description),
        "properties": properties,
        "required": [f.name for f in access.fields if f.required],
    }


def field_schema(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "title": str(field.title),
        "type": "string" if field.type in _FORMATS else field.type,
    }
    if field.type in _FORMATS:
        schema["format"] = _FORMATS[field.type]
    if field.unit:
        schema |= {"x-ogc-unit": field.unit, "x-ogc-unitLang": get_language()}
    if field.choices:
        schema["oneOf"] = [{"const": code, "title": str(title)} for code, title in field.choices]
    if field.read_only:
        schema["readOnly"] = True
    return schema
