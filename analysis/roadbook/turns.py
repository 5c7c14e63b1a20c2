"""Which way a turn goes, from the directions of the two streets at the junction."""

from __future__ import annotations

from math import atan2, degrees

import numpy as np
import shapely

from analysis.network import Network
from analysis.roadbook.roadbook import Turn

HEADING_M = 8.0  # how far from the junction the direction of a street is taken, as the network does
AHEAD_DEG, SLIGHT_DEG, SHARP_DEG = 20.0, 50.0, 130.0


def turn_between(network: Network, before: int, after: int) -> Turn:
    """From the end of one arc into the next one."""
    if network.section[before] == network.section[after] and before != after:
        return Turn.U_TURN
    return classify(turn_deg(network, before, after))


def turn_deg(network: Network, before: int, after: int) -> float:
    """The angle of the turn, from -180 to 180 degrees, to the left above 0."""
    change = _heading_deg(network, after, at_end=False) - _heading_deg(network, before, at_end=True)
    return (change + 180.0) % 360.0 - 180.0


def classify(angle_deg: float) -> Turn:
    left, size = angle_deg > 0, abs(angle_deg)
    if size <= AHEAD_DEG:
        return Turn.STRAIGHT
    if size <= SLIGHT_DEG:
        return Turn.SLIGHT_LEFT if left else Turn.SLIGHT_RIGHT
    if size <= SHARP_DEG:
        return Turn.LEFT if left else Turn.RIGHT
    return Turn.SHARP_LEFT if left else Turn.SHARP_RIGHT


def point_xy(network: Network, arc: int, at_m: float) -> tuple[float, float]:
    """The point of an arc, `at_m` metres along it in driving direction, in the network's CRS."""
    along_m = network.length_m[arc] - at_m if network.backward[arc] else at_m
    point = shapely.line_interpolate_point(network.lines[network.section[arc]], along_m)
    return float(point.x), float(point.y)


def _heading_deg(network: Network, arc: int, *, at_end: bool) -> float:
    length_m = float(network.length_m[arc])
    reach_m = min(HEADING_M, length_m / 2)
    from_m, to_m = (length_m - reach_m, length_m) if at_end else (0.0, reach_m)
    x, y = np.subtract(point_xy(network, arc, to_m), point_xy(network, arc, from_m))
    return degrees(atan2(y, x))
