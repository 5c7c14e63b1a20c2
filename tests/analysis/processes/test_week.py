"""Plans of a week: weekdays kept or chosen, a draft a day, published and taken back together."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.processes.routes.checking import CheckPlan
from analysis.processes.routes.week import PlanWeek
from analysis.processes.routes.week_publication import PublishWeek
from gis_core.errors import InvalidInput, NotFound
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import QUICK, optimise, published

pytestmark = pytest.mark.django_db
WEEK = "0d5a1f3e-6c1f-4a43-9c43-1f2d2b5a9f10"  # as long as a job's identifier is


def run(process, job: str = "later", **inputs) -> dict:
    return process().run(inputs, Recorder(job_id=job))


def plan_week(job: str = WEEK, **inputs) -> dict:
    return run(PlanWeek, job, **QUICK | inputs)


def give_days(collection: str, days: list[list[int]]) -> None:
    frame = read_frame(collection).sort_values("external_id")[["external_id"]].iloc[: len(days)]
    load_features(collection, frame.assign(collection_days=days))


def days_of(collection: str) -> dict[str, list[int]]:
    rows = read_frame(collection, ["collection_days"])
    return {key: list(days) for key, days in zip(rows["external_id"], rows["collection_days"], strict=True)}


def test_present_days_make_a_draft_a_day_which_the_checker_accepts(town):
    give_days("waste-containers", [[1, 4]] * 10 + [[2]] * 10 + [[]] * 10)
    answer = plan_week()
    assert [row["date"] for row in answer["days"]] == ["2026-11-23", "2026-11-24", "2026-11-26"]
    assert [row["served"] for row in answer["days"]] == [10, 10, 10]
    assert (answer["totals"]["served"], answer["collection_days"]) == (30, {})
    assert set(read_frame("route-plans")["job"]) == {WEEK}
    assert all(run(CheckPlan, plan=row["plan"])["feasible"] for row in answer["days"])
    assert published()[0].empty


def test_loads_grow_with_the_days_since_the_last_collection(town):
    give_days("waste-containers", [[1, 4]] * 10)
    monday, thursday = (row["load_t"] for row in plan_week()["days"])
    assert thursday == pytest.approx(monday * 3 / 4, rel=0.01)


def test_chosen_days_bring_neighbours_together(town):
    """Every second container on another day: one crew goes out on fewer days when it may choose."""
    give_days("waste-containers", [[1], [3]] * 5)
    kept = plan_week("kept")
    chosen = plan_week("chosen", choose_days=True, max_iterations=600, day_price=0)
    assert chosen["totals"]["cost"] < kept["totals"]["cost"]
    assert len({tuple(now["days"]) for now in chosen["collection_days"].values()}) == 1
    dear = plan_week("dear", choose_days=True, max_iterations=600, day_price=1000)
    assert dear["collection_days"] == {}


def test_a_week_is_published_with_its_weekdays_and_taken_back(town):
    give_days("waste-containers", [[1], [3]] * 5)
    before = days_of("waste-containers")
    optimise("wednesday", date="2026-11-25")
    answer = plan_week(choose_days=True, max_iterations=600, day_price=0, weekdays=[1, 3])
    plans = [row["plan"] for row in answer["days"]]
    told = run(PublishWeek, week=WEEK)
    assert (told["plans"], told["replaced"]) == (plans, ["wednesday"])
    assert told["changed"] == len(answer["collection_days"]) == 5
    assert set(published()[0]["plan"]) == set(plans)
    assert all(
        days_of("waste-containers")[key] == list(now["days"])
        for key, now in answer["collection_days"].items()
    )
    assert all(run(CheckPlan, plan=plan)["feasible"] for plan in plans)
    assert run(PublishWeek, week=WEEK, restore_days=True)["changed"] == 5
    assert days_of("waste-containers") == before
    assert published()[0].empty


def test_both_sides_and_kerbside_streets_keep_one_pattern(town):
    give_days("streets", [[1, 4]] * 12 + [[2, 5]] * 12)
    answer = plan_week(kind="kerbside", choose_days=True, max_iterations=300, day_price=0)
    assert answer["totals"]["unserved"] == 0
    assert all(len(now["days"]) == 2 for now in answer["collection_days"].values())
    assert all(2 <= np.diff(now["days"])[0] <= 5 for now in answer["collection_days"].values())
    assert all(run(CheckPlan, plan=row["plan"])["feasible"] for row in answer["days"])


def test_what_has_no_room_in_the_week_is_named(town):
    give_days("waste-containers", [[1, 3, 5]])
    with pytest.raises(InvalidInput, match="collected 3 times a week"):
        plan_week(choose_days=True, weekdays=[1, 2], apart_days=2)
    with pytest.raises(NotFound, match="no week 'x'"):
        run(PublishWeek, week="x")


def test_nothing_without_collection_days(town):
    with pytest.raises(InvalidInput, match="collection_days"):
        plan_week()
