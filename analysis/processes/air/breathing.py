"""What the inhabitants of districts breathe: of all at once, or in parts on workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.air.exposure import Exposure, expose
from analysis.green.people import zone_of
from analysis.processes.air.concentrations import Air, read_air
from analysis.processes.by_parts import measure_by_parts, on_workers
from analysis.processes.green_people import people_around, read_people
from analysis.processes.input_frames import InputFrames
from analysis.processes.remote import ZonesPart
from layers.queries.frames import read_frame

PART_DISTRICTS = 5
_SUMS = ("people", "unknown", "breathed")


@dataclass(frozen=True, eq=False)
class Breathing:
    """By district in the order asked for, and in words where the people are taken from."""

    exposure: Exposure
    people_rule: str


def breathe(
    frames: InputFrames,
    districts: gpd.GeoDataFrame,
    air: Air,
    limits: Mapping[str, float],
    on_progress: Callable[[float], None] = lambda _: None,
) -> Breathing:
    """Raises InvalidInput when nobody is known to live here, Unavailable where no cluster answers."""
    if on_workers():
        return _in_parts(frames, districts["id"], air, limits, on_progress)
    lived = read_people(frames)
    group = zone_of(lived.people, districts.geometry)
    found = expose(air.at(lived.people.xy), lived.people.count, group, len(districts), limits)
    return Breathing(found, lived.rule)


def _in_parts(
    frames: InputFrames,
    ids: pd.Series,
    air: Air,
    limits: Mapping[str, float],
    on_progress: Callable[[float], None],
) -> Breathing:
    for collection in ("population-grid", "buildings"):
        frames.note(collection)
    asked = {"air": air.asked, "limits": dict(limits)}
    work = f"{__name__}.breathe_part"
    table = measure_by_parts(work, "districts", asked, part_rows=PART_DISTRICTS, on_progress=on_progress)
    table = table.reindex(ids)
    sums = {name: table[name].to_numpy(float) for name in _SUMS}
    above = {id: table[_above(id)].to_numpy(float) for id in limits}
    return Breathing(Exposure(**sums, above=above), "; ".join(sorted(set(table["rule"]))))


def breathe_part(part: ZonesPart) -> pd.DataFrame:
    """The sums of one part's districts; its index is their id."""
    zones = read_frame(part.collection, (), ids=part.ids, srid=part.srid)
    lived = people_around(part.bbox, part.srid)
    limits: dict[str, float] = part.asked["limits"]
    air = read_air(InputFrames(part.srid), part.asked["air"])
    group = zone_of(lived.people, zones.geometry)
    found = expose(air.at(lived.people.xy), lived.people.count, group, len(zones), limits)
    columns: dict[str, Any] = {name: getattr(found, name) for name in _SUMS}
    columns |= {_above(id): values for id, values in found.above.items()}
    return pd.DataFrame({**columns, "rule": lived.rule}, index=pd.Index(zones["id"], name="id"))


def _above(limit: str) -> str:
    return f"above {limit}"
