"""Pictures of a raster file: any box in any CRS, coloured by linear interpolation between the stops of a ramp."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from PIL import Image
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from layers.definitions import Layer

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ramp:
    """Ascending values and their colours (red, green, blue, 0 to 255); beyond its ends the end colours hold."""

    values: tuple[float, ...]
    colors: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, layer: Layer) -> Ramp:
        stops = layer.style.layers[0]["metadata"]["colors"]
        return cls(tuple(float(value) for value, _ in stops), tuple(_rgb(color) for _, color in stops))

    def paint(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """RGBA of an array of any shape; NaN becomes transparent."""
        valid = np.isfinite(values)
        filled = np.where(valid, values, 0)
        channels = [np.interp(filled, self.values, channel) for channel in zip(*self.colors, strict=True)]
        return np.stack([*np.rint(channels), np.where(valid, 255, 0)], axis=-1).astype(np.uint8)


def read_box(path: Path, *, bbox: Box, crs: str, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Band 1 as (height, width) over `bbox` in `crs`, bilinear; NaN outside the file and where it has no data."""
    width, height = size
    with rasterio.open(path) as file:
        no_data = np.nan if file.nodata is None else file.nodata
        with WarpedVRT(
            file,
            crs=crs,
            transform=from_bounds(*bbox, width, height),
            width=width,
            height=height,
            src_nodata=no_data,
            nodata=np.nan,
            dtype="float32",
            resampling=Resampling.bilinear,
        ) as warped:
            values: npt.NDArray[np.float32] = warped.read(1)
            return values


def render(path: Path, ramp: Ramp, *, bbox: Box, crs: str, size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(ramp.paint(read_box(path, bbox=bbox, crs=crs, size=size)), "RGBA")


def bounds_4326(path: Path) -> Box:
    """West, south, east, north in degrees."""
    with rasterio.open(path) as file:
        box: Any = transform_bounds(file.crs, "EPSG:4326", *file.bounds)
        west, south, east, north = box
        return west, south, east, north


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue
