"""Properties of a GeoJSON feature as column values: strict JSON types, then the model's own choices and limits."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from django.utils.timezone import is_aware

from layers.definitions import Collection, Field
from layers.policy import Access
from layers.services import rules
from layers.services.broken import Broken


def _number(value: Any) -> float | None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if numeric and abs(value) < 1e300 and math.isfinite(value) else None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return int(value) if number is not None and number == int(value) else None


def _moment(value: Any) -> datetime | None:
    parsed = _parsed(parse_datetime, value)
    return parsed if parsed is not None and is_aware(parsed) else None


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and "\x00" not in value else None


# JSON type of a Field -> the value, or None when it is of another type
_PARSERS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "date": lambda value: _parsed(parse_date, value),
    "date-time": _moment,
    "time": lambda value: _parsed(parse_time, value),
    "array": lambda value: value if isinstance(value, list) else None,
    "object": lambda value: value if isinstance(value, dict) else None,
}


def read_values(
    access: Access, given: Mapping[str, Any], current: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Broken]]:
    """Column values of the given properties, and the rules that they break.

    `current` holds the properties as they are ({} for a new feature): what may not be set may be sent back unchanged.
    """
    known = {field.name: field for field in access.fields}
    values: dict[str, Any] = {}
    broken: list[Broken] = []
    for name, value in given.items():
        if name not in known:
            broken.append(Broken(name, rules.unknown_field(access.writable), _shown(value)))
        elif name not in access.writable:
            broken += _refusals(known[name], value, current)
        else:
            found, faults = read_value(access.collection, known[name], value)
            values[name] = found
            broken += faults
    return values, broken


def _refusals(field: Field, value: Any, current: Mapping[str, Any]) -> list[Broken]:
    """Clients send back all that they got: only a real change is refused."""
    if value is None or _same(field, value, current.get(field.name)):
        return []
    rule = rules.kept_by_service() if field.read_only else rules.not_yours_to_set()
    return [Broken(field.name, rule, _shown(value))]


def _same(field: Field, value: Any, current: Any) -> bool:
    if value == current:
        return True
    parse = _PARSERS[field.type]
    return current is not None and parse(value) is not None and parse(value) == parse(current)


def read_value(collection: Collection, field: Field, value: Any) -> tuple[Any, list[Broken]]:
    column = collection.model._meta.get_field(field.name)
    if value is None:
        return None, [] if column.null else [Broken(field.name, rules.missing())]
    parsed = _PARSERS[field.type](value)
    if parsed is None:
        return None, [Broken(field.name, rules.wrong_type(field.type), _shown(value))]
    return parsed, list(_faults(column, field, parsed))


def _faults(column: models.Field, field: Field, value: Any) -> Iterator[Broken]:
    codes = [code for code, _title in field.choices]
    if codes and value not in codes:
        yield Broken(field.name, rules.unknown_choice(codes), _shown(value))
        return
    longest = getattr(column, "max_length", None)
    if longest and len(value) > longest:
        yield Broken(field.name, rules.too_long(longest), _shown(value))
        return
    try:
        column.run_validators(value)
        if isinstance(column, ArrayField):
            column.validate(value, None)
            _check_items(column, value)
    except ValidationError as error:
        yield Broken(field.name, rules.out_of_bounds(" ".join(error.messages)), _shown(value))


def _check_items(column: ArrayField, value: list[Any]) -> None:
    """Raises ValidationError for an item that the base field would not hold."""
    for item in value:
        integral = isinstance(column.base_field, models.IntegerField)
        if (_integer(item) if integral else _text(item)) is None:
            raise ValidationError(rules.wrong_type("integer" if integral else "string").cure)
        column.base_field.run_validators(item)
        longest = getattr(column.base_field, "max_length", None)
        if longest and len(item) > longest:
            raise ValidationError(rules.too_long(longest).cure)


def absent_required(collection: Collection, values: Mapping[str, Any]) -> list[Broken]:
    """For a new feature: what has neither a value nor a default."""
    return [Broken(f.name, rules.missing()) for f in collection.fields if f.required and f.name not in values]


def _shown(value: Any) -> Any:
    """What the answer repeats of a bad value: itself, or the beginning of its text."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= 200 else text[:200] + "…"
