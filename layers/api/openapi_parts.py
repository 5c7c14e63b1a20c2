"""Pieces of the API definition: parameters, responses, and the schemas that they point to."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
PROBLEM = "application/problem+json"
_TOLD = {
    400: "The request cannot be understood; the problem says what and how to mend it",
    401: "Not signed in",
    403: "Not allowed",
    404: "There is no such thing",
    409: "This Idempotency-Key came with another request, or a later change is in the way",
    410: "It was deleted",
    412: "Changed by somebody else: base, theirs and yours stand in the problem",
    413: "Too large for one request",
    415: "A body of a kind that is not read here",
    422: "Rules are broken: one entry in errors for each",
    428: "Say which version the change was made from (If-Match)",
    503: "Something that the service needs is missing, or it is too busy",
}


def query_parameter(name: str, schema: Json, description: str = "") -> Json:
    parameter = {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }
    return {**parameter, "description": description} if description else parameter


def f_parameter(*more: str) -> Json:
    return query_parameter("f", {"type": "string", "enum": ["json", "html", *more]})


def lang_parameter() -> Json:
    return query_parameter("lang", {"type": "string", "enum": ["fr", "ar", "en"]})


def path_parameter(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def header(name: str, description: str, schema: Json | None = None) -> Json:
    return {"name": name, "in": "header", "description": description, "schema": schema or {"type": "string"}}


def get(operation: str, title: str, parameters: list[Json], media: dict[str, str]) -> Json:
    """A reading operation; `media` names the schema of each media type."""
    content = {kind: {"schema": ref(schema)} for kind, schema in media.items()}
    responses = {"200": {"description": title, "content": content}, **refusals(400, 401, 403, 404, 503)}
    if any(p["name"] == "asOf" for p in parameters):
        responses["304"] = {"description": "Nothing changed (If-None-Match)"}
    described = {"operationId": operation, "summary": title, "parameters": parameters, "responses": responses}
    return {"get": described}


def refusals(*statuses: int) -> Json:
    """Problems (RFC 9457); any other status is one, too."""
    content = {PROBLEM: {"schema": ref("Problem")}}
    found = {str(status): {"description": _TOLD[status], "content": content} for status in statuses}
    return {**found, "default": {"description": "A problem (RFC 9457)", "content": content}}


def body(*media: tuple[str, str], description: str = "") -> Json:
    content = {kind: {"schema": ref(schema)} for kind, schema in media}
    told = {"required": True, "content": content}
    return {**told, "description": description} if description else told


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Json, *required: str, **more: Any) -> Json:
    described = {"type": "object", "properties": properties, **more}
    return {**described, "required": list(required)} if required else described


_GEOMETRY = {
    **_object({"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}}, "type"),
    "nullable": True,
}
_FEATURE = {
    "type": {"type": "string", "enum": ["Feature"]},
    "geometry": _GEOMETRY,
    "properties": {"type": "object", "nullable": True},
}
_LINK = _object({name: {"type": "string"} for name in ("href", "rel", "type", "title")}, "href", "rel")
_LINKS = {"type": "array", "items": ref("Link")}
_WHOLE = {"type": "integer", "minimum": 0}
_BATCH = {"type": "string", "format": "uuid"}
_EDIT = _object(
    {
        "action": {"type": "string", "enum": ["create", "replace", "patch", "delete", "undelete"]},
        "collection": {"type": "string"},
        "id": _WHOLE,
        "version": {**_WHOLE, "nullable": True},
        "feature": ref("NewFeature"),
        "patch": ref("FeaturePatch"),
    },
    "action",
    "collection",
)
_SCHEMAS: Json = {
    "Link": _LINK,
    "Document": _object({"links": _LINKS}),
    "Page": {"type": "string"},
    "File": {"type": "string", "format": "binary"},
    "Feature": _object({**_FEATURE, "id": _WHOLE, "links": _LINKS}, "type", "geometry", "properties"),
    "FeatureCollection": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberReturned": _WHOLE,
            "numberMatched": _WHOLE,
            "links": _LINKS,
            "features": {"type": "array", "items": ref("Feature")},
        },
        "type",
        "features",
    ),
    "NewFeature": _object(_FEATURE, "type", "properties"),
    "NewFeatures": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": ref("NewFeature")},
        },
        "type",
        "features",
    ),
    "FeatureOrFeatures": {"oneOf": [ref("NewFeature"), ref("NewFeatures")]},
    "FeaturePatch": _object({"geometry": _GEOMETRY, "properties": {"type": "object"}}),
    "Transaction": _object(
        {
            "comment": {"type": "string", "maxLength": 500},
            "dry_run": {"type": "boolean"},
            "edits": {"type": "array", "items": _EDIT},
        },
        "edits",
    ),
    "Applied": _object(
        {
            "batch": _BATCH,
            "edits": {
                "type": "array",
                "items": _object(
                    {
                        "collection": {"type": "string"},
                        "id": _WHOLE,
                        "version": _WHOLE,
                        "action": {"type": "string"},
                        "feature": {"type": "object", "nullable": True},
                    },
                    "collection",
                    "id",
                    "version",
                    "action",
                ),
            },
        },
        "batch",
        "edits",
    ),
    "Versions": _object(
        {
            "versions": {
                "type": "array",
                "items": _object(
                    {
                        "version": _WHOLE,
                        "operation": {"type": "string", "enum": ["create", "update", "delete"]},
                        "at": {"type": "string", "format": "date-time"},
                        "href": {"type": "string"},
                    },
                    "version",
                    "operation",
                    "at",
                ),
            },
            "links": _LINKS,
        },
        "versions",
    ),
    "Diff": _object(
        {
            "from": {**_WHOLE, "nullable": True},
            "to": _WHOLE,
            "fields": {"type": "array", "items": {"type": "object"}},
        }
    ),
    "Problem": _object(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
        "title",
        "status",
    ),
}
COMPONENTS: Json = {
    "schemas": _SCHEMAS,
    "securitySchemes": {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal token"},
        "basic": {"type": "http", "scheme": "basic", "description": "User name, and a token as the password"},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    },
}
