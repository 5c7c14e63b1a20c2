"""The roadbook of a collection route: a page for the crew's phone, and files to print, drive by and remember."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from analysis.api.printing import Drive, print_drives
from analysis.api.words import PageWords
from analysis.roadbook import Roadbook, RoadbookError, Step
from analysis.roadbook.geojson import geojson
from analysis.roadbook.gpx import write_gpx
from analysis.roadbook.ical import write_ical
from analysis.roadbook.telling import Teller, clock, short_id
from gis_core.actors import actor_of
from gis_core.errors import NotFound
from gis_core.negotiation import GEOJSON, HTML, JSON, VARY, chosen_format, refuse_unknown
from layers.api.collections import access_for
from layers.api.representations import not_modified
from layers.policy import Access
from layers.queries.items import read_feature
from layers.queries.revisions import revision_of

COLLECTION = "collection-routes"
FORMATS = {
    "pdf": "application/pdf",
    "gpx": "application/gpx+xml",
    "geojson": GEOJSON,
    "ics": "text/calendar",
}
MEDIA_TYPES = {"html": HTML, "json": JSON, **FORMATS}
REPRESENTATION = (
    2  # raise it when the same roadbook is written otherwise, so that no client keeps the old form
)


@dataclass(frozen=True, eq=False)
class _Asked:
    """A request for one roadbook that the reader may see."""

    request: HttpRequest
    access: Access
    feature_id: int
    line: np.ndarray[Any, np.dtype[np.float64]]
    book: Roadbook
    version: int
    changed: datetime

    @cached_property
    def teller(self) -> Teller:
        return Teller(PageWords())

    @property
    def link(self) -> str:
        """The page in this language, for phones and calendars."""
        path = reverse("roadbook", args=[self.feature_id])
        return self.request.build_absolute_uri(f"{path}?f=html&lang={self.teller.words.language}")

    def file_name(self, ending: str) -> str:
        vehicle = slugify(short_id(self.book.vehicle)) or str(self.feature_id)
        return f"roadbook-{self.book.date}-{vehicle}-{self.teller.words.language}.{ending}"


@require_safe
def roadbook(request: HttpRequest, feature_id: int) -> HttpResponse:
    access = access_for(request, COLLECTION)
    refuse_unknown(request)
    form = chosen_format(request, FORMATS)
    asked = _read(request, access, feature_id)
    if form == "html":
        response = _page(asked)
    else:
        etag = _etag(asked, form)
        unchanged = not_modified(request, etag, asked.changed)
        response = unchanged or _file(asked, form)  # type: ignore[assignment]
        response["ETag"] = etag
        response["Last-Modified"] = http_date(int(asked.changed.timestamp()))
    response["Vary"] = VARY
    response["Cache-Control"] = "private, no-cache" if access.restricted else "no-cache"
    return response


def _read(request: HttpRequest, access: Access, feature_id: int) -> _Asked:
    """Raises NotFound for a route that the reader does not have, and for one without a roadbook."""
    field = next((field for field in access.fields if field.name == "roadbook"), None)
    row = read_feature(access, feature_id, fields=[field] if field else [])
    if row is None:
        raise NotFound(f"{COLLECTION} has no feature {feature_id}.")
    feature = json.loads(row.text)
    document = feature["properties"].get("roadbook")
    if document is None:
        raise NotFound(
            f"Route {feature_id} has no roadbook: it was not planned here, or before there were roadbooks."
            " Plan its day again (optimize-routes)."
        )
    try:
        book = Roadbook.from_json(document)
    except RoadbookError as error:
        raise NotFound(
            f"The roadbook of route {feature_id} cannot be read: {error} Plan its day again."
        ) from error
    line = np.array(feature["geometry"]["coordinates"], dtype=np.float64)[:, :2]
    return _Asked(request, access, feature_id, line, book, row.version, row.updated_at)


def _etag(asked: _Asked, form: str) -> str:
    """A printed sheet also shows the streets of the day."""
    streets = f"-{revision_of('streets')}" if form == "pdf" else ""
    return f'"{asked.version}-{form}-{asked.teller.words.language}-{REPRESENTATION}{streets}"'


def _file(asked: _Asked, form: str) -> HttpResponse:
    shown = "inline" if form in ("pdf", "json", "geojson") else "attachment"
    media_type = MEDIA_TYPES[form] + ("; charset=utf-8" if form == "ics" else "")
    headers = {"Content-Disposition": f'{shown}; filename="{asked.file_name(form)}"'}
    return HttpResponse(_WRITERS[form](asked), content_type=media_type, headers=headers)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.CITY.time_zone)


def _json(asked: _Asked) -> bytes:
    return json.dumps(asked.book.as_json(), ensure_ascii=False).encode()


def _geojson(asked: _Asked) -> bytes:
    return json.dumps(geojson(asked.book, asked.line, asked.teller), ensure_ascii=False).encode()


def _gpx(asked: _Asked) -> bytes:
    return write_gpx(asked.book, asked.line, asked.teller, _zone(), asked.link)


def _ical(asked: _Asked) -> bytes:
    site = asked.request.build_absolute_uri("/")
    return write_ical(asked.book, asked.teller, _zone(), site=site, link=asked.link, changed=asked.changed)


def _pdf(asked: _Asked) -> bytes:
    """Raises Unavailable where the fonts of the web pages are missing."""
    drive = Drive(asked.book, asked.line, asked.link)
    title, actor = asked.teller.title(asked.book), actor_of(asked.request)
    return print_drives(actor, [drive], asked.teller, title=title, changed=asked.changed)


_WRITERS: Mapping[str, Callable[[_Asked], bytes]] = {
    "json": _json,
    "geojson": _geojson,
    "gpx": _gpx,
    "ics": _ical,
    "pdf": _pdf,
}


def _page(asked: _Asked) -> HttpResponse:
    teller, book = asked.teller, asked.book
    steps = [_shown(teller, number, step) for number, step in enumerate(book.steps, start=1)]
    context = {
        "title": teller.title(book),
        "subtitle": teller.subtitle(book),
        "totals": teller.totals(book),
        "steps": steps,
        "halts": [step for step in steps if step["kind"] in ("tip", "rest", "end")],
        "feature_id": asked.feature_id,
        "files": [(form, f"?f={form}&lang={get_language()}") for form in FORMATS],
    }
    return render(asked.request, "api/roadbook.html", context)


def _shown(teller: Teller, number: int, step: Step) -> dict[str, Any]:
    sentences = teller.sentences(step)
    return {
        "number": number,
        "kind": str(step.kind),
        "sign": str(step.turn or ("straight" if step.kind == "go" else step.kind)),
        "side": str(step.side or ""),
        "first": sentences[0],
        "more": sentences[1:],
        "ids": [short_id(id) for id in step.ids] if step.kind == "empty" else [],
        "clock": clock(step.clock_s),
        "next": teller.distance(step.to_next_m) if step.to_next_m > 0 else "",
        "at": teller.words.say("kilometres", value=teller.number(step.at_m / 1000, 1)),
        "load": teller.load(step.load_kg),
    }
