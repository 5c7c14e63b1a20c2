"""The Atlantic off Casablanca: the city's box north of the coast."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gis_core.geometry import BBox
from importers.synthetic.frames import multipolygons

_COAST_TURNS_LON = -7.49  # east of here the northern limit of the arrondissements runs inland
_COAST_SLOPE = 0.55  # degrees north per degree east, of the coast towards Mohammedia


def atlantic(districts: gpd.GeoDataFrame, bbox: BBox) -> gpd.GeoDataFrame:
    """One multipolygon. West of the arrondissements the coast goes on south-west, east of them north-east."""
    land = districts.geometry.union_all()
    coast = northern_coast(land)
    west, east = coast[0], coast[-1]
    sea = shapely.Polygon([*coast, *_round_the_box(west, east, bbox)])
    sea = shapely.difference(shapely.make_valid(sea), land, grid_size=1e-7)
    return gpd.GeoDataFrame(
        {
            "external_id": ["casa:water/atlantic"],
            "source": "mixed",
            "name_fr": "Océan Atlantique",
            "name_ar": "المحيط الأطلسي",
            "name_en": "Atlantic Ocean",
        },
        geometry=multipolygons(np.array([shapely.intersection(sea, shapely.box(*bbox.as_tuple()))])),
        crs=4326,
    ).rename_geometry("geom")


def northern_coast(land: shapely.Polygon) -> np.ndarray:
    """The land's limit from its westernmost point to its northernmost one before the turn, west to east (degrees)."""
    ring = shapely.get_coordinates(shapely.get_exterior_ring(land))[:-1]
    ring = np.roll(ring, -int(ring[:, 0].argmin()), axis=0)
    before_turn = np.where(ring[:, 0] < _COAST_TURNS_LON, ring[:, 1], -np.inf)
    north = int(before_turn.argmax())
    one, other = ring[: north + 1], np.vstack([ring[:1], ring[: north - 1 : -1]])
    return one if one[:, 1].mean() > other[:, 1].mean() else other


def _round_the_box(west: np.ndarray, east: np.ndarray, bbox: BBox) -> list[tuple[float, float]]:
    """From the coast's eastern end along its course to the box, around by the north, back to its western end."""
    reach = min((bbox.north - east[1]) / _COAST_SLOPE, bbox.east - east[0])
    corner = [] if east[0] + reach < bbox.east else [(bbox.east, bbox.north)]
    start = (east[0] + reach, east[1] + reach * _COAST_SLOPE)
    end = (bbox.west, west[1] - (west[0] - bbox.west) * _COAST_SLOPE)
    return [start, *corner, (bbox.west, bbox.north), end]
