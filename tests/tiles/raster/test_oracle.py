"""The renderer against TiTiler and its engine rio-tiler: the same tiles of the same files, pixel by pixel."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import rasterio
from django.conf import settings
from fastapi import FastAPI
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin
from rio_tiler.io import Reader
from starlette.testclient import TestClient
from titiler.core.factory import TilerFactory

from layers.registry import get_layer
from tests.tiles.conftest import TO_3857
from tiles.grids import WEB_MERCATOR_QUAD
from tiles.raster.render import Ramp, read_box, read_colors, render, values_at

SIZE = 256
ROWS, COLUMNS, CELL_M = 400, 500, 25


@pytest.fixture
def numbers(tmp_path, center):
    """Smooth numbers with a hole, in the city's metric CRS."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    values = (30 + 20 * np.sin(x / 40) + 10 * np.cos(y / 30)).astype("float32")
    values[100:150, 200:260] = -9999
    return write(tmp_path / "numbers.tif", values[None], center, nodata=-9999)


@pytest.fixture
def photo(tmp_path, center):
    """Red, green, blue and a mask with a hole."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    bands = np.stack([x / 2 % 256, y / 2 % 256, (x + y) / 4 % 256, np.full_like(x, 255)]).astype("uint8")
    bands[3, 100:150, 200:260] = 0
    return write(tmp_path / "photo.tif", bands, center, photometric="RGB", alpha="YES")


def write(path, bands, center, **profile):
    x, y = Transformer.from_crs(4326, settings.CITY.metric_crs, always_xy=True).transform(*center)
    corner = (x - COLUMNS * CELL_M / 2, y + ROWS * CELL_M / 2)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=ROWS,
        width=COLUMNS,
        dtype=bands.dtype,
        crs=f"EPSG:{settings.CITY.metric_crs}",
        transform=from_origin(*corner, CELL_M, CELL_M),
        **profile,
    ) as file:
        file.write(bands)
    return path


def tiles_around(center, z: int):
    """The tile of the middle of the city, and its neighbour to the east."""
    tile = WEB_MERCATOR_QUAD.tile_at(*TO_3857.transform(*center), z)
    return [type(tile)(z, tile.x + step, tile.y) for step in (0, 1)]


@pytest.mark.parametrize("z", [12, 14, 16])
def test_tiles_of_numbers_are_rio_tilers(numbers, center, z: int) -> None:
    ramp = Ramp.of(get_layer("pollution-grids"))
    for tile in tiles_around(center, z):
        bounds = WEB_MERCATOR_QUAD.bounds(tile).as_tuple()
        ours = read_box(numbers, bbox=bounds, crs="EPSG:3857", size=(SIZE, SIZE))
        with Reader(str(numbers)) as reader:
            image = reader.tile(
                tile.x, tile.y, z, tilesize=SIZE, resampling_method="bilinear", reproject_method="bilinear"
            )
        theirs = image.array[0].filled(np.nan)
        both = np.isfinite(ours) & np.isfinite(theirs)
        differing = np.isfinite(ours) != np.isfinite(theirs)
        assert differing.mean() < 0.01  # only along the edges of what has data
        assert np.abs(ours - theirs)[both].max() <= 0.05
        colors = ramp.paint(ours).astype(int)
        assert np.abs(colors - ramp.paint(theirs).astype(int))[both].max() <= 1


@pytest.mark.parametrize("z", [12, 14, 16])
def test_tiles_of_a_picture_are_rio_tilers(photo, center, z: int) -> None:
    for tile in tiles_around(center, z):
        bounds = WEB_MERCATOR_QUAD.bounds(tile).as_tuple()
        ours = read_colors(photo, bbox=bounds, crs="EPSG:3857", size=(SIZE, SIZE)).astype(int)
        with Reader(str(photo)) as reader:
            image = reader.tile(
                tile.x, tile.y, z, tilesize=SIZE, resampling_method="bilinear", reproject_method="bilinear"
            )
        theirs = np.moveaxis(image.data[:3], 0, -1).astype(int)
        mask = image.mask == 255
        opaque = ours[..., 3] == 255
        assert (opaque != mask).mean() < 0.01
        assert np.abs(ours[..., :3] - theirs)[opaque & mask].max() <= 1


def test_values_at_points_are_rio_tilers(numbers, photo, center) -> None:
    rng = np.random.default_rng(4)
    for lon, lat in center + rng.uniform(-0.04, 0.04, (50, 2)):
        for path in (numbers, photo):
            with Reader(str(path)) as reader:
                point = reader.point(lon, lat)
            expected = [
                None if masked else float(value)
                for value, masked in zip(point.data, point.array.mask, strict=True)
            ]
            ours = values_at(path, lon, lat)
            assert ours[: len(expected)] == expected or None in expected


def test_painted_tile_is_titilers(numbers, center) -> None:
    """TiTiler paints 256 steps of the ramp, we paint the ramp itself: a step of 60/255 is 3 of a channel at most."""
    ramp = Ramp.of(get_layer("pollution-grids"))
    steps = ramp.paint(np.linspace(0, 60, 256, dtype="float32"))
    colormap = {str(step): color.tolist() for step, color in enumerate(steps)}
    app = FastAPI()
    app.include_router(TilerFactory().router)
    tile, _ = tiles_around(center, 14)
    asked = {
        "url": str(numbers),
        "rescale": "0,60",
        "colormap": json.dumps(colormap),
        "resampling": "bilinear",
        "reproject": "bilinear",
        "tilesize": str(SIZE),
    }
    answer = TestClient(app).get(f"/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}.png", params=asked)
    assert answer.status_code == 200, answer.text
    theirs = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA")).astype(int)
    bounds = WEB_MERCATOR_QUAD.bounds(tile).as_tuple()
    ours = np.asarray(render(numbers, ramp, bbox=bounds, crs="EPSG:3857", size=(SIZE, SIZE))).astype(int)
    both = (ours[..., 3] == 255) & (theirs[..., 3] == 255)
    assert (ours[..., 3] != theirs[..., 3]).mean() < 0.01
    assert np.abs(ours - theirs)[both].max() <= 4
