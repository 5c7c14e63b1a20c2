"""Forecasts on synthetic series whose rate is known, and on few, missing, noisy and negative observations."""

import numpy as np
import pytest

from analysis.routes.forecast import (
    Observation,
    Rate,
    collection_prize,
    days_until_risk,
    estimate_rate,
    forecast_fill,
)

USUAL = Rate(0.10, 0.05)


def series(rate: float, deviation: float, *, days: int, seed: int, noise: float = 0.0) -> list[Observation]:
    """Daily readings of a made-up container that is emptied every fifth day."""
    rng = np.random.default_rng(seed)
    fill, seen = 0.0, []
    for day in range(days):
        emptied = day % 5 == 4
        seen.append(Observation(float(day), fill + rng.normal(0, noise), emptied))
        fill = (0.0 if emptied else fill) + max(0.0, rng.normal(rate, deviation))
    return seen


@pytest.mark.parametrize("rate", [0.08, 0.15, 0.3])
def test_known_rate_is_found_with_its_scatter(rate):
    found = estimate_rate(series(rate, 0.02, days=200, seed=3), USUAL)
    assert found.per_day == pytest.approx(rate, rel=0.1)
    assert found.deviation == pytest.approx(0.02, abs=0.005)
    assert found.days == 199


def test_two_forecasts_of_three_are_within_one_error_and_nearly_all_within_two():
    misses = []
    for seed in range(300):
        seen = series(0.12, 0.04, days=40, seed=seed)
        coming = forecast_fill(seen[:-3], seen[-2].at_d, USUAL)  # two days ahead, none of them an emptying
        misses.append(abs(seen[-2].fill - coming.expected) / coming.error)
    assert 0.60 < np.mean(np.array(misses) < 1) < 0.78
    assert np.mean(np.array(misses) < 2) > 0.92


def test_noise_of_a_sensor_falls_out():
    found = estimate_rate(series(0.1, 0.02, days=200, seed=5, noise=0.05), USUAL)
    assert found.per_day == pytest.approx(0.1, rel=0.1)
    assert found.deviation > 0.05


def test_weighings_at_each_emptying_are_observations_too():
    seen = [Observation(7.0 * week, 0.7, emptied=True) for week in range(1, 20)]
    assert estimate_rate(seen, USUAL).per_day == pytest.approx(0.1)
    assert forecast_fill(seen, 7.0 * 19 + 3, USUAL).expected == pytest.approx(0.3, rel=0.05)


def test_without_observations_the_usual_rate_speaks_with_a_large_error():
    assert estimate_rate([], USUAL) == Rate(0.10, 0.05)
    coming = forecast_fill([], 100.0, USUAL)
    assert coming.expected == pytest.approx(0.7)
    assert coming.error > USUAL.deviation * np.sqrt(7)


def test_one_observation_moves_the_level_and_not_the_rate():
    coming = forecast_fill([Observation(3.0, 0.4)], 5.0, USUAL)
    assert coming.expected == pytest.approx(0.6)


def test_fall_that_nobody_wrote_down_is_an_emptying_and_no_negative_filling():
    seen = [Observation(0, 0.2), Observation(4, 0.8), Observation(5, 0.1), Observation(8, 0.55)]
    assert estimate_rate(seen, Rate(0.15, 0.05)).per_day == pytest.approx(0.15)


def test_rate_is_never_negative_and_order_does_not_matter():
    falling = [Observation(float(day), 0.5 - 0.02 * day) for day in range(20)]
    assert estimate_rate(falling, Rate(0.0, 0.05)).per_day == 0.0
    assert forecast_fill(falling[::-1], 30.0, Rate(0.0, 0.05)).expected == pytest.approx(0.12)


def test_risk_rises_with_the_days_and_is_sure_without_scatter():
    seen = series(0.15, 0.03, days=30, seed=1)
    risks = [forecast_fill(seen, seen[-1].at_d + day, USUAL).overflow_risk for day in (1, 4, 7, 12)]
    assert risks == sorted(risks)
    assert risks[0] < 0.01
    assert risks[-1] > 0.95
    assert forecast_fill([Observation(0, 1.2)], 0.0, Rate(0.1, 0.0)).overflow_risk == 1.0


def test_prize_is_what_an_overflow_costs_times_the_risk_that_goes_away():
    full = [Observation(0.0, 0.0, emptied=True), Observation(8.0, 0.95)]
    empty = [Observation(0.0, 0.0, emptied=True), Observation(8.0, 0.1)]
    assert collection_prize(full, 8.0, 10.0, 50.0, USUAL) > 40
    assert collection_prize(empty, 8.0, 10.0, 50.0, USUAL) < 0.5
    assert collection_prize(full, 8.0, 10.0, 0.0, USUAL) == 0.0
    quick = [Observation(float(day), 0.9, emptied=True) for day in range(9)]
    assert collection_prize(quick, 8.0, 20.0, 50.0, USUAL) < 1  # full again before then, emptied now or not


def test_days_until_the_risk_is_too_high():
    seen = [Observation(7.0 * week, 0.7, emptied=True) for week in range(1, 20)]
    assert 8 <= days_until_risk(seen, USUAL, 0.1) <= 10
    assert days_until_risk([Observation(0.0, 0.0)], Rate(0.0, 0.0), 0.1) == float("inf")
