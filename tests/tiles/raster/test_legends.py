"""GetLegendGraphic: the right colours at their places, and JSON."""

from __future__ import annotations

import numpy as np
import pytest

from layers.registry import LAYERS, get_layer
from tests.tiles.conftest import COMMITTED, ask
from tests.tiles.raster.pictures import picture
from tiles.legend import legend
from tiles.raster.asgi import application
from tiles.raster.configuration import drawn
from tiles.raster.legend_picture import MARGIN_PX, ROW_PX, SWATCH_PX

pytestmark = COMMITTED


def ask_legend(layer: str, media_type: str = "image/png", version: str = "1.3.0", **more: str):
    asked = {"layer": layer, "format": media_type, "version": version, **more}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return ask(f"/maps/service?service=WMS&request=GetLegendGraphic&sld_version=1.1.0&{query}", application)


def swatch(pixels: np.ndarray, row: int) -> str:
    y, x = int(MARGIN_PX / 2 + ROW_PX * (row + 0.5)), MARGIN_PX + SWATCH_PX // 2
    return "#" + bytes(pixels[y, x, :3].tolist()).hex()


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
@pytest.mark.parametrize("layer", ["parcels", "streets", "waste-containers"])
def test_legend_shows_each_entrys_colour_in_its_row(layer: str, version: str) -> None:
    pixels = picture(ask_legend(layer, version=version))
    entries = legend(get_layer(layer))
    assert [swatch(pixels, row) for row in range(len(entries))] == [entry["color"] for entry in entries]
    letters = pixels[:, MARGIN_PX * 2 + SWATCH_PX :]
    assert ((letters[..., 3] > 200) & (letters[..., 0] < 80)).sum() > 100


def test_legend_of_a_raster_is_its_ramp(grid) -> None:
    pixels = picture(ask_legend("pollution-grids"))
    assert [swatch(pixels, row) for row in (0, 5)] == ["#2c7bb6", "#7b1fa2"]


def test_legend_as_json_in_the_asked_language() -> None:
    told = ask_legend("trees", "application/json", language="en").json()
    assert told["title"] == "Trees"
    assert told["entries"][0]["shape"] == "circle"
    assert ask_legend("trees", "application/json", language="ar").json()["title"] != "Trees"


INTERNAL = {"route-plans", "route-stops", "route-streets", "road-conditions"}


@pytest.mark.parametrize(
    "layer", [layer.id for layer in LAYERS.values() if drawn(layer) and layer.id not in INTERNAL]
)
def test_every_layer_has_a_legend(layer: str) -> None:
    assert picture(ask_legend(layer))[..., 3].any()


def test_legend_of_a_restricted_layer_is_not_told() -> None:
    assert ask_legend("route-stops").status_code == 401
    text = ask("/maps/service?service=WMS&version=1.3.0&request=GetCapabilities", application).text
    assert "layer=parcels" in text
    assert "layer=route-stops" not in text
