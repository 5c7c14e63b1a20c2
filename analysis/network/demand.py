"""How much waste stands along each street: from the people who live there, or as measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.network.service import KerbTask

Floats = npt.NDArray[np.float64]

WEEK = 7


@dataclass(frozen=True)
class WasteRules:
    """`kg_per_inhabitant_day` of the fraction, where that number comes from, and the streets along which people live.

    The classes are an assumption: people of an area are spread evenly along these streets in it.
    """

    kg_per_inhabitant_day: float
    source: str
    lived_along: tuple[str, ...] = ("residential", "living_street", "unclassified", "tertiary")

    def as_rule(self) -> dict[str, Any]:
        """The rule as outputs carry it."""
        return {
            **asdict(self),
            "load": (
                "waste_kg_day of the street where it was measured; else the inhabitants of each cell or district,"
                " spread along its streets by length, x kg_per_inhabitant_day; x days since the last collection"
            ),
        }


def inhabitants_along(streets: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, rules: WasteRules) -> Floats:
    """Per row of `streets` (all of the city, in a metric CRS) the people of `areas` (inhabitants, polygons) along it.

    Areal interpolation by street length. The people of an area without such a street go to the nearest one, so that
    the total is kept; without any street it is 0.
    """
    lived = np.flatnonzero(streets["street_class"].isin(rules.lived_along).to_numpy())
    people = np.zeros(len(streets))
    if len(lived) == 0 or areas.empty:
        return people
    lines = streets.geometry.to_numpy()[lived]
    polygons = areas.to_crs(streets.crs).geometry.to_numpy()
    inhabitants = pd.to_numeric(areas["inhabitants"]).fillna(0.0).to_numpy(np.float64)
    tree = shapely.STRtree(lines)
    area, line = tree.query(polygons, predicate="intersects")
    length_m = shapely.length(shapely.intersection(lines[line], polygons[area]))
    total_m = np.bincount(area, length_m, minlength=len(polygons))
    share = np.divide(length_m, total_m[area], out=np.zeros_like(length_m), where=total_m[area] > 0)
    np.add.at(people, lived[line], inhabitants[area] * share)
    empty = np.flatnonzero((total_m == 0) & (inhabitants > 0))
    if len(empty):
        _, nearest = tree.query_nearest(polygons[empty], all_matches=False)
        np.add.at(people, lived[nearest], inhabitants[empty])
    return people


def kilograms_a_day(
    streets: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, rules: WasteRules
) -> npt.NDArray[np.float64]:
    """Per street: waste_kg_day where it is known, else what its people leave in a day."""
    measured = pd.to_numeric(streets["waste_kg_day"]).to_numpy(np.float64, na_value=np.nan)
    reckoned = inhabitants_along(streets, areas, rules) * rules.kg_per_inhabitant_day
    return np.where(np.isnan(measured), reckoned, measured)


def days_since_collection(days: Sequence[int] | None, day: date) -> int:
    """Days between this collection and the one before by the pattern (1 = Monday); 7 where there is none."""
    today = day.isoweekday()
    return min(((today - other) % WEEK or WEEK for other in days or ()), default=WEEK)


def task_kilograms(tasks: Iterable[KerbTask], kg_of_street: Mapping[str, float]) -> dict[str, float]:
    """Per task its load: the street's, halved where each side is a task of its own, even if one cannot be reached."""
    return {task.id: kg_of_street[task.street] / (1 if task.side == "both" else 2) for task in tasks}
