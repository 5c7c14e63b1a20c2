"""Exact share of every raster cell that a polygon covers, summed with the cells' values as it is found.

Each edge adds, row by row, the area that lies to its right; the running sum along a row is the share covered.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.int64]
BAND_CELLS = 1 << 20  # of a large polygon's window, worked on at once: 8 MB
NOISE = 1e-12


@njit(cache=True, nogil=True)
def sum_cells(
    xy: Floats,
    rings: Offsets,
    polygons: Offsets,
    signs: Floats,
    values: npt.NDArray[np.float32],
    limits: Floats,
) -> Floats:
    """Per polygon: cells covered, cells covered that have a value, sum of those values, cells above each limit.

    xy: [points, 2] in cells, columns to the right and rows down from the raster's upper left corner. values: NaN where
    there is none. Cells outside the raster have no value. The answer is [polygons, 3 + limits], in cells.
    """
    found = np.zeros((len(polygons) - 1, 3 + len(limits)))
    for polygon in range(len(polygons) - 1):
        first, last = rings[polygons[polygon]], rings[polygons[polygon] + 1]  # the shell holds the holes
        left, top, right, bottom = _window(xy, first, last)
        width = right - left
        band = max(1, BAND_CELLS // (width + 2))
        for upper in range(top, bottom, band):
            lower = min(bottom, upper + band)
            cover = np.zeros((lower - upper, width + 2))
            for ring in range(polygons[polygon], polygons[polygon + 1]):
                for i in range(rings[ring], rings[ring + 1] - 1):
                    _add_edge(cover, left, upper, xy[i], xy[i + 1], signs[ring])
            _sum_window(cover, left, upper, values, limits, found[polygon])
    return found


@njit(cache=True, nogil=True)
def _window(xy: Floats, first: int, last: int) -> tuple[int, int, int, int]:
    left, top = np.floor(xy[first, 0]), np.floor(xy[first, 1])
    right, bottom = left, top
    for i in range(first, last):
        left, right = min(left, np.floor(xy[i, 0])), max(right, np.ceil(xy[i, 0]))
        top, bottom = min(top, np.floor(xy[i, 1])), max(bottom, np.ceil(xy[i, 1]))
    return int(left), int(top), int(right), int(bottom)


@njit(cache=True, nogil=True)
def _add_edge(cover: Floats, left: int, upper: int, start: Floats, end: Floats, sign: float) -> None:
    """The signed area to the right of the edge, as differences along each row."""
    x1, y1, x2, y2 = start[0] - left, start[1] - upper, end[0] - left, end[1] - upper
    if y1 > y2:
        x1, y1, x2, y2, sign = x2, y2, x1, y1, -sign
    if y1 == y2 or y2 <= 0 or y1 >= cover.shape[0]:
        return
    slope = (x2 - x1) / (y2 - y1)
    lowest, highest = min(x1, x2), max(x1, x2)
    for row in range(max(0, int(np.floor(y1))), min(cover.shape[0], int(np.ceil(y2)))):
        high, low = max(float(row), y1), min(row + 1.0, y2)
        a = min(highest, max(lowest, x1 + (high - y1) * slope))
        b = min(highest, max(lowest, x1 + (low - y1) * slope))
        _add_run(cover[row], min(a, b), max(a, b), sign * (low - high))


@njit(cache=True, nogil=True)
def _add_run(line: Floats, a: float, b: float, height: float) -> None:
    """An edge from column position a to b >= a that is `height` cells tall within one row."""
    first, last = int(np.floor(a)), int(np.floor(b))
    if first == last:
        middle = (a + b) / 2 - first
        line[first] += height * (1 - middle)
        line[first + 1] += height * middle
        return
    before = 0.0  # the share of a cell that is right of the edge, of the cells passed so far
    for column in range(first, last + 1):
        inside, end = max(a, float(column)), min(b, column + 1.0)
        passed = (inside - a) / (b - a)
        crossing = (end - inside) / (b - a)
        right = passed + crossing * (column + 1 - (inside + end) / 2)
        line[column] += height * (right - before)
        before = right
    line[last + 1] += height * (1 - before)


@njit(cache=True, nogil=True)
def _sum_window(
    cover: Floats,
    left: int,
    upper: int,
    values: npt.NDArray[np.float32],
    limits: Floats,
    found: Floats,
) -> None:
    covered, known, total = 0.0, 0.0, 0.0
    for row in range(cover.shape[0]):
        outside = not 0 <= upper + row < values.shape[0]
        share = 0.0
        for column in range(cover.shape[1]):
            share += cover[row, column]
            if share < NOISE:
                continue
            covered += share
            if outside or not 0 <= left + column < values.shape[1]:
                continue
            value = values[upper + row, left + column]
            if np.isnan(value):
                continue
            known += share
            total += share * value
            for n in range(len(limits)):
                found[3 + n] += share if value > limits[n] else 0.0  # no branch: it would be a toss
    found[0] += covered
    found[1] += known
    found[2] += total
