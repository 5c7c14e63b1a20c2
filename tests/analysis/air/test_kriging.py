"""Ordinary kriging: the standard set's numbers (Meuse), its laws, leave-one-out against brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from analysis.air import (
    Model,
    NoVariogram,
    TooFewStations,
    Variogram,
    empirical_variogram,
    fit_variogram,
    krige,
    krige_leave_one_out,
)

FITTED = Variogram(Model.SPHERICAL, 0.0506555, 0.5906009, 896.9702)
AXIS = np.arange(25.0, 1000.0, 50.0)


@pytest.fixture
def meuse(shared_data):
    frame = pd.read_csv(shared_data / "meuse" / "meuse.csv")
    return frame[["x", "y"]].to_numpy(float), np.log(frame["zinc"].to_numpy(float))


def town(seed: int, count: int = 20) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    xy_m = random.uniform(0, 1000, (count, 2))
    return xy_m, 20 + xy_m[:, 0] / 100 + random.normal(0, 2, count)


def by_hand(xy_m, values, variogram, x, y) -> tuple[float, float]:
    """Estimate and variance at one place from the kriging system itself."""
    n = len(xy_m)
    system = np.ones((n + 1, n + 1))
    system[:n, :n], system[n, n] = variogram(cdist(xy_m, xy_m)), 0.0
    right = np.append(variogram(np.hypot(xy_m[:, 0] - x, xy_m[:, 1] - y)), 1.0)
    solution = np.linalg.solve(system, right)
    return float(solution[:n] @ values), float(solution @ right)


def test_fit_is_the_one_that_gstat_finds(meuse):
    found = fit_variogram(*meuse, Model.SPHERICAL)
    assert (found.nugget, found.psill) == pytest.approx((0.0506555, 0.5906009), rel=2e-4)
    assert found.range_m == pytest.approx(896.9702, rel=2e-4)


def test_leave_one_out_of_the_standard_set(meuse):
    errors, variance = krige_leave_one_out(*meuse, FITTED)
    assert errors.mean() == pytest.approx(0.000020, abs=1e-6)
    assert np.sqrt((errors**2).mean()) == pytest.approx(0.391799, abs=1e-6)
    assert np.abs(errors).mean() == pytest.approx(0.292148, abs=1e-6)
    assert (errors**2 / variance).mean() == pytest.approx(0.818544, abs=1e-6)


def test_field_of_the_standard_set(meuse, shared_data):
    cells = pd.read_csv(shared_data / "meuse" / "meuse_grid.csv")
    x, y = np.unique(cells["x"]).astype(float), np.unique(cells["y"]).astype(float)
    kriged = krige(*meuse, FITTED, x, y)
    at = np.searchsorted(y, cells["y"]), np.searchsorted(x, cells["x"])
    quarters = [0, 25, 50, 75, 100]
    field, variance = np.percentile(kriged.field[at], quarters), np.percentile(kriged.variance[at], quarters)
    assert field.tolist() == pytest.approx([4.77655, 5.23766, 5.57290, 6.17176, 7.43999], abs=1e-5)
    assert variance.tolist() == pytest.approx([0.08549, 0.13728, 0.16218, 0.21161, 0.50028], abs=1e-5)
    assert kriged.field[at].mean() == pytest.approx(5.70723, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), model=st.sampled_from(Model), count=st.integers(4, 30))
def test_field_and_errors_equal_the_system_solved_by_hand(seed, model, count):
    xy_m, values = town(seed, count)
    variogram = Variogram(model, 1.0, 8.0, 300.0)
    kriged = krige(xy_m, values, variogram, AXIS, AXIS[:3])
    assert (kriged.field[2, 7], kriged.variance[2, 7]) == pytest.approx(
        by_hand(xy_m, values, variogram, AXIS[7], AXIS[2]), rel=1e-8
    )
    errors, variances = krige_leave_one_out(xy_m, values, variogram)
    others = np.arange(count) != 1
    estimate, variance = by_hand(xy_m[others], values[others], variogram, *xy_m[1])
    assert (errors[1], variances[1]) == pytest.approx((estimate - values[1], variance), rel=1e-8)


def test_field_is_exact_at_stations_with_variance_zero():
    xy_m, values = town(1)
    kriged = krige(xy_m, values, Variogram(Model.EXPONENTIAL, 0.0, 5.0, 200.0), xy_m[:, 0], xy_m[:, 1])
    assert np.diag(kriged.field) == pytest.approx(values, abs=1e-9)
    assert np.diag(kriged.variance) == pytest.approx(np.zeros(20), abs=1e-9)


def test_constant_data_give_a_constant_field():
    xy_m, _ = town(2)
    kriged = krige(xy_m, np.full(20, 7.0), Variogram(Model.GAUSSIAN, 0.5, 5.0, 200.0), AXIS, AXIS)
    assert kriged.field == pytest.approx(np.full(kriged.field.shape, 7.0), abs=1e-9)


def test_stations_at_one_place_count_as_one_with_their_mean():
    xy_m, values = town(3)
    variogram = Variogram(Model.SPHERICAL, 1.0, 5.0, 400.0)
    twice = krige(np.vstack([xy_m, xy_m[:1]]), np.append(values, values[0] + 4), variogram, AXIS, AXIS)
    once = krige(xy_m, np.r_[values[0] + 2, values[1:]], variogram, AXIS, AXIS)
    assert twice.field == pytest.approx(once.field, abs=1e-9)


def test_empirical_variogram_of_four_corners():
    xy_m = np.array([[0.0, 0.0], [30.0, 0.0], [0.0, 40.0], [30.0, 40.0]])
    shown = empirical_variogram(xy_m, np.array([1.0, 3.0, 5.0, 9.0]), cutoff_m=60, bins=6)
    assert shown.distance_m.tolist() == [30, 40, 50]
    assert shown.gamma.tolist() == [(4 + 16) / 4, (16 + 36) / 4, (64 + 4) / 4]
    assert shown.pairs.tolist() == [2, 2, 2]


def test_equal_values_show_no_variogram():
    with pytest.raises(NoVariogram, match="take inverse distance weighting"):
        fit_variogram(town(4)[0], np.full(20, 3.0))


def test_two_stations_are_too_few():
    with pytest.raises(TooFewStations, match="at least 3"):
        krige(np.zeros((2, 2)), np.zeros(2), FITTED, AXIS, AXIS)
