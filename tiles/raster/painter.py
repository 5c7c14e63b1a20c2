"""Paints features on a picture by a MapLibre style's fill, line and circle layers; symbols (labels) are not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageColor, ImageDraw
from shapely.ops import substring

from tiles.raster.expression import evaluate

SUPER = 2  # painted this much larger, then averaged: smooth edges
Color = tuple[int, int, int, int]
Pixels = list[tuple[float, float]]
_DEFAULTS = {"opacity": 1.0, "width": 1.0, "radius": 5.0, "stroke-width": 0.0, "stroke-color": "#000000"}
_INVISIBLE = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Drawn:
    """Geometries in pixels of the asked picture, y downwards, and each one's properties."""

    geometries: npt.NDArray[np.object_]
    properties: Sequence[Mapping[str, Any]]


def paint(
    styles: Sequence[dict[str, Any]], drawn: Drawn, *, size: tuple[int, int], zoom: float
) -> Image.Image:
    """RGBA, transparent where nothing is; the style's layers from the bottom up."""
    scaled = Drawn(shapely.transform(drawn.geometries, lambda xy: xy * SUPER), drawn.properties)
    picture = Image.new("RGBA", size)
    for style in styles:
        if shown_at(style, zoom):
            picture = Image.alpha_composite(picture, _layer(style, scaled, size, zoom))
    return picture


def shown_at(style: Mapping[str, Any], zoom: float) -> bool:
    """Zooms of a style count from its minzoom on, and end before its maxzoom."""
    in_range = style.get("minzoom", 0) <= zoom + 1e-6 and zoom < style.get("maxzoom", 99)
    return style["type"] in _PAINTERS and in_range


def _layer(style: Mapping[str, Any], drawn: Drawn, size: tuple[int, int], zoom: float) -> Image.Image:
    """One style layer; its opacity holds for the layer as a whole, so that features that touch do not show through."""
    large = Image.new("RGBA", (size[0] * SUPER, size[1] * SUPER))
    canvas = _Canvas(large, style, zoom)
    painter = _PAINTERS[style["type"]]
    for geometry, properties in zip(drawn.geometries, drawn.properties, strict=True):
        for part in _parts(geometry):
            painter(canvas, part, properties)
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
        self._colors: dict[Any, Color] = {}

    def value(self, name: str, properties: Mapping[str, Any]) -> Any:
        expression = self._paint.get(f"{self._kind}-{name}", _DEFAULTS.get(name))
        return evaluate(expression, self._zoom, properties)

    def length(self, name: str, properties: Mapping[str, Any]) -> float:
        return float(self.value(name, properties) or 0) * SUPER

    def color(self, properties: Mapping[str, Any], name: str = "color") -> Color:
        told = self.value(name, properties) or _INVISIBLE
        if told not in self._colors:
            red, green, blue, *alpha = ImageColor.getrgb(told)
            self._colors[told] = (red, green, blue, alpha[0] if alpha else 255)
        return self._colors[told]


def _fill(canvas: _Canvas, part: Any, properties: Mapping[str, Any]) -> None:
    color = canvas.color(properties)
    if part.geom_type != "Polygon" or part.is_empty:
        return
    if not part.interiors:
        canvas.draw.polygon(_pixels(part.exterior), fill=color)
        return
    west, south, east, north = (int(edge) for edge in part.bounds)
    mask = Image.new("L", (east - west + 2, north - south + 2))
    cut = ImageDraw.Draw(mask)
    cut.polygon(_pixels(part.exterior, west, south), fill=255)
    for ring in part.interiors:
        cut.polygon(_pixels(ring, west, south), fill=0)
    canvas.picture.paste(color, (west, south), mask)


def _line(canvas: _Canvas, part: Any, properties: Mapping[str, Any]) -> None:
    wanted = canvas.length("width", properties)
    width = max(1, round(wanted))
    red, green, blue, alpha = canvas.color(properties)
    color = (red, green, blue, round(alpha * min(wanted, 1)))  # thinner than a pixel: paler
    lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
    dashes = [float(dash) * width for dash in canvas.value("dasharray", {}) or ()]
    for line in lines:
        for piece in _dashed(line, dashes) if dashes else [line]:
            canvas.draw.line(
                _pixels(piece), fill=color, width=width, joint="curve" if width > SUPER else None
            )


def _circle(canvas: _Canvas, part: Any, properties: Mapping[str, Any]) -> None:
    """The stroke lies outside the radius. Pillow's boxes hold their last pixel."""
    if part.geom_type != "Point" or part.is_empty:
        return
    radius, ring = canvas.length("radius", properties), canvas.length("stroke-width", properties)
    x, y = part.x, part.y
    for r, name in ((radius + ring, "stroke-color"), (radius, "color")):
        if r > 0 and (name == "color" or ring > 0):
            canvas.draw.ellipse((x - r, y - r, x + r - 1, y + r - 1), fill=canvas.color(properties, name))


_PAINTERS = {"fill": _fill, "line": _line, "circle": _circle}


def _parts(geometry: Any) -> Iterator[Any]:
    yield from getattr(geometry, "geoms", (geometry,))


def _pixels(line: Any, west: float = 0, south: float = 0) -> Pixels:
    coordinates = shapely.get_coordinates(line)
    if west or south:
        coordinates = coordinates - (west, south)
    return [(x, y) for x, y in coordinates.tolist()]


def _dashed(line: Any, dashes: Sequence[float]) -> Iterator[Any]:
    """The drawn pieces of a line; dashes and gaps in pixels, in turn."""
    at, number = 0.0, 0
    while at < line.length:
        end = at + max(dashes[number % len(dashes)], 1)
        if number % 2 == 0:
            yield substring(line, at, min(end, line.length))
        at, number = end, number + 1
