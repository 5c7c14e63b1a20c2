"""/collections/indicators/items/{id}/explain: the chain from a figure down to the features, as JSON and as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from gis_core.actors import Actor, actor_of
from gis_core.errors import NotAllowed, NotAuthenticated, NotFound
from gis_core.negotiation import JSON, refuse_unknown, respond, self_links
from layers.catalog.indicators.titles import title_of
from layers.definitions import Collection
from layers.policy import Access, access_to
from layers.queries.explain import Moment, Named, find_feature, parts_of_city, touching, values_of
from layers.queries.items import ItemsQuery, read_feature
from layers.queries.revisions import revision_of
from layers.registry import COLLECTIONS, get_collection

WIDTH, HEIGHT, MARGIN = 640, 160, 8


def explain(request: HttpRequest, feature_id: int) -> HttpResponse:
    """GET: value, rule, parameters, inputs with revisions, features that count, program, error and history."""
    refuse_unknown(request)
    actor = actor_of(request)
    access = access_to(actor, get_collection("indicators"))
    row = read_feature(access, feature_id, fields=None, crs=ItemsQuery(limit=None).crs)
    if row is None:
        raise NotFound(f"indicators has no feature {feature_id}.")
    told = json.loads(row.text)["properties"]
    moments = values_of(access, feature_id)
    subject = _subject(request, actor, told)
    document = {
        "id": feature_id,
        "title": title_of(told["indicator"]),
        **told,
        "subject": subject,
        "parts": list(_parts(request, actor, access, told)),
        "inputs": list(_inputs(request, actor, told, subject)),
        "history": [_moment(moment) for moment in moments],
        "links": [*self_links(request, JSON), _link(request, "indicators", feature_id, "original")],
    }
    response = respond(request, "api/explain.html", document, {"plot": plot(moments)})
    response["Cache-Control"] = "private, no-cache" if actor.signed_in else "no-cache"
    return response


def _subject(request: HttpRequest, actor: Actor, told: Mapping[str, Any]) -> dict[str, Any]:
    """With a name and a link if the reader may see the feature."""
    found: dict[str, Any] = {"collection": told["subject_collection"], "external_id": told["subject"]}
    if told["subject_collection"] == "city":
        language = get_language() or settings.LANGUAGE_CODE
        return {**found, "name": settings.CITY.name.in_language(language)}
    access = _readable(actor, told["subject_collection"])
    feature = find_feature(access, told["subject"]) if access else None
    if feature is None:
        return found
    return {**found, **_linked(request, told["subject_collection"], feature)}


def _parts(
    request: HttpRequest, actor: Actor, access: Access, told: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The same figure of each district, where it is the city's: from there the chain goes on to features."""
    if told["subject_collection"] != "city":
        return
    districts = _readable(actor, "districts")
    for part in parts_of_city(access, told["indicator"], told["variant"]):
        feature = find_feature(districts, part.subject) if districts else None
        yield {
            "subject": part.subject,
            "name": feature.name if feature and feature.name else part.subject,
            "value": part.value,
            "href": request.build_absolute_uri(reverse("explain", args=[part.id])),
        }


def _inputs(
    request: HttpRequest, actor: Actor, told: Mapping[str, Any], subject: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for name, read in told["inputs"].items():
        access = _readable(actor, name)
        now = revision_of(name)
        entry = {
            "collection": name,
            "title": str(COLLECTIONS[name].title) if name in COLLECTIONS else name,
            **read,
            "revision_now": now,
            "changed_since": now != read.get("revision"),
        }
        if access:
            entry["href"] = request.build_absolute_uri(reverse("items", args=[name]))
            entry |= _features(request, access, told["subject_collection"], subject)
        yield entry


def _features(
    request: HttpRequest, access: Access, collection_id: str, subject: Mapping[str, Any]
) -> dict[str, Any]:
    """Those that touch the subject now, where both have a place."""
    about = COLLECTIONS.get(collection_id)
    spatial = about is not None and about.geometry_type and access.collection.geometry_type
    if not spatial or "id" not in subject or about is None or access.collection is about:
        return {}
    found = touching(access, about, subject["id"])
    named = [_linked(request, access.collection.id, feature) for feature in found.named]
    return {"touching": found.count, "more": found.more, "first": named}


def _readable(actor: Actor, collection_id: str) -> Access | None:
    collection: Collection | None = COLLECTIONS.get(collection_id)
    try:
        return access_to(actor, collection) if collection else None
    except (NotAllowed, NotAuthenticated):
        return None


def _linked(request: HttpRequest, collection_id: str, feature: Named) -> dict[str, Any]:
    href = request.build_absolute_uri(reverse("item", args=[collection_id, feature.id]))
    return {"id": feature.id, "name": feature.name or str(feature.id), "href": href}


def _link(request: HttpRequest, collection_id: str, feature_id: int, rel: str) -> dict[str, str]:
    href = request.build_absolute_uri(reverse("item", args=[collection_id, feature_id]))
    return {"rel": rel, "type": JSON, "href": href}


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "at": moment.at.isoformat(),
        "value": moment.value,
        "version": moment.version,
        "code_version": moment.code_version,
        "inputs": json.loads(moment.inputs) if isinstance(moment.inputs, str) else moment.inputs,
    }


def plot(moments: Sequence[Moment]) -> dict[str, Any] | None:
    """Points of a line over time, in pixels of a drawing; None for less than two values."""
    known = [(moment.at.timestamp(), moment.value) for moment in moments if moment.value is not None]
    if len(known) < 2:
        return None
    (first, last), values = (known[0][0], known[-1][0]), [value for _, value in known]
    low, high = min(values), max(values)
    points = [
        (
            round(MARGIN + (WIDTH - 2 * MARGIN) * _part(at, first, last), 1),
            round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * _part(value, low, high), 1),
        )
        for at, value in known
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    size = {"width": WIDTH, "height": HEIGHT}
    return {**size, "line": line, "points": points, "low": low, "high": high, "count": len(known)}


def _part(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
