"""GetLegendGraphic: a layer's legend entries as a picture, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import mapproxy.image
from django.utils import translation
from mapproxy.image import ImageResult
from mapproxy.image.opts import ImageOptions
from mapproxy.source import LegendSource
from PIL import Image, ImageDraw, ImageFont

from layers.definitions import Layer
from tiles.legend import Entry, legend
from tiles.raster.sight import SIGHT

ROW_PX, SWATCH_PX, MARGIN_PX, FONT_PX = 22, 18, 6, 13
INK, EDGE = "#222222", "#777777"
# MapProxy brings DejaVu Sans, which has Latin and Arabic letters.
_FONT = Path(mapproxy.image.__file__).parent / "fonts" / "DejaVuSans.ttf"


class LayerLegend(LegendSource):  # type: ignore[misc]  # MapProxy is untyped
    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    @property
    def size(self) -> tuple[int, int]:
        size: tuple[int, int] = picture(legend(self.layer)).size
        return size

    def get_legend(self, query: Any) -> ImageResult | str:
        with translation.override(SIGHT.get().language):
            entries = legend(self.layer)
            if query.format == "json":
                document = {"layer": self.layer.id, "title": str(self.layer.title), "entries": entries}
                return json.dumps(document, ensure_ascii=False)
        drawn = picture(entries)
        return ImageResult(
            drawn, size=drawn.size, image_opts=ImageOptions(transparent=True, format="image/png")
        )


def picture(entries: Sequence[Entry]) -> Image.Image:
    """One row an entry: what it looks like, and its name; transparent behind."""
    width = max(round(_font().getlength(entry["label"])) for entry in entries)
    size = (SWATCH_PX + 3 * MARGIN_PX + width, ROW_PX * len(entries) + MARGIN_PX)
    drawn = Image.new("RGBA", size)
    draw = ImageDraw.Draw(drawn)
    for number, entry in enumerate(entries):
        middle = MARGIN_PX / 2 + ROW_PX * (number + 0.5)
        _swatch(draw, entry, middle)
        draw.text((SWATCH_PX + 2 * MARGIN_PX, middle), entry["label"], fill=INK, font=_font(), anchor="lm")
    return drawn


def _swatch(draw: ImageDraw.ImageDraw, entry: Entry, middle: float) -> None:
    left, right = MARGIN_PX, MARGIN_PX + SWATCH_PX
    match entry["shape"]:
        case "line":
            draw.line((left, middle, right, middle), fill=entry["color"], width=3)
        case "circle":
            center = (left + right) / 2
            draw.ellipse((center - 6, middle - 6, center + 6, middle + 6), fill=entry["color"], outline=EDGE)
        case _:
            draw.rectangle((left, middle - 7, right, middle + 7), fill=entry["color"], outline=EDGE)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), FONT_PX)
