"""Coordinate reference systems as OGC API Features Part 2 names them, with their authority's axis order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pyproj
import shapely
from django.conf import settings

from gis_core.errors import InvalidInput
from gis_core.geometry import CRS84, WGS84_SRID, BBox, corners

NEARBY_DEG = (
    5.0  # beyond this distance from the city nothing lies, and a projection may not reach: a box is cut there
)


@dataclass(frozen=True)
class Crs:
    """A coordinate reference system that the service speaks. `flips_axes`: its authority puts latitude first."""

    uri: str
    srid: int
    flips_axes: bool = False

    @property
    def digits(self) -> int:
        """Decimals of a coordinate: 7 of degrees (about 1 cm), 3 of metres."""
        return 7 if self.srid == WGS84_SRID else 3

    @classmethod
    def parse(cls, text: str) -> Crs:
        """Of an OGC URI or URN; raises InvalidInput naming those that are offered."""
        offered = {crs.uri: crs for crs in offered_crs()}
        uri = _as_uri(text.strip())
        if uri not in offered:
            raise InvalidInput(f"{text!r} is not a CRS that is offered here. Offered: {', '.join(offered)}.")
        return offered[uri]


def offered_crs() -> tuple[Crs, ...]:
    """CRS84 first, then what the city works in, by authority axis order."""
    codes = dict.fromkeys(
        (*settings.CITY.import_crs, settings.CITY.metric_crs, settings.CITY.grid_crs, WGS84_SRID, 3857)
    )
    return (Crs(CRS84, WGS84_SRID), *(epsg_crs(code) for code in codes))


@cache
def epsg_crs(code: int) -> Crs:
    first = pyproj.CRS.from_epsg(code).axis_info[0].direction
    return Crs(f"http://www.opengis.net/def/crs/EPSG/0/{code}", code, flips_axes=first == "north")


def _as_uri(text: str) -> str:
    """urn:ogc:def:crs:EPSG::26191 and [EPSG:26191] as the URI; anything else as it is."""
    if found := re.fullmatch(r"urn:ogc:def:crs:EPSG:[\d.]*:(\d+)|\[EPSG:(\d+)\]", text):
        return f"http://www.opengis.net/def/crs/EPSG/0/{found[1] or found[2]}"
    return CRS84 if re.fullmatch(r"urn:ogc:def:crs:OGC:1\.3:CRS84|\[OGC:CRS84\]", text) else text


def read_area(text: str, crs: Crs) -> BBox | shapely.Polygon:
    """The `bbox` parameter in the authority's axis order of `crs`: a BBox of degrees, or else the polygon in degrees
    (longitude before latitude) that the box becomes, empty when it lies far from the city. Raises InvalidInput."""
    if crs.srid == WGS84_SRID:
        return BBox.parse(text, flips_axes=crs.flips_axes)
    west, south, east, north = corners(text, crs.flips_axes)
    if west > east or south > north:
        raise InvalidInput(f"bbox={text!r}: the first corner must be the lower left one; swap them.")
    box = shapely.box(west, south, east, north).intersection(_nearby(crs.srid))
    if not isinstance(box, shapely.Polygon) or box.is_empty:
        return shapely.Polygon()
    side = max(box.bounds[2] - box.bounds[0], box.bounds[3] - box.bounds[1])
    back = _transformer(crs.srid, WGS84_SRID)
    return shapely.transform(shapely.segmentize(box, side / 64), back.transform, interleaved=False)


@cache
def _nearby(srid: int) -> shapely.Polygon:
    west, south, east, north = settings.CITY.bbox.as_tuple()
    around = max(-180.0, west - NEARBY_DEG), max(-85.0, south - NEARBY_DEG)
    until = min(180.0, east + NEARBY_DEG), min(85.0, north + NEARBY_DEG)
    return shapely.box(*_transformer(WGS84_SRID, srid).transform_bounds(*around, *until))


@cache
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
