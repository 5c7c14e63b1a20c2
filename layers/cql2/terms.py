"""What an expression compiles to: SQL with bound values and a kind; and which properties may be named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from math import inf
from string import Formatter
from typing import Any

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.definitions import Field

GEOMETRY_NAMES = ("geometry", "geom")


class Kind(StrEnum):
    """What a term is, in the words of an error message."""

    BOOLEAN = "a boolean"
    NUMBER = "a number"
    TEXT = "text"
    DATE = "a date"
    TIMESTAMP = "a timestamp"
    TIME = "a time of day"
    ARRAY = "an array"
    OBJECT = "an object"
    GEOMETRY = "a geometry"
    INTERVAL = "an interval"
    UNBOUNDED = "an open end"


_KINDS = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.NUMBER,
    "number": Kind.NUMBER,
    "string": Kind.TEXT,
    "date": Kind.DATE,
    "date-time": Kind.TIMESTAMP,
    "time": Kind.TIME,
    "array": Kind.ARRAY,
    "object": Kind.OBJECT,
}


@dataclass(frozen=True)
class Term:
    """SQL of one value, safe to stand in any expression, and what is known of the value before it is run.

    literal: the value itself where it was written out; told: how a message names it.
    bound, grid: every value is a multiple of `grid` (a power of two) and no larger than `bound`; for arithmetic.
    ends: start and end of an interval. mixed: a geometry collection of several dimensions.
    """

    kind: Kind
    text: sql.Composable = field(default_factory=partial(sql.SQL, ""))
    params: tuple[Any, ...] = ()
    literal: Any = None
    told: str = ""
    bound: float = inf
    grid: float = 0.0
    ends: tuple[Term, ...] = field(default=(), repr=False)
    mixed: bool = False

    def named(self) -> str:
        return f"{self.told} is {self.kind}" if self.told else f"{self.kind}"


def fill(kind: Kind, template: str, /, told: str = "", **parts: Term) -> Term:
    """The template with each `{name}` replaced by that part, values in the order in which they stand."""
    order = [name for _, name, _, _ in Formatter().parse(template) if name]
    text = sql.SQL(template).format(**{name: part.text for name, part in parts.items()})
    return Term(kind, text, tuple(v for name in order for v in parts[name].params), told=told)


def join(kind: Kind, separator: str, parts: Sequence[Term]) -> Term:
    """The parts with the separator between them, in no brackets."""
    text = sql.SQL(separator).join([p.text for p in parts])
    return Term(kind, text, tuple(v for p in parts for v in p.params))


@dataclass(frozen=True)
class Scope:
    """What an expression may name, and how its geometries are meant.

    crs_srid: EPSG code of the geometry literals; flip: they come with the second axis first (lat, lon).
    """

    fields: tuple[Field, ...]
    geometry: bool
    alias: str = "t"
    crs_srid: int = 4326
    flip: bool = False

    def term_of(self, name: Any) -> Term:
        """The column of a property. Raises InvalidInput naming the known ones when it is none of them."""
        if self.geometry and name in GEOMETRY_NAMES:
            return Term(Kind.GEOMETRY, self._column("geom"), told=name)
        if name == "id":
            return Term(Kind.NUMBER, self._column("id"), told="id", bound=2.0**63, grid=1.0)
        found = next((f for f in self.fields if f.name == name), None)
        if found is None:
            raise InvalidInput(f"There is no property {shown(name)}. Known: {', '.join(self.names)}.")
        kind = _KINDS[found.type]
        bound, grid = (2.0**63, 1.0) if found.type == "integer" else (inf, 0.0)
        return Term(kind, self._column(found.name), told=found.name, bound=bound, grid=grid)

    @property
    def names(self) -> list[str]:
        return ["id", *(f.name for f in self.fields), *(GEOMETRY_NAMES[:1] if self.geometry else ())]

    def _column(self, name: str) -> sql.Identifier:
        return sql.Identifier(self.alias, name)


def shown(value: Any, limit: int = 60) -> str:
    """The value as a message may repeat it: short, on one line."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def check_text(text: str) -> str:
    """Text that PostgreSQL can hold. Raises InvalidInput for NUL and for half a surrogate pair."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidInput(
            "The filter holds a character that no text can hold (NUL or half a pair); leave it out."
        )
    return text
