"""Deleting plans: all of one or nothing, never what is published, and plans made from it stay comparable."""

from __future__ import annotations

import pytest

from analysis.processes.routes import delete
from analysis.processes.routes.delete import DeletePlan
from analysis.processes.routes.publish import PublishPlan
from gis_core.errors import Conflict, NotFound
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.town import optimise

pytestmark = pytest.mark.django_db
PARTS = ("collection-routes", "route-stops", "route-streets")


def delete_plan(plan: str) -> dict:
    return DeletePlan().run({"plan": plan}, Recorder())["removed"]


def plans() -> dict[str, str]:
    rows = read_frame("route-plans", ["based_on"])
    return dict(zip(rows["external_id"], rows["based_on"], strict=True))


def test_draft_goes_with_all_its_features_and_nothing_else(town):
    optimise("kept", publish=False)
    optimise("draft", publish=False)
    before = {name: len(read_frame(name, [], equals={"plan": "draft"})) for name in PARTS}
    assert before["collection-routes"] > 0 and before["route-stops"] > 30
    assert delete_plan("draft") == before | {"route-plans": 1}
    assert set(plans()) == {"kept"}
    assert {plan for name in PARTS for plan in read_frame(name, ["plan"])["plan"]} == {"kept"}


def test_published_plan_is_refused_until_another_takes_its_place(town):
    optimise("one")
    with pytest.raises(Conflict, match="Publish another plan in its place"):
        delete_plan("one")
    optimise("two", publish=False)
    PublishPlan().run({"plan": "two"}, Recorder())
    delete_plan("one")
    assert set(plans()) == {"two"}


def test_plan_replaced_in_part_is_refused_while_crews_drive_the_rest(town):
    optimise("whole")
    load_features("route-plans", read_frame("route-plans", [])[["external_id"]].assign(status="replaced"))
    with pytest.raises(Conflict, match="is published"):
        delete_plan("whole")


def test_plans_made_from_it_are_then_made_from_its_origin(town):
    for plan, origin in (("first", ""), ("second", "first"), ("third", "second")):
        optimise(plan, publish=False, from_plan=origin)
    delete_plan("second")
    assert plans() == {"first": "", "third": "first"}


def test_nothing_goes_when_one_part_fails(town, monkeypatch):
    for plan, origin in (("first", ""), ("second", "first")):
        optimise(plan, publish=False, from_plan=origin)
    monkeypatch.setattr(delete, "load_features", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        delete_plan("first")
    assert len(read_frame("route-stops", [], equals={"plan": "first"})) > 30
    assert set(plans()) == {"first", "second"}


def test_unknown_plan_is_named(town):
    with pytest.raises(NotFound, match="no plan 'x'"):
        delete_plan("x")
