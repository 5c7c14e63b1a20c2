"""Template filters: values, outputs and inputs as people read and fill them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from frontend.rules import Piece, pieces, told
from frontend.titles import key_title
from gis_core.jobs.models import Job
from gis_core.jobs.process import Input
from gis_core.jobs.registry import processes
from layers.definitions import STAMPS, Field

register = template.Library()

SHOWN_ROWS = 100


@register.filter
def number(value: Any) -> str:
    """1234.5678 -> 1 234,6 in French; what is not a number stays itself."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 3
    rounded = round(value, digits)
    whole = int(rounded) if rounded == int(rounded) else rounded
    return formats.number_format(whole, use_l10n=True, force_grouping=True)


@register.filter
def as_stored(value: Any) -> str:
    """With the digits that tell it from its neighbours: four decimals, or the first two that are not 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text_of(value)
    told = round(value, 4) if abs(value) >= 0.01 else float(f"{value:.2g}")
    whole = int(told) if told == int(told) else told
    return formats.number_format(whole, use_l10n=True, force_grouping=True)


@register.filter
def property_text(value: Any, field: Field) -> str:
    """A property with its unit; empty for "nothing is known", and for a document, which has a page of its own."""
    if value is None or value in ("", []) or isinstance(value, dict):
        return ""
    text = text_of(value)
    return f"{text}\u00a0{field.unit}" if field.unit and isinstance(value, int | float) else text


@register.filter
def reading_order(fields: Sequence[Field]) -> list[int]:
    """Positions of the fields worth a column: names, then facts, then where the row comes from; no stamps, no
    documents."""
    unshown = {*STAMPS, *(field.name for field in fields if field.type == "object")}
    shown = [place for place, field in enumerate(fields) if field.name not in unshown]
    return sorted(shown, key=lambda place: _rank(fields[place].name))


def _rank(name: str) -> int:
    return 0 if name.startswith("name_") else 2 if name in {"external_id", "source"} else 1


@register.filter
def taken(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[place] for place in places]


@register.filter
def text_of(value: Any) -> str:
    """A plain value as text: yes or no, local numbers and times, lists with commas, rules in the reader's language."""
    if value is None or value == {} or value == []:
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(text_of(item) for item in value)
    return _moment(value) or told(str(value))


@register.filter
def rule_pieces(text: str) -> list[Piece]:
    """A rule in the reader's language, apart from what nobody translated."""
    return pieces(text)


def _moment(value: Any) -> str:
    """A date and time in the city's zone, when it is one."""
    text = str(value)
    moment = value if isinstance(value, datetime) else parse_datetime(text) if "T" in text else None
    if moment is None:
        return ""
    return formats.date_format(
        timezone.localtime(moment) if timezone.is_aware(moment) else moment, "DATETIME_FORMAT"
    )


@register.filter
def words(name: str) -> str:
    return key_title(str(name))


@register.filter
def process_title(process_id: str) -> str:
    """The title of a process; its id when it is no longer there."""
    process = processes().get(process_id)
    return str(process.title) if process else process_id


@register.filter
def titled(values: Mapping[str, Any], job: Job) -> list[tuple[str, Any]]:
    """Inputs or outputs of a job under the titles that its process gives them, and in its order."""
    process = processes().get(job.process_id)
    titles = {item.name: str(item.title) for item in (*process.inputs, *process.outputs)} if process else {}
    ordered = [*(name for name in titles if name in values), *(name for name in values if name not in titles)]
    return [(titles.get(name) or words(name), _rows_of(values[name])) for name in ordered]


def _rows_of(value: Any) -> Any:
    """Of GeoJSON features the properties: a page shows them as a table, a map their places."""
    if isinstance(value, Mapping) and value.get("type") == "FeatureCollection":
        return [feature["properties"] for feature in value["features"]]
    return value


@register.filter
def shape(value: Any) -> str:
    """How an output is shown: as a table of rows, of named rows, of facts; as definitions, a list, a text or a file to
    download."""
    if isinstance(value, Mapping) and _is_download(value):
        return "download"
    if isinstance(value, Mapping) and value:
        return _mapping_shape(list(value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return "table" if all(isinstance(row, Mapping) for row in value) else "list"
    return "text"


def _is_download(value: Mapping[str, Any]) -> bool:
    """A link as gis_core.jobs.files.publish makes it."""
    return value.get("rel") == "enclosure" and {"href", "title", "length"} <= value.keys()


def _mapping_shape(values: list[Any]) -> str:
    if all(_plain(value) for value in values):
        return "facts"
    named = all(
        isinstance(row, Mapping) and row and all(_plain(cell) for cell in row.values()) for row in values
    )
    return "named-rows" if named else "mapping"


def _plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list | tuple)


@register.filter
def beginning(rows: Sequence[Any]) -> Sequence[Any]:
    """As many rows as a page carries; the results as JSON have them all."""
    return rows[:SHOWN_ROWS]


@register.filter
def columns(rows: Sequence[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Every key that occurs in the rows, in the order of first sight; of named rows too."""
    rows = rows.values() if isinstance(rows, Mapping) else rows
    return list(dict.fromkeys(key for row in rows for key in row))


@register.filter
def cells(row: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    return [row.get(name) for name in names]


@register.filter
def pairs(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Key and value; unlike `.items` it cannot be hidden by a key named so."""
    return list(mapping.items())


@register.filter
def control(item: Input) -> str:
    """Which form control an input gets: file, select, textarea, checkbox, or the type of a text field."""
    if item.is_file:
        return "file"
    if "enum" in item.schema or "oneOf" in item.schema:
        return "select"
    if item.is_text:
        return "textarea"
    kinds = {"integer": "number", "number": "number", "boolean": "checkbox"}
    return kinds.get(str(item.schema.get("type")), "date" if item.schema.get("format") == "date" else "text")


@register.filter
def options(item: Input) -> list[tuple[Any, str]]:
    """Value and title of each choice."""
    if "enum" in item.schema:
        return [(value, str(value)) for value in item.schema["enum"]]
    return [(choice["const"], str(choice.get("title", choice["const"]))) for choice in item.schema["oneOf"]]


@register.filter
def field_type(field: Field) -> str:
    """The type in words."""
    kinds = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("yes or no"),
        "date": _("date"),
        "date-time": _("date and time"),
        "time": _("time of day"),
        "array": _("list"),
    }
    return kinds.get(field.type, field.type)
