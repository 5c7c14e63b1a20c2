"""The headers of every representation of features, ETag and Content-Crs first; 304 where nothing changed."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language

from gis_core.crs import Crs
from gis_core.negotiation import VARY
from layers.definitions import Extent
from layers.formats.catalog import FORMATS
from layers.policy import Access
from layers.queries.items import Row
from layers.queries.revisions import revision_of

DOWNLOADS = {form.id: form.media_type if form.negotiated else "" for form in FORMATS.values()}
REPRESENTATION = 2  # raise it when the same data is written otherwise, so that no client keeps the old form


def items_etag(request: HttpRequest, access: Access, form: str) -> str:
    """Weak: equal data, access and question, though the time stamp inside differs.

    Read it before the data: a change in between then costs a useless request, never a stale page.
    """
    revisions = [revision_of(access.collection.id)]
    if access.read is Extent.AREA:
        revisions.append(revision_of("districts"))
    told = (REPRESENTATION, revisions, access.key, form, get_language(), request.build_absolute_uri())
    return f'W/"{sha256(repr(told).encode()).hexdigest()[:20]}"'


def item_etag(request: HttpRequest, row: Row, form: str, crs: Crs) -> str:
    """Strong, from the version: `"7"`; other representations append what makes them differ."""
    parts = [str(row.version)]
    if form != "json":
        parts.append(form)
    if crs.srid != 4326 or crs.flips_axes:
        parts.append(str(crs.srid))
    if (names := request.GET.get("properties")) is not None:
        parts.append("p" + sha256(names.encode()).hexdigest()[:8])
    return f'"{"-".join(parts)}"'


def not_modified(request: HttpRequest, etag: str, changed: datetime | None = None) -> HttpResponseBase | None:
    """304 (or 412) when the request's preconditions say so."""
    seconds = int(changed.timestamp()) if changed else None
    answer = get_conditional_response(request, etag=etag, last_modified=seconds)
    return answer if answer is not None and answer.status_code in {304, 412} else None


def stamp(
    response: HttpResponseBase,
    access: Access,
    crs: Crs,
    *,
    etag: str = "",
    changed: datetime | None = None,
    as_of: datetime | None = None,
) -> HttpResponseBase:
    """The headers; the response itself is given back."""
    response["Content-Crs"] = f"<{crs.uri}>"
    response["Vary"] = VARY
    response["Cache-Control"] = "private, no-cache" if access.restricted else "no-cache"
    if etag:
        response["ETag"] = etag
    if changed:
        response["Last-Modified"] = http_date(int(changed.timestamp()))
    if as_of:
        response["Memento-Datetime"] = http_date(int(as_of.timestamp()))
    return response
