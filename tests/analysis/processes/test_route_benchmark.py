"""solve-benchmark over the command line: figures of a file, or one line that says what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analysis.routes import Budget, Unserved, solve
from analysis.routes.instances import figures, vrplib
from analysis.routes.plan import Refusal, make_plan
from gis_core.jobs.registry import offered_processes
from tests.analysis.routes.test_vrplib import SMALL
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


def run(*pairs: str) -> None:
    call_command("process", "solve-benchmark", *(f"--input={pair}" for pair in pairs), quiet=True)


@pytest.fixture
def toy(tmp_path):
    file = tmp_path / "toy.vrp"
    file.write_text(SMALL)
    return file


def test_figures_are_printed_as_one_document(toy, capsys):
    run(f"file={toy}", "format=vrplib", "max_iterations=40", "seed=2")
    found = json.loads(capsys.readouterr().out)
    assert found == {"cost": 30, "shifts": 2, "trips": 2, "feasible": True, "iterations": 40}
    assert isinstance(found["cost"], int)


def test_seconds_are_a_limit_too(toy, capsys):
    run(f"file={toy}", "format=vrplib", "seconds=0.05")
    assert json.loads(capsys.readouterr().out)["feasible"] is True


def test_what_would_make_it_feasible_is_told_beside_the_figures(toy, capsys):
    toy.write_text(SMALL.replace("\n2 5\n", "\n2 15\n"))
    pairs = (f"--input=file={toy}", "--input=format=vrplib", "--input=max_iterations=40")
    call_command("process", "solve-benchmark", *pairs)
    told = capsys.readouterr()
    assert json.loads(told.out)["feasible"] is False
    assert "1 left out: A vehicle of at least 15 kg" in told.err


@pytest.mark.parametrize(
    ("name", "format", "said"),
    [
        ("missing.vrp", "vrplib", "missing.vrp cannot be read: No such file or directory."),
        ("toy.vrp", "tsplib", "is not known. Known: carplib"),
        ("other.vrp", "vrplib", "other.vrp: Line 1: '%PDF-1.7' is no 'KEYWORD: value'"),
    ],
)
def test_bad_file_or_format_is_told_in_one_line(toy, name, format, said):
    (toy.parent / "other.vrp").write_bytes(b"%PDF-1.7\n\xff\xfe\n")
    with pytest.raises(CommandError) as told:
        run(f"file={toy.parent / name}", f"format={format}", "seconds=1")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_plan_that_leaves_something_out_or_breaks_a_rule_is_not_feasible():
    problem = vrplib.read(SMALL)
    plan = solve(problem, Budget(max_iterations=20), seed=1)
    assert figures(problem, plan)["feasible"] is True
    fewer = make_plan(problem, plan.routes[1:], {})
    assert fewer.unserved[0] == Unserved(fewer.unserved[0].id, Refusal.NO_TIME)
    assert figures(problem, fewer)["feasible"] is False
    cheaper = make_plan(problem, plan.routes, {})
    object.__setattr__(cheaper, "cost", 1.0)
    assert figures(problem, cheaper)["feasible"] is False


def test_it_is_not_offered_over_http(client, admin_client):
    assert "solve-benchmark" not in offered_processes()
    assert client.get("/processes/solve-benchmark").status_code == 404
    body = {"inputs": {"file": "/etc/passwd", "format": "vrplib"}}
    answer = admin_client.post("/processes/solve-benchmark/execution", body, content_type="application/json")
    assert answer.status_code == 404


def test_it_needs_no_database(toy, tmp_path):
    """On a machine that has nothing but the checkout, as the readers of published sets will have it."""
    nowhere = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    inputs = [f"--input={pair}" for pair in (f"file={toy}", "format=vrplib", "max_iterations=40", "seed=2")]
    done = subprocess.run(
        [sys.executable, "manage.py", "process", "solve-benchmark", *inputs],
        cwd=ROOT, env=nowhere, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["cost"] == 30
    assert "100.0 %" in done.stderr
