"""Which streets are collected on a day, in which district they lie, what stands along each, and how it is served."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.network import Network
from analysis.network.demand import WasteRules, days_since_collection, kilograms_a_day, task_kilograms
from analysis.network.rules import OPEN_ACCESS
from analysis.network.service import KerbRules, KerbTask, collected_on, kerbside_tasks
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.containers import density, districts_of
from analysis.processes.routes.hours import HOURS
from analysis.processes.routes.placed import Placed, keys
from analysis.routes import Task, Way
from gis_core.city import City
from gis_core.errors import InvalidInput

Floats = npt.NDArray[np.float64]
COLUMNS = (
    *("street_class", "one_way", "access", "width_m", "lanes", "collection_days", "collection_side"),
    *("waste_kg_day", "source"),
    *HOURS,
)
# Where people live and trade: what is planned if streets are asked for that have no collection day.
KERB_CLASSES = ("primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
KG_PER_M_DAY = 0.1  # an assumption, for cities that have not counted their people


def read_streets(frames: InputFrames, city: City, asked: Asked) -> gpd.GeoDataFrame:
    """The streets to serve, in the metric CRS: key, district, source, load_kg, load_m3 (compacted), and what
    kerbside_tasks reads. Raises InvalidInput when there is none."""
    streets = frames.read("streets", COLUMNS)
    if streets.empty:
        raise InvalidInput("There are no streets: load a city, or import some into streets.")
    streets = streets.assign(key=keys(streets), external_id=keys(streets))
    streets = streets.assign(collection_days=asked.collection_days(streets))
    streets = streets.assign(kg_day=_kg_a_day(frames, streets, city, asked.fraction))
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
        other = "a larger area, another day" if asked.where else "another day"
        raise InvalidInput(
            f"No street is collected on {asked.day.isoformat()}{asked.where}: choose {other}, give streets"
            " collection_days, or set due_only=false."
        )
    since = [days_since_collection(days, asked.day) for days in streets["collection_days"]]
    kg = streets["kg_day"] * np.array(since)
    litres = kg / density(city, asked.fraction)
    m3 = litres / 1000 / float(city.waste["compaction"])
    return streets.assign(load_kg=kg, load_m3=m3).reset_index(drop=True)


def place_streets(network: Network, streets: gpd.GeoDataFrame, first_place: int) -> Placed:
    """One task per street or side, with a way for each direction in which it may be served."""
    kerb_tasks, missed = kerbside_tasks(network, streets)
    kg = task_kilograms(kerb_tasks, dict(zip(streets["key"], streets["load_kg"], strict=True)))
    m3 = task_kilograms(kerb_tasks, dict(zip(streets["key"], streets["load_m3"], strict=True)))
    tasks, row = [], first_place
    for kerb in kerb_tasks:
        tasks.append(_task(kerb, row, float(kg[kerb.id]), float(m3[kerb.id])))
        row += len(kerb.arcs)
    places = tuple(place for kerb in kerb_tasks for place in kerb.stretches)
    return Placed(places, tuple(tasks), missed)


def load_rule(city: City, fraction: str) -> dict[str, Any]:
    """How a load is reckoned, for the outputs."""
    rules, people = KerbRules(), _people_rule(city, fraction)
    by_length = {
        "load": "waste_kg_day of the street, or kg_per_m_day x its length, x days since the last collection",
        "kg_per_m_day": KG_PER_M_DAY,
    }
    return {
        **(people.as_rule() if people else by_length),
        "where_nobody_is_counted": by_length,
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


def _kg_a_day(frames: InputFrames, streets: gpd.GeoDataFrame, city: City, fraction: str) -> Floats:
    """Per street what is measured, else what its people leave, else, where nobody is counted, by its length."""
    areas, rule = _people(frames), _people_rule(city, fraction)
    if rule is not None and not areas.empty:
        return kilograms_a_day(streets, areas, rule)
    measured = pd.to_numeric(streets["waste_kg_day"])
    by_length = streets.geometry.length * KG_PER_M_DAY
    return np.asarray(measured.fillna(by_length), dtype=np.float64)


def _people(frames: InputFrames) -> gpd.GeoDataFrame:
    """The cells of the population grid, else the districts, with their `inhabitants`."""
    areas = frames.read("population-grid", ["inhabitants"])
    if areas.empty:
        areas = frames.read("districts", ["population"]).rename(columns={"population": "inhabitants"})
    return areas[pd.to_numeric(areas["inhabitants"]).fillna(0) > 0]


def _people_rule(city: City, fraction: str) -> WasteRules | None:
    """None: the city file says nothing of this fraction."""
    each = city.waste.get("kg_per_inhabitant_day", {}).get(fraction)
    source = city.waste.get("kg_per_inhabitant_day_source", f"the city file of {city.slug}, no source given")
    return None if each is None else WasteRules(float(each), str(source))
