"""Area that two polygons share, from their edges alone: no geometry is built.

Every edge stands on a trapezoid that reaches down to a base line, with the sign of its direction; a polygon is the
signed sum of its trapezoids, and what two polygons share is the signed sum of what their trapezoids share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def ring_signs(xy: Floats, rings: Offsets, polygons: Offsets) -> Floats:
    """+1 or -1 for each ring: what to multiply its edges by so that shells add area and holes take it away."""
    signs = np.empty(len(rings) - 1)
    for polygon in range(len(polygons) - 1):
        for ring in range(polygons[polygon], polygons[polygon + 1]):
            first, doubled = rings[ring], 0.0
            for i in range(first, rings[ring + 1] - 1):
                doubled += (xy[i, 0] - xy[first, 0]) * (xy[i + 1, 1] - xy[first, 1])
                doubled -= (xy[i + 1, 0] - xy[first, 0]) * (xy[i, 1] - xy[first, 1])
            turn = 1.0 if doubled >= 0 else -1.0
            signs[ring] = turn if ring == polygons[polygon] else -turn
    return signs


@njit(cache=True, nogil=True)
def shared_areas(
    zone: Offsets,
    piece: Offsets,
    zone_xy: Floats,
    zone_rings: Offsets,
    zone_polygons: Offsets,
    zone_signs: Floats,
    piece_xy: Floats,
    piece_rings: Offsets,
    piece_polygons: Offsets,
    piece_signs: Floats,
    piece_bounds: Floats,
) -> Floats:
    """Area of zone[i] ∩ piece[i] in the plane of the coordinates.

    xy: [points, 2]; rings: where each ring begins in xy; polygons: where each polygon begins in rings; bounds: [pieces,
    4] as west, south, east, north. Polygons are valid and their rings closed.
    """
    areas = np.empty(len(zone))
    for pair in range(len(zone)):
        a, b, total = zone[pair], piece[pair], 0.0
        west, south, east = piece_bounds[b, 0], piece_bounds[b, 1], piece_bounds[b, 2]
        for ring in range(zone_polygons[a], zone_polygons[a + 1]):
            for i in range(zone_rings[ring], zone_rings[ring + 1] - 1):
                x1, y1, x2, y2 = zone_xy[i, 0], zone_xy[i, 1], zone_xy[i + 1, 0], zone_xy[i + 1, 1]
                sign = zone_signs[ring]
                if x1 > x2:
                    x1, y1, x2, y2, sign = x2, y2, x1, y1, -sign
                if x1 == x2 or x2 <= west or x1 >= east or (y1 <= south and y2 <= south):
                    continue
                slope = (y2 - y1) / (x2 - x1)
                for hole in range(piece_polygons[b], piece_polygons[b + 1]):
                    shared = 0.0
                    for j in range(piece_rings[hole], piece_rings[hole + 1] - 1):
                        shared += _below_both(
                            x1, y1 - south, x2, slope,
                            piece_xy[j, 0], piece_xy[j, 1] - south,
                            piece_xy[j + 1, 0], piece_xy[j + 1, 1] - south,
                        )  # fmt: skip
                    total += sign * piece_signs[hole] * shared
        areas[pair] = total
    return areas


@njit(cache=True, nogil=True, inline="always")
def _below_both(
    ax1: float, ay1: float, ax2: float, a_slope: float, bx1: float, by1: float, bx2: float, by2: float
) -> float:
    """Signed area above 0 and below both edges, where both are. Edge b never goes below 0; a goes to the right."""
    sign = 1.0
    if bx1 > bx2:
        bx1, by1, bx2, by2, sign = bx2, by2, bx1, by1, -1.0
    low, high = max(ax1, bx1), min(ax2, bx2)
    if low >= high:
        return 0.0
    b_slope = (by2 - by1) / (bx2 - bx1)
    a_low, a_high = ay1 + (low - ax1) * a_slope, ay1 + (high - ax1) * a_slope
    b_low, b_high = by1 + (low - bx1) * b_slope, by1 + (high - bx1) * b_slope
    below_low, below_high, width = a_low - b_low, a_high - b_high, high - low
    if below_low >= 0 and below_high >= 0:
        return sign * width * (b_low + b_high) / 2
    if below_low <= 0 and below_high <= 0:
        return sign * width * _mean_above_0(a_low, a_high)
    part = below_low / (below_low - below_high)
    met = a_low + part * (a_high - a_low)
    if below_low < 0:
        return sign * width * (part * _mean_above_0(a_low, met) + (1 - part) * (met + b_high) / 2)
    return sign * width * (part * (b_low + met) / 2 + (1 - part) * _mean_above_0(met, a_high))


@njit(cache=True, nogil=True, inline="always")
def _mean_above_0(first: float, last: float) -> float:
    """Mean of max(0, y) along a straight line from `first` to `last`."""
    if first >= 0 and last >= 0:
        return (first + last) / 2
    if first <= 0 and last <= 0:
        return 0.0
    above = max(first, last)
    return above * above / (2 * abs(first - last))
