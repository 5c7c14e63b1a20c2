"""People along streets, kilograms from people or as measured, days since the last collection."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from analysis.network.demand import (
    WasteRules,
    days_since_collection,
    inhabitants_along,
    kilograms_a_day,
    task_kilograms,
)
from analysis.network.service import KerbTask
from tests.analysis.network.streets import CRS, streets

RULES = WasteRules(0.8, "assumption of this test")
STREETS = streets(
    {"external_id": "one", "geom": [(0, 10), (100, 10)], "waste_kg_day": np.nan},
    {"external_id": "two", "geom": [(0, 20), (300, 20)], "waste_kg_day": 77.0},
    {"external_id": "main", "geom": [(0, 30), (300, 30)], "street_class": "primary", "waste_kg_day": np.nan},
)


def areas(*rows: tuple[float, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"inhabitants": [people for people, _ in rows]},
        geometry=[box(*bounds) for _, bounds in rows],
        crs=CRS,
    )


def test_people_are_spread_along_residential_streets_by_length():
    people = inhabitants_along(STREETS, areas((300, (0, 0, 100, 100)), (50, (100, 0, 300, 100))), RULES)
    assert people.tolist() == pytest.approx([150, 150 + 50, 0])


def test_people_without_a_street_go_to_the_nearest_and_nobody_is_lost():
    people = inhabitants_along(STREETS, areas((12, (500, 500, 600, 600)), (30, (0, 0, 50, 12))), RULES)
    assert people.tolist() == pytest.approx([30, 12, 0])


def test_measured_waste_wins():
    kg = kilograms_a_day(STREETS, areas((300, (0, 0, 100, 100))), RULES)
    assert kg.tolist() == pytest.approx([150 * 0.8, 77, 0])


@pytest.mark.parametrize(
    ("days", "since"),
    [([1], 7), ([1, 4], 4), ([1, 2, 3, 4, 5, 6, 7], 1), ([3], 5), ([], 7), (None, 7), ([1, 7], 1)],
)
def test_days_since_the_last_collection_follow_the_pattern(days, since):
    assert days_since_collection(days, date(2026, 11, 30)) == since  # a Monday


def test_each_side_takes_half():
    both, left = KerbTask("a", "a", "both", (0, 1), 1, 1), KerbTask("b:left", "b", "left", (2,), 1, 1)
    assert task_kilograms([both, left], {"a": 10.0, "b": 30.0}) == {"a": 10.0, "b:left": 15.0}


def test_rule_names_its_source():
    assert RULES.as_rule()["source"] == "assumption of this test"
    assert RULES.as_rule()["kg_per_inhabitant_day"] == 0.8
