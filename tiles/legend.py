"""Legend entries of a layer, read from the same style that draws it. Texts in the active language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from layers.definitions import Field, Layer

Entry = dict[str, str]
_SHAPES = ("fill", "circle", "line", "raster")


def legend(layer: Layer) -> list[Entry]:
    """`label`, `color` and `shape` (fill, line, circle or raster), in the style's order."""
    drawn = sorted(
        (s for s in layer.style.layers if s["type"] in _SHAPES and s["id"] != "casing"),
        key=lambda style: (not _classes(layer, style), _SHAPES.index(style["type"])),
    )
    style = drawn[0]
    entries = _entries(layer, style)
    return [{"label": label, "color": color, "shape": style["type"]} for label, color in entries]


def _entries(layer: Layer, style: dict[str, Any]) -> list[tuple[str, str]]:
    if style["type"] == "raster":
        metadata = style["metadata"]
        if "colors" not in metadata:  # a picture: its colours are no numbers
            return [(str(layer.title), metadata["color"])]
        return [(f"{value:g} {metadata['unit']}".strip(), color) for value, color in metadata["colors"]]
    if field := _classes(layer, style):
        expression = _color(style)
        return list(_match(field, expression) if expression[0] == "match" else _step(field, expression))
    return [(str(layer.title), _first_color(_color(style)))]


def _classes(layer: Layer, style: dict[str, Any]) -> Field | None:
    """The field that a style tells apart for people: by ranges, or by values that have names."""
    match _color(style):
        case ["step", ["get", name], *_]:
            return layer.collection.field(name)
        case ["match", ["get", name], *_] if (field := layer.collection.field(name)) and field.choices:
            return field
        case _:
            return None


def _color(style: dict[str, Any]) -> Any:
    return style["paint"].get(f"{style['type']}-color")


def _match(field: Field, expression: list[Any]) -> Iterator[tuple[str, str]]:
    *pairs, other = expression[2:]
    named: set[Any] = set()
    for values, color in zip(pairs[::2], pairs[1::2], strict=True):
        for value in values if isinstance(values, list) else [values]:
            named.add(value)
            yield field.label(value), color
    if named < {value for value, _title in field.choices}:
        yield _("Other"), other


def _step(field: Field, expression: list[Any]) -> Iterator[tuple[str, str]]:
    """Ranges closed below and open above, as the step expression reads them."""
    colors, limits = expression[2::2], [f"{limit:g}" for limit in expression[3::2]]
    unit = f" {field.unit}" if field.unit else ""
    yield f"< {limits[0]}{unit}", colors[0]
    for low, high, color in zip(limits, limits[1:], colors[1:], strict=False):
        yield f"{low} – {high}{unit}", color
    yield f"≥ {limits[-1]}{unit}", colors[-1]


def _first_color(expression: Any) -> str:
    match expression:
        case str() if expression.startswith("#"):
            return expression
        case list():
            return next(filter(None, map(_first_color, expression)), "")
        case _:
            return ""
