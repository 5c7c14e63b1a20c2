"""The processes that settings.PROCESSES names, one instance of each, by id."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.module_loading import import_string

from gis_core.errors import InvalidInput, NotFound
from gis_core.jobs.process import Input, Process, is_internal, is_local


@cache
def processes() -> dict[str, Process]:
    made: list[Process] = [import_string(path)() for path in settings.PROCESSES]
    return {process.id: process for process in made}


def get_process(process_id: str) -> Process:
    """Raises NotFound with the known ids."""
    return _among(processes(), process_id)


def offered_processes() -> dict[str, Process]:
    """Those that may be seen and started over HTTP."""
    return {id: p for id, p in processes().items() if not is_local(p) and not is_internal(p)}


def get_offered_process(process_id: str) -> Process:
    """As get_process, for a request over HTTP."""
    return _among(offered_processes(), process_id)


def _among(known: Mapping[str, Process], process_id: str) -> Process:
    if process_id not in known:
        raise NotFound(f"There is no process {process_id!r}. Known: {', '.join(sorted(known))}.")
    return known[process_id]


def checked_inputs(process: Process, given: dict[str, Any]) -> dict[str, Any]:
    """The inputs as given, each held against its schema; raises InvalidInput naming the input and the cure."""
    known = {item.name: item for item in process.inputs}
    if unknown := sorted(set(given) - set(known)):
        raise InvalidInput(
            f"{process.id} has no input {', '.join(unknown)}. It has: {', '.join(known) or 'none'}."
        )
    if missing := [
        item.name for item in process.inputs if item.required and given.get(item.name) in (None, "")
    ]:
        raise InvalidInput(f"{process.id} needs the input {', '.join(missing)}.")
    for name, value in given.items():
        _check(process, known[name], value)
    return given


def _check(process: Process, item: Input, value: object) -> None:
    try:
        jsonschema.validate(value, _spoken(item.schema), format_checker=jsonschema.FormatChecker())
    except jsonschema.ValidationError as error:
        if error.validator == "oneOf":
            known = ", ".join(str(choice["const"]) for choice in item.schema["oneOf"])
            raise InvalidInput(
                f"{process.id}, input {item.name}: {value!r} is not known. Known: {known}."
            ) from error
        place = "".join(
            f", item {at + 1}" if isinstance(at, int) else f", {at}" for at in error.absolute_path
        )
        raise InvalidInput(f"{process.id}, input {item.name}{place}: {error.message}.") from error


def _spoken(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with its lazy titles in the active language, as jsonschema wants to see it."""
    return dict(json.loads(json.dumps(schema, cls=DjangoJSONEncoder)))


def parse_text(item: Input, text: str) -> Any:
    """A value typed at a command line or in a form, turned into the type of the input's schema."""
    kind = item.schema.get("type", "string")
    try:
        return _TEXT_PARSERS.get(kind, str)(text)
    except (ValueError, KeyError) as error:
        raise InvalidInput(f"Input {item.name}: {text!r} is not a {kind}.") from error


_TRUTH = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


def _parse_object(text: str) -> dict[str, str]:
    """`a=b,c=d`, or JSON."""
    if text.lstrip().startswith("{"):
        return dict(json.loads(text))
    pairs = [pair.split("=", 1) for pair in text.split(",") if pair]
    return {key.strip(): value.strip() for key, value in pairs}


def _parse_array(text: str) -> list[Any]:
    """`a,b`, or JSON."""
    return (
        list(json.loads(text))
        if text.lstrip().startswith("[")
        else [part.strip() for part in text.split(",") if part.strip()]
    )


_TEXT_PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: _TRUTH[text.strip().lower()],
    "object": _parse_object,
    "array": _parse_array,
}
