from __future__ import annotations

import json
import threading
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from gis_core.errors import Conflict, InvalidInput, NotFound
from gis_core.jobs import registry
from gis_core.jobs.models import Job
from gis_core.jobs.run import create_job, dismiss_job, fail_abandoned_jobs, run_job, run_process, workspace_of
from gis_core.jobs.tasks import run_queued_job
from tests.gis_core import processes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_processes(settings):
    settings.PROCESSES = ["tests.gis_core.processes.Double", "tests.gis_core.processes.Slow"]
    registry.processes.cache_clear()
    yield
    registry.processes.cache_clear()


@pytest.fixture
def planner(client) -> User:
    user = User.objects.create_user("amina", password="long enough for a test")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return user


def execute(client, body, process="double", **kwargs):
    data = json.dumps(body) if isinstance(body, dict) else body
    return client.post(f"/processes/{process}/execution", data, content_type="application/json", **kwargs)


def test_run_process_gives_outputs_and_leaves_no_workspace():
    said = []
    job = run_process("double", {"number": 21}, actor="cli", on_progress=lambda *p: said.append(p))
    assert (job.status, job.outputs, job.progress) == (
        "successful",
        {"result": 42, "text": "", "language": "en"},
        100,
    )
    assert said == [(50, "half")]
    assert not workspace_of(job.id).exists()


def test_error_of_the_person_becomes_a_failed_job_with_its_problem():
    job = run_process("double", {"number": 13}, actor="cli")
    assert job.status == "failed"
    assert job.problem["detail"] == "number 13 is not doubled here; take 12 or 14."
    assert job.problem["status"] == 400


def test_fault_of_ours_is_marked_failed_and_raised():
    with pytest.raises(RuntimeError):
        run_process("double", {"number": 14}, actor="cli")
    job = Job.objects.get()
    assert (job.status, job.problem["status"]) == ("failed", 500)
    assert "nobody foresaw" not in json.dumps(job.problem)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "needs the input number"),
        ({"number": -1}, "less than the minimum"),
        ({"number": "two"}, "not of type 'integer'"),
        ({"number": 1, "shape": "round"}, "no input shape"),
    ],
)
def test_bad_input_is_named_and_makes_no_job(inputs, words):
    with pytest.raises(InvalidInput, match=words):
        run_process("double", inputs, actor="cli")
    assert Job.objects.count() == 0


def test_unknown_process_is_named():
    with pytest.raises(NotFound, match="no process 'dig'"):
        run_process("dig", {}, actor="cli")


def test_waiting_job_is_dismissed_at_once_and_then_never_runs():
    job = dismiss_job(create_job("double", {"number": 1}, actor="amina"))
    assert job.status == "dismissed"
    assert run_job(job).outputs is None
    with pytest.raises(Conflict):
        dismiss_job(job)


@pytest.mark.django_db(transaction=True)
def test_running_job_is_dismissed_at_its_next_progress():
    processes.reached.clear()
    processes.go_on.clear()
    job = create_job("slow", {}, actor="amina")

    def work():
        run_job(Job.objects.get(id=job.id))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert processes.reached.wait(5)
    assert fail_abandoned_jobs() == 0  # it is alive: its lock is held
    assert dismiss_job(Job.objects.get(id=job.id)).status == "running"
    processes.go_on.set()
    worker.join(5)
    job.refresh_from_db()
    assert (job.status, job.outputs) == ("dismissed", None)


@pytest.mark.django_db(transaction=True)
def test_job_of_a_killed_worker_is_told_as_failed():
    job = Job.objects.create(process_id="slow", actor="amina", status=Job.Status.RUNNING)
    assert fail_abandoned_jobs() == 1
    job.refresh_from_db()
    assert job.status == "failed"
    assert "Start it again" in job.problem["detail"]


def test_planner_executes_over_http_and_reads_the_results(client, planner):
    answer = execute(client, {"inputs": {"number": 4}})
    assert answer.status_code == 201
    job_id = answer.json()["jobID"]
    assert answer["Location"].endswith(f"/jobs/{job_id}")
    assert client.get(f"/jobs/{job_id}/results").status_code == 404
    run_queued_job(job_id)
    assert client.get(f"/jobs/{job_id}").json()["status"] == "successful"
    assert client.get(f"/jobs/{job_id}/results").json()["result"] == 8
    assert [j["jobID"] for j in client.get("/jobs").json()["jobs"]] == [job_id]
    of_process = client.get("/jobs", {"processID": Job.objects.get().process_id}).json()["jobs"]
    assert [j["jobID"] for j in of_process] == [job_id]
    assert client.get("/jobs?processID=another").json()["jobs"] == []


def test_job_speaks_the_language_of_who_asked(client, planner):
    execute(client, {"inputs": {"number": 4}}, QUERY_STRING="lang=ar")
    assert Job.objects.get().language == "ar"
    run_queued_job(str(Job.objects.get().id))
    assert Job.objects.get().outputs["language"] == "ar"


