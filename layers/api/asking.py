"""What a reader's query parameters ask of a collection, each judged at the door: ItemsQuery, or InvalidInput."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.http import HttpRequest

from gis_core.crs import Crs, read_area
from gis_core.errors import InvalidInput
from gis_core.negotiation import refuse_unknown
from layers.cql2 import compile_equals, compile_filter
from layers.cql2.parse import LANGUAGES
from layers.cql2.temporal import parse_date, parse_timestamp
from layers.definitions import Field
from layers.policy import Access, Condition
from layers.queries.items import DEGREES, ItemsQuery
from layers.queries.places import Interval
from layers.queries.sorting import SORTABLE, SortKey, after_condition

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
COUNTS = ("none", "exact", "estimate")
FILTERING = ("bbox", "bbox-crs", "datetime", "q", "filter", "filter-lang", "filter-crs")
OF_ITEM = ("crs", "properties", "profile", "asOf")
OF_ITEMS = ("limit", "after", "sortby", "count", *FILTERING, *OF_ITEM)


def filterable(access: Access) -> tuple[Field, ...]:
    """The properties that `property=value` and a filter may name."""
    return tuple(f for f in access.fields if f.type != "object")


def sortable(access: Access) -> tuple[SortKey, ...]:
    return (SortKey("id", "integer"), *(SortKey(f.name, f.type) for f in access.fields if f.type in SORTABLE))


def read_items_query(request: HttpRequest, access: Access, *, default_limit: int | None) -> ItemsQuery:
    """Raises InvalidInput naming the parameter that is unknown or wrong. A limit above the maximum is the maximum."""
    refuse_unknown(request, *OF_ITEMS, *(f.name for f in filterable(access)))
    bbox, interval = request.GET.get("bbox"), request.GET.get("datetime")
    bbox_crs = read_crs(request, "bbox-crs")
    query = ItemsQuery(
        limit=_read_limit(request, default_limit),
        bbox=read_area(bbox, bbox_crs) if bbox else None,
        after=request.GET.get("after", ""),
        q=request.GET.get("q", "").replace("\x00", "").strip()[:200],
        as_of=read_moment(request),
        interval=read_interval(interval) if interval is not None else None,
        conditions=tuple(_conditions(request, access)),
        sort=read_sort(request, access),
        fields=read_fields(request, access),
        crs=read_crs(request, "crs"),
    )
    if query.after:
        after_condition(query.sort, query.after)
    read_count(request)
    return query


def _read_limit(request: HttpRequest, default: int | None) -> int | None:
    if default is None and "limit" not in request.GET:
        return None
    return min(whole_number(request, "limit", default or DEFAULT_LIMIT, least=1), MAX_LIMIT)


def whole_number(request: HttpRequest, name: str, default: int, *, least: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:19]) < 2**63:
        raise InvalidInput(f"{name}={text!r} must be a whole number of at least {least}.")
    return int(text[:19])


def read_crs(request: HttpRequest, name: str) -> Crs:
    """CRS84 unless the parameter says otherwise. Raises InvalidInput naming the ones that are offered."""
    text = request.GET.get(name)
    if text is None:
        return DEGREES
    try:
        return Crs.parse(text)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.detail}") from error


def read_count(request: HttpRequest) -> str:
    text = request.GET.get("count", "none")
    if text not in COUNTS:
        raise InvalidInput(f"count={text!r} is not known; use {', '.join(COUNTS)}.")
    return text


def read_moment(request: HttpRequest) -> datetime | None:
    """`asOf`: read the collection as it was at a moment."""
    text = request.GET.get("asOf")
    if text is None:
        return None
    try:
        return parse_timestamp(text)
    except InvalidInput as error:
        raise InvalidInput(f"asOf: {error.detail}") from error


def read_interval(text: str) -> Interval:
    """`datetime`: an instant, or start/end with `..` or nothing for an open end. Raises InvalidInput."""
    parts = text.split("/")
    if len(parts) > 2 or text in {"", ".."}:
        raise InvalidInput(
            f"datetime={text[:60]!r}: write one instant, or start/end with .. for an open end:"
            " 2026-01-01T00:00:00Z/.."
        )
    start, end = (_instant(part) for part in (parts if len(parts) == 2 else parts * 2))
    if start is not None and end is not None and _as_day(start, end) > _as_day(end, start):
        raise InvalidInput(f"datetime={text[:60]!r} ends before it starts; swap its ends.")
    return Interval(start, end)


def _instant(text: str) -> date | datetime | None:
    if text in {"", ".."}:
        return None
    try:
        return parse_date(text) if len(text) == 10 else parse_timestamp(text)
    except InvalidInput as error:
        raise InvalidInput(f"datetime: {error.detail}") from error


def _as_day(moment: date | datetime, other: date | datetime) -> date | datetime:
    """Of one kind with the other."""
    if isinstance(moment, datetime) and not isinstance(other, datetime):
        return moment.date()
    return moment


def _conditions(request: HttpRequest, access: Access) -> Iterator[Condition]:
    for field in filterable(access):
        if field.name in request.GET:
            yield compile_equals(field, request.GET[field.name])
    text, lang = request.GET.get("filter"), request.GET.get("filter-lang", LANGUAGES[0])
    crs = read_crs(request, "filter-crs")
    if lang not in LANGUAGES:
        raise InvalidInput(f"filter-lang={lang!r} is not known; use {' or '.join(LANGUAGES)}.")
    if text is not None:
        yield compile_filter(
            text,
            lang=lang,
            fields=filterable(access),
            geometry=access.collection.geometry_type is not None,
            crs_srid=crs.srid,
            flip=crs.flips_axes,
        )


def read_sort(request: HttpRequest, access: Access) -> tuple[SortKey, ...]:
    """`sortby=+a,-b`; a plus that was not encoded arrives as a blank."""
    text = request.GET.get("sortby")
    if text is None:
        return ()
    known = {key.name: key for key in sortable(access)}
    return tuple(_sort_key(part, known) for part in text.split(","))


def _sort_key(part: str, known: dict[str, SortKey]) -> SortKey:
    name = part[1:] if part[:1] in {"+", "-", " "} else part
    if name not in known:
        raise InvalidInput(
            f"sortby: there is no property {name[:60]!r} to sort by. Known: {', '.join(known)}."
        )
    return SortKey(name, known[name].type, part.startswith("-"))


def read_fields(request: HttpRequest, access: Access) -> tuple[Field, ...] | None:
    """`properties=a,b`: only these, in the order of the collection; nothing after the sign means none of them."""
    text = request.GET.get("properties")
    if text is None:
        return None
    asked = {name for name in text.split(",") if name}
    known = {f.name for f in access.fields}
    if unknown := sorted(asked - known):
        raise InvalidInput(
            f"properties: there is no {', '.join(unknown)[:200]}. Known: {', '.join(sorted(known))}."
        )
    return tuple(f for f in access.fields if f.name in asked)
