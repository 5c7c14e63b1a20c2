"""A planner uploads a file over HTTP; the worker imports it; the report is the job's result."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.jobs.models import Job
from gis_core.jobs.tasks import run_queued_job
from layers.queries.frames import read_frame

pytestmark = pytest.mark.usefixtures("casablanca")
TREES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-7.6, 33.57]},
            "properties": {"external_id": "t1", "height_m": "4,5"},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-7.6, 33.58]},
            "properties": {"external_id": "t2", "height_m": "high"},
        },
    ],
}


@pytest.fixture
def planner(client) -> User:
    user = User.objects.create_user("amina")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return user


def upload(client, name: str, body: bytes, **inputs: str):
    return client.post(
        "/processes/import/execution",
        {"file": SimpleUploadedFile(name, body), "collection": "trees", **inputs},
        headers={"Accept": "application/json"},
    )


def test_upload_is_imported_and_reported(client, planner):
    answer = upload(client, "arbres.geojson", json.dumps(TREES).encode())
    assert answer.status_code == 201, answer.content
    run_queued_job(answer.json()["jobID"])
    report = client.get(f"/jobs/{answer.json()['jobID']}/results").json()["report"]
    assert (report["added"], report["rejected"]) == (1, 1)
    assert read_frame("trees", ["height_m"]).height_m.tolist() == [4.5]


def test_broken_upload_fails_with_a_reason_and_changes_nothing(client, planner):
    job_id = upload(client, "arbres.geojson", b"no json at all").json()["jobID"]
    run_queued_job(job_id)
    status = client.get(f"/jobs/{job_id}").json()
    assert status["status"] == "failed"
    assert "arbres.geojson" in status["problem"]["detail"]
    assert len(read_frame("trees")) == 0


def test_unknown_collection_is_refused_before_a_job_is_made(client, planner):
    answer = upload(client, "a.geojson", b"{}", collection="moon")
    assert (answer.status_code, Job.objects.count()) == (400, 0)
    assert "'moon' is not known. Known: rasters, water, " in answer.json()["detail"]
