"""The city's state for what-if: made once for the data as it stands, kept in the process, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
from django.conf import settings

from analysis.green.what_if import CityState, Reach, polygons_of, prepare
from analysis.processes.green_people import read_people
from analysis.processes.green_walking import FURNITURE, walk_network
from analysis.processes.input_frames import InputFrames
from gis_core.city import City
from gis_core.errors import InvalidInput
from layers.queries.revisions import states_of

READ = (
    *("districts", "parcels", "green-spaces", "population-grid", "buildings", "trees", "streets"),
    FURNITURE,
)
THRESHOLDS = ("green_access_m", "green_access_min_ha", "rule_3_trees_within_m")


@dataclass(frozen=True, eq=False)
class Scene:
    """A state, the districts' names, the rows of green spaces by feature id, and what it was made of."""

    state: CityState
    districts: list[dict[str, Any]]
    green_rows: dict[int, int]
    people_rule: str
    inputs: dict[str, dict[str, int]]


_kept: tuple[tuple[Any, ...], Scene] | None = None
_making = Lock()


def current_scene() -> Scene:
    """Of the data as it stands; a few seconds for a large city when any of it changed since, else at once.

    One city of 400,000 parcels takes about 1 GB, and none but the last is kept.
    """
    global _kept
    city: City = settings.CITY
    with _making:
        key = (city.slug, *states_of(READ), *(_value(city, name) for name in THRESHOLDS))
        if _kept is None or _kept[0] != key:
            _kept = None  # two would not fit
            _kept = (key, _make(city))
        return _kept[1]


def _make(city: City) -> Scene:
    frames = InputFrames(city.metric_crs)
    districts = frames.read("districts", ["name_fr", "name_ar", "name_en"])
    if districts.empty:
        raise InvalidInput("There are no districts: import them first.")
    green = frames.read("green-spaces", ["access"])
    trees = frames.read("trees", [])
    lived = read_people(frames)
    greens = polygons_of(
        green.geometry, (green["access"] == "public").to_numpy(), tuple(map(str, green["id"]))
    )
    state = prepare(
        districts.geometry,
        frames.read("parcels", []).geometry,
        greens,
        lived.people,
        lived.buildings,
        _xy(trees),
        walk_network(frames),
        Reach(*(_value(city, name) for name in THRESHOLDS)),
    )
    named = districts[["external_id", "name_fr", "name_ar", "name_en"]].to_dict("records")
    rows = {int(name): row for row, name in enumerate(greens.ids)}
    return Scene(state, named, rows, lived.rule, frames.record)


def _value(city: City, name: str) -> float:
    return city.threshold(name).value


def _xy(points: gpd.GeoDataFrame) -> np.ndarray:
    return np.column_stack([points.geometry.x, points.geometry.y]).reshape(-1, 2)
