"""Pictures and values of a raster file: one band through a ramp of colours, three or four bands as they are.

Resampling is bilinear, from the overview that fits; a value at a point is the value of the cell that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from PIL import Image
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform, transform_bounds
from rasterio.windows import Window

from layers.definitions import Layer

Box = tuple[float, float, float, float]
RGBA = 4


@dataclass(frozen=True)
class Ramp:
    """Ascending values and their colours (red, green, blue, 0 to 255); beyond its ends the end colours hold."""

    values: tuple[float, ...]
    colors: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, layer: Layer) -> Ramp | None:
        """None for a layer whose files hold their own colours."""
        stops = layer.style.layers[0]["metadata"].get("colors")
        if stops is None:
            return None
        return cls(tuple(float(value) for value, _ in stops), tuple(_rgb(color) for _, color in stops))

    def paint(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """RGBA of an array of any shape; NaN becomes transparent."""
        valid = np.isfinite(values)
        filled = np.where(valid, values, 0)
        channels = [np.interp(filled, self.values, channel) for channel in zip(*self.colors, strict=True)]
        return np.stack([*np.rint(channels), np.where(valid, 255, 0)], axis=-1).astype(np.uint8)


def render(path: Path, ramp: Ramp | None, *, bbox: Box, crs: str, size: tuple[int, int]) -> Image.Image:
    if ramp is None:
        return Image.fromarray(read_colors(path, bbox=bbox, crs=crs, size=size), "RGBA")
    return Image.fromarray(ramp.paint(read_box(path, bbox=bbox, crs=crs, size=size)), "RGBA")


def read_box(path: Path, *, bbox: Box, crs: str, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Band 1 as (height, width) over `bbox` in `crs`, scaled as the band says; NaN outside and where it has no data."""
    with rasterio.open(path) as file:
        no_data = np.nan if file.nodata is None else file.nodata
        options = {"src_nodata": no_data, "nodata": np.nan, "dtype": "float32"}
        with WarpedVRT(file, **_onto(bbox, crs, size), **options) as warped:
            values: npt.NDArray[np.float32] = warped.read(1) * file.scales[0] + file.offsets[0]
            return values


def read_colors(path: Path, *, bbox: Box, crs: str, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """RGBA as (height, width, 4); transparent outside, where the file has no data, and by its own fourth band."""
    with (
        rasterio.open(path) as file,
        WarpedVRT(file, **_onto(bbox, crs, size), add_alpha=file.count < RGBA) as warped,
    ):
        bands: npt.NDArray[np.uint8] = warped.read([1, 2, 3, RGBA])
        return np.moveaxis(bands, 0, -1)


def values_at(path: Path, lon: float, lat: float) -> list[float | None]:
    """One value a band of the cell that holds the place, scaled as the bands say; None outside and without data."""
    with rasterio.open(path) as file:
        (x,), (y,) = transform("EPSG:4326", file.crs, [lon], [lat])
        if not (isfinite(x) and isfinite(y)):
            return [None] * file.count
        row, column = file.index(x, y)
        if not (0 <= row < file.height and 0 <= column < file.width):
            return [None] * file.count
        cell = file.read(window=Window(column, row, 1, 1), masked=True)[:, 0, 0]
        return [_number(file, band, cell[band]) for band in range(file.count)]


def crs_of(path: Path) -> str:
    """As an address of the OGC where it has a code, else as WKT."""
    with rasterio.open(path) as file:
        authority = file.crs.to_authority()
        return (
            f"http://www.opengis.net/def/crs/{authority[0]}/0/{authority[1]}" if authority else file.crs.wkt
        )


def bounds_4326(path: Path) -> Box:
    """West, south, east, north in degrees."""
    with rasterio.open(path) as file:
        box: Any = transform_bounds(file.crs, "EPSG:4326", *file.bounds)
        west, south, east, north = box
        return west, south, east, north


def _onto(bbox: Box, crs: str, size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    return {
        "crs": crs,
        "transform": from_bounds(*bbox, width, height),
        "width": width,
        "height": height,
        "resampling": Resampling.bilinear,
    }


def _number(file: DatasetReader, band: int, value: Any) -> float | None:
    if value is np.ma.masked or not isfinite(value):
        return None
    scale, offset = file.scales[band], file.offsets[band]
    return float(value * scale + offset)


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue
