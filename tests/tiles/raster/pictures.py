"""Rasters of known values at known places, and requests for pictures of them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import rasterio
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from PIL import Image
from rasterio.transform import from_origin

from layers.catalog.pollution_grids.model import PollutionGrid
from layers.registry import get_layer
from tiles.raster.render import Ramp

CELL_M = 100
ROWS, COLUMNS = 40, 60
EMPTY = (slice(0, 10), slice(0, 10))  # no data in the upper left corner


def make_cog(path: Path, values: np.ndarray, corner: tuple[float, float]) -> Path:
    """A Cloud Optimized GeoTIFF in the city's metric CRS; `corner` is its upper left one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {
        "driver": "COG",
        "dtype": "float32",
        "count": 1,
        "height": values.shape[0],
        "width": values.shape[1],
        "crs": f"EPSG:{settings.CITY.metric_crs}",
        "transform": from_origin(*corner, CELL_M, CELL_M),
        "nodata": -9999,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(values.astype("float32"), 1)
    return path


def register(file: str, day: int = 1) -> PollutionGrid:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    shrunk = Polygon.from_bbox((west + 0.001, south + 0.001, east - 0.001, north - 0.001))
    return PollutionGrid.objects.create(
        geom=MultiPolygon(shrunk, srid=4326),
        pollutant="no2",
        period_start=datetime(2026, 1, day, tzinfo=UTC),
        period_end=datetime(2026, 1, day + 1, tzinfo=UTC),
        method="test",
        cell_m=CELL_M,
        min_ug_m3=0,
        mean_ug_m3=30,
        max_ug_m3=59,
        file=file,
    )


def ramp() -> Ramp:
    return Ramp.of(get_layer("pollution-grids"))


def picture(answer: httpx.Response) -> np.ndarray:
    assert answer.headers["content-type"] == "image/png", answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def color_of(value: float) -> np.ndarray:
    return ramp().paint(np.array([value], dtype="float32"))[0]


def get_map(
    crs: str, center_xy: tuple[float, float], half: float, version: str = "1.1.1", **changes: str
) -> str:
    x, y = center_xy
    box = (x - half, y - half, x + half, y + half)
    if version == "1.3.0" and crs == "EPSG:4326":
        box = (y - half, x - half, y + half, x + half)
    asked = {
        "service": "WMS",
        "version": version,
        "request": "GetMap",
        "layers": "pollution-grids",
        "styles": "",
        ("crs" if version == "1.3.0" else "srs"): crs,
        "bbox": ",".join(map(repr, box)),
        "width": "101",
        "height": "101",
        "format": "image/png",
        "transparent": "true",
        **changes,
    }
    return "/maps/service?" + str(httpx.QueryParams(asked))
