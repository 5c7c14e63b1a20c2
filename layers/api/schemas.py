"""Schema, queryables and sortables of a collection as JSON Schema (OGC API Common Part 3, Features Parts 3 and 5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from layers.api.asking import filterable, sortable
from layers.definitions import Collection, Field, json_type
from layers.policy import Access

SCHEMA = "application/schema+json"
_GEOMETRY_FORMATS = {
    "Point": "geometry-point",
    "LineString": "geometry-linestring",
    "MultiPolygon": "geometry-multipolygon",
}
_FORMATS = {"date": "date", "date-time": "date-time", "time": "time"}
# Our units, as people read them, to the code of the Unified Code for Units of Measure.
UCUM = {
    "m": "m", "m²": "m2", "m³": "m3", "km": "km", "km/h": "km/h", "kg": "kg", "kg/d": "kg/d", "t": "t", "L": "L",
    "%": "%", "min": "min", "s": "s", "µg/m³": "ug/m3",
}  # fmt: skip


def schema_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    """One feature's properties, titles in the reader's language; what may be written and what only read."""
    document = _document(request, access, {"id": {**_ID, "readOnly": True}}, access.fields)
    return document | {
        "required": [f.name for f in access.fields if f.required],
        "additionalProperties": False,
    }


def queryables_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    """What `filter` and `property=value` may name; anything else is an error, not NULL."""
    document = _document(request, access, {"id": _ID}, filterable(access))
    return document | {"additionalProperties": False}


def sortables_document(request: HttpRequest, access: Access) -> dict[str, Any]:
    names = {key.name for key in sortable(access)}
    fields = tuple(f for f in access.fields if f.name in names)
    return _document(request, access, {"id": _ID}, fields, geometry=False)


_ID = {"type": "integer", "x-ogc-role": "id"}


def _document(
    request: HttpRequest,
    access: Access,
    properties: dict[str, Any],
    fields: tuple[Field, ...],
    *,
    geometry: bool = True,
) -> dict[str, Any]:
    collection = access.collection
    if geometry and collection.geometry_type:
        properties["geometry"] = {
            "format": _GEOMETRY_FORMATS[collection.geometry_type],
            "x-ogc-role": "primary-geometry",
        }
    for field in fields:
        described = field_schema(field, collection)
        properties[field.name] = {**described, "x-ogc-propertySeq": len(properties)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.build_absolute_uri(request.path),
        "type": "object",
        "title": str(collection.title),
        "description": str(collection.description),
        "properties": properties,
    }


def field_schema(field: Field, collection: Collection) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": str(field.title), **type_schema(field, collection)}
    if field.unit:
        schema |= {"x-ogc-unit": UCUM[field.unit], "x-ogc-unitLang": "UCUM", "x-unit-label": field.unit}
    if field.choices:
        schema["oneOf"] = [{"const": code, "title": str(title)} for code, title in field.choices]
    if field.name == collection.time:
        schema["x-ogc-role"] = "primary-instant"
    if field.on_request:
        schema |= {"description": _on_request(field), "x-on-request": True}
    if field.read_only:
        schema["readOnly"] = True
    return schema


def _on_request(field: Field) -> str:
    return _("Long: only in answers to requests that name it, properties=%(name)s.") % {"name": field.name}


def type_schema(field: Field, collection: Collection) -> dict[str, Any]:
    """Type and format; of an array also what it holds."""
    if field.type in _FORMATS:
        return {"type": "string", "format": _FORMATS[field.type]}
    if field.type == "array":
        held = collection.model._meta.get_field(field.name).base_field  # type: ignore[union-attr]
        return {"type": "array", "items": {"type": json_type(held)}}
    return {"type": field.type}
