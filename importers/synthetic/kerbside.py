"""The days on which streets are collected at the kerb; for all demo cities, never a real timetable."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

COLLECTED = ("residential", "living_street")
PATTERNS = ([1, 3, 5], [2, 4, 6])  # 1 = Monday
QUARTER_M = 1_000.0


def collection_days(streets: pd.DataFrame) -> list[list[int]]:
    """Days of each row (street_class, line in the plane): quarters of a kilometre take turns like a chessboard."""
    middles = shapely.line_interpolate_point(streets["line"].to_numpy(), 0.5, normalized=True)
    cell = np.floor(shapely.get_coordinates(middles) / QUARTER_M).astype(int).sum(axis=1) % len(PATTERNS)
    collected = streets["street_class"].isin(COLLECTED).to_numpy()
    return [list(PATTERNS[n]) if own else [] for n, own in zip(cell, collected, strict=True)]
