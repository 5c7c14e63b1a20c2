"""Which streets are collected on a day, in which district they lie, what stands along each, and how it is served."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.network import Network
from analysis.network.rules import OPEN_ACCESS
from analysis.network.service import KerbRules, KerbTask, collected_on, kerbside_tasks
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.containers import density, districts_of
from analysis.processes.routes.placed import Placed, keys
from analysis.routes import Task, Way
from gis_core.city import City
from gis_core.errors import InvalidInput

WEEK = 7
COLUMNS = (
    *("street_class", "one_way", "access", "width_m", "lanes", "collection_days", "collection_side"),
    *("waste_kg_day", "source"),
)
# Where people live and trade: what is planned if streets are asked for that have no collection day.
KERB_CLASSES = ("primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
KG_PER_M_DAY = 0.1  # an assumption where nothing was measured; [waste.kerb] of the city file replaces it


def read_streets(frames: InputFrames, city: City, asked: Asked) -> gpd.GeoDataFrame:
    """The streets to serve, in the metric CRS: key, district, source, load_kg, load_m3 (compacted), and what
    kerbside_tasks reads. Raises InvalidInput when there is none."""
    streets = frames.read("streets", COLUMNS)
    streets = streets.assign(key=keys(streets), external_id=keys(streets))
    if asked.due_only:
        streets = collected_on(streets, asked.day)
    else:
        served = streets["street_class"].isin(KERB_CLASSES) & streets["access"].isin(OPEN_ACCESS)
        streets = streets[served | (streets["collection_days"].map(lambda days: len(days or ())) > 0)]
    streets = streets.assign(district=districts_of(frames, streets, asked.districts))
    streets = asked.within(streets)
    if asked.districts:
        streets = streets[streets["district"].isin(asked.districts)]
    if streets.empty:
        raise InvalidInput(
            f"No street is collected on {asked.day.isoformat()}: choose another day, give streets collection_days, or"
            " set due_only=false."
        )
    kg = _kg(streets, city)
    litres = kg / density(city, asked.fraction)
    m3 = litres / 1000 / float(city.waste["compaction"])
    return streets.assign(load_kg=kg, load_m3=m3).reset_index(drop=True)


def place_streets(network: Network, streets: gpd.GeoDataFrame, first_place: int) -> Placed:
    """One task per street or side, with a way for each direction in which it may be served."""
    kerb_tasks, missed = kerbside_tasks(network, streets)
    loads = streets.set_index("key")[["load_kg", "load_m3"]]
    sides = pd.Series([task.street for task in kerb_tasks], dtype=object).value_counts()
    tasks, row = [], first_place
    for kerb in kerb_tasks:
        kg, m3 = loads.loc[kerb.street] / sides[kerb.street]
        tasks.append(_task(kerb, row, float(kg), float(m3)))
        row += len(kerb.arcs)
    places = tuple(place for kerb in kerb_tasks for place in kerb.stretches)
    return Placed(places, tuple(tasks), missed)


def load_rule(city: City, fraction: str) -> dict[str, Any]:
    """How a load is reckoned, for the outputs."""
    rules = KerbRules()
    return {
        "load": (
            "waste_kg_day of the street, or kg_per_m_day x its length, times the days since its last collection"
            " (7 / collection days a week); halved where each side is served for itself"
        ),
        "kg_per_m_day": _kg_per_m_day(city),
        "density_kg_per_l": density(city, fraction),
        "compaction": float(city.waste["compaction"]),
        "due": "the street's collection_days hold the weekday",
        "both_sides_at_once": (
            f"collection_side, else up to {rules.narrow_m:g} m wide or {rules.narrow_lanes} lanes, else a small street"
        ),
        "both_kmh": rules.both_kmh,
        "side_kmh": rules.side_kmh,
        "source": f"assumptions, or the city file of {city.slug} ([waste]); to be replaced by weighings and tracks",
    }


def _task(kerb: KerbTask, row: int, kg: float, m3: float) -> Task:
    ways = tuple(Way(row + n, row + n, kerb.service_s, kerb.length_m) for n in range(len(kerb.arcs)))
    return Task(kerb.id, ways, kg, m3)


def _kg(streets: gpd.GeoDataFrame, city: City) -> pd.Series:
    measured = pd.to_numeric(streets["waste_kg_day"])
    a_day = measured.fillna(streets.geometry.length * _kg_per_m_day(city))
    times = streets["collection_days"].map(lambda days: len(days or ()))
    return a_day * np.where(times > 0, WEEK / np.maximum(times, 1), 1.0)


def _kg_per_m_day(city: City) -> float:
    return float(city.waste.get("kerb", {}).get("kg_per_m_day", KG_PER_M_DAY))
