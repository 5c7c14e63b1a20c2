"""Dates, timestamps and intervals, and the relations between them (OGC 21-065r2, 7.8; Allen's algebra).

A date beside a timestamp is compared by the day, in UTC. An instant is an interval that ends where it starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.cql2.terms import Kind, Term, fill, shown

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?P<fraction>\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
INSTANTS = (Kind.DATE, Kind.TIMESTAMP)
# a and b are the operands; 0 is the start, 1 the end.
_RELATIONS = {
    "t_after": "{a0} > {b1}",
    "t_before": "{a1} < {b0}",
    "t_contains": "{a0} < {b0} AND {a1} > {b1}",
    "t_disjoint": "NOT ({a0} <= {b1} AND {a1} >= {b0})",
    "t_during": "{a0} > {b0} AND {a1} < {b1}",
    "t_equals": "{a0} = {b0} AND {a1} = {b1}",
    "t_finishedby": "{a0} < {b0} AND {a1} = {b1}",
    "t_finishes": "{a0} > {b0} AND {a1} = {b1}",
    "t_intersects": "{a0} <= {b1} AND {a1} >= {b0}",
    "t_meets": "{a1} = {b0}",
    "t_metby": "{a0} = {b1}",
    "t_overlappedby": "{a0} > {b0} AND {a0} < {b1} AND {a1} > {b1}",
    "t_overlaps": "{a0} < {b0} AND {a1} > {b0} AND {a1} < {b1}",
    "t_startedby": "{a0} = {b0} AND {a1} > {b1}",
    "t_starts": "{a0} = {b0} AND {a1} < {b1}",
}
FUNCTIONS = tuple(_RELATIONS)


def parse_date(text: Any) -> date:
    """Strictly YYYY-MM-DD."""
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidInput(f"{shown(text)} is not a date; write YYYY-MM-DD.")


def parse_timestamp(text: Any) -> datetime:
    """Strictly RFC 3339 with a zone; in UTC. Beyond a microsecond the fraction is cut."""
    found = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if found:
        fraction = found["fraction"] or ""
        try:
            return datetime.fromisoformat(text.upper().replace(fraction, fraction[:7])).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise InvalidInput(f"{shown(text)} is not a timestamp; write YYYY-MM-DDThh:mm:ssZ.")


def parse_time(text: Any) -> time:
    """Strictly hh:mm or hh:mm:ss."""
    if isinstance(text, str) and _TIME.fullmatch(text):
        try:
            return time.fromisoformat(text)
        except ValueError:
            pass
    raise InvalidInput(f"{shown(text)} is not a time of day; write hh:mm or hh:mm:ss.")


def date_literal(text: Any) -> Term:
    value = parse_date(text)
    return Term(Kind.DATE, sql.SQL("%s::date"), (value,), value, told=str(value))


def timestamp_literal(text: Any) -> Term:
    value = parse_timestamp(text)
    return Term(Kind.TIMESTAMP, sql.SQL("%s::timestamptz"), (value,), value, told=value.isoformat())


def time_literal(text: Any) -> Term:
    value = parse_time(text)
    return Term(Kind.TIME, sql.SQL("%s::time"), (value,), value, told=str(value))


def interval(ends: Any, term_of: Callable[[Any], Term]) -> Term:
    """Of two ends: a date, a timestamp, '..' or a property. Raises InvalidInput when it ends before it starts."""
    if not isinstance(ends, list) or len(ends) != 2:
        raise InvalidInput("An interval has two ends: INTERVAL('2026-01-01', '..').")
    start, end = (_interval_end(value, term_of) for value in ends)
    written = start.literal, end.literal
    if type(written[0]) is type(written[1]) and written[0] is not None and written[0] > written[1]:
        raise InvalidInput(f"The interval ends ({end.told}) before it starts ({start.told}); swap its ends.")
    return Term(Kind.INTERVAL, ends=(start, end), told="the interval")


def _interval_end(value: Any, term_of: Callable[[Any], Term]) -> Term:
    if value == "..":
        return Term(Kind.UNBOUNDED)
    if isinstance(value, str):
        return date_literal(value) if len(value) <= 10 else timestamp_literal(value)
    term = term_of(value)
    if term.kind not in INSTANTS:
        raise InvalidInput(f"An interval ends at dates or timestamps; {term.named()}.")
    return term


def relate_times(op: str, left: Term, right: Term) -> Term:
    """The relation `op` of two instants or intervals. Raises InvalidInput when one of them is something else."""
    ends = [*_ends(op, left), *_ends(op, right)]
    by_day = any(end.kind is Kind.DATE for end in ends)
    open_ends = ("-infinity", "infinity") * 2
    parts = [_at(end, by_day, infinite) for end, infinite in zip(ends, open_ends, strict=True)]
    a0, a1, b0, b1 = parts
    return fill(Kind.BOOLEAN, f"({_RELATIONS[op]})", a0=a0, a1=a1, b0=b0, b1=b1)


def _ends(op: str, term: Term) -> tuple[Term, Term]:
    if term.kind is Kind.INTERVAL:
        return term.ends[0], term.ends[1]
    if term.kind in INSTANTS:
        return term, term
    raise InvalidInput(
        f"{op.upper()} needs DATE('…'), TIMESTAMP('…'), INTERVAL('…', '…') or such a property; {term.named()}."
    )


def _at(end: Term, by_day: bool, infinite: str) -> Term:
    if end.kind is Kind.UNBOUNDED:
        kind, text = (Kind.DATE, "%s::date") if by_day else (Kind.TIMESTAMP, "%s::timestamptz")
        return Term(kind, sql.SQL(text), (infinite,))
    return day_of(end) if by_day else end


def day_of(term: Term) -> Term:
    """The day of an instant, in UTC."""
    if term.kind is Kind.DATE:
        return term
    return fill(Kind.DATE, "({a} AT TIME ZONE 'UTC')::date", a=term)


def alike(terms: Sequence[Term]) -> list[Term]:
    """Instants of one kind: days, when one of them is a day."""
    days = any(t.kind is Kind.DATE for t in terms) and all(t.kind in INSTANTS for t in terms)
    return [day_of(t) for t in terms] if days else list(terms)
