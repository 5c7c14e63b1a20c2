"""The part of the API definition that changes features and reads their history."""

from __future__ import annotations

from gis_core.negotiation import ATOM, GEOJSON, JSON
from layers.api import batches
from layers.api.history import LINK_FORMAT
from layers.api.openapi_parts import Json, body, get, header, path_parameter, query_parameter, ref, refusals
from layers.queries.versions import MOST_LISTED as MOST_VERSIONS

_PATCH = "application/merge-patch+json"
_SECURITY = [{"token": []}, {"basic": []}, {"session": []}]
_WHY = header("Change-Comment", "Why, percent-encoded UTF-8")
_MADE_FROM = [
    header("If-Match", "The ETag of the version that the change was made from"),
    header("If-Unmodified-Since", "Instead of If-Match: its Last-Modified"),
]
_CRS = header("Content-Crs", "CRS of the coordinates in the body; CRS84 when left out")
_PREFER = header("Prefer", "return=representation gives the feature back")
_ONCE = header(
    "Idempotency-Key", "The same request with the same key is done once", {"type": "string", "maxLength": 200}
)
_REFUSED = refusals(400, 401, 403, 404, 410, 412, 413, 415, 422, 428)
_TAGGED = {"ETag": {"schema": {"type": "string"}}, "Last-Modified": {"schema": {"type": "string"}}}


def items_methods(suffix: str, parameters: list[Json]) -> Json:
    """POST and OPTIONS of a collection's items; operation ids end with `suffix`."""
    created = {
        "description": "Created",
        "headers": {"Location": {"schema": {"type": "string"}}, **_TAGGED},
        "content": {GEOJSON: {"schema": ref("Feature")}, JSON: {"schema": ref("Applied")}},
    }
    return {
        "post": _changing(
            f"create{suffix}",
            "Create a feature, or several at once",
            [*parameters, _WHY, _CRS, _PREFER, _ONCE],
            {"201": created, **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
            body((GEOJSON, "FeatureOrFeatures"), (JSON, "FeatureOrFeatures")),
        ),
        "options": _options(f"items_options{suffix}", parameters),
    }


def item_methods(parameters: list[Json]) -> Json:
    changing = [*parameters, *_MADE_FROM, _WHY]
    feature = body((GEOJSON, "NewFeature"), (JSON, "NewFeature"))
    patch = body((_PATCH, "FeaturePatch"), description="RFC 7396 over geometry and properties")
    done = _done()
    return {
        "put": _changing("replace", "Replace a feature", [*changing, _CRS, _PREFER], done, feature),
        "patch": _changing("patch", "Change parts of a feature", [*changing, _CRS, _PREFER], done, patch),
        "delete": _changing(
            "delete", "Delete a feature", changing, {"204": {"description": "Deleted"}, **_REFUSED}
        ),
        "options": _options("item_options", parameters),
    }


def paths(collection: Json) -> Json:
    """Transactions and history."""
    feature = path_parameter("featureId", {"type": "integer", "minimum": 0})
    version = path_parameter("version", {"type": "integer", "minimum": 1})
    one = "/collections/{collectionId}/items/{featureId}/versions"
    at = f"{one}/{{version}}"
    older = query_parameter("from", {"type": "integer", "minimum": 1}, "Default: the version before.")
    before = query_parameter("before", {"type": "integer", "minimum": 1}, "As the link next says it.")
    listing = [collection, feature, _limit(MOST_VERSIONS), before]
    versioned = [collection, feature, version]
    restoring = [*versioned, *_MADE_FROM, _WHY, _PREFER]
    restored = _changing("restore", "Bring back a version", restoring, {**_done(), **refusals(409)})
    return {
        "/transactions": {"post": _transaction()},
        one: get(
            "versions",
            "The versions of a feature, newest first",
            listing,
            {JSON: "Versions", LINK_FORMAT: "Page"},
        ),
        at: _with_gone(get("version", "A feature as it was", versioned, {GEOJSON: "Feature"})),
        f"{at}/diff": get("diff", "What changed between two versions", [*versioned, older], {JSON: "Diff"}),
        f"{at}/restore": {"post": restored},
        **_batches(),
        "/collections/indicators/items/{featureId}/explain": get(
            "explain", "How an indicator was computed", [feature], {JSON: "Document"}
        ),
        "/collections/air-alerts/feed": get(
            "alertsFeed", "Alerts of air quality, to subscribe to", [], {ATOM: "Page"}
        ),
        "/audit.csv": get("audit", "All changes, for the auditors", _span_parameters(), {"text/csv": "File"}),
    }


def _batches() -> Json:
    batch = path_parameter("batch", {"type": "string"})
    after = query_parameter("after", {"type": "string"}, "As the link next says it.")
    reverted = {"200": {"description": "Reverted", "content": _applied()}, **_REFUSED, **refusals(409)}
    listing = [*_span_parameters(), _limit(batches.MOST_LISTED), after]
    changes = [batch, _limit(batches.MOST_CHANGES), after]
    return {
        "/batches": get("batches", "Changes, newest first", listing, {JSON: "Document"}),
        "/batches/{batch}": get("batch", "One batch of changes", changes, {JSON: "Document"}),
        "/batches/{batch}/revert": {"post": _changing("revert", "Undo a batch", [batch, _WHY], reverted)},
    }


def _limit(most: int) -> Json:
    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return query_parameter("limit", schema, "A larger number is taken as the maximum.")


def _span_parameters() -> list[Json]:
    moment = {"type": "string", "format": "date-time"}
    return [
        query_parameter("collection", {"type": "string"}),
        query_parameter("actor", {"type": "string"}),
        query_parameter("from", moment),
        query_parameter("to", moment),
    ]


def _transaction() -> Json:
    answers = {"200": {"description": "All done, or tried (dry_run)", "content": _applied()}, **_REFUSED}
    return _changing(
        "transaction",
        "Several changes, all or none",
        [_WHY, _CRS, _ONCE],
        answers,
        body((JSON, "Transaction")),
    )


def _applied() -> Json:
    return {JSON: {"schema": ref("Applied")}}


def _done() -> Json:
    whole = {"description": "Done", "headers": _TAGGED, "content": {GEOJSON: {"schema": ref("Feature")}}}
    return {"200": whole, "204": {"description": "Done", "headers": _TAGGED}, **_REFUSED}


def _with_gone(operation: Json) -> Json:
    operation["get"]["responses"] |= refusals(410)
    return operation


def _changing(
    operation: str, summary: str, parameters: list[Json], responses: Json, request_body: Json | None = None
) -> Json:
    described = {
        "operationId": operation,
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
        "security": _SECURITY,
    }
    return {**described, "requestBody": request_body} if request_body else described


def _options(operation: str, parameters: list[Json]) -> Json:
    allowed = {
        "description": "What who asks may do here",
        "headers": {"Allow": {"schema": {"type": "string"}}},
    }
    return {
        "operationId": operation,
        "summary": "Methods allowed",
        "parameters": parameters,
        "responses": {"200": allowed, **refusals(401, 403, 404)},
    }
