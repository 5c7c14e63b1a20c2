"""IDW: exact at stations, bounded by the data, and equal to its formula."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from analysis.air import TooFewStations, idw, interpolate, leave_one_out, rmse

XY = np.array([[50.0, 50.0], [950.0, 50.0], [450.0, 850.0]])
VALUES = np.array([10.0, 20.0, 60.0])
AXIS = np.arange(50.0, 1000.0, 100.0)


def test_field_is_exact_at_stations():
    field = interpolate(XY, VALUES, AXIS, AXIS)
    assert [field[0, 0], field[0, 9], field[8, 4]] == VALUES.tolist()


def test_field_equals_the_formula():
    x, y = 250.0, 350.0
    weights = 1 / ((XY[:, 0] - x) ** 2 + (XY[:, 1] - y) ** 2)
    field = interpolate(XY, VALUES, np.array([x]), np.array([y]))
    assert field[0, 0] == pytest.approx((weights * VALUES).sum() / weights.sum(), rel=1e-14)


def test_other_power_equals_the_formula():
    weights = np.hypot(XY[:, 0] - 250, XY[:, 1] - 350) ** -3.0
    field = interpolate(XY, VALUES, np.array([250.0]), np.array([350.0]), power=3)
    assert field[0, 0] == pytest.approx((weights * VALUES).sum() / weights.sum(), rel=1e-14)


def test_middle_of_two_equal_distances_is_the_mean():
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 0.0]])
    assert leave_one_out(xy, np.array([2.0, 4.0, 7.0]))[2] == pytest.approx(3.0 - 7.0)


def test_stations_at_one_place_give_their_mean_there():
    xy = np.vstack([XY, XY[:1]])
    field = interpolate(xy, np.append(VALUES, 0.0), AXIS, AXIS)
    assert field[0, 0] == 5.0
    assert np.isfinite(field).all()


def test_value_zero_at_a_station_is_kept():
    assert interpolate(XY, np.array([0.0, 1.0, 2.0]), AXIS, AXIS)[0, 0] == 0.0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(3, 30), constant=st.booleans())
def test_field_stays_within_the_range_of_the_data(seed, count, constant):
    random = np.random.default_rng(seed)
    xy, values = random.uniform(-500, 1500, (count, 2)), random.uniform(0, 80, count)
    values = np.full(count, values[0]) if constant else values
    field = interpolate(xy, values, AXIS, AXIS)
    assert field.min() >= values.min()
    assert field.max() <= values.max()


def test_blocks_give_the_same_field_as_one_piece(monkeypatch):
    whole = interpolate(XY, VALUES, AXIS, AXIS)
    told: list[float] = []
    monkeypatch.setattr(idw, "CELLS_AT_ONCE", 30)
    assert (interpolate(XY, VALUES, AXIS, AXIS, on_progress=told.append) == whole).all()
    assert told == pytest.approx([0.3, 0.6, 0.9, 1.0])


def test_leave_one_out_equals_leaving_each_out_by_hand():
    errors = leave_one_out(XY, VALUES)
    for i in range(3):
        others = np.delete(np.arange(3), i)
        weights = 1 / ((XY[others] - XY[i]) ** 2).sum(axis=1)
        assert errors[i] == pytest.approx((weights * VALUES[others]).sum() / weights.sum() - VALUES[i])


def test_rmse_of_three_and_four_is_that_of_their_squares():
    assert rmse(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))


def test_german_no2_has_the_error_of_an_independent_form(shared_data):
    """74 real stations; the leave-one-out error against an independent matrix form."""
    table = pd.read_csv(shared_data / "air" / "no2_germany_2017_stations.csv")
    points = gpd.points_from_xy(table["station_longitude_deg"], table["station_latitude_deg"], crs=4326)
    xy = shapely.get_coordinates(points.to_crs(25832))
    values = table["NO2"].to_numpy(float)
    weights = 1 / (cdist(xy, xy) ** 2 + np.diag(np.full(len(xy), np.inf)))
    expected = weights @ values / weights.sum(axis=1) - values
    assert leave_one_out(xy, values) == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_stations_make_no_field(count):
    with pytest.raises(TooFewStations, match=f"Only {count} stations"):
        interpolate(XY[:count], VALUES[:count], AXIS, AXIS)
