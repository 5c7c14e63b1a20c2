"""Forecasts on synthetic series whose rate is known, and on few, missing, noisy and negative observations."""

import numpy as np
import pytest

from analysis.routes.forecast import (
    Fill,
    Filling,
    Observation,
    Outlook,
    Rate,
    collection_prize,
    days_until_risk,
    estimate_rate,
    fillings,
    outlook,
    usual_rate,
)

USUAL = Rate(0.10, 0.05)


def rate_of(seen: list[Observation], usual: Rate) -> Rate:
    return estimate_rate(Filling.of(seen), usual)


def coming(seen: list[Observation], usual: Rate = USUAL, now_d: float = 100.0) -> Outlook:
    return outlook(Filling.of(seen), usual, now_d)


def forecast_fill(seen: list[Observation], at_d: float, usual: Rate) -> Fill:
    return coming(seen, usual, at_d).at(at_d)


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
    found = rate_of(series(rate, 0.02, days=200, seed=3), USUAL)
    assert found.per_day == pytest.approx(rate, rel=0.1)
    assert found.deviation == pytest.approx(0.02, abs=0.005)
    assert found.days == 199


def test_two_forecasts_of_three_are_within_one_error_and_nearly_all_within_two():
    misses = []
    for seed in range(300):
        seen = series(0.12, 0.04, days=40, seed=seed)
        told = forecast_fill(seen[:-3], seen[-2].at_d, USUAL)  # two days ahead, none of them an emptying
        misses.append(abs(seen[-2].fill - told.expected) / told.error)
    assert 0.60 < np.mean(np.array(misses) < 1) < 0.78
    assert np.mean(np.array(misses) < 2) > 0.92


def test_noise_of_a_sensor_falls_out():
    found = rate_of(series(0.1, 0.02, days=200, seed=5, noise=0.05), USUAL)
    assert found.per_day == pytest.approx(0.1, rel=0.1)
    assert found.deviation > 0.05


def test_weighings_at_each_emptying_are_observations_too():
    seen = [Observation(7.0 * week, 0.7, emptied=True) for week in range(1, 20)]
    assert rate_of(seen, USUAL).per_day == pytest.approx(0.1)
    assert forecast_fill(seen, 7.0 * 19 + 3, USUAL).expected == pytest.approx(0.3, rel=0.05)


def test_without_observations_the_usual_rate_speaks_with_a_large_error():
    assert rate_of([], USUAL) == Rate(0.10, 0.05)
    told = forecast_fill([], 100.0, USUAL)
    assert told.expected == pytest.approx(0.7)
    assert told.error > USUAL.deviation * np.sqrt(7)


def test_one_observation_moves_the_level_and_not_the_rate():
    told = forecast_fill([Observation(3.0, 0.4)], 5.0, USUAL)
    assert told.expected == pytest.approx(0.6)


def test_fall_that_nobody_wrote_down_is_an_emptying_and_no_negative_filling():
    seen = [Observation(0, 0.2), Observation(4, 0.8), Observation(5, 0.1), Observation(8, 0.55)]
    assert rate_of(seen, Rate(0.15, 0.05)).per_day == pytest.approx(0.15)


def test_rate_is_never_negative_and_order_does_not_matter():
    falling = [Observation(float(day), 0.5 - 0.02 * day) for day in range(20)]
    assert rate_of(falling, Rate(0.0, 0.05)).per_day == 0.0
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
    assert collection_prize(coming(full), 8.0, 10.0, 50.0) > 40
    assert collection_prize(coming(empty), 8.0, 10.0, 50.0) < 0.5
    assert collection_prize(coming(full), 8.0, 10.0, 0.0) == 0.0
    quick = [Observation(float(day), 0.9, emptied=True) for day in range(9)]
    assert collection_prize(coming(quick), 8.0, 20.0, 50.0) < 1  # full again before then, emptied now or not


def test_days_until_the_risk_is_too_high():
    seen = [Observation(7.0 * week, 0.7, emptied=True) for week in range(1, 20)]
    assert 8 <= days_until_risk(coming(seen), 7.0 * 19, 0.1) <= 10
    assert days_until_risk(coming([Observation(0.0, 0.0)], Rate(0.0, 0.0)), 0.0, 0.1) == float("inf")


