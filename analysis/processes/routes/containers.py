"""Which containers are due on a day, in which district they stand, what each weighs, and where a truck stops for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import inf
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.network import Network, snap
from analysis.network.demand import days_since_collection
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked, WeekDays
from analysis.processes.routes.placed import Placed, keys
from analysis.routes import container
from analysis.routes.weeks import longest_gap
from gis_core.city import City
from gis_core.errors import InvalidInput

NO_DISTRICT = ""  # containers of a city without districts belong to this one
CONTAINER_SNAP_M = 100.0
FULL_PCT = 100.0  # what a container of unknown fill counts as


def read_due_containers(frames: InputFrames, city: City, asked: Asked) -> gpd.GeoDataFrame:
    """The containers to empty, in the metric CRS: key, source, district, load_kg, load_m3 (compacted),
    service_s, geom.

    Raises InvalidInput for a district that does not exist, a fraction without a density, and when nothing is due.
    """
    names = ["capacity_l", "fill_pct", "collection_days", "source"]
    containers = frames.read("waste-containers", names, equals={"fraction": asked.fraction})
    none_at_all = containers.empty
    containers = containers.assign(
        key=keys(containers), district=districts_of(frames, containers, asked.districts)
    )
    containers = containers.assign(collection_days=asked.collection_days(containers))
    if asked.week is not None:
        containers = containers.assign(fill_pct=_week_fill_pct(containers, asked.week, asked.day))
    containers = asked.within(containers)
    if asked.districts:
        containers = containers[containers["district"].isin(asked.districts)]
    if asked.due_only:
        least_pct = inf if asked.week else float(city.waste["due_fill_pct"])
        containers = containers[_due(containers, asked.day, least_pct)]
    if containers.empty:
        known = "choose another day or fraction, or set due_only=false"
        cure = "there is none at all; import some into waste-containers first" if none_at_all else known
        raise InvalidInput(
            f"No container of fraction {asked.fraction} is due on {asked.day.isoformat()}: {cure}."
        )
    return containers.assign(**_loads(containers, city, asked.fraction)).reset_index(drop=True)


def load_rule(city: City, fraction: str) -> dict[str, Any]:
    """How a load is reckoned, for the outputs."""
    return {
        "load": "capacity_l x fill_pct / 100 x density; a container of unknown fill counts as full",
        "density_kg_per_l": density(city, fraction),
        "compaction": float(city.waste["compaction"]),
        "service_min_per_container": float(city.waste["service_min_per_container"]),
        "due": "collection day, or fill_pct at least due_fill_pct",
        "due_fill_pct": float(city.waste["due_fill_pct"]),
        "source": f"assumptions of the city file of {city.slug} ([waste]), to be replaced by weighings",
    }


def place_containers(network: Network, containers: gpd.GeoDataFrame, first_place: int) -> Placed:
    """Where a truck stops for each, and the tasks at those matrix places."""
    points = containers.geometry.to_numpy()
    positions, missed = snap(network, list(containers["key"]), points, max_snap_m=CONTAINER_SNAP_M)
    rows = containers.set_index("key").loc[[position.id for position in positions]]
    values = zip(rows.index, rows["load_kg"], rows["load_m3"], rows["service_s"], strict=True)
    tasks = tuple(
        container(key, place, float(kg), float(m3), float(service))
        for place, (key, kg, m3, service) in enumerate(values, start=first_place)
    )
    return Placed(positions, tasks, missed)


def _week_fill_pct(containers: gpd.GeoDataFrame, week: WeekDays, day: date) -> list[float]:
    """Days ahead nobody knows the fill: a container fills evenly, and is full after the longest gap between the
    collections that it had when the week was planned."""
    was = [week.was.get(key, ()) for key in containers["key"]]
    since = [days_since_collection(days, day) for days in containers["collection_days"]]
    pairs = zip(since, was, strict=True)
    return [FULL_PCT * min(1.0, days / longest_gap(present)) for days, present in pairs]


def _loads(containers: gpd.GeoDataFrame, city: City, fraction: str) -> dict[str, Any]:
    fill = pd.to_numeric(containers["fill_pct"]).fillna(FULL_PCT) / 100
    litres = pd.to_numeric(containers["capacity_l"]) * fill
    return {
        "load_kg": litres * density(city, fraction),
        "load_m3": litres / 1000 / float(city.waste["compaction"]),
        "service_s": 60 * float(city.waste["service_min_per_container"]),
    }


def density(city: City, fraction: str) -> float:
    densities = city.waste["density_kg_per_l"]
    if fraction not in densities:
        raise InvalidInput(
            f"The city file of {city.slug} has no density of {fraction!r} ([waste] density_kg_per_l)."
        )
    return float(densities[fraction])


def _due(containers: gpd.GeoDataFrame, day: date, due_fill_pct: float) -> pd.Series:
    on_day = containers["collection_days"].map(lambda days: day.isoweekday() in (days or ()))
    return on_day | (pd.to_numeric(containers["fill_pct"]) >= due_fill_pct)


def districts_of(frames: InputFrames, items: gpd.GeoDataFrame, wanted: Sequence[str]) -> Any:
    """Per item the key of its district, the nearest one for those that stand outside all of them."""
    districts = frames.read("districts")
    districts = districts.assign(district=keys(districts))
    if unknown := sorted(set(wanted) - set(districts["district"])):
        raise InvalidInput(
            f"There is no district {unknown[0]!r}. Known: {', '.join(sorted(districts['district']))}."
        )
    if districts.empty or items.empty:
        return NO_DISTRICT
    places = items.geometry.centroid.to_numpy()
    number, nearest = districts.sindex.nearest(places, return_all=False)
    found = np.empty(len(items), dtype=object)
    found[number] = districts["district"].to_numpy()[nearest]
    return found
