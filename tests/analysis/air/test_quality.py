"""Each fault of an observation is found, told, and nothing is dropped."""

import numpy as np
import pandas as pd
import pytest

from analysis.air.quality import QualityRule, find_faults

START = pd.Timestamp("2026-11-01T00:00Z")
HOUR = pd.Timedelta(hours=1)


def series(*values: float, station: str = "a", every: pd.Timedelta = HOUR) -> pd.DataFrame:
    moments = [START + i * every for i in range(len(values))]
    return pd.DataFrame(
        {
            "station": station,
            "pollutant": "no2",
            "observed_at": moments,
            "received_at": [moment + HOUR for moment in moments],
            "value_ug_m3": values,
        }
    )


def faults(frame: pd.DataFrame, **rule) -> list[str]:
    return find_faults(frame, QualityRule(**rule))["fault"].tolist()


def test_nothing_is_wrong_with_good_values():
    found = find_faults(series(10, 11, 12))
    assert found["flag"].tolist() == ["valid"] * 3
    assert found["fault"].tolist() == [""] * 3


def test_negative_and_missing_values_are_invalid():
    found = find_faults(series(-0.1, np.nan, 0))
    assert found["fault"].tolist() == ["negative", "not-a-number", ""]
    assert found["flag"].tolist() == ["invalid", "invalid", "valid"]


def test_second_value_of_a_moment_is_the_duplicate_whatever_the_order_of_rows():
    rows = series(10, 20)
    again = rows.iloc[[0]].assign(value_ug_m3=99.0, received_at=rows["received_at"].iloc[0] + HOUR)
    found = find_faults(pd.concat([again, rows], ignore_index=True))
    assert found["fault"].tolist() == ["duplicate", "", ""]


def test_same_value_for_six_hours_is_stuck():
    assert faults(series(*[7.3] * 5, 8)) == [""] * 6
    assert faults(series(*[7.3] * 6, 8)) == ["stuck"] * 6 + [""]


def test_zeros_and_other_stations_are_no_run():
    assert faults(series(*[0.0] * 8)) == [""] * 8
    assert faults(pd.concat([series(*[7.0] * 4), series(*[7.0] * 4, station="b")])) == [""] * 8


def test_six_values_within_an_hour_are_no_six_hours():
    assert faults(series(*[7.3] * 6, every=pd.Timedelta(minutes=10))) == [""] * 6


@pytest.mark.parametrize(("delay_h", "fault"), [(47, ""), (49, "late"), (-1, "in-the-future")])
def test_late_and_early_arrivals(delay_h, fault):
    rows = series(10, 11)
    rows.loc[0, "received_at"] = rows.loc[0, "observed_at"] + delay_h * HOUR
    assert faults(rows) == [fault, ""]


def test_a_past_that_is_brought_in_at_once_is_not_late():
    rows = series(10, 11, 12)
    rows["received_at"] = START + 1000 * HOUR
    assert faults(rows) == [""] * 3


def test_answer_has_a_row_for_every_observation_in_their_order():
    rows = pd.concat([series(1, -2, 3), series(-1, 2, station="b")], ignore_index=True).sample(
        frac=1, random_state=1
    )
    found = find_faults(rows)
    assert (found.index == rows.index).all()
    assert (found["fault"] == np.where(rows["value_ug_m3"] < 0, "negative", "")).all()
