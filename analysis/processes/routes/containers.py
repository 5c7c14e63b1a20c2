"""Which containers are due on a day, in which district they stand, what each weighs, and where a truck stops for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from analysis.processes.routes.fill import foreseen, from_stored, known_of, on_day, rule_of
from analysis.processes.routes.hours import HOURS
from analysis.processes.routes.placed import Placed, keys
from analysis.routes import container
from analysis.routes.weeks import longest_gap
from gis_core.city import City
from gis_core.errors import InvalidInput

NO_DISTRICT = ""  # containers of a city without districts belong to this one
CONTAINER_SNAP_M = 100.0
FULL_PCT = 100.0
LOAD_FORESEEN = "capacity_l x expected fill x density"
COLUMNS = (
    *("capacity_l", "fill_pct", "fill_observed_at", "emptied_at"),
    *("collection_days", "source"),
    *HOURS,
)


def read_due_containers(
    frames: InputFrames, city: City, asked: Asked
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """The containers to empty, in the metric CRS, and by which rule: key, source, district, load_kg, load_m3
    (compacted), service_s, geom; with a forecast those of fill.FORESEEN, too.

    Raises InvalidInput for a district that does not exist, a fraction without a density, and when nothing is due.
    """
    containers, rule = read_containers(frames, asked), load_rule(city, asked.fraction)
    none_at_all = containers.empty
    containers = containers.assign(collection_days=asked.collection_days(containers))
    if asked.districts:
        containers = containers[containers["district"].isin(asked.districts)]
    if asked.week:
        fill = week_fill(containers, asked.week, asked.day)
    else:
        fill = known_fill(containers, asked.day, city) / FULL_PCT
    if asked.forecast:
        known = known_of(containers, city, density(city, asked.fraction), asked.day)
        told = foreseen(containers, known, city, asked.day, asked.forecast)
        rule |= {
            "load": LOAD_FORESEEN,
            "due": "see forecast",
            "forecast": rule_of(asked.forecast, containers, known),
        }
        containers, fill = containers.join(told), told["fill"]
    elif asked.due_only:
        least = inf if asked.week else float(city.waste["due_fill_pct"]) / FULL_PCT
        due = on_day(containers, asked.day) | (fill >= least)
        containers = containers[due]
    fill = fill.loc[containers.index]
    containers = asked.within(containers.assign(**loads(containers, fill, city, asked.fraction)))
    if containers.empty:
        larger = "a larger area, " if asked.where else ""
        other = f"choose {larger}another day or fraction, or set due_only=false"
        cure = "there is none at all; import some into waste-containers first" if none_at_all else other
        raise InvalidInput(
            f"No container of fraction {asked.fraction} is due on {asked.day.isoformat()}{asked.where}: {cure}."
        )
    return containers.reset_index(drop=True), rule


def read_containers(frames: InputFrames, asked: Asked) -> gpd.GeoDataFrame:
    """All of the fraction, with key and district."""
    containers = frames.read("waste-containers", COLUMNS, equals={"fraction": asked.fraction})
    return containers.assign(key=keys(containers), district=districts_of(frames, containers, asked.districts))


def known_fill(containers: gpd.GeoDataFrame, day: date, city: City) -> pd.Series:
    """Percent; unknown where the container was emptied, on a day before, after anybody had last looked into it."""
    fill, seen = pd.to_numeric(containers["fill_pct"]), _moments(containers["fill_observed_at"])
    emptied = _moments(containers["emptied_at"])
    before = emptied < pd.Timestamp(day, tz=city.time_zone)
    return fill.where(~(before & ((emptied > seen) | seen.isna())))


def _moments(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True)


def load_rule(city: City, fraction: str) -> dict[str, Any]:
    """How a load is reckoned and what is due, for the outputs."""
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
    prizes = rows["prize"] if "prize" in rows else pd.Series(np.nan, rows.index)
    values = zip(rows.index, rows["load_kg"], rows["load_m3"], rows["service_s"], prizes, strict=True)
    tasks = tuple(
        replace(
            container(key, place, float(kg), float(m3), float(service)),
            prize=None if np.isnan(prize) else float(prize),
        )
        for place, (key, kg, m3, service, prize) in enumerate(values, start=first_place)
    )
    return Placed(positions, tasks, missed)


def week_fill(containers: gpd.GeoDataFrame, week: WeekDays, day: date) -> pd.Series:
    """Days ahead nobody knows the fill: a container fills evenly, and is full after the longest gap between the
    collections that it had when the week was planned."""
    was = [week.was.get(key, ()) for key in containers["key"]]
    since = [days_since_collection(days, day) for days in containers["collection_days"]]
    pairs = zip(since, was, strict=True)
    return pd.Series([min(1.0, days / longest_gap(own)) for days, own in pairs], containers.index)


def loads(
    containers: gpd.GeoDataFrame, fill: pd.Series, city: City, fraction: str
) -> dict[str, pd.Series | float]:
    """By the share of each container that is full; an unknown one counts as full."""
    litres = pd.to_numeric(containers["capacity_l"]) * fill.fillna(1.0)
    return {
        "load_kg": litres * density(city, fraction),
        "load_m3": litres / 1000 / float(city.waste["compaction"]),
        "service_s": 60 * float(city.waste["service_min_per_container"]),
    }


def as_foreseen(
    items: gpd.GeoDataFrame, told: Mapping[str, Sequence[Any]], city: City, fraction: str
) -> gpd.GeoDataFrame:
    """The containers of a stored plan with its forecast: loads and prizes as they were then, whatever came since."""
    rows = from_stored(told, items)
    return items.join(rows).assign(**loads(items, rows["fill"], city, fraction))


def density(city: City, fraction: str) -> float:
    densities = city.waste["density_kg_per_l"]
    if fraction not in densities:
        raise InvalidInput(
            f"The city file of {city.slug} has no density of {fraction!r} ([waste] density_kg_per_l)."
        )
    return float(densities[fraction])


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
