"""All roadbooks of a plan in one PDF: every crew in it, only for who may read the plan, and gone when cancelled."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client

from gis_core.errors import InvalidInput, NotAllowed, NotFound
from gis_core.jobs.files import exports
from gis_core.jobs.models import Job
from gis_core.jobs.run import create_job, dismiss_job, run_job, run_process, workspace_of
from layers.catalog.route_plans.model import RoutePlan
from tests.analysis.api.routes import make_route
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (ROOT / "frontend/static/build/site.css").is_file(), reason="the web pages are not built"
    ),
]
poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
FIGURES = ("vehicles", "served", "unserved", "distance_km", "duration_h", "overtime_h", "spread_h", "litres")


@pytest.fixture(autouse=True)
def files_apart(settings: Any, tmp_path: Path) -> None:
    fonts = Path(django_settings.VAR) / "fonts"
    fonts.mkdir(exist_ok=True)
    (tmp_path / "fonts").symlink_to(fonts)
    settings.VAR = tmp_path


@pytest.fixture
def plan() -> str:
    """A draft with two crews that have a roadbook, and one that has none; beside it other plans."""
    zeros = dict.fromkeys((*FIGURES, "co2_kg", "load_t", "cost"), 0)
    told = {"kind": "containers", "fraction": "mixed", "service_date": "2026-11-23", "job": "plan-1"}
    area = MultiPolygon(Polygon.from_bbox((-7.7, 33.5, -7.6, 33.6)), srid=4326)
    for name in ("plan-1", "bare"):
        RoutePlan.objects.create(external_id=name, geom=area, **told, **zeros)
    book = make_route(external_id="other", plan="plan-2", vehicle="casa:truck/d").roadbook
    for name in ("casa:truck/b", "casa:truck/a", "casa:truck/c"):
        own = None if name.endswith("c") else {**book, "vehicle": name}
        make_route(external_id=name, vehicle=name, roadbook=own, published=False)
    return "plan-1"


def person(name: str, *roles: str) -> Client:
    user = User.objects.create_user(name)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    client = Client()
    client.force_login(user)
    return client


def text_of(file: bytes, tmp_path: Path) -> list[str]:
    """Of each page."""
    (tmp_path / "read.pdf").write_bytes(file)
    run = subprocess.run(
        ["pdftotext", tmp_path / "read.pdf", "-"], capture_output=True, check=True, text=True
    )
    return run.stdout.split("\f")[:-1]


@poppler
def test_every_crew_is_in_the_file_in_the_order_of_the_vehicles(plan, tmp_path):
    amina = person("amina", "planner")
    told: list[str] = []
    inputs = {"plan": plan, "language": "fr", "site": "http://localhost:8000/routes"}
    job = run_process(
        "print-roadbooks", inputs, actor="amina", on_progress=lambda _percent, message: told.append(message)
    )
    assert (job.status, job.outputs["crews"], job.outputs["without"]) == ("successful", 2, ["c"])
    assert told[:3] == ["Roadbook 1 of 2: a", "Roadbook 2 of 2: b", "Writing the file"]
    answer = amina.get(job.outputs["file"]["href"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert 'filename="roadbooks-2026-11-23-fr.pdf"' in answer["Content-Disposition"]
    pages = text_of(answer.getvalue(), tmp_path)
    heads = [re.search(r"Feuille de route de (\w)", page)[1] for page in pages]
    assert heads == ["a"] * 3 + ["b"] * 3
    assert ["scanner" in page for page in pages] == [True, False, False] * 2


def test_only_who_may_read_the_plan_prints_it_and_only_its_starter_gets_the_file(plan):
    person("amina", "planner")
    job = run_process("print-roadbooks", {"plan": plan}, actor="amina")
    file = job.outputs["file"]["href"]
    body = json.dumps({"inputs": {"plan": plan}})
    crew, stranger = person("karim", "crew"), Client()
    for client, status in ((crew, 403), (stranger, 401)):
        assert (
            client.post("/processes/print-roadbooks/execution", body, "application/json").status_code
            == status
        )
        assert client.get(file).status_code == status
    assert person("nadia", "planner").get(file).status_code == 403
    left = run_process(
        "print-roadbooks", {"plan": plan}, actor="karim"
    )  # was a planner when it was asked for
    assert (left.status, left.problem["status"]) == ("failed", NotAllowed.status)
    assert not (exports() / str(left.id)).exists()


@pytest.mark.parametrize(
    ("inputs", "error", "words"),
    [
        ({"plan": "plan-9"}, NotFound, "no plan 'plan-9'"),
        ({"plan": "bare"}, NotFound, "optimize-routes"),
        ({"plan": "plan-1", "site": "https://evil.example"}, InvalidInput, "not an address of this service"),
        ({"plan": "plan-1", "site": "javascript:alert(1)"}, InvalidInput, "not an address of this service"),
    ],
)
def test_what_cannot_be_printed_is_told_and_leaves_nothing(plan, inputs, error, words):
    person("amina", "planner")
    job = run_process("print-roadbooks", inputs, actor="amina")
    assert (job.status, job.problem["status"]) == ("failed", error.status)
    assert words in job.message
    assert not exports().exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_job_stops_at_the_next_crew_and_leaves_nothing(plan):
    person("amina", "planner")
    job = create_job("print-roadbooks", {"plan": plan}, actor="amina")
    told: list[str] = []

    def cancel(_percent: float, message: str) -> None:
        if not told:
            dismiss_job(Job.objects.get(id=job.id))
        told.append(message)

    run_job(job, on_progress=cancel)
    job.refresh_from_db()
    assert (job.status, job.outputs, len(told)) == ("dismissed", None, 1)
    assert not workspace_of(job.id).exists()
    assert not exports().exists()
