"""The JSON tree of CQL2 to SQL: every operator checked for its kinds, every value bound, NULL as SQL has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.cql2 import arithmetic, arrays, spatial, temporal, texts
from layers.cql2.parse import parse_filter, too_deep
from layers.cql2.terms import Kind, Scope, Term, fill, join, shown
from layers.definitions import Field

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_ORDERED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP, Kind.TIME})
_CURES = {
    Kind.DATE: "write DATE('YYYY-MM-DD')",
    Kind.TIMESTAMP: "write TIMESTAMP('YYYY-MM-DDThh:mm:ssZ')",
    Kind.NUMBER: "write a number without quotes",
    Kind.TEXT: "write text in single quotes",
    Kind.BOOLEAN: "write TRUE or FALSE",
    Kind.TIME: "write 'hh:mm'",
}


def compile_filter(
    text: str,
    *,
    lang: str,
    fields: Sequence[Field],
    geometry: bool,
    crs_srid: int = 4326,
    flip: bool = False,
    alias: str = "t",
) -> tuple[sql.Composable, list[Any]]:
    """A predicate over the columns of `alias`, and its values in order; rows for which it is NULL do not match.

    text: CQL2 (OGC 21-065r2) as lang, "cql2-text" or "cql2-json".
    fields: the only properties that may be named, beside `id` and, if `geometry`, `geometry` (the column geom).
    crs_srid: EPSG code of the geometry literals; flip: their second axis comes first (lat, lon).
    Raises InvalidInput for everything that the database could not answer.
    """
    scope = Scope(tuple(fields), geometry, alias, crs_srid, flip)
    try:
        term = _Compiler(scope).predicate(parse_filter(text, lang))
    except RecursionError:
        raise too_deep() from None
    return term.text, list(term.params)


class _Compiler:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.operators: dict[str, Callable[[str, list[Any]], Term]] = {
            "and": self._logical,
            "or": self._logical,
            "not": self._not,
            "isnull": self._is_null,
            "between": self._between,
            "in": self._in,
            "like": self._like,
            "casei": self._fold,
            "accenti": self._fold,
            **dict.fromkeys(_COMPARISONS, self._compare),
            **dict.fromkeys(arithmetic.OPERATORS, self._compute),
            **dict.fromkeys(spatial.FUNCTIONS, self._relate_geometries),
            **dict.fromkeys(temporal.FUNCTIONS, self._relate_times),
            **dict.fromkeys(arrays.FUNCTIONS, self._relate_arrays),
        }

    def predicate(self, node: Any) -> Term:
        term = self.term(node)
        if term.kind is not Kind.BOOLEAN:
            raise InvalidInput(
                f"The filter, and each side of AND, OR and NOT, must be true or false; {term.named()}."
            )
        return term

    def term(self, node: Any) -> Term:
        if isinstance(node, dict):
            return self._object(node)
        if isinstance(node, list):
            return arrays.array_literal([self.term(item) for item in node])
        if isinstance(node, bool):
            return Term(
                Kind.BOOLEAN, sql.SQL("true" if node else "false"), literal=node, told=str(node).upper()
            )
        if isinstance(node, str):
            return texts.text_literal(node)
        if isinstance(node, int | float):
            return arithmetic.number(node)
        raise InvalidInput("NULL is no value to compare with; write IS NULL.")

    def _object(self, node: dict[str, Any]) -> Term:
        if "op" in node:
            return self._operation(node)
        if "property" in node:
            return self.scope.term_of(node["property"])
        if "date" in node:
            return temporal.date_literal(node["date"])
        if "timestamp" in node:
            return temporal.timestamp_literal(node["timestamp"])
        if "interval" in node:
            return temporal.interval(node["interval"], self.term)
        if "type" in node or "bbox" in node:
            return spatial.geometry_literal(node, self.scope)
        raise InvalidInput(f"{shown(node)} is no expression of CQL2; it needs op and args, or property.")

    def _operation(self, node: dict[str, Any]) -> Term:
        op, args = node["op"], node.get("args")
        handler = self.operators.get(op.lower()) if isinstance(op, str) else None
        if handler is None:
            raise InvalidInput(
                f"There is no operator or function {shown(op)}. Known: {', '.join(self.operators)}."
            )
        if not isinstance(args, list):
            raise InvalidInput(f"{op} needs its arguments as a list, args.")
        return handler(op.lower(), args)

    def _pair(self, op: str, args: list[Any]) -> tuple[Term, Term]:
        _expect(op, args, 2)
        return self.term(args[0]), self.term(args[1])

    def _logical(self, op: str, args: list[Any]) -> Term:
        if not args:
            raise InvalidInput(f"{op.upper()} needs at least one argument.")
        parts = join(Kind.BOOLEAN, f" {op.upper()} ", [self.predicate(arg) for arg in args])
        return fill(Kind.BOOLEAN, "({parts})", parts=parts)

    def _not(self, op: str, args: list[Any]) -> Term:
        _expect(op, args, 1)
        return fill(Kind.BOOLEAN, "(NOT {a})", a=self.predicate(args[0]))

    def _is_null(self, _op: str, args: list[Any]) -> Term:
        _expect("IS NULL", args, 1)
        operand = self.term(args[0])
        if operand.kind is Kind.INTERVAL:
            raise InvalidInput("IS NULL asks of a property; ask it of each end of the interval.")
        return fill(Kind.BOOLEAN, "({a} IS NULL)", a=operand)

    def _compare(self, op: str, args: list[Any]) -> Term:
        a, b = _matched(op, self._pair(op, args))
        if a.kind is Kind.BOOLEAN and op not in ("=", "<>"):
            raise InvalidInput(f"{op} does not order TRUE and FALSE; use = or <>.")
        return fill(Kind.BOOLEAN, f"({{a}} {op} {{b}})", a=a, b=b)

    def _between(self, op: str, args: list[Any]) -> Term:
        _expect(op, args, 3)
        value, low, high = _matched("BETWEEN", [self.term(arg) for arg in args])
        if value.kind not in _ORDERED:
            raise InvalidInput(f"BETWEEN needs values with an order; {value.named()}.")
        template = "({value} BETWEEN {low} AND {high})"
        return fill(Kind.BOOLEAN, template, value=value, low=low, high=high)

    def _in(self, op: str, args: list[Any]) -> Term:
        _expect(op, args, 2)
        if not isinstance(args[1], list) or not args[1]:
            raise InvalidInput("IN needs a list of at least one value: IN ('a', 'b').")
        value, *items = _matched("IN", [self.term(args[0]), *map(self.term, args[1])])
        return fill(Kind.BOOLEAN, "({value} IN ({items}))", value=value, items=join(value.kind, ", ", items))

    def _like(self, op: str, args: list[Any]) -> Term:
        return texts.like(*self._pair(op, args))

    def _fold(self, op: str, args: list[Any]) -> Term:
        _expect(op, args, 1)
        return texts.fold(op, self.term(args[0]))

    def _compute(self, op: str, args: list[Any]) -> Term:
        return arithmetic.compute(op, *self._pair(op, args))

    def _relate_geometries(self, op: str, args: list[Any]) -> Term:
        return spatial.relate_geometries(op, *self._pair(op, args), self.scope)

    def _relate_times(self, op: str, args: list[Any]) -> Term:
        return temporal.relate_times(op, *self._pair(op, args))

    def _relate_arrays(self, op: str, args: list[Any]) -> Term:
        return arrays.relate_arrays(op, *self._pair(op, args))


def _expect(op: str, args: list[Any], count: int) -> None:
    if len(args) != count:
        raise InvalidInput(f"{op.upper()} takes {count} arguments; here it has {len(args)}.")


def _matched(op: str, terms: Sequence[Term]) -> list[Term]:
    """The terms, of one kind that can be compared; a text beside a time of day is read as one."""
    if any(t.kind is Kind.TIME for t in terms):
        terms = [
            temporal.time_literal(t.literal) if t.kind is Kind.TEXT and t.literal is not None else t
            for t in terms
        ]
    matched = temporal.alike(terms)
    first = matched[0]
    for term in matched:
        if term.kind not in _ORDERED | {Kind.BOOLEAN}:
            raise InvalidInput(f"{op} does not compare these: {term.named()}. {_function_for(term.kind)}")
    for other in matched[1:]:
        if other.kind is not first.kind:
            cure = _CURES.get((first if first.literal is None else other).kind, "change one")
            raise InvalidInput(f"{op} compares like with like: {first.named()}, {other.named()}; {cure}.")
    return matched


def _function_for(kind: Kind) -> str:
    prefix = {Kind.GEOMETRY: "S_EQUALS", Kind.ARRAY: "A_EQUALS", Kind.INTERVAL: "T_EQUALS"}.get(kind)
    return f"Use {prefix}(…, …) or a function like it." if prefix else "Use IS NULL."
