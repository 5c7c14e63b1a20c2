"""Equity against figures that can be worked out on paper."""

import numpy as np
import pytest

from analysis.green.equity import spread


@pytest.mark.parametrize(
    ("per_head", "people", "gini"),
    [
        ([5, 5, 5], [1, 7, 3], 0),
        ([0] * 9 + [1], [1] * 10, 0.9),
        ([1, 2, 3], [1, 1, 1], 2 / 9),
        ([3, 1, 2], [1, 1, 1], 2 / 9),
        ([0, 0], [4, 5], 0),
    ],
)
def test_gini(per_head, people, gini):
    assert spread(per_head, people, 1).gini == pytest.approx(gini, abs=1e-12)


def test_a_unit_cut_in_two_changes_nothing():
    whole, cut = spread([1, 4, 9], [10, 20, 30], 4), spread([1, 4, 4, 9], [10, 5, 15, 30], 4)
    assert (whole.gini, whole.p90_p10, whole.below_pct) == pytest.approx(
        (cut.gini, cut.p90_p10, cut.below_pct)
    )


def test_people_below_a_threshold_and_the_tenths():
    found = spread([10, 2, 20], [80, 10, 10], 10)
    assert (found.below_pct, found.p90_p10, found.people) == (10, 5, 100)


def test_units_without_people_or_figure_are_left_out():
    assert spread([1, 100, np.nan, 3], [2, 0, 5, 2], 2) == spread([1, 3], [2, 2], 2)


def test_poorest_tenth_without_anything_has_no_ratio_and_nobody_no_figure():
    assert np.isnan(spread([0, 5], [1, 1], 1).p90_p10)
    assert np.isnan(spread([], [], 1).gini)
