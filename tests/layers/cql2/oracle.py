"""CQL2 over rows in Python: three-valued logic, shapely for places, and nothing shared with the compiler."""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from datetime import date, datetime
from typing import Any

import shapely
from shapely import wkt
from shapely.geometry import box, shape

_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670]")
_COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: Any, row: dict[str, Any]) -> Any:
    """The value of the tree for the row; None where CQL2 has NULL."""
    if isinstance(node, list):
        return [evaluate(item, row) for item in node]
    if not isinstance(node, dict):
        return node
    if "op" in node:
        return _operation(node["op"].lower(), node["args"], row)
    return _operand(node, row)


def _operand(node: dict[str, Any], row: dict[str, Any]) -> Any:
    if "property" in node:
        name = node["property"]
        return wkt.loads(row["geom"]) if name == "geometry" and row["geom"] else row.get(name)
    if "date" in node:
        return date.fromisoformat(node["date"])
    if "timestamp" in node:
        return datetime.fromisoformat(node["timestamp"])
    if "interval" in node:
        return tuple(_end(value, row) for value in node["interval"])
    return box(*node["bbox"]) if "bbox" in node else shape(node)


def _end(value: Any, row: dict[str, Any]) -> Any:
    if isinstance(value, str) and value != "..":
        return date.fromisoformat(value)
    return value if value == ".." else evaluate(value, row)


def _operation(op: str, args: list[Any], row: dict[str, Any]) -> Any:
    if op in ("and", "or", "not"):
        return _logic(op, [evaluate(arg, row) for arg in args])
    if op == "isnull":
        return evaluate(args[0], row) is None
    if op == "in":
        value, items = evaluate(args[0], row), evaluate(args[1], row)
        return _logic("or", [_known(operator.eq, value, item) for item in items])
    if op == "between":
        value, low, high = (evaluate(arg, row) for arg in args)
        return _logic("and", [_known(operator.ge, value, low), _known(operator.le, value, high)])
    if op.startswith("t_"):
        left, right = (evaluate(arg, row) for arg in args)
        return _times(op, left, right, by_day=any(map(_is_day, args)))
    return _known(_FUNCTIONS[op], *(evaluate(arg, row) for arg in args))


def _known(function: Any, *values: Any) -> Any:
    """NULL for any NULL."""
    return None if any(value is None for value in values) else function(*_by_day(values))


def _by_day(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A date beside timestamps: all by their day."""
    if not any(type(v) is date for v in values):
        return values
    return tuple(v.date() if isinstance(v, datetime) else v for v in values)


def _logic(op: str, values: list[bool | None]) -> bool | None:
    if op == "not":
        return None if values[0] is None else not values[0]
    decisive = op == "or"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


# What must hold of starts and ends, as in the time ontology; an end that is NULL leaves only its own condition open.
_TIMES = {
    "t_after": "a0>b1", "t_before": "b0>a1", "t_contains": "b0>a0 a1>b1", "t_during": "a0>b0 b1>a1",
    "t_equals": "a0=b0 a1=b1", "t_finishedby": "b0>a0 a1=b1", "t_finishes": "a0>b0 a1=b1", "t_meets": "a1=b0",
    "t_metby": "a0=b1", "t_overlappedby": "a0>b0 b1>a0 a1>b1", "t_overlaps": "b0>a0 a1>b0 b1>a1",
    "t_startedby": "a0=b0 a1>b1", "t_starts": "a0=b0 b1>a1",
}  # fmt: skip


def _is_day(node: Any) -> bool:
    """By what it is, not by its value: a day that is NULL still makes the other a day."""
    if isinstance(node, str):
        return node != ".."
    return (
        "date" in node
        or node.get("property") in ("day", "until")
        or any(map(_is_day, node.get("interval", ())))
    )


def _times(op: str, left: Any, right: Any, *, by_day: bool) -> Any:
    if op in ("t_disjoint", "t_intersects"):
        apart = _logic("or", [_times(name, left, right, by_day=by_day) for name in ("t_after", "t_before")])
        return apart if op == "t_disjoint" else _logic("not", [apart])
    ends = [*_ends(left), *_ends(right)]
    at = dict(
        zip(
            ("a0", "a1", "b0", "b1"),
            (_number(e, by_day, i % 2 == 0) for i, e in enumerate(ends)),
            strict=True,
        )
    )
    conditions = [re.split("([=>])", condition) for condition in _TIMES[op].split()]
    return _logic("and", [_known(_COMPARE[sign], at[one], at[other]) for one, sign, other in conditions])


def _ends(value: Any) -> tuple[Any, Any]:
    return value if isinstance(value, tuple) else (value, value)


def _number(end: Any, by_day: bool, starts: bool) -> float | None:
    if end is None:
        return None
    if end == "..":
        return -math.inf if starts else math.inf
    return end.toordinal() if by_day else end.timestamp()


def _arithmetic(op: str, a: float, b: float) -> float | None:
    a, b = float(a), float(b)
    if op in ("/", "div", "%"):
        if b == 0:
            return None
        return {"/": a / b, "div": float(math.trunc(a / b)), "%": a - b * math.trunc(a / b)}[op]
    if op == "^":
        impossible = (a == 0 and b < 0) or (a < 0 and b != math.trunc(b))
        return None if impossible else math.pow(a, b)
    return {"+": a + b, "-": a - b, "*": a * b}[op]


def _like(value: str, pattern: str) -> bool:
    parts = re.findall(r"\\(.)|(%)|(_)|(.)", pattern, re.DOTALL)
    made = "".join(
        ".*" if many else "." if one else re.escape(taken or plain) for taken, many, one, plain in parts
    )
    return re.fullmatch(made, value, re.DOTALL) is not None


def _without_accents(value: str) -> str:
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", value)))


_FUNCTIONS: dict[str, Any] = {
    **_COMPARE,
    **{op: lambda a, b, op=op: _arithmetic(op, a, b) for op in ("+", "-", "*", "/", "div", "%", "^")},
    "like": _like,
    "casei": lambda value: value.upper().lower(),
    "accenti": _without_accents,
    "a_contains": lambda a, b: set(a) >= set(map(str, b)),
    "a_containedby": lambda a, b: set(a) <= set(map(str, b)),
    "a_equals": lambda a, b: set(a) == set(map(str, b)),
    "a_overlaps": lambda a, b: bool(set(a) & set(map(str, b))),
    **{
        f"s_{name}": lambda a, b, name=name: bool(getattr(shapely, name)(a, b))
        for name in (
            "intersects",
            "contains",
            "crosses",
            "disjoint",
            "equals",
            "overlaps",
            "touches",
            "within",
        )
    },
}
