"""Geometry of an edit: from GeoJSON to the stored form, and the rules it must keep by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from django.conf import settings
from shapely.geometry.base import BaseGeometry

from layers.definitions import Collection
from layers.queries.items import COORDINATE_DIGITS
from layers.services import rules
from layers.services.broken import Broken

SPIKE_DEG = 0.5  # an angle sharper than this, between sides longer than 10 cm, is a slip of the hand
SPIKE_SIDE_DEG = 1e-6
MOST_VERTICES = 100_000
_MULTI = {"Polygon": "MultiPolygon"}


def read_shape(
    collection: Collection, given: Any, *, srid: int = 4326, flips_axes: bool = False
) -> tuple[BaseGeometry | None, list[Broken]]:
    """A GeoJSON geometry in EPSG:`srid` as the collection stores it (EPSG:4326, 2D, 7 decimals, MultiPolygon for a
    Polygon), and the rules that it breaks. flips_axes: coordinates come in latitude, longitude."""
    if given is None:
        return None, [Broken("geometry", rules.empty_geometry())]
    shape = _parsed(given)
    if shape is None or shape.is_empty:
        rule = (
            rules.wrong_geometry(collection.geometry_type or "") if shape is None else rules.empty_geometry()
        )
        return None, [Broken("geometry", rule, _type_of(given))]
    shape = _stored(shape, srid, flips_axes)
    if shape.geom_type != collection.geometry_type:
        return None, [
            Broken("geometry", rules.wrong_geometry(collection.geometry_type or ""), _type_of(given))
        ]
    return shape, list(_faults(collection, shape))


def _parsed(given: Any) -> BaseGeometry | None:
    try:
        shape = shapely.from_geojson(json.dumps(given))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        return None
    coordinates = shapely.get_coordinates(shape) if shape is not None else np.empty((0, 2))
    readable = np.isfinite(coordinates).all() and len(coordinates) <= MOST_VERTICES
    return shape if readable and isinstance(given, dict) and given.get("type") == shape.geom_type else None


def _type_of(given: Any) -> Any:
    return given.get("type") if isinstance(given, dict) else None


def _stored(shape: BaseGeometry, srid: int, flips_axes: bool) -> BaseGeometry:
    shape = shapely.force_2d(shape)
    if flips_axes:
        shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    if srid != 4326:
        shape = shapely.transform(shape, _to_degrees(srid).transform, interleaved=False)
    if shape.geom_type in _MULTI:
        shape = shapely.multipolygons([shape])
    return shapely.transform(shape, lambda xy: np.round(xy, COORDINATE_DIGITS))


@lru_cache(maxsize=16)
def _to_degrees(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, 4326, always_xy=True)


def same_shape(stored: BaseGeometry | None, given: BaseGeometry) -> bool:
    """Whether the client sent back what it was shown, which is rounded: then the stored one stays."""
    if stored is None:
        return False
    return shapely.equals_exact(
        shapely.transform(stored, lambda xy: np.round(xy, COORDINATE_DIGITS)), given, 0
    )


def _faults(collection: Collection, shape: BaseGeometry) -> Iterator[Broken]:
    if not shapely.box(*settings.CITY.bbox.as_tuple()).covers(shapely.box(*shape.bounds)):
        yield Broken(
            "geometry",
            rules.outside_city(),
            location=_geojson(shapely.points(shapely.get_coordinates(shape)[0])),
        )
        return
    if not shape.is_valid:
        yield Broken(
            "geometry",
            rules.invalid_geometry(),
            shapely.is_valid_reason(shape),
            location=_invalid_place(shape),
            proposal=_repaired(collection, shape),
        )
    elif (tip := spike_of(shape)) is not None:
        yield Broken("geometry", rules.spike(), location=_geojson(tip), proposal=_without(shape, tip))


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def _invalid_place(shape: BaseGeometry) -> dict[str, Any] | None:
    """GEOS names it in the reason: `Self-intersection[-7.6 33.55]`."""
    inside = shapely.is_valid_reason(shape).partition("[")[2].rstrip("]").split()
    return {"type": "Point", "coordinates": [float(n) for n in inside[:2]]} if len(inside) >= 2 else None


def _repaired(collection: Collection, shape: BaseGeometry) -> dict[str, Any] | None:
    """The shape made valid, when it stays of the collection's kind."""
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if valid.geom_type in _MULTI:
        valid = shapely.multipolygons([valid])
    return _geojson(valid) if valid.geom_type == collection.geometry_type and not valid.is_empty else None


def spike_of(shape: BaseGeometry) -> BaseGeometry | None:
    """The tip of the first spike of a polygon's ring, None without one."""
    if "Polygon" not in shape.geom_type:
        return None
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        corners = shapely.get_coordinates(ring)[:-1]
        before, after = np.roll(corners, 1, 0) - corners, np.roll(corners, -1, 0) - corners
        sides = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
        turns = np.degrees(
            np.arccos(np.clip((before * after).sum(1) / np.maximum(sides[0] * sides[1], 1e-30), -1, 1))
        )
        spikes = (turns < SPIKE_DEG) & (sides[0] > SPIKE_SIDE_DEG) & (sides[1] > SPIKE_SIDE_DEG)
        if spikes.any():
            return shapely.points(corners[np.flatnonzero(spikes)[0]])
    return None


def _without(shape: BaseGeometry, tip: BaseGeometry) -> dict[str, Any] | None:
    """The shape without the corner at `tip`, when that is a shape."""
    corner = shapely.get_coordinates(tip)[0]

    def clean(ring: BaseGeometry) -> BaseGeometry:
        corners = shapely.get_coordinates(ring)[:-1]
        kept = corners[(corners != corner).any(axis=1)]
        return shapely.linearrings(kept) if len(kept) >= 3 else shapely.linearrings(corners)

    parts = [
        shapely.polygons(clean(part.exterior), [clean(hole) for hole in part.interiors] or None)
        for part in shapely.get_parts(shape)
    ]
    mended = shapely.multipolygons(parts)
    return _geojson(mended) if mended.is_valid else None
