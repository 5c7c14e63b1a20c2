"""Batches over HTTP: what was changed together and why, and taking it all back; for who may see names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from gis_core.actors import actor_of
from gis_core.errors import InvalidInput
from gis_core.negotiation import JSON, refuse_unknown, url_with
from gis_core.permissions import require_role
from layers.api.asking import whole_number
from layers.api.bodies import Reason
from layers.api.edits import told
from layers.cql2.temporal import parse_timestamp
from layers.policy import Access, access_to, readable
from layers.queries.batches import Batch, BatchFilter, BatchKey, Change, batch_of, batches, changes_of
from layers.queries.versions import STAFF
from layers.registry import get_collection
from layers.services.restore import revert_batch

DEFAULT_LISTED = 50
MOST_LISTED = 500
DEFAULT_CHANGES = 200
MOST_CHANGES = 10_000


def batch_list(request: HttpRequest) -> HttpResponse:
    """GET ?collection=&actor=&from=&to=&limit=: newest first."""
    refuse_unknown(request, "collection", "actor", "from", "to", "limit", "after")
    accesses = asked_accesses(request)
    asked = _asked(request)
    found = batches(accesses, replace(asked, limit=asked.limit + 1))
    shown = found[: asked.limit]
    links = [{"rel": "self", "type": JSON, "href": url_with(request)}]
    if len(found) > asked.limit:
        links.append({"rel": "next", "type": JSON, "href": _next(request, shown[-1])})
    return _json({"batches": [_told(request, batch) for batch in shown], "links": links})


def asked_accesses(request: HttpRequest) -> list[Access]:
    """The collection that the request names, or all that its actor may read. Raises for who may not see names."""
    actor = actor_of(request)
    require_role(actor, *STAFF)
    name = request.GET.get("collection")
    return [access_to(actor, get_collection(name))] if name else readable(actor)


def _asked(request: HttpRequest) -> BatchFilter:
    return BatchFilter(
        limit=min(whole_number(request, "limit", DEFAULT_LISTED, least=1), MOST_LISTED),
        since=read_time(request, "from"),
        until=read_time(request, "to"),
        actor=request.GET.get("actor", "").replace("\x00", ""),
        after=_read_after(request),
    )


def read_time(request: HttpRequest, name: str) -> Any:
    """RFC 3339 with a zone, or None. Raises InvalidInput naming the parameter."""
    text = request.GET.get(name)
    try:
        return parse_timestamp(text) if text else None
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.detail}") from error


def _read_after(request: HttpRequest) -> UUID | None:
    text = request.GET.get("after")
    return BatchKey.parse(text).batch if text else None


def _next(request: HttpRequest, last: Batch) -> str:
    """What was written past the application has no UUID to go on from; there, the moment alone does."""
    at = last.at.isoformat().replace("+00:00", "Z")
    return url_with(request, to=at, after=str(last.key) if last.key.batch else "")


def _told(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    return {**batch.as_dict(), "href": request.build_absolute_uri(reverse("batch", args=[str(batch.key)]))}


def batch(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the reason, and what it changed, feature by feature."""
    refuse_unknown(request, "limit", "after")
    accesses = asked_accesses(request)
    found = batch_of(accesses, BatchKey.parse(key))
    limit = min(whole_number(request, "limit", DEFAULT_CHANGES, least=1), MOST_CHANGES)
    changes = changes_of(accesses, found.key, limit=limit + 1, after=_read_place(request))
    links = [{"rel": "self", "type": JSON, "href": url_with(request)}]
    if len(changes) > limit:
        place = f"{changes[limit - 1].collection}:{changes[limit - 1].event}"
        links.append({"rel": "next", "type": JSON, "href": url_with(request, after=place)})
    shown = [_change(request, change) for change in changes[:limit]]
    return _json({**_told(request, found), "changes": shown, "links": links})


def _read_place(request: HttpRequest) -> tuple[str, int]:
    name, _, event = request.GET.get("after", "").partition(":")
    if not name:
        return "", 0
    if not (event.isascii() and event.isdigit()) or len(event) > 18:
        raise InvalidInput("after: follow the link next of the page before.")
    return get_collection(name).id, int(event)


def _change(request: HttpRequest, change: Change) -> dict[str, Any]:
    place = [change.collection, change.id]
    href = request.build_absolute_uri(reverse("version", args=[*place, change.version]))
    return {
        "collection": change.collection,
        "id": change.id,
        "external_id": change.external_id,
        "operation": change.operation,
        "version": change.version,
        "href": href,
        "diff": f"{href}/diff",
        "versions": request.build_absolute_uri(reverse("versions", args=place)),
    }


def revert(request: HttpRequest, key: str) -> HttpResponse:
    """POST: every feature of the batch as it was before it, or, where one was changed since, none (409)."""
    refuse_unknown(request)
    actor = actor_of(request)
    require_role(actor, *STAFF)
    return _json(told(revert_batch(actor, BatchKey.parse(key), comment=Reason.of(request).comment)))


def _json(document: dict[str, Any]) -> HttpResponse:
    return JsonResponse(
        document, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "private, no-cache"}
    )
