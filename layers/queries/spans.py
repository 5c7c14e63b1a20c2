"""From when to when a collection's features are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.db import connection
from psycopg import sql

from layers.policy import Access
from layers.queries.revisions import revision_of
from layers.queries.sql import Query, rows_of

Span = tuple[str | None, str | None]  # RFC 3339
_spans: dict[str, tuple[tuple[int, int], Span]] = {}  # by the access's key: revisions, and the span at them


def time_span(access: Access) -> Span:
    """First and last value of the collection's time, of the rows that may be read; asked once for each revision."""
    revisions = revision_of(access.collection.id), revision_of("districts")
    kept = _spans.get(access.key)
    if kept is None or kept[0] != revisions:
        kept = _spans[access.key] = revisions, _read_span(access)
    return kept[1]


def forget_spans() -> None:
    """Ask anew: between tests, whose revisions are taken back."""
    _spans.clear()


def _read_span(access: Access) -> Span:
    with connection.cursor() as cursor:
        cursor.execute(*span_sql(access))
        first, last = cursor.fetchone()
    return _told(first), _told(last)


def _told(moment: date | datetime | None) -> str | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def span_sql(access: Access) -> Query:
    """One row (first, last); NULLs where there are no rows."""
    column = sql.Identifier("t", access.collection.time or "")
    rows, _ = rows_of(access.collection)
    where, params = access.rows("t")
    text = sql.SQL("SELECT min({time}), max({time}) FROM {rows} WHERE {where}")
    return text.format(time=column, rows=rows, where=where), params
