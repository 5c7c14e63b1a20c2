"""What processes really answer and store is told whole in French and Arabic, on the pages that show it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import translation

from analysis.network.reasons import Reason
from analysis.processes.air import ComputeExposure
from analysis.processes.green import ComputeGreenCoverage
from analysis.processes.green_access import ComputeGreenAccess
from analysis.processes.routes.fill import rule_of_fill
from analysis.processes.what_if import WhatIf
from analysis.routes import Refusal
from frontend.left_out_texts import left_out_texts
from frontend.rules import pieces
from frontend.titles import known_title
from gis_core.jobs.run import get_job, run_job
from gis_core.permissions import Role
from layers.models import Indicator  # type: ignore[attr-defined]
from layers.queries.frames import read_frame
from tests.analysis.processes import test_exposure, test_green_sites, town
from tests.analysis.processes.recorder import Recorder
from tests.analysis.processes.test_green_access import town as green_town
from tests.frontend.messages import TRANSLATED

pytestmark = pytest.mark.django_db
places = test_exposure.town
parcels = test_green_sites.parcels
ENGLISH = re.compile(r"\u2068[^\u2069]* (the|over|by|with) ")  # a value that is more than a name
__all__ = ["green_town", "parcels", "places"]


def test_indicators_and_answers_of_green(green_town):
    answers = [process().run({}, Recorder()) for process in (ComputeGreenCoverage, ComputeGreenAccess)]
    answers.append(WhatIf().run({"operations": []}, Recorder()))
    stored = list(Indicator.objects.values_list("rule", flat=True))
    assert len(stored) > 20
    assert unknown([*stored, *(answer["rule"] for answer in answers)]) == set()


def test_sites(parcels):
    rule = test_green_sites.run(by="walk")["rule"]
    assert unknown(rule) == set()


def test_exposure_of_people(places):
    test_exposure.cells(10, 50)
    ComputeExposure().run({}, Recorder())
    assert unknown(list(Indicator.objects.values_list("rule", flat=True))) == set()


def test_plans():
    town.load_town()
    answer = town.optimise()
    stored = json.loads(read_frame("route-plans")["rule"].iloc[0])
    assert unknown([answer["rule"], stored, rule_of_fill()]) == set()
    with translation.override("ar"):
        assert [name for name in names({"rule": stored}) if known_title(name) is None] == []


def test_every_reason_of_a_stop_left_out_has_a_text():
    codes = {key.rpartition(".")[2] for key in left_out_texts()}
    assert codes == {str(code) for code in (*Reason, *Refusal)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_explain_page(client: Client, green_town, language):
    ComputeGreenCoverage().run({}, Recorder())
    row = Indicator.objects.filter(indicator="green_gini").get()
    address = f"/collections/indicators/items/{row.pk}/explain"
    page = client.get(address, headers={"accept": "text/html", "accept-language": language}).content.decode()
    assert {"fr": "le long de la courbe de Lorenz", "ar": "منحنى لورنز"}[language] in page
    assert "Lorenz curve" not in page
    assert client.get(address, headers={"accept-language": language}).json()["rule"] == row.rule


@pytest.fixture
def planner(client: Client) -> Client:
    user = User.objects.create(username="nadia")
    user.groups.add(Group.objects.get_or_create(name=Role.PLANNER)[0])
    client.force_login(user)
    return client


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_failed_job_says_why_in_the_language_of_its_page(planner: Client, language):
    started = {"inputs": {"plan": "gone/7"}}
    headers = {"accept-language": language, "prefer": "respond-async"}
    job = planner.post("/processes/check-plan/execution", started, "application/json", headers=headers).json()
    run_job(get_job(UUID(job["jobID"])))
    page = planner.get(f"/jobs/{job['jobID']}", headers={"accept": "text/html", "accept-language": language})
    told = {
        "fr": "Il n’y a pas de plan &#x27;gone/7&#x27;",
        "ar": "لا توجد خطة &#x27;\u2068gone/7\u2069&#x27;",
    }[language]
    assert told in page.content.decode()
    assert "There is no plan" not in page.content.decode() and "Not found" not in page.content.decode()
    assert (
        planner.get(f"/jobs/{job['jobID']}")
        .json()["problem"]["detail"]
        .startswith("There is no plan 'gone/7'")
    )


def test_rules_are_told_to_scripts_with_their_names(planner: Client):
    asked = {"names": ["load", "high_risk", "nothing known"], "texts": ["see forecast", "An older rule."]}
    told = planner.post("/rules", asked, "application/json", headers={"accept-language": "fr"}).json()
    assert told == {
        "names": {"load": "Charge", "high_risk": "Risque élevé"},
        "texts": {
            "see forecast": [{"text": "voir la prévision", "known": True}],
            "An older rule.": [{"text": "An older rule.", "known": False}],
        },
    }


@pytest.mark.parametrize(
    "body", ["[]", "{", '{"names": "a", "texts": []}', json.dumps({"names": ["a"] * 301, "texts": []})]
)
def test_what_is_no_question_is_refused(planner: Client, body):
    assert planner.post("/rules", body, "application/json").status_code == 400


def test_only_planners_ask(client: Client):
    assert client.post("/rules", {"names": [], "texts": []}, "application/json").status_code == 401


def unknown(value: Any) -> set[str]:
    """What stays English of the texts of several words, but for the sources that the city file gives."""
    given = {text for text in strings(django_settings.CITY.waste) if " " in text}
    found = set()
    for text in {text for text in strings(value) if " " in text} - given:
        for language in TRANSLATED:
            with translation.override(language):
                found |= {
                    piece.text for piece in pieces(text) if not piece.known or ENGLISH.search(piece.text)
                }
    return found


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


def names(value: Any) -> Iterator[str]:
    for name, part in value.items():
        yield name
        if isinstance(part, dict):
            yield from names(part)
