"""Order by several properties, and the place in it where the next page begins (keyset paging).

NULLs come last in both directions; `id` decides between equals. The place is opaque to clients: base64url of a JSON
array of the sort values of the last row and its id.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.policy import Condition

SORTABLE = frozenset({"string", "integer", "number", "boolean", "date", "date-time", "time"})


@dataclass(frozen=True)
class SortKey:
    """A property to sort by; `type` as in Field."""

    name: str
    type: str
    descending: bool = False


def order_sql(keys: Sequence[SortKey]) -> sql.Composable:
    parts = [
        sql.SQL("{} DESC NULLS LAST" if key.descending else "{} ASC NULLS LAST").format(_column(key.name))
        for key in keys
    ]
    return sql.SQL(", ").join([*parts, _column("id")])


def place_sql(keys: Sequence[SortKey]) -> sql.Composable:
    """The row's place in the order as JSON text; without keys its id."""
    if not keys:
        return sql.SQL("t.id::text")
    names = sql.SQL(", ").join([_column(key.name) for key in keys])
    return sql.SQL("json_build_array({}, t.id)::text").format(names)


def write_place(keys: Sequence[SortKey], told: str) -> str:
    """What `after=` is to say, of the text that `place_sql` gives."""
    return urlsafe_b64encode(told.encode()).decode().rstrip("=") if keys else told


def after_condition(keys: Sequence[SortKey], after: str) -> Condition:
    """Rows behind the place. Raises InvalidInput for a text that is no place in this order."""
    values, last_id = _read_place(keys, after)
    found: list[sql.Composable] = []
    params: list[Any] = []
    equal: list[Condition] = []
    for key, value in zip(keys, values, strict=True):
        if value is not None:
            _add(found, params, equal, _behind(key, value))
        equal.append(_same(key, value))
    _add(found, params, equal, (sql.SQL("t.id > %s"), [last_id]))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(found)), params


def _add(found: list[sql.Composable], params: list[Any], equal: list[Condition], last: Condition) -> None:
    conditions = [*equal, last]
    found.append(sql.SQL("({})").format(sql.SQL(" AND ").join([text for text, _ in conditions])))
    params += [value for _, values in conditions for value in values]


def _behind(key: SortKey, value: Any) -> Condition:
    template = "({c} < %s OR {c} IS NULL)" if key.descending else "({c} > %s OR {c} IS NULL)"
    return sql.SQL(template).format(c=_column(key.name)), [value]


def _same(key: SortKey, value: Any) -> Condition:
    if value is None:
        return sql.SQL("{} IS NULL").format(_column(key.name)), []
    return sql.SQL("{} = %s").format(_column(key.name)), [value]


def _read_place(keys: Sequence[SortKey], after: str) -> tuple[list[Any], int]:
    try:
        told = json.loads(urlsafe_b64decode(after.encode() + b"==")) if keys else [int(after)]
        *values, last_id = told
        read = [None if v is None else _READERS[k.type](v) for k, v in zip(keys, values, strict=True)]
        if isinstance(last_id, bool) or not isinstance(last_id, int) or not 0 <= last_id < 2**63:
            raise ValueError(last_id)
    except (ValueError, TypeError, Error, UnicodeError, OverflowError, RecursionError) as error:
        raise InvalidInput(
            f"after={after[:60]!r} is not a place in this order; follow the link `next`, or leave it out."
        ) from error
    return read, last_id


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    value.encode()
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "time": time.fromisoformat,
}


def _column(name: str) -> sql.Identifier:
    return sql.Identifier("t", name)
