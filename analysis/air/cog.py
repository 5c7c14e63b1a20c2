"""Rasters as Cloud Optimized GeoTIFF: there whole and valid under their name, or not there at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine

BLOCK_PIXELS = 512


class NotCog(ValueError):
    """The file is a raster, but not laid out as a Cloud Optimized GeoTIFF."""


@dataclass(frozen=True, eq=False)
class Band:
    """values: rows x columns from north to south; what they are, and their unit."""

    values: npt.NDArray[np.float32]
    description: str
    unit: str


def write_cog(
    path: Path,
    bands: Sequence[Band],
    *,
    transform: Affine,
    crs: Any,
    nodata: float,
    tags: Mapping[str, str],
) -> None:
    """Bands of one shape, tiled, deflated, with overviews (averages). The file has its name only once complete.

    `nodata` marks cells without a value. The folder must exist.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}.part")
    rows, columns = bands[0].values.shape
    profile = {
        "height": rows,
        "width": columns,
        "count": len(bands),
        "dtype": "float32",
        "crs": crs,
        "transform": transform,
    }
    layout = {
        "compress": "DEFLATE",
        "predictor": "YES",
        "blocksize": BLOCK_PIXELS,
        "overview_resampling": "AVERAGE",
    }
    try:
        with rasterio.open(draft, "w", driver="COG", nodata=nodata, **profile, **layout) as raster:
            for number, band in enumerate(bands, start=1):
                raster.write(band.values.astype(np.float32, copy=False), number)
                raster.set_band_description(number, band.description)
                raster.set_band_unit(number, band.unit)
            raster.update_tags(**tags)
        require_cog(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def require_cog(path: Path) -> None:
    """Raises NotCog unless GDAL reads the file's own layout as COG and its tiles and overviews are there."""
    with rasterio.open(path) as raster:
        layout = raster.tags(ns="IMAGE_STRUCTURE").get("LAYOUT")
        tiled = raster.profile.get("tiled", False) or max(raster.shape) <= BLOCK_PIXELS
        reduced = raster.overviews(1) or max(raster.shape) <= BLOCK_PIXELS
    if layout != "COG" or not tiled or not reduced:
        raise NotCog(
            f"{path.name} is no Cloud Optimized GeoTIFF: layout {layout}, tiled {tiled}, overviews {reduced}."
        )
