"""An alert begins with the first mean above the limit, ends with the first below it, and is of an area."""

import pandas as pd
import pytest

from analysis.air.alerts import NoAlert, find_exceedances
from analysis.air.standards import load_standards

LIMITS = load_standards().limits
START = pd.Timestamp("2026-11-01T00:00Z")


def hour(number: int) -> pd.Timestamp:
    return START + pd.Timedelta(hours=number)


def series(station: str, *values: float, first: int = 0) -> pd.DataFrame:
    moments = [hour(first + n) for n in range(len(values))]
    return pd.DataFrame({"station": station, "observed_at": moments, "value_ug_m3": values})


def found(observations: pd.DataFrame, limit: str = "ma-no2-hour", **areas: str) -> list[tuple]:
    runs = find_exceedances(observations, LIMITS[limit], areas or {"a": "north"})
    return [(r.area, r.started_at, r.ended_at, r.value_ug_m3, r.station) for r in runs]


def test_run_of_hours_above_the_limit():
    assert found(series("a", 10, 210, 250, 200, 10)) == [("north", hour(2), hour(4), 250, "a")]


def test_run_that_goes_on_has_no_end():
    assert found(series("a", 10, 210, 250)) == [("north", hour(2), None, 250, "a")]


def test_two_runs_are_two_alerts():
    runs = found(series("a", 210, 10, 220, 10))
    assert [(start, end) for _, start, end, *_ in runs] == [(hour(1), hour(2)), (hour(3), hour(4))]


def test_stations_of_one_area_make_one_alert_with_the_highest_value():
    both = pd.concat([series("a", 210, 210, 10, 10), series("b", 10, 230, 240, 10)])
    assert found(both, a="north", b="north") == [("north", hour(1), hour(4), 240, "b")]
    assert [area for area, *_ in found(both, a="north", b="south")] == ["north", "south"]


def test_daily_mean_needs_three_quarters_of_its_hours():
    assert found(series("a", *[60] * 17), "who-pm10-day") == []
    assert found(series("a", *[60] * 18), "who-pm10-day") == [("north", hour(18), None, 60, "a")]


def test_a_gap_does_not_carry_the_past_on():
    gap = pd.concat([series("a", 210), series("a", 210, first=5)])
    assert [(s, e) for _, s, e, *_ in found(gap)] == [(hour(1), hour(2)), (hour(6), None)]


def test_stations_of_no_area_are_left_out():
    assert found(series("x", 500)) == []


def test_yearly_limit_makes_no_alert():
    with pytest.raises(NoAlert, match="who-no2-year is a mean over a year"):
        find_exceedances(series("a", 1), LIMITS["who-no2-year"], {"a": "north"})
