"""A bounding box that parses itself at the door; needs neither Django nor the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from gis_core.errors import InvalidInput

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WGS84_SRID = 4326


@dataclass(frozen=True)
class BBox:
    """West, south, east, north in degrees of CRS84; west > east means across the antimeridian (RFC 7946, 5.2)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str, *, flips_axes: bool = False) -> BBox:
        """Of `w,s,e,n` or `w,s,zmin,e,n,zmax` (`s,w,n,e` when the axes are flipped); raises InvalidInput."""
        box = cls(*corners(text, flips_axes))
        if box.south > box.north:
            raise InvalidInput(f"bbox: south {box.south} lies north of north {box.north}; swap them.")
        return box

    @classmethod
    def of(cls, values: Iterable[float]) -> BBox:
        return cls(*(float(v) for v in values))

    @property
    def center(self) -> tuple[float, float]:
        """Longitude, latitude."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def parts(self) -> tuple[BBox, ...]:
        """One box, or two where the box crosses the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return BBox(self.west, self.south, 180.0, self.north), BBox(-180.0, self.south, self.east, self.north)

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north


def corners(text: str, flips_axes: bool) -> tuple[float, float, float, float]:
    """Both corners, x before y, heights dropped."""
    numbers = _numbers(text)
    if len(numbers) == 6:
        numbers = [numbers[i] for i in (0, 1, 3, 4)]
    if len(numbers) != 4:
        raise InvalidInput(
            f"bbox has {len(numbers)} numbers; give 4 (west,south,east,north) or 6 with heights."
        )
    a, b, c, d = numbers
    return (b, a, d, c) if flips_axes else (a, b, c, d)


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InvalidInput(f"bbox={text!r}: every part must be a number, separated by commas.") from error
    if not all(isfinite(n) for n in numbers):
        raise InvalidInput(f"bbox={text!r}: numbers must be finite.")
    return numbers
