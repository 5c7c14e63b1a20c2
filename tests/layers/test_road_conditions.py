"""Crews propose road conditions, planners review them; what was reviewed is no longer the crew's to change."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from shapely.geometry import LineString, Point, mapping

from gis_core.actors import Actor
from gis_core.errors import NotAllowed, RulesBroken
from gis_core.permissions import Role, with_implied
from layers.queries.frames import read_frame
from layers.services.edit import Create, Delete, Edited, Patch, apply_edits
from layers.services.load import load_features
from tests.conftest import frame

pytestmark = pytest.mark.django_db
CREW = Actor(name="hassan", roles=with_implied({Role.CREW}))
PLANNER = Actor(name="nadia", roles=with_implied({Role.PLANNER}))
REVIEW = ["status", "reported_by", "reviewed_by", "reviewed_at"]


@pytest.fixture(autouse=True)
def street() -> None:
    load_features(
        "streets",
        frame(external_id=["s1"], geom=[LineString([(-7.6, 33.55), (-7.599, 33.55)])]),
        source="city",
    )


def edit(actor: Actor, *edits: Any) -> Edited:
    return apply_edits(actor, edits).edits[0]


def propose(actor: Actor = CREW, **properties: Any) -> Edited:
    told = {"street": "s1", "kind": "too_narrow", "note": "cars on both sides", **properties}
    place = mapping(Point(-7.5995, 33.55))
    return edit(actor, Create("road-conditions", {"type": "Feature", "geometry": place, "properties": told}))


def patch(actor: Actor, made: Edited, **properties: Any) -> Edited:
    return edit(actor, Patch("road-conditions", made.id, {"properties": properties}, expected=made.version))


def standing() -> dict[str, Any]:
    return dict(read_frame("road-conditions", REVIEW).iloc[0])


def test_crew_proposes_and_may_mend_its_proposal():
    made = propose()
    patch(CREW, made, note="and a low balcony")
    row = standing()
    assert (row["status"], row["reported_by"], row["reviewed_by"]) == ("proposed", "crew", "")
    assert pd.isna(row["reviewed_at"])


def test_crew_cannot_accept_what_it_proposes():
    with pytest.raises(RulesBroken):
        propose(status="accepted")
    made = propose()
    with pytest.raises(RulesBroken):
        patch(CREW, made, status="accepted")


def test_review_names_the_planner_and_the_moment_by_itself():
    patch(PLANNER, propose(), status="accepted")
    row = standing()
    assert (row["status"], row["reviewed_by"]) == ("accepted", "nadia")
    assert row["reviewed_at"] is not None


def test_review_taken_back_forgets_who_reviewed():
    accepted = patch(PLANNER, propose(), status="accepted")
    patch(PLANNER, accepted, status="proposed")
    assert standing()["reviewed_by"] == ""


@pytest.mark.parametrize("status", ["accepted", "refused"])
def test_what_was_reviewed_is_not_the_crews_to_change_or_delete(status):
    reviewed = patch(PLANNER, propose(), status=status)
    with pytest.raises(NotAllowed, match="no longer status=proposed"):
        patch(CREW, reviewed, note="still so")
    with pytest.raises(NotAllowed, match="no longer status=proposed"):
        edit(CREW, Delete("road-conditions", reviewed.id, expected=reviewed.version))
    assert standing()["status"] == status


def test_nobody_types_in_who_reviewed():
    with pytest.raises(RulesBroken):
        patch(PLANNER, propose(), reviewed_by="omar")


def test_planner_may_enter_what_counts_at_once():
    propose(PLANNER, status="accepted", reported_by="planner")
    row = standing()
    assert (row["status"], row["reviewed_by"]) == ("accepted", "nadia")


def test_days_that_end_before_they_begin_are_refused():
    with pytest.raises(RulesBroken):
        propose(valid_from="2026-12-01", valid_until="2026-11-30")
