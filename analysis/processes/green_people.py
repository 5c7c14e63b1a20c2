"""Where people live, from the city's collections: the population grid or the census, over buildings by floor area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.green.people import People, spread_people
from analysis.green.plane import Floats
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput
from gis_core.geometry import BBox
from layers.base import GEOM_SRID
from layers.registry import get_collection

GRID = "population grid"
CENSUS = "inhabitants of the districts' census"


@dataclass(frozen=True, eq=False)
class Lived:
    """People, the buildings they live in, and in words where the numbers come from."""

    people: People
    buildings: gpd.GeoSeries
    rule: str


def read_people(frames: InputFrames) -> Lived:
    """Raises InvalidInput when neither the grid nor any district has inhabitants."""
    zones, totals, origin = _counted(frames)
    return _lived(zones, totals, frames.read("buildings", ["levels"]), origin)


def people_around(bbox: tuple[float, float, float, float], srid: int) -> Lived:
    """As read_people, of all who may live in the box (degrees): the buildings there, all zones that these touch, and
    all buildings of those zones, so that everybody in the box is placed as if the whole city were read.
    """
    frames = InputFrames(srid)
    name, column, origin = _count_source()
    near = frames.read("buildings", ["levels"], bbox=BBox(*bbox))
    zones = frames.read(name, [column], bbox=_around([bbox, _degrees(near)]))
    buildings = frames.read("buildings", ["levels"], bbox=_around([bbox, _degrees(zones)]))
    totals = pd.to_numeric(zones[column]).to_numpy(float, na_value=np.nan)
    return _lived(zones.geometry, totals, buildings, origin)


def _lived(zones: gpd.GeoSeries, totals: Floats, frame: gpd.GeoDataFrame, origin: str) -> Lived:
    levels = pd.to_numeric(frame["levels"]).clip(lower=1).fillna(1).to_numpy(float)
    floor_m2 = frame.geometry.area.to_numpy() * levels
    people = spread_people(zones, totals, frame.geometry, floor_m2)
    return Lived(people, frame.geometry, f"{origin}, {people.rule}; one level where the levels are not known")


def _degrees(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    return tuple(frame.geometry.to_crs(GEOM_SRID).total_bounds) if len(frame) else None


def _around(boxes: Sequence[tuple[float, float, float, float] | None]) -> BBox:
    west, south, east, north = zip(*filter(None, boxes), strict=True)
    return BBox(min(west), min(south), max(east), max(north))


def _counted(frames: InputFrames) -> tuple[gpd.GeoSeries, Floats, str]:
    name, column, origin = _count_source()
    rows = frames.read(name, [column])
    return rows.geometry, pd.to_numeric(rows[column]).to_numpy(float, na_value=np.nan), origin


def _count_source() -> tuple[str, str, str]:
    """Collection and column that count people, and its name: the grid's, else the districts'."""
    for name, column, origin in (
        ("population-grid", "inhabitants", GRID),
        ("districts", "population", CENSUS),
    ):
        if get_collection(name).model._default_manager.filter(**{f"{column}__gt": 0}).exists():
            return name, column, origin
    raise InvalidInput(
        "Nobody is known to live here: import population-grid, or give districts their population."
    )
