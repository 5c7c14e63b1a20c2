"""A made-up city, the same for the same seed: parcels, overlapping greens, a vegetation index; EPSG:32629."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

CRS = 32629
ORIGIN = np.array([625_000.0, 3_710_000.0])
SIDE_M = 24.0  # of a parcel
JITTER_M = 4.0
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """Parcels by columns and rows, green spaces, and cells of the raster along one side."""

    columns: int
    rows: int
    greens: int
    cells: int

    @property
    def width_m(self) -> float:
        return self.columns * SIDE_M


FULL = Size(columns=640, rows=625, greens=20_000, cells=6000)
QUICK = Size(columns=64, rows=62, greens=200, cells=600)


def parcels(size: Size, seed: int = 1) -> gpd.GeoSeries:
    """A crooked grid; a quarter of the parcels has a dent."""
    random = np.random.default_rng(seed)
    rows, columns = size.rows + 1, size.columns + 1
    corner = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) * SIDE_M
    corner += random.uniform(-JITTER_M, JITTER_M, corner.shape) + ORIGIN
    a, b, c, d = (corner[s].reshape(-1, 2) for s in _corners())
    plain = shapely.polygons(np.stack([a, b, c, d, a], axis=1))
    dent = (a + b) / 2 * 0.6 + (c + d) / 2 * 0.4
    dented = shapely.polygons(np.stack([a, dent, b, c, d, a], axis=1))
    return gpd.GeoSeries(np.where(random.random(len(plain)) < 0.25, dented, plain), crs=CRS)


def _corners() -> list[tuple[slice, slice]]:
    first, second = slice(None, -1), slice(1, None)
    return [(first, first), (first, second), (second, second), (second, first)]


def greens(size: Size, seed: int = 2) -> gpd.GeoSeries:
    """Stars of 8 to 24 corners: 70 % in clusters that overlap, 2 % twice, 2.7 % with a ring that crosses itself."""
    random = np.random.default_rng(seed)
    place = random.uniform(0, 1, (size.greens, 2)) * (size.width_m, size.rows * SIDE_M)
    clustered = random.random(size.greens) < 0.7
    center = place[random.integers(0, max(1, size.greens // 10), size.greens)]
    place[clustered] = (center + random.normal(0, 40, place.shape))[clustered]
    crossed = random.random(size.greens) < 0.027
    shapes = [_star(random, *xy, crossed=bow) for xy, bow in zip(place + ORIGIN, crossed, strict=True)]
    again = random.random(size.greens) < 0.02
    for n in np.flatnonzero(again):
        shapes[n] = shapes[n - 1]
    return gpd.GeoSeries(shapes, crs=CRS)


def _star(random: np.random.Generator, x: float, y: float, *, crossed: bool) -> shapely.Polygon:
    corners = int(random.integers(8, 25))
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.lognormal(3.2, 0.45) * random.uniform(0.6, 1.3, corners)
    xy = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
    if crossed:
        xy[[0, corners // 2]] = xy[[corners // 2, 0]]
    return shapely.Polygon(xy)


def vegetation(size: Size, seed: int = 3) -> tuple[npt.NDArray[np.float32], float]:
    """Index from -0.2 to 0.9, rows from north to south, 3 % nodata (NaN); and the size of a cell in metres."""
    random = np.random.default_rng(seed)
    values = random.uniform(-0.2, 0.9, (size.cells, size.cells)).astype(np.float32)
    values[random.random(values.shape) < 0.03] = np.nan
    return values, size.width_m / size.cells
