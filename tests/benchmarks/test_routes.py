"""The routes' bench judges as the goals say; it leaves out, and says so, what is not on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.routes import report, sets
from tests.benchmarks.routes.sets import (
    Instance,
    Outcome,
    all_known,
    better_than_published,
    each_within,
    mean_at_most,
)


def outcome(
    cost: float, *, known: float = 100.0, shifts: int = 2, most: int | None = 2, feasible: bool = True
):
    return Outcome(Instance(Path("a.dat"), known, most), cost, shifts, feasible)


def test_mean_gap_is_judged_and_no_infeasible_plan_passes():
    judge = mean_at_most(1.0)
    assert judge([outcome(100), outcome(101)]) == (
        "mean +0.50 %, worst +1.00 %, 1 of 2 at the known cost",
        True,
    )
    assert judge([outcome(103)])[1] is False
    assert judge([outcome(100, feasible=False)])[1] is False
    assert mean_at_most(None)([outcome(100)])[1] is None


def test_known_cost_in_more_shifts_is_missed():
    assert all_known([outcome(100)]) == ("1 of 1", True)
    assert all_known([outcome(99), outcome(99, shifts=3)]) == ("1 of 2; missed: a 99/3 for 100/2", False)


def test_shares_and_limits_of_each_are_judged():
    assert better_than_published([outcome(98), outcome(98), outcome(98), outcome(100.5)])[1] is True
    assert better_than_published([outcome(98), outcome(101)])[1] is False
    assert each_within(1.0)([outcome(100.9), outcome(99)])[1] is True
    assert each_within(1.0)([outcome(101.1)])[1] is False


def test_set_that_is_not_there_is_left_out_aloud(monkeypatch):
    missing = replace(sets.SETS[0], folder="no-such-set")
    monkeypatch.setattr(report, "SETS", (missing,))
    said: list[str] = []
    assert report.measure(["gdb"], quick=True, seed=1, say=said.append) == []
    assert "gdb is left out" in said[0]


def test_unknown_set_is_named_with_those_known():
    with pytest.raises(SystemExit, match="There is no set gdbx"):
        report.measure(["gdbx"], quick=True, seed=1, say=print)


@pytest.mark.skipif(not sets.SHARED.exists(), reason="shared/data/routing is missing")
def test_every_set_finds_its_files_and_what_is_known_of_them():
    counts = {one.name: len(one.files(quick=False)) for one in sets.SETS}
    assert counts["gdb"], counts["egl10"] == (23, 24)
    assert counts["lpr"], counts["mtvrptwr"] == (5, 22)
    assert min(counts.values()) > 0
    assert all(len(one.files(quick=True)) > 0 for one in sets.SETS)
