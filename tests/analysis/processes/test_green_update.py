"""update-green-coverage: after any edits the same as a fresh run, and only what they touch is measured."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from django.db import transaction

from analysis.processes.green import ComputeGreenCoverage
from analysis.processes.green_update import UpdateGreenCoverage
from gis_core.actors import SYSTEM
from gis_core.errors import InvalidInput, JobDismissed
from layers.models import GreenSpace, Parcel  # type: ignore[attr-defined]
from layers.policy import access_to
from layers.queries.explain import values_of
from layers.queries.frames import read_frame
from layers.registry import get_collection
from tests.analysis.processes.other_session import in_another_session
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green import load

# Changes are told apart by transaction: each step is one of its own, as in a server.
pytestmark = pytest.mark.django_db(
    transaction=True, available_apps=["django.contrib.auth", "django.contrib.contenttypes", "layers"]
)
ACCESS = ["green_within_300_m_pct"]
PARCELS = [(x, y, 100.0, 100.0) for x in range(0, 500, 100) for y in range(0, 500, 100)]


@pytest.fixture
def city() -> None:
    load("districts", (0, 0, 250, 500), (250, 0, 250, 500), name_fr=["O", "E"], population=[100, 300])
    load("parcels", *PARCELS)
    load(
        "green-spaces",
        (10, 10, 120, 60),
        (60, 40, 90, 90),
        (310, 310, 50, 150),
        access=["public"] * 2 + ["private"],
    )
    compute()


def compute() -> None:
    ComputeGreenCoverage().run({}, Recorder())


def update() -> dict:
    return UpdateGreenCoverage().run({}, Recorder())


def near_green() -> list[float]:
    return read_frame("districts", ["green_within_300_m_pct"])["green_within_300_m_pct"].tolist()


def state() -> tuple[list, dict]:
    """The columns of all zones, and the value of every indicator."""
    columns = [
        read_frame(zones, names).drop(columns=["geom"]).fillna(-1).to_dict("list")
        for zones, names in (
            ("parcels", ["green_area_m2", "green_share_pct"]),
            (
                "districts",
                [
                    "green_area_m2",
                    "green_public_area_m2",
                    "green_share_pct",
                    "green_m2_per_inhabitant",
                    *ACCESS,
                ],
            ),
        )
    ]
    found = read_frame("indicators", ["indicator", "value"])
    return columns, dict(zip(found["external_id"], found["value"].fillna(-1), strict=True))


@pytest.mark.parametrize("seed", [1, 2])
def test_random_edits_give_what_a_fresh_run_gives(city, seed):
    random = np.random.default_rng(seed)
    for step in range(2):
        boxes = random.uniform((0, 0, 20, 20), (400, 400, 150, 150), (3, 4)).tolist()
        GreenSpace.objects.filter(external_id=f"green-spaces/{random.integers(0, 3)}").delete()
        load("green-spaces", *boxes, access=random.choice(["public", "private"], 3).tolist())
        if step:
            load("parcels", *PARCELS[:-1], (400, 400, 50, 60))
        update()
    updated = state()
    compute()
    fresh = state()
    assert updated[0] == fresh[0]
    assert updated[1] == fresh[1]


def test_only_what_the_edit_touches_is_measured_and_rewritten(city):
    before = read_frame("parcels")["version"]
    load(
        "green-spaces",
        (10, 10, 120, 60),
        (60, 40, 90, 90),
        (320, 320, 50, 150),
        access=["public"] * 2 + ["private"],
    )
    assert update()["measured"] == {"districts": 1, "parcels": 2}
    assert (read_frame("parcels")["version"] - before).sum() == 2
    update()
    assert (read_frame("parcels")["version"] - before).sum() == 2


def test_park_and_people_beyond_a_district_change_who_lives_near_green_in_it(city):
    """A park moves to 250 m east of the eastern district; then all people of that move to its far corner."""
    (_, before), park = near_green(), (750, 0, 100, 100)
    load("green-spaces", park, access=["public"])
    update()
    assert near_green()[1] > before
    load("buildings", (490, 490, 10, 10), levels=[1])
    update()
    assert near_green()[1] == 0
    updated = state()
    compute()
    assert state() == updated
    inputs = json.loads(read_frame("indicators", ["inputs"])["inputs"].iloc[0])
    assert inputs["green-spaces"]["features"] == 3  # all, though an update reads some


def test_green_that_was_removed_leaves_its_parcels(city):
    GreenSpace.objects.filter(external_id="green-spaces/2").delete()
    update()
    east = read_frame("districts")["green_area_m2"].tolist()[1]
    assert east == 0


def test_new_parcel_is_measured(city):
    load("parcels", *PARCELS, (500, 0, 20, 20))
    update()
    assert Parcel.objects.get(external_id="parcels/25").green_area_m2 == 0


def test_edit_that_was_under_way_while_coverage_was_computed_is_not_missed(city):
    """The snapshot, not the clock: the edit begins before the computation and commits after it."""
    sql = ("UPDATE layers_greenspace SET access = 'private' WHERE external_id = 'green-spaces/0'",)
    with in_another_session(sql) as commit:
        compute()
        commit()
    update()
    public = read_frame("districts")["green_public_area_m2"].tolist()[0]
    updated = state()
    compute()
    assert state() == updated
    assert public < read_frame("districts")["green_area_m2"].tolist()[0]


def test_indicators_keep_their_history(city):
    GreenSpace.objects.filter(external_id="green-spaces/2").delete()
    update()

    found: pd.DataFrame = read_frame(
        "indicators", equals={"external_id": "green_area_m2:districts:districts/1"}
    )

    values = values_of(access_to(SYSTEM, get_collection("indicators")), int(found["id"].iloc[0]))
    assert [round(moment.value) > 0 for moment in values] == [True, False]


def test_cancelled_update_changes_nothing(city):
    GreenSpace.objects.all().delete()
    before = state()
    with pytest.raises(JobDismissed), transaction.atomic():
        UpdateGreenCoverage().run({}, Recorder(cancel_at=98))
    assert state() == before


def test_without_a_first_run_it_says_what_to_do():
    with pytest.raises(InvalidInput, match="compute-green-coverage first"):
        update()
