"""Exports that end in the middle leave nothing, and what was made is only its maker's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from gis_core.jobs import progress
from gis_core.jobs.files import exports
from gis_core.jobs.models import Job
from gis_core.jobs.run import create_job, dismiss_job, fail_abandoned_jobs, run_job, workspace_of
from tests.conftest import ROOT, eventually
from tests.databases import url_of
from tests.tiles.conftest import COMMITTED
from tests.tiles.pyramids.conftest import export, make_city, planner, read_mbtiles, text_of
from tiles.pyramids import export as exporting

pytestmark = COMMITTED


def test_killed_worker_is_told_and_leaves_no_half_file(box, tmp_path: Path) -> None:
    make_city(box, seed=1)
    layers = {"layers": "districts", "format": "mbtiles", "bbox": text_of(box)}
    options = [f"--input={key}={value}" for key, value in {**layers, "max_zoom": 20}.items()]
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(connection.settings_dict, connection.settings_dict["NAME"]),
        "CASAGIS_VAR": str(tmp_path),
    }
    environment.pop("CASAGIS_TEST_DB", None)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "process", "export-tiles", "--quiet", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: any(tmp_path.glob("jobs/*/*.mbtiles")), 30)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert eventually(lambda: fail_abandoned_jobs() == 1, 10)  # the lock goes with the connection
    job = Job.objects.get()
    assert (job.status, "Start it again" in job.message) == ("failed", True)
    assert not workspace_of(job.id).exists()
    assert list(exports().glob("*/*")) == []
    _, path = export(**layers)
    assert len(read_mbtiles(path)) > 20


def test_cancelled_export_leaves_no_file(box, monkeypatch: pytest.MonkeyPatch) -> None:
    make_city(box, seed=2)
    monkeypatch.setattr(progress, "WRITE_EVERY_S", 0)
    monkeypatch.setattr(exporting, "TOLD_EVERY", 1)
    job = create_job("export-tiles", {"layers": "districts", "bbox": text_of(box)}, actor="cli:test")
    run_job(job, on_progress=lambda percent, _: percent > 50 and dismiss_job(job))
    job.refresh_from_db()
    assert (job.status, job.outputs) == ("dismissed", None)
    assert 0 < job.progress < 100
    assert not workspace_of(job.id).exists()
    assert list(exports().glob("*/*")) == []


@pytest.mark.django_db(transaction=True)
def test_file_is_its_makers(box, client: Client) -> None:
    make_city(box, seed=3)
    amina = planner()
    job, path = export(actor="amina", layers="trees", bbox=text_of(box))
    link = job.outputs["file"]
    assert link["type"] == "application/vnd.pmtiles"
    client.force_login(amina)
    answer = client.get(link["href"], headers={"Range": "bytes=0-126"})
    assert (answer.status_code, answer.getvalue()) == (206, path.read_bytes()[:127])
    assert answer["Content-Type"] == "application/vnd.pmtiles"
    assert answer["Content-Disposition"] == 'attachment; filename="casablanca-trees.pmtiles"'
    page = client.get(f"/jobs/{job.id}", {"lang": "fr"}, HTTP_ACCEPT="text/html").content.decode()
    assert f'href="{link["href"]}" download' in page
    client.force_login(User.objects.create_user("crew"))
    assert client.get(link["href"]).status_code == 403
