"""Paints features on a picture by a MapLibre style's fill, line and circle layers; symbols (labels) are not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageColor, ImageDraw
from shapely.ops import substring

from tiles.raster.expression import evaluate, fields_of

SUPER = 2  # painted this much larger, then averaged: smooth edges
Color = tuple[int, int, int, int]
Pixels = list[float]  # x and y in turn
_DEFAULTS = {"opacity": 1.0, "width": 1.0, "radius": 5.0, "stroke-width": 0.0, "stroke-color": "#000000"}
_INVISIBLE = "rgba(0,0,0,0)"
_POLYGON, _POINT = 3, 0  # shapely's numbers of types


@dataclass(frozen=True)
class Drawn:
    """Geometries in pixels of the asked picture, y downwards, and each one's properties."""

    geometries: npt.NDArray[np.object_]
    properties: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Part:
    """A point, a line, or a polygon as its outer ring and its holes; `row` is the feature's."""

    kind: int
    row: int
    lines: list[Pixels]


def paint(
    styles: Sequence[dict[str, Any]], drawn: Drawn, *, size: tuple[int, int], zoom: float
) -> Image.Image:
    """RGBA, transparent where nothing is; the style's layers from the bottom up."""
    parts = _parts(drawn.geometries)
    picture = Image.new("RGBA", size)
    for style in styles:
        if shown_at(style, zoom):
            painted = _painted(style, parts, drawn.properties, size, zoom)
            picture = Image.alpha_composite(picture, painted)
    return picture


def shown_at(style: Mapping[str, Any], zoom: float) -> bool:
    """Zooms of a style count from its minzoom on, and end before its maxzoom."""
    in_range = style.get("minzoom", 0) <= zoom + 1e-6 and zoom < style.get("maxzoom", 99)
    return style["type"] in _PAINTERS and in_range


def _painted(
    style: Mapping[str, Any],
    parts: Sequence[_Part],
    properties: Sequence[Mapping[str, Any]],
    size: tuple[int, int],
    zoom: float,
) -> Image.Image:
    """One style layer; its opacity holds for the layer as a whole, so that features that touch do not show through."""
    large = Image.new("RGBA", (size[0] * SUPER, size[1] * SUPER))
    canvas = _Canvas(large, style, zoom)
    painter = _PAINTERS[style["type"]]
    for part in parts:
        painter(canvas, part, properties[part.row])
    picture = large.reduce(SUPER)
    opacity = float(canvas.value("opacity", {}))
    if opacity < 1:
        picture.putalpha(picture.getchannel("A").point(lambda alpha: round(alpha * opacity)))
    return picture


class _Canvas:
    """A picture with the paint of one style layer."""

    def __init__(self, picture: Image.Image, style: Mapping[str, Any], zoom: float) -> None:
        self.picture = picture
        self.draw = ImageDraw.Draw(picture)
        self._kind = style["type"]
        self._paint = style.get("paint", {})
        self._zoom = zoom
        self._fields: dict[str, tuple[str, ...]] = {}
        self._known: dict[tuple[object, ...], Any] = {}

    @property
    def dashes(self) -> Sequence[float]:
        """Dashes and gaps in widths of the line, in turn."""
        return tuple(self._paint.get("line-dasharray", ()))

    def value(self, name: str, properties: Mapping[str, Any]) -> Any:
        """Evaluated once for each combination of the properties that it reads."""
        expression = self._paint.get(f"{self._kind}-{name}", _DEFAULTS.get(name))
        if name not in self._fields:
            self._fields[name] = tuple(fields_of(expression))
        key = (name, *[properties.get(field) for field in self._fields[name]])
        if key not in self._known:
            self._known[key] = evaluate(expression, self._zoom, properties)
        return self._known[key]

    def length(self, name: str, properties: Mapping[str, Any]) -> float:
        return float(self.value(name, properties) or 0) * SUPER

    def color(self, properties: Mapping[str, Any], name: str = "color") -> Color:
        return _color(self.value(name, properties) or _INVISIBLE)


