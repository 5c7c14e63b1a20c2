"""Which method makes the field: the one asked for, or the one with the smaller leave-one-out error."""

import numpy as np
import pytest

from analysis.air import Method, NoVariogram, TooFewStations, interpolate, krige, make_field

AXIS = np.arange(50.0, 1000.0, 100.0)
XY = np.random.default_rng(5).uniform(0, 1000, (25, 2))
SLOPE = 20 + XY[:, 0] / 50


def test_best_is_the_one_with_the_smaller_error():
    field = make_field(XY, SLOPE, AXIS, AXIS)
    assert field.method is Method.KRIGING
    assert field.loo_rmse["kriging"] < field.loo_rmse["idw"]
    assert field.variogram is not None
    kriged = krige(XY, SLOPE, field.variogram, AXIS, AXIS)
    assert (field.values == kriged.field).all()
    assert field.standard_error == pytest.approx(np.sqrt(kriged.variance))


def test_idw_has_no_standard_error():
    field = make_field(XY, SLOPE, AXIS, AXIS, method=Method.IDW)
    assert (field.values == interpolate(XY, SLOPE, AXIS, AXIS)).all()
    assert (field.standard_error, field.variogram, set(field.loo_rmse)) == (None, None, {"idw"})


def test_three_stations_are_interpolated_by_distance():
    assert make_field(XY[:3], SLOPE[:3], AXIS, AXIS).method is Method.IDW


def test_kriging_of_equal_values_is_refused_with_the_cure():
    with pytest.raises(NoVariogram, match="take inverse distance weighting"):
        make_field(XY, np.ones(25), AXIS, AXIS, method=Method.KRIGING)


def test_clustered_stations_of_a_smooth_field_give_no_wild_values():
    rng = np.random.default_rng(5)
    xy_m = np.vstack([rng.normal(500, 15, (30, 2)), rng.uniform(0, 1000, (8, 2))])
    values = 20 + 30 * np.exp(-((xy_m - 500) ** 2).sum(axis=1) / 300**2)
    field = make_field(xy_m, values, AXIS, AXIS, method=Method.KRIGING)
    assert values.min() - 2 < field.values.min() and field.values.max() < values.max() + 2


def test_a_concentration_is_never_below_zero():
    values = np.maximum(0.0, XY[:, 0] - 500)  # half of the stations measure nothing
    field = make_field(XY, values, AXIS, AXIS, method=Method.KRIGING)
    assert field.variogram is not None
    assert krige(XY, values, field.variogram, AXIS, AXIS).field.min() < 0
    assert field.values.min() == 0


def test_stations_at_one_place_count_once_in_both_errors():
    """Else a station would be told by its twin, and two means of error of different places be compared."""
    rng = np.random.default_rng(3)
    values = SLOPE + rng.normal(0, 5, len(SLOPE))
    twins = np.vstack([XY, XY]), np.concatenate([values - 1, values + 1])
    assert make_field(*twins, AXIS, AXIS).loo_rmse == pytest.approx(
        make_field(XY, values, AXIS, AXIS).loo_rmse, rel=0.01
    )
    with pytest.raises(TooFewStations, match="Only 2 stations"):
        make_field(XY[[0, 0, 1]], SLOPE[[0, 0, 1]], AXIS, AXIS)


def test_field_without_a_pattern_says_so():
    """Its stations are told as well by the mean of all others; a slope is not."""
    noise = np.random.default_rng(1).normal(20, 5, 25)
    field = make_field(XY, noise, AXIS, AXIS)
    others = [np.delete(noise, place).mean() - noise[place] for place in range(25)]
    assert field.mean_rmse == pytest.approx(np.sqrt(np.mean(np.square(others))))
    assert not field.has_pattern and make_field(XY, SLOPE, AXIS, AXIS).has_pattern