def test_drift_and_scatter_by_hand():
    """0.2 in 2 days, then 0.4 in 2 days: 7 days of the usual 0.1 with them give (0.6 + 0.7) / 11."""
    seen = [Observation(0, 0.1), Observation(2, 0.3), Observation(4, 0.7)]
    drift = 1.3 / 11
    variance = ((0.2 - 2 * drift) ** 2 / 2 + (0.4 - 2 * drift) ** 2 / 2 + 0.05**2) / 3
    found = rate_of(seen, USUAL)
    assert (found.per_day, found.deviation) == pytest.approx((drift, np.sqrt(variance)))
    told = forecast_fill(seen, 6.0, USUAL)
    assert told.expected == pytest.approx(0.7 + 2 * drift)
    assert told.error == pytest.approx(np.sqrt(variance * (2 + 4 / 11)))


def test_emptying_that_nobody_weighed_tells_only_what_comes_after():
    seen = [Observation(0, 0.5), Observation(3, emptied=True), Observation(5, 0.3)]
    assert Filling.of(seen) == Filling(1, 2.0, 0.3, pytest.approx(0.045), 5.0, 0.3)
    assert Filling.of(seen[:2]) == Filling(0, 0.0, 0.0, 0.0, 3.0, 0.0)


def test_readings_shortly_after_each_other_are_no_filling():
    seen = [Observation(0, 0.5), Observation(0.1, 0.55), Observation(1.1, 0.65)]
    assert Filling.of(seen).stretches == 1
    assert Filling.of(seen).came == pytest.approx(0.1)


def test_many_containers_at_once_are_as_each_alone():
    own = [series(0.1, 0.04, days=20, seed=1), [], series(0.2, 0.04, days=9, seed=2)]
    rows = [(n, seen) for n, many in enumerate(own) for seen in many]
    rows = [rows[n] for n in np.random.default_rng(0).permutation(len(rows))]
    found = fillings(
        np.array([n for n, _ in rows]),
        np.array([seen.at_d for _, seen in rows]),
        np.array([seen.fill for _, seen in rows]),
        np.array([seen.emptied for _, seen in rows]),
        count=4,
    )
    assert found[1] == found[3] == Filling()
    for n in (0, 2):
        alone = Filling.of(own[n])
        assert (found[n].days, found[n].last_d) == (alone.days, alone.last_d)
        assert (found[n].came, found[n].squares) == pytest.approx((alone.came, alone.squares))


def test_usual_rate_is_that_of_all_days_together():
    slow = Filling.of([Observation(0, 0.0), Observation(4, 0.2)])
    quick = Filling.of([Observation(0, 0.0), Observation(2, 0.4)])
    found = usual_rate([slow, quick, Filling()])
    assert found.per_day == pytest.approx(0.1)
    assert found.deviation == pytest.approx(np.sqrt(((0.2 - 0.4) ** 2 / 4 + (0.4 - 0.2) ** 2 / 2) / 2))
    assert found.days == 6
    assert usual_rate([Filling()]) is None


def test_told_risks_come_true():
    """Of made-up containers told 10 to 30 % risk of an overflow, about that share overflows; so of the others."""
    rng = np.random.default_rng(11)
    told, came = [], []
    for _ in range(4000):
        rate, days = rng.gamma(9.0, 0.1 / 9), 40
        step = np.maximum(0.0, rng.normal(rate, 0.05, days + 4))
        seen, fill = [], 0.0
        for day in range(days):
            fill += step[day]
            emptied = day % 6 == 5
            seen.append(Observation(float(day), fill, emptied))
            fill = 0.0 if emptied else fill
        told.append(coming(seen).at(days + 3.0).overflow_risk)
        came.append(fill + step[days:].sum() > 1.0)
    told, came = np.array(told), np.array(came)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 1.01)):
        own = (told >= low) & (told < high)
        assert own.sum() > 60
        assert came[own].mean() == pytest.approx(told[own].mean(), abs=0.06), (low, high)
