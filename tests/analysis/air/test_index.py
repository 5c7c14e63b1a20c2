"""The air-quality index: bounds, hours of the means, the worst pollutant, and what is missing."""

import pandas as pd
import pytest

from analysis.air.index import index_at, level_of
from analysis.air.standards import load_standards

INDEX = load_standards().index("eea-2017")
NOON = pd.Timestamp("2026-11-01T12:00Z")


def hours(pollutant: str, value: float, count: int) -> pd.DataFrame:
    moments = pd.date_range(end=NOON - pd.Timedelta(hours=1), periods=count, freq="h")
    return pd.DataFrame({"pollutant": pollutant, "observed_at": moments, "value_ug_m3": value})


@pytest.mark.parametrize(
    ("value", "level"), [(0, 1), (40, 1), (40.1, 2), (100, 2), (200, 3), (400, 4), (401, 5), (5000, 5)]
)
def test_levels_of_nitrogen_dioxide(value, level):
    assert level_of(INDEX, "no2", value) == level


def test_worst_pollutant_makes_the_index():
    observations = pd.concat([hours("no2", 50, 1), hours("pm10", 60, 24), hours("o3", 10, 1)])
    value = index_at(INDEX, observations, NOON)
    assert (value.level, value.name, value.by) == (4, "poor", ("pm10",))
    assert value.levels == {"pm10": 4, "no2": 2, "o3": 1}
    assert value.missing == ("pm25", "so2")


def test_particles_need_three_quarters_of_a_day():
    assert index_at(INDEX, hours("pm10", 60, 17), NOON) is None
    assert index_at(INDEX, hours("pm10", 60, 18), NOON).levels == {"pm10": 4}


def test_hour_before_last_does_not_count_for_gases():
    late = hours("no2", 300, 1).assign(observed_at=NOON - pd.Timedelta(hours=2))
    assert index_at(INDEX, late, NOON) is None


def test_each_hour_counts_once_however_often_it_was_measured():
    minutes = pd.date_range(end=NOON - pd.Timedelta(minutes=1), periods=60, freq="min")
    often = pd.DataFrame({"pollutant": "pm10", "observed_at": minutes, "value_ug_m3": 240.0})
    hourly = hours("pm10", 0, 24).iloc[:-1]
    assert index_at(INDEX, pd.concat([hourly, often]), NOON).means_ug_m3 == {"pm10": pytest.approx(10)}