def test_uploaded_file_reaches_the_process_and_is_gone_afterwards(client, planner):
    upload = SimpleUploadedFile("../../etc/pässwd.txt", b"hello")
    answer = client.post("/processes/double/execution", {"number": "4", "file": upload})
    assert answer.status_code == 201, answer.content
    job = Job.objects.get()
    assert job.inputs["file"].startswith(str(workspace_of(job.id)))
    run_queued_job(str(job.id))
    assert Job.objects.get().outputs["text"] == "hello"
    assert not workspace_of(job.id).exists()


def test_path_on_the_server_is_no_file_input_over_http(client, planner):
    answer = execute(client, {"inputs": {"number": 1, "file": "/etc/passwd"}})
    assert answer.status_code == 400
    assert "uploaded file" in answer.json()["detail"]


def test_upload_beyond_the_limit_is_refused_and_not_kept(client, planner, settings):
    settings.UPLOAD_MAX_BYTES = 3
    answer = client.post(
        "/processes/double/execution", {"number": "4", "file": SimpleUploadedFile("a.txt", b"1234")}
    )
    assert answer.status_code == 400
    assert Job.objects.count() == 0


def test_public_may_look_at_processes_but_not_run_or_follow_them(client):
    assert [p["id"] for p in client.get("/processes").json()["processes"]] == ["double", "slow"]
    assert client.get("/processes/double").json()["inputs"]["number"]["minOccurs"] == 1
    assert execute(client, {"inputs": {"number": 1}}).status_code == 401
    job = Job.objects.create(process_id="double", actor="amina")
    assert client.get(f"/jobs/{job.id}").status_code == 401
    assert client.delete(f"/jobs/{job.id}").status_code == 401
    assert client.get("/jobs").status_code == 401


def test_process_of_the_administrators_is_not_for_planners(client, planner, admin_user):
    assert execute(client, {"inputs": {}}, process="slow").status_code == 403
    client.force_login(admin_user)
    assert execute(client, {"inputs": {}}, process="slow").status_code == 201


def test_crew_sees_only_its_own_job(client):
    crew = User.objects.create_user("crew")
    client.force_login(crew)
    mine, other = (Job.objects.create(process_id="double", actor=name) for name in ("crew", "amina"))
    assert client.get(f"/jobs/{mine.id}").status_code == 200
    assert client.get(f"/jobs/{other.id}").status_code == 403


def test_job_is_dismissed_over_http(client, planner):
    job_id = execute(client, {"inputs": {"number": 4}}).json()["jobID"]
    assert client.delete(f"/jobs/{job_id}").json()["status"] == "dismissed"
    assert client.delete(f"/jobs/{job_id}").status_code == 409


def test_unknown_job_and_bad_body_are_problems(client, planner):
    answer = client.get(f"/jobs/{uuid4()}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert execute(client, "[1]").json()["detail"] == 'The body must be JSON: {"inputs": {…}}.'


def test_command_runs_a_process_and_prints_its_outputs(capsys):
    call_command("process", "double", "--input", "number=5", "--input", "tags=a,b", "--quiet")
    assert json.loads(capsys.readouterr().out)["result"] == 10
    assert Job.objects.get().inputs == {"number": 5, "tags": ["a", "b"]}
    assert UUID(str(Job.objects.get().id))


def test_command_says_the_problem_in_one_line():
    with pytest.raises(CommandError, match="number 13 is not doubled"):
        call_command("process", "double", "--input", "number=13", "--quiet")
    with pytest.raises(CommandError, match="'five' is not a integer"):
        call_command("process", "double", "--input", "number=five")


def test_choice_that_is_not_offered_names_those_that_are():
    with pytest.raises(InvalidInput, match=r"'blue' is not known. Known: red, green\.$"):
        run_process("double", {"number": 1, "colour": "blue"}, actor="cli")


@pytest.fixture
def local_process(settings):
    settings.PROCESSES = ["tests.gis_core.processes.Double", "tests.gis_core.processes.Here"]
    registry.processes.cache_clear()


@pytest.mark.usefixtures("local_process")
def test_local_process_is_for_the_command_line_alone(client, admin_user, capsys):
    client.force_login(admin_user)
    assert [p["id"] for p in client.get("/processes").json()["processes"]] == ["double"]
    assert "/processes/here" not in client.get("/processes?f=html").text
    assert client.get("/processes/here").status_code == 404
    answer = execute(client, {"inputs": {}}, process="here")
    assert (answer.status_code, Job.objects.count()) == (404, 0)
    assert "here" not in answer.json()["detail"].partition("Known")[2]
    call_command("process", "here", quiet=True)
    assert json.loads(capsys.readouterr().out) == {"result": 1}
