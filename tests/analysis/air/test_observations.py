"""Means use valid observations only, and every one left out is counted under one reason."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.air import mean_by_station

STATIONS = gpd.GeoDataFrame(
    {"external_id": ["b", "a", "silent"]},
    geometry=[shapely.Point(2, 20), shapely.Point(1, 10), shapely.Point(3, 30)],
    crs=32629,
)


def observations(*rows: tuple[str, float | None, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["station", "value_ug_m3", "flag"])


def test_mean_is_that_of_valid_observations():
    means = mean_by_station(
        observations(
            ("a", 10.0, "valid"),
            ("a", 20.0, "valid"),
            ("a", 900.0, "suspect"),
            ("b", -3.0, "valid"),
            ("b", 5.0, "valid"),
            ("b", np.nan, "valid"),
            ("ghost", 7.0, "valid"),
            ("ghost", -1.0, "invalid"),
        ),
        STATIONS,
    )
    assert means.stations == ("a", "b")
    assert means.means.tolist() == [15.0, 5.0]
    assert means.xy_m.tolist() == [[1, 10], [2, 20]]
    assert means.used == 3
    assert means.excluded == {"flag not valid": 2, "not a number": 1, "negative": 1, "unknown station": 1}


def test_used_and_left_out_make_all():
    rows = [("a", float(v), f) for v in range(-3, 4) for f in ("valid", "suspect", "invalid")]
    means = mean_by_station(observations(*rows), STATIONS)
    assert means.used + sum(means.excluded.values()) == len(rows)


def test_no_observations_give_no_stations():
    means = mean_by_station(observations(), STATIONS)
    assert means.stations == ()
    assert means.xy_m.shape == (0, 2)
    assert means.used == 0


def test_value_zero_is_data():
    assert mean_by_station(observations(("a", 0.0, "valid")), STATIONS).means == pytest.approx([0.0])