def _fill(canvas: _Canvas, part: _Part, properties: Mapping[str, Any]) -> None:
    if part.kind != _POLYGON:
        return
    color = canvas.color(properties)
    outer, *holes = part.lines
    if not holes:
        canvas.draw.polygon(outer, fill=color)
        return
    west, north = int(min(outer[::2])) - 1, int(min(outer[1::2])) - 1
    mask = Image.new("L", (int(max(outer[::2])) - west + 2, int(max(outer[1::2])) - north + 2))
    cut = ImageDraw.Draw(mask)
    for ring, inside in ((outer, 255), *((hole, 0) for hole in holes)):
        cut.polygon([at - (west, north)[n % 2] for n, at in enumerate(ring)], fill=inside)
    canvas.picture.paste(color, (west, north), mask)


def _line(canvas: _Canvas, part: _Part, properties: Mapping[str, Any]) -> None:
    if part.kind == _POINT:
        return
    wanted = canvas.length("width", properties)
    width = max(1, round(wanted))
    red, green, blue, alpha = canvas.color(properties)
    color = (red, green, blue, round(alpha * min(wanted, 1)))  # thinner than a pixel: paler
    dashes = [dash * wanted for dash in canvas.dashes]
    for line in part.lines:
        for piece in _dashed(line, dashes) if dashes else [line]:
            canvas.draw.line(piece, fill=color, width=width, joint="curve" if width > SUPER else None)


def _circle(canvas: _Canvas, part: _Part, properties: Mapping[str, Any]) -> None:
    """The stroke lies outside the radius. Pillow's boxes hold their last pixel."""
    if part.kind != _POINT:
        return
    radius, ring = canvas.length("radius", properties), canvas.length("stroke-width", properties)
    x, y = part.lines[0]
    for r, name in ((radius + ring, "stroke-color"), (radius, "color")):
        if r > 0 and (name == "color" or ring > 0):
            box = (x - r + 0.5, y - r + 0.5, x + r - 0.5, y + r - 0.5)
            canvas.draw.ellipse(box, fill=canvas.color(properties, name))


_PAINTERS = {"fill": _fill, "line": _line, "circle": _circle}


@cache
def _color(told: str) -> Color:
    red, green, blue, *alpha = ImageColor.getrgb(told)
    return red, green, blue, alpha[0] if alpha else 255


def _parts(geometries: npt.NDArray[np.object_]) -> list[_Part]:
    """In pixels of the large picture, whose middles Pillow counts from."""
    scaled = shapely.transform(geometries, lambda xy: xy * SUPER - 0.5)
    simple, rows = shapely.get_parts(scaled, return_index=True)
    kinds = shapely.get_type_id(simple)
    parts = [_Part(int(kind), int(row), []) for kind, row in zip(kinds, rows, strict=True)]
    areas = np.flatnonzero(kinds == _POLYGON)
    rings, owners = shapely.get_rings(simple[areas], return_index=True)
    others = np.flatnonzero(kinds != _POLYGON)
    lines = np.concatenate([rings, simple[others]])
    for owner, pixels in zip(np.concatenate([areas[owners], others]), _pixels(lines), strict=True):
        parts[owner].lines.append(pixels)
    return [part for part in parts if any(part.lines)]


def _pixels(lines: npt.NDArray[np.object_]) -> Iterator[Pixels]:
    if not len(lines):  # all of them clipped away
        return
    coordinates = shapely.get_coordinates(lines)
    ends = np.cumsum(shapely.get_num_coordinates(lines))
    for line in np.split(coordinates, ends[:-1]):
        yield line.ravel().tolist()


def _dashed(line: Pixels, dashes: Sequence[float]) -> Iterator[Pixels]:
    """The drawn pieces of a line; dashes and gaps in pixels, in turn."""
    whole = shapely.linestrings(np.array(line).reshape(-1, 2))
    at, number = 0.0, 0
    while at < whole.length:
        end = at + max(dashes[number % len(dashes)], 1)
        if number % 2 == 0:
            piece = substring(whole, at, min(end, whole.length))
            yield shapely.get_coordinates(piece).ravel().tolist()
        at, number = end, number + 1
