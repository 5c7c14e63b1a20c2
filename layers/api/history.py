"""The history of a feature over HTTP: its versions, what lies between two, and the way back.

In the shape of the OGC draft Versioned Features (Memento, RFC 7089): time map, Memento-Datetime, 410 for what is gone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date

from gis_core.actors import actor_of
from gis_core.errors import Gone, NotFound
from gis_core.negotiation import GEOJSON, JSON, Link, refuse_unknown, url_with
from layers.api.asking import whole_number
from layers.api.bodies import Reason, expected_version
from layers.api.edits import answered
from layers.policy import Access, access_to
from layers.queries.versions import (
    MOST_LISTED,
    State,
    Version,
    changed_fields,
    changed_geometry,
    numbers_of,
    sees_people,
    state_at,
    state_of,
    versions_of,
)
from layers.registry import get_collection
from layers.services.restore import restore_version

LINK_FORMAT = "application/link-format"
DEFAULT_LISTED = 100
VARY = "Accept, Accept-Language, Cookie, Authorization"


def versions(request: HttpRequest, collection_id: str, feature_id: int) -> HttpResponse:
    """GET: newest first, page by page; as a Memento time map with Accept: application/link-format."""
    refuse_unknown(request, "limit", "before")
    access = _access(request, collection_id)
    limit = min(whole_number(request, "limit", DEFAULT_LISTED, least=1), MOST_LISTED)
    before = whole_number(request, "before", 0, least=0) or None
    found = versions_of(access, feature_id, limit=limit + 1, before=before)
    if not found and before is None:
        raise _never(collection_id, feature_id)
    shown = found[:limit]
    if request.get_preferred_type([JSON, LINK_FORMAT]) == LINK_FORMAT:
        return _stamped(
            HttpResponse(_time_map(request, access, feature_id, shown), content_type=LINK_FORMAT), access
        )
    links = _links_of_list(request, access, feature_id)
    if len(found) > limit:
        links.append({"rel": "next", "type": JSON, "href": url_with(request, before=str(shown[-1].event))})
    people = sees_people(access.actor)
    told = [{**v.as_dict(people=people), "href": _href(request, access, feature_id, v.number)} for v in shown]
    return _stamped(_json({"versions": told, "links": links}), access)


def _never(collection_id: str, feature_id: int) -> NotFound:
    return NotFound(f"{collection_id} has no feature {feature_id}.")


def version(request: HttpRequest, collection_id: str, feature_id: int, number: int) -> HttpResponse:
    """GET: the Feature as it was; 410 for the version that is its deletion."""
    refuse_unknown(request)
    access = _access(request, collection_id)
    state = _state(request, access, feature_id, number)
    document = {**json.loads(state.feature), "links": _links_of_version(request, access, feature_id, state)}
    response = _stamped(_json(document, GEOJSON), access)
    response["Memento-Datetime"] = http_date(int(state.at.timestamp()))
    response["Link"] = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in document["links"])
    return response


def _state(request: HttpRequest, access: Access, feature_id: int, number: int) -> State:
    try:
        return state_of(access, feature_id, number)
    except Gone as error:
        raise _gone(request, access, feature_id, error) from error


def _gone(request: HttpRequest, access: Access, feature_id: int, error: Gone) -> Gone:
    """With the way to what there is: the newest state that the reader may see, and all of them."""
    numbers = [number for _, number, deletion in numbers_of(access, feature_id) if not deletion]
    told = {"timemap": _versions_href(request, access, feature_id)}
    if numbers:
        told["latest-version"] = _href(request, access, feature_id, numbers[-1])
    return Gone(error.detail, **told)


def require_at(request: HttpRequest, access: Access, feature_id: int, moment: datetime) -> State:
    """The feature at a moment. Raises Gone with latest-version when it existed, but not then; NotFound when never."""
    try:
        return state_at(access, feature_id, moment)
    except Gone as error:
        raise _gone(request, access, feature_id, error) from error


def diff(request: HttpRequest, collection_id: str, feature_id: int, number: int) -> HttpResponse:
    """GET ?from=m: what changed from version m, or from the one before, to this one."""
    refuse_unknown(request, "from")
    access = _access(request, collection_id)
    numbers = numbers_of(access, feature_id)
    start = whole_number(request, "from", 0, least=1) if "from" in request.GET else _before(numbers, number)
    after = _state_or_deletion(access, feature_id, number)
    before = None if start is None else _state_or_deletion(access, feature_id, start)
    document = {
        "from": start,
        "to": number,
        "fields": changed_fields(access, before, after),
        "geometry": changed_geometry(access, before, after),
    }
    return _stamped(_json(document), access)


def _before(numbers: list[tuple[int, int, bool]], number: int) -> int | None:
    """The version before it that the reader may see; None for the first."""
    places = [place for place, (_, found, _) in enumerate(numbers) if found == number]
    return numbers[places[-1] - 1][1] if places and places[-1] > 0 else None


def _state_or_deletion(access: Access, feature_id: int, number: int) -> State | None:
    try:
        return state_of(access, feature_id, number)
    except Gone:
        return None


def restore(request: HttpRequest, collection_id: str, feature_id: int, number: int) -> HttpResponse:
    """POST: a new version with the values of an old one, with If-Match; a deleted feature comes back without."""
    refuse_unknown(request)
    applied = restore_version(
        actor_of(request),
        collection_id,
        feature_id,
        number,
        expected=expected_version(request, get_collection(collection_id), feature_id),
        comment=Reason.of(request).comment,
    )
    return answered(request, applied.edits[0])


def _access(request: HttpRequest, collection_id: str) -> Access:
    return access_to(actor_of(request), get_collection(collection_id))


def _json(document: dict[str, Any], media_type: str = JSON) -> HttpResponse:
    return JsonResponse(document, content_type=media_type, json_dumps_params={"ensure_ascii": False})


def _stamped(response: HttpResponse, access: Access) -> HttpResponse:
    """Never kept where another reader could get it: versions tell names to some and not to others."""
    response["Vary"] = VARY
    response["Cache-Control"] = "private, no-cache" if access.actor.signed_in else "no-cache"
    return response


def _href(request: HttpRequest, access: Access, feature_id: int, number: int) -> str:
    return request.build_absolute_uri(reverse("version", args=[access.collection.id, feature_id, number]))


def _versions_href(request: HttpRequest, access: Access, feature_id: int) -> str:
    return request.build_absolute_uri(reverse("versions", args=[access.collection.id, feature_id]))


def _item_href(request: HttpRequest, access: Access, feature_id: int) -> str:
    return request.build_absolute_uri(reverse("item", args=[access.collection.id, feature_id]))


def _links_of_list(request: HttpRequest, access: Access, feature_id: int) -> list[Link]:
    here = _versions_href(request, access, feature_id)
    return [
        {"rel": "self", "type": JSON, "href": url_with(request)},
        {"rel": "alternate", "type": LINK_FORMAT, "href": here},
        {"rel": "original", "type": GEOJSON, "href": _item_href(request, access, feature_id)},
    ]


def _links_of_version(request: HttpRequest, access: Access, feature_id: int, state: State) -> list[Link]:
    """The relations of RFC 5829 and RFC 7089; only to versions that the reader may see."""
    numbers = numbers_of(access, feature_id)
    events = [event for event, *_ in numbers]
    place = events.index(state.event)
    states = [number for _, number, deletion in numbers if not deletion]
    near = {
        "predecessor-version": numbers[place - 1][1] if place > 0 else None,
        "successor-version": numbers[place + 1][1] if place + 1 < len(numbers) else None,
        "latest-version": states[-1],
    }
    item, all_versions = (
        _item_href(request, access, feature_id),
        _versions_href(request, access, feature_id),
    )
    fixed = {
        "self": _href(request, access, feature_id, state.number),
        "canonical": item,
        "original": item,
        "timemap": all_versions,
        "version-history": all_versions,
    }
    found = {
        **fixed,
        **{rel: _href(request, access, feature_id, n) for rel, n in near.items() if n is not None},
    }
    lists = {"timemap", "version-history"}
    return [
        {"rel": rel, "type": JSON if rel in lists else GEOJSON, "href": href} for rel, href in found.items()
    ]


def _time_map(request: HttpRequest, access: Access, feature_id: int, shown: list[Version]) -> str:
    """RFC 7089, 5: the original, the map itself, and each state with its moment."""
    lines = [
        f'<{_item_href(request, access, feature_id)}>; rel="original"',
        f'<{url_with(request)}>; rel="self"; type="{LINK_FORMAT}"',
    ]
    for one in reversed(shown):
        if one.operation != "delete":
            at = http_date(int(one.at.timestamp()))
            lines.append(
                f'<{_href(request, access, feature_id, one.number)}>; rel="memento"; datetime="{at}"'
            )
    return ",\n".join(lines) + "\n"
