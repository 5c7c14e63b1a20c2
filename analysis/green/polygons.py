"""Polygons as arrays of coordinates: what the kernels read, made once and measured against many times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from analysis.green.plane import Floats, Geometries

Positions = npt.NDArray[np.intp]
Offsets = npt.NDArray[np.int64]
MAX_POINTS = 256
NOISE_M2 = 1e-7  # what rounding leaves of the sum over the edges of two polygons that share nothing


@dataclass(frozen=True, eq=False)
class Polygons:
    """Valid polygons, and the position in the geometries they were made of."""

    shapes: Geometries
    owner: Positions
    count: int

    @classmethod
    def of(cls, geometries: Geometries, max_points: int | None = None) -> Polygons:
        """Of geometries of any kind, by the repair of `polygon_parts`; those of more points are cut."""
        shapes, owner = polygon_parts(geometries)
        if max_points is not None:
            shapes, part = subdivide(shapes, max_points)
            owner = owner[part]
        return cls(shapes, owner, len(geometries))

    @cached_property
    def index(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def bounds(self) -> Floats:
        return np.ascontiguousarray(shapely.bounds(self.shapes).reshape(-1, 4))

    @cached_property
    def rings(self) -> tuple[Floats, Offsets, Offsets, Floats]:
        """Coordinates [points, 2], beginnings of rings in them, of polygons in the rings, and each ring's sign."""
        from analysis.green.kernels.shared_area import ring_signs  # noqa: PLC0415  numba takes long to import

        within = shapely.get_num_interior_rings(self.shapes)
        polygons = _beginnings(within + 1)
        points = np.repeat(shapely.get_num_coordinates(self.shapes), within + 1)
        holed = within > 0  # few are, and taking rings out is slow
        points[np.repeat(holed, within + 1)] = shapely.get_num_coordinates(
            shapely.get_rings(self.shapes[holed])
        )
        xy, rings = shapely.get_coordinates(self.shapes), _beginnings(points)
        return xy, rings, polygons, ring_signs(xy, rings, polygons)

    def areas(self) -> Floats:
        """Plane m² of each of the geometries."""
        return self.by_owner(self.owner, shapely.area(self.shapes))

    def by_owner(self, owner: Positions, values: Floats) -> Floats:
        return np.bincount(owner, weights=values, minlength=self.count).astype(np.float64, copy=False)

    def shared_with(self, pieces: Polygons, some: slice = slice(None)) -> Floats:
        """Plane m² that each of the geometries shares with `pieces`, which do not overlap each other.

        some: only these of the polygons take part.
        """
        from analysis.green.kernels.shared_area import shared_areas  # noqa: PLC0415  as above

        first = some.indices(len(self.shapes))[0]
        zone, piece = pieces.index.query(self.shapes[some])
        zone = zone + first
        shared = shared_areas(zone, piece, *self.rings, *pieces.rings, pieces.bounds)
        shared[shared < NOISE_M2] = 0
        return self.by_owner(self.owner[zone], shared)


def polygon_parts(geometries: Geometries) -> tuple[Geometries, Positions]:
    """Valid polygons, and the position of the geometry each came from.

    Invalid rings are repaired by "linework"; lines, points, empty and missing geometries give nothing.
    """
    shapes = np.asarray(geometries, dtype=object).copy()
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="linework")
    owner = np.arange(len(shapes))
    for _ in range(2):  # a repaired shape may be a collection of multipolygons
        shapes, owner = _taken_apart(shapes, owner)
    kept = _polygonal(shapes) & ~shapely.is_empty(shapes)
    return shapes[kept], owner[kept]


def _taken_apart(shapes: Geometries, owner: Positions) -> tuple[Geometries, Positions]:
    """Members in place of whatever is no polygon: slow, so that polygons are left alone."""
    whole = _polygonal(shapes)
    if whole.all():
        return shapes, owner
    members, of = shapely.get_parts(shapes[~whole], return_index=True)
    owners = np.concatenate([owner[whole], owner[~whole][of]])
    order = np.argsort(owners, kind="stable")
    return np.concatenate([shapes[whole], members])[order], owners[order]


def _polygonal(shapes: Geometries) -> npt.NDArray[np.bool_]:
    return np.asarray(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)


def _beginnings(counts: npt.NDArray[np.integer]) -> Offsets:
    """Where each of the runs of these lengths begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def subdivide(polygons: Geometries, max_points: int = MAX_POINTS) -> tuple[Geometries, Positions]:
    """The same area in pieces of few points, and the polygon each is of: then a forest costs no more.

    A polygon of more points is halved across its longer side, and so on.
    """
    rest, owner = polygons, np.arange(len(polygons))
    pieces, owners = [polygons[:0]], [owner[:0]]
    while len(rest):
        large = shapely.get_num_coordinates(rest) > max_points
        pieces.append(rest[~large])
        owners.append(owner[~large])
        rest, half = polygon_parts(_halves(rest[large]))
        owner = np.tile(owner[large], 2)[half]
    return np.concatenate(pieces), np.concatenate(owners)


def _halves(polygons: Geometries) -> Geometries:
    west, south, east, north = shapely.bounds(polygons).T
    wide = east - west >= north - south
    middle_x, middle_y = np.where(wide, (west + east) / 2, east), np.where(wide, north, (south + north) / 2)
    first = shapely.box(west, south, middle_x, middle_y)
    second = shapely.box(np.where(wide, middle_x, west), np.where(wide, south, middle_y), east, north)
    return np.concatenate([shapely.intersection(polygons, first), shapely.intersection(polygons, second)])
