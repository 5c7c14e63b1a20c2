"""OGC API Features Part 4: create, replace, update, delete, and several changes in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date

from gis_core.actors import actor_of
from gis_core.errors import InvalidInput, NotFound, TooLarge
from gis_core.negotiation import GEOJSON
from layers.api.bodies import (
    GEOJSON_TYPES,
    JSON_TYPES,
    PATCH_TYPES,
    Reason,
    content_crs,
    expected_version,
    preferences,
    read_json,
)
from layers.api.receipts import answer_once
from layers.policy import access_to
from layers.registry import get_collection
from layers.services.edit import Applied, Create, Delete, Edit, Edited, Patch, Replace, Undelete, apply_edits

MOST_EDITS = 10_000


def create_items(request: HttpRequest, collection_id: str) -> HttpResponse:
    """POST a Feature, or a FeatureCollection, of which all are made or none."""
    get_collection(collection_id)
    body = read_json(request, GEOJSON_TYPES)

    def answer() -> HttpResponse:
        if body.get("type") != "FeatureCollection":
            return _created(request, _apply(request, [Create(collection_id, body)]).edits[0])
        features = _features(body)
        applied = _apply(request, [Create(collection_id, feature) for feature in features])
        return JsonResponse(told(applied), status=201)

    return answer_once(request, answer)


def _features(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    features = body.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise InvalidInput("features must be an array of GeoJSON Features.")
    return _counted(features)


def _counted(edits: list[Any]) -> list[Any]:
    if len(edits) > MOST_EDITS:
        raise TooLarge(f"{len(edits)} changes are too many for one request; send at most {MOST_EDITS}.")
    return edits


def replace_item(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponse:
    collection = get_collection(collection_id)
    body = read_json(request, GEOJSON_TYPES)
    expected = expected_version(request, collection, feature_id)
    applied = _apply(request, [Replace(collection_id, feature_id, body, expected)])
    return answered(request, applied.edits[0])


def patch_item(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponse:
    collection = get_collection(collection_id)
    body = read_json(request, PATCH_TYPES)
    expected = expected_version(request, collection, feature_id)
    applied = _apply(request, [Patch(collection_id, feature_id, body, expected)])
    return answered(request, applied.edits[0])


def delete_item(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponse:
    expected = expected_version(request, get_collection(collection_id), feature_id)
    _apply(request, [Delete(collection_id, feature_id, expected)])
    return HttpResponse(status=204)


def _apply(request: HttpRequest, edits: list[Edit], **options: Any) -> Applied:
    reason = Reason.of(request).as_options()
    return apply_edits(actor_of(request), edits, **{**reason, **content_crs(request), **options})


def _created(request: HttpRequest, edited: Edited) -> HttpResponse:
    response = answered(request, edited, created=True)
    path = reverse("item", args=[edited.collection, edited.id])
    response["Location"] = request.build_absolute_uri(path)
    return response


def answered(request: HttpRequest, edited: Edited, *, created: bool = False) -> HttpResponse:
    """The feature only when it is asked for (Prefer: return=representation); its ETag always."""
    feature = edited.feature or ""
    whole = "return=representation" in preferences(request)
    response = HttpResponse(
        feature if whole else b"",
        status=201 if created else 200 if whole else 204,
        content_type=GEOJSON if whole else None,
    )
    if whole:
        response["Preference-Applied"] = "return=representation"
        response["Content-Crs"] = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    response["ETag"] = f'"{edited.version}"'
    if changed := json.loads(feature)["properties"].get("updated_at"):  # a right can hide it
        response["Last-Modified"] = http_date(int(datetime.fromisoformat(changed).timestamp()))
    return response


def transactions(request: HttpRequest) -> HttpResponse:
    """POST {"comment", "dry_run", "edits": [{"action", "collection", "id", "version", "feature" | "patch"}]}."""
    body = read_json(request, JSON_TYPES)
    unknown = sorted(set(body) - {"comment", "dry_run", "edits"})
    if unknown or not isinstance(body.get("edits"), list):
        raise InvalidInput(
            f"Send edits (an array), and, if you want, comment and dry_run; not {', '.join(unknown)}."
        )
    edits = [_edit(number, given) for number, given in enumerate(_counted(body["edits"]))]
    options: dict[str, Any] = {"dry_run": body.get("dry_run") is True}
    if comment := str(body.get("comment") or ""):
        options["comment"] = comment[:500]
    return answer_once(request, lambda: JsonResponse(told(_apply(request, edits, **options))))


def _edit(number: int, given: Any) -> Edit:
    """Raises InvalidInput naming the edit by its place, from 0."""
    try:
        return _EDITS[given["action"]](given)
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"edits[{number}]: give action ({', '.join(_EDITS)}), collection, and what that action needs:"
            f" id, version, feature or patch. Wrong or missing: {error}."
        ) from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _version(given: Mapping[str, Any]) -> int | None:
    return None if given.get("version") is None else _whole(given["version"])


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not an object")
    return value


_EDITS: dict[str, Any] = {
    "create": lambda e: Create(str(e["collection"]), _object(e["feature"])),
    "replace": lambda e: Replace(str(e["collection"]), _whole(e["id"]), _object(e["feature"]), _version(e)),
    "patch": lambda e: Patch(str(e["collection"]), _whole(e["id"]), _object(e["patch"]), _version(e)),
    "delete": lambda e: Delete(str(e["collection"]), _whole(e["id"]), _version(e)),
    "undelete": lambda e: Undelete(str(e["collection"]), _whole(e["id"]), _whole(e["version"])),
}


def told(applied: Applied) -> dict[str, Any]:
    return {"batch": str(applied.batch), "edits": [_edited(edited) for edited in applied.edits]}


def _edited(edited: Edited) -> dict[str, Any]:
    return {
        "collection": edited.collection,
        "id": edited.id,
        "version": edited.version,
        "action": edited.action,
        "feature": json.loads(edited.feature) if edited.feature else None,
    }


def no_such_item(request: HttpRequest, collection_id: str, feature_id: str) -> HttpResponse:
    raise NotFound(f"{collection_id} has no feature {feature_id!r}; ids are whole numbers.")


def items_options(request: HttpRequest, collection_id: str) -> HttpResponse:
    return _options(request, collection_id, ("POST",), {"Accept-Post": ", ".join(GEOJSON_TYPES)})


def item_options(request: HttpRequest, collection_id: str, feature_id: str) -> HttpResponse:
    """Of any id: QGIS asks it of `unknown_id` when a collection is empty."""
    methods = ("PUT", "PATCH", "DELETE")
    return _options(request, collection_id, methods, {"Accept-Patch": "application/merge-patch+json"})


def _options(
    request: HttpRequest, collection_id: str, writing: tuple[str, ...], headers: dict[str, str]
) -> HttpResponse:
    may_write = access_to(actor_of(request), get_collection(collection_id)).may_write
    allowed = ["GET", "HEAD", "OPTIONS", *(writing if may_write else ())]
    return HttpResponse(headers={"Allow": ", ".join(allowed), **(headers if may_write else {})})
