"""Array functions: arrays as sets, so order and repetition do not count."""

from __future__ import annotations

from collections.abc import Sequence

from gis_core.errors import InvalidInput
from layers.cql2.terms import Kind, Term, fill, join

_FUNCTIONS = {
    "a_contains": "({a} @> {b})",
    "a_containedby": "({a} <@ {b})",
    "a_equals": "({a} @> {b} AND {a} <@ {b})",
    "a_overlaps": "({a} && {b})",
}
FUNCTIONS = tuple(_FUNCTIONS)


def array_literal(items: Sequence[Term]) -> Term:
    """Numbers or texts, compared by their text; other elements raise InvalidInput."""
    kinds = {item.kind for item in items}
    if len(kinds) > 1 or not kinds <= {Kind.NUMBER, Kind.TEXT}:
        raise InvalidInput("An array holds either numbers or texts; change its elements.")
    cast = [fill(Kind.TEXT, "({item})::text", item=item) for item in items]
    return fill(Kind.ARRAY, "ARRAY[{items}]::text[]", items=join(Kind.TEXT, ", ", cast))


def relate_arrays(op: str, left: Term, right: Term) -> Term:
    """The function `op` of two arrays. Raises InvalidInput when one of them is something else."""
    for operand in (left, right):
        if operand.kind is not Kind.ARRAY:
            raise InvalidInput(f"{op.upper()} needs arrays, such as ('a', 'b'); {operand.named()}.")
    a, b = (fill(Kind.ARRAY, "({x})::text[]", x=x) for x in (left, right))
    return fill(Kind.BOOLEAN, _FUNCTIONS[op], a=a, b=b)
