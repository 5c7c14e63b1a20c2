"""The part of MapLibre's expressions that the catalogue's styles use: get, zoom, match, step and linear interpolate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

Properties = Mapping[str, Any]


def evaluate(expression: Any, zoom: float, properties: Properties) -> Any:
    """Raises ValueError for an expression that is not of this part."""
    match expression:
        case ["get", str(name)]:
            return properties.get(name)
        case ["zoom"]:
            return zoom
        case ["match", asked, *cases]:
            return evaluate(_matched(evaluate(asked, zoom, properties), cases), zoom, properties)
        case ["step", asked, first, *stops]:
            value = evaluate(asked, zoom, properties)
            reached = [output for limit, output in _pairs(stops) if value is not None and value >= limit]
            return evaluate(reached[-1] if reached else first, zoom, properties)
        case ["interpolate", ["linear"], asked, *stops]:
            value = evaluate(asked, zoom, properties)
            outputs = [(limit, evaluate(output, zoom, properties)) for limit, output in _pairs(stops)]
            return _between(value, outputs)
        case list():
            raise ValueError(f"Styles here do not use the expression {expression[:1]}.")
        case _:
            return expression


def fields_of(expression: Any) -> Iterator[str]:
    """The names of the properties that it asks for."""
    match expression:
        case ["get", str(name)]:
            yield name
        case list():
            for part in expression:
                yield from fields_of(part)


def _matched(value: Any, cases: list[Any]) -> Any:
    *known, other = cases
    for label, output in _pairs(known):
        if value in label if isinstance(label, list) else value == label:
            return output
    return other


def _pairs(flat: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def _between(value: float, stops: list[tuple[float, float]]) -> float:
    """Numbers only; beyond the ends the end values hold."""
    if value <= stops[0][0]:
        return stops[0][1]
    for (low, start), (high, end) in pairwise(stops):
        if value <= high:
            return start + (end - start) * (value - low) / (high - low)
    return stops[-1][1]
