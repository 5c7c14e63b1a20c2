"""A query parameter `property=value`: the value read by the property's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.cql2.arithmetic import number
from layers.cql2.temporal import parse_date, parse_time, parse_timestamp
from layers.cql2.terms import check_text, shown
from layers.definitions import Field

_INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)


def compile_equals(field: Field, text: str, *, alias: str = "t") -> tuple[sql.Composable, list[Any]]:
    """Rows of `alias` whose property is the value; of an array: whose array holds it.

    Raises InvalidInput naming the property, for a value that is none of its type and for an object.
    """
    if field.type not in _READERS:
        raise InvalidInput(f"{field.name} cannot be compared with a text; leave the parameter out.")
    try:
        value = _READERS[field.type](text)
    except InvalidInput as error:
        raise InvalidInput(f"{field.name}={shown(text)}: {error.detail}") from error
    template = "(%s = ANY ({}::text[]))" if field.type == "array" else "({} = %s)"
    return sql.SQL(template).format(sql.Identifier(alias, field.name)), [value]


def _read_boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise InvalidInput("write true or false.")
    return text.lower() == "true"


def _read_integer(text: str) -> Any:
    if not _INTEGER.fullmatch(text):
        raise InvalidInput("write a whole number.")
    return number(int(text)).literal


def _read_number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        raise InvalidInput("write a number.")
    return number(float(text)).literal


_READERS: dict[str, Callable[[str], Any]] = {
    "string": check_text,
    "array": check_text,
    "boolean": _read_boolean,
    "integer": _read_integer,
    "number": _read_number,
    "date": parse_date,
    "date-time": parse_timestamp,
    "time": parse_time,
}
