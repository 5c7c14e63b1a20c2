"""Boxes of other grids in EPSG:3857, in which the index of every collection speaks."""

from __future__ import annotations

from functools import cache
from math import isfinite

from pyproj import Transformer

from tiles.grids import WEB_MERCATOR_QUAD, Bounds, TileMatrixSet

NOWHERE = Bounds(0.0, 0.0, 0.0, 0.0)  # in the Gulf of Guinea: no city is there


def bounds_3857(grid: TileMatrixSet, bounds: Bounds) -> Bounds:
    """The box around `bounds`, whose edges may be curved there; NOWHERE where the grid's projection does not reach."""
    if grid.srid == WEB_MERCATOR_QUAD.srid:
        return bounds
    corners = _to_3857(grid.srid).transform_bounds(*bounds.as_tuple(), densify_pts=21)
    if not all(isfinite(corner) for corner in corners):
        return NOWHERE
    box = Bounds(*corners)
    return box.grown((box.max_x - box.min_x) / 1000)  # the bulge between two of the points


@cache
def _to_3857(srid: int) -> Transformer:
    return Transformer.from_crs(srid, WEB_MERCATOR_QUAD.srid, always_xy=True)
