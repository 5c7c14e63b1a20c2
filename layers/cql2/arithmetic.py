"""+ - * / % div ^ in double precision; what has no result (division by zero, overflow, root of a negative) is NULL.

PostgreSQL raises an error on overflow and on underflow. So each term carries what its values can be: no larger than
`bound`, multiples of `grid`. Where an operation could leave the range, its operands are first held to +-1e20 and to
multiples of 2^-160 (6.8e-49); a larger operand makes the result NULL.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from psycopg import sql

from gis_core.errors import InvalidInput
from layers.cql2.terms import Kind, Term, fill

HELD_BOUND = 1e20
HELD_GRID = 2.0**-160
LITERAL_BOUND = 1e300
_BOUND, _GRID = 1e300, 2.0**-960
_ROUNDING = 2.0**-53
_POWER_LOG = 460.0  # natural logarithm of the largest power, 1e199
# Each operand is computed once, however often it is used; OFFSET 0 keeps the planner from copying it.
_ONCE = "(SELECT {} FROM (SELECT {{a}} AS x, {{b}} AS y OFFSET 0) AS p)"
_MODULO = _ONCE.format("p.x - p.y * trunc(p.x / NULLIF(p.y, 0))")
_POWER = _ONCE.format(
    "CASE WHEN p.y = 0 AND p.x IS NOT NULL THEN 1 WHEN p.x = 0 THEN CASE WHEN p.y > 0 THEN 0 END"
    " WHEN p.x < 0 AND p.y <> trunc(p.y) THEN NULL"
    f" WHEN abs(p.y * ln(abs(p.x))) > {_POWER_LOG} THEN NULL ELSE power(p.x, p.y) END"
)


def number(value: float) -> Term:
    """A literal; whole numbers stay whole, so that an index on whole numbers serves."""
    try:
        size = abs(float(value))
    except OverflowError:
        size = math.inf
    if not size <= LITERAL_BOUND or 0 < size < 1 / LITERAL_BOUND:
        raise InvalidInput(
            f"A number must lie between {1 / LITERAL_BOUND} and {LITERAL_BOUND} in size, or be 0; change it."
        )
    whole = size < 2**63 and value == int(value)
    text = sql.SQL("%s") if whole else sql.SQL("%s::double precision")
    kept = int(value) if whole else float(value)
    grid = math.ulp(size) if size else 1.0
    return Term(Kind.NUMBER, text, (kept,), kept, told=str(kept), bound=size, grid=grid)


def compute(op: str, left: Term, right: Term) -> Term:
    """`op` of two numbers. Raises InvalidInput when one of them is something else."""
    for operand in (left, right):
        if operand.kind is not Kind.NUMBER:
            raise InvalidInput(f"{op} needs numbers on both sides; {operand.named()}.")
    make = _OPERATIONS[op]
    result = make(_double(left), _double(right))
    if _in_range(result):
        return result
    return make(_held(left), _held(right))


def _in_range(term: Term) -> bool:
    return term.bound <= _BOUND and term.grid >= _GRID


def _double(term: Term) -> Term:
    """The term in double precision; one whose values are not known is held."""
    if not math.isfinite(term.bound):
        return _held(term)
    return replace(fill(Kind.NUMBER, "({a})::double precision", a=term), bound=term.bound, grid=term.grid)


def _held(term: Term) -> Term:
    text = (
        f"(trunc(NULLIF(NULLIF(LEAST(GREATEST(({{a}})::double precision, -{HELD_BOUND!r}), {HELD_BOUND!r}),"
        f" {HELD_BOUND!r}), -{HELD_BOUND!r}) * power(2::double precision, 160)) / power(2::double precision, 160))"
    )
    return replace(fill(Kind.NUMBER, text, a=term), bound=HELD_BOUND, grid=HELD_GRID)


def _sum(sign: str) -> Callable[[Term, Term], Term]:
    def make(a: Term, b: Term) -> Term:
        term = fill(Kind.NUMBER, f"({{a}} {sign} {{b}})", a=a, b=b)
        return replace(term, bound=a.bound + b.bound, grid=min(a.grid, b.grid))

    return make


def _product(a: Term, b: Term) -> Term:
    term = fill(Kind.NUMBER, "({a} * {b})", a=a, b=b)
    return replace(term, bound=a.bound * b.bound, grid=a.grid * b.grid * _ROUNDING)


def _quotient(a: Term, b: Term) -> Term:
    term = fill(Kind.NUMBER, "({a} / NULLIF({b}, 0))", a=a, b=b)
    divisor = max(b.bound, b.grid)
    return replace(term, bound=a.bound / b.grid, grid=a.grid / divisor * _ROUNDING)


def _whole_quotient(a: Term, b: Term) -> Term:
    quotient = _quotient(a, b)
    if not _in_range(quotient):
        return quotient
    return replace(fill(Kind.NUMBER, "trunc({a})", a=quotient), bound=quotient.bound, grid=1.0)


def _remainder(a: Term, b: Term) -> Term:
    quotient = _quotient(a, b)
    if not _in_range(quotient):
        return quotient
    grid = min(a.grid, b.grid * _ROUNDING)
    return replace(fill(Kind.NUMBER, _MODULO, a=a, b=b), bound=3 * a.bound + b.bound, grid=grid)


def _power(a: Term, b: Term) -> Term:
    term = fill(Kind.NUMBER, _POWER, a=a, b=b)
    limit = math.exp(_POWER_LOG)
    return replace(term, bound=2 * limit, grid=_ROUNDING / (2 * limit))


_OPERATIONS: dict[str, Callable[[Term, Term], Term]] = {
    "+": _sum("+"),
    "-": _sum("-"),
    "*": _product,
    "/": _quotient,
    "div": _whole_quotient,
    "%": _remainder,
    "^": _power,
}
OPERATORS = tuple(_OPERATIONS)
