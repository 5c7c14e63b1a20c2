"""Where people live, from the city's collections: the population grid or the census, over buildings by floor area."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.green.people import People, spread_people
from analysis.green.plane import Floats
from analysis.processes.input_frames import InputFrames
from gis_core.errors import InvalidInput

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
    frame = frames.read("buildings", ["levels"])
    levels = pd.to_numeric(frame["levels"]).clip(lower=1).fillna(1).to_numpy(float)
    floor_m2 = frame.geometry.area.to_numpy() * levels
    people = spread_people(zones, totals, frame.geometry, floor_m2)
    return Lived(people, frame.geometry, f"{origin}, {people.rule}; one level where the levels are not known")


def _counted(frames: InputFrames) -> tuple[gpd.GeoSeries, Floats, str]:
    for collection, column, origin in (
        ("population-grid", "inhabitants", GRID),
        ("districts", "population", CENSUS),
    ):
        rows = frames.read(collection, [column])
        totals = pd.to_numeric(rows[column]).to_numpy(float, na_value=np.nan)
        if np.nansum(totals) > 0:
            return rows.geometry, totals, origin
    raise InvalidInput(
        "Nobody is known to live here: import population-grid, or give districts their population."
    )
