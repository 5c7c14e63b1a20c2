"""Jobs that stop for a while: they hold no worker then, and go on where they stopped."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from gis_core.errors import Conflict, JobPaused
from gis_core.jobs import progress, registry
from gis_core.jobs.models import Job
from gis_core.jobs.run import (
    create_job,
    dismiss_job,
    fail_abandoned_jobs,
    pause_job,
    resume_job,
    run_job,
    run_process,
    workspace_of,
)
from gis_core.jobs.tasks import run_queued_job
from tests.gis_core.processes import Steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_processes(settings, monkeypatch):
    settings.PROCESSES = [f"tests.gis_core.processes.{name}" for name in ("Double", "Steps")]
    monkeypatch.setattr(progress, "WRITE_EVERY_S", 0)
    monkeypatch.setattr(Steps, "done", [])
    monkeypatch.setattr(Steps, "at_step", staticmethod(lambda _: None))
    registry.processes.cache_clear()
    yield
    registry.processes.cache_clear()


@pytest.fixture
def planner(client: Client) -> User:
    user = User.objects.create_user("amina", password="long enough for a test")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return user


def at(monkeypatch: pytest.MonkeyPatch, step: int, act) -> None:
    """Does `act` once, while the step is taken."""
    monkeypatch.setattr(Steps, "at_step", staticmethod(lambda now: act() if now == step else None))


def paused_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Job:
    job = create_job("steps", {}, actor="amina")
    at(monkeypatch, step, lambda: pause_job(Job.objects.get(id=job.id)))
    return run_job(job)


def test_job_pauses_in_the_middle_and_goes_on_without_doing_a_step_twice(monkeypatch) -> None:
    job = paused_at(monkeypatch, 4)
    assert (job.status, job.checkpoint, job.finished) == ("paused", {"next": 5}, None)
    assert Steps.done == [0, 1, 2, 3, 4]
    assert workspace_of(job.id).is_dir()  # what it needs to go on
    begun = job.started
    ended = run_job(resume_job(job))
    assert (ended.status, ended.outputs, ended.started) == ("successful", {"result": 10}, begun)
    assert Steps.done == list(range(10))
    assert not workspace_of(job.id).exists()


def test_paused_job_pauses_again_and_ends(monkeypatch) -> None:
    job = paused_at(monkeypatch, 2)
    at(monkeypatch, 7, lambda: pause_job(Job.objects.get(id=job.id)))
    job = run_job(resume_job(job))
    assert (job.status, job.checkpoint) == ("paused", {"next": 8})
    assert run_job(resume_job(job)).status == "successful"
    assert Steps.done == list(range(10))


def test_worker_is_free_while_a_job_is_paused(monkeypatch) -> None:
    job = paused_at(monkeypatch, 4)
    assert run_process("double", {"number": 3}, actor="amina").outputs["result"] == 6
    assert fail_abandoned_jobs() == 0  # nobody holds its lock, and nobody has to
    job.refresh_from_db()
    assert job.status == "paused"
    run_queued_job(str(job.id))  # a call that was on the queue already
    job.refresh_from_db()
    assert (job.status, len(Steps.done)) == ("paused", 5)
    assert workspace_of(job.id).is_dir()


def test_waiting_job_is_paused_at_once() -> None:
    job = pause_job(create_job("steps", {}, actor="amina"))
    assert (job.status, run_job(job).status, Steps.done) == ("paused", "paused", [])
    assert run_job(resume_job(job)).status == "successful"


def test_paused_job_is_dismissed_and_leaves_nothing(monkeypatch) -> None:
    job = dismiss_job(paused_at(monkeypatch, 4))
    assert (job.status, workspace_of(job.id).exists()) == ("dismissed", False)
    with pytest.raises(Conflict, match="is not paused: it is dismissed"):
        resume_job(job)


def test_cancelling_counts_more_than_pausing(monkeypatch) -> None:
    job = create_job("steps", {}, actor="amina")

    def both() -> None:
        pause_job(Job.objects.get(id=job.id))
        dismiss_job(Job.objects.get(id=job.id))

    at(monkeypatch, 3, both)
    assert run_job(job).status == "dismissed"


def test_job_cancelled_while_it_goes_to_pause_is_cancelled(monkeypatch) -> None:
    job = create_job("steps", {}, actor="amina")

    def both() -> None:
        dismiss_job(Job.objects.get(id=job.id))
        raise JobPaused

    at(monkeypatch, 3, both)
    assert run_job(job).status == "dismissed"


def test_only_what_can_pause_is_paused_and_only_what_is_paused_resumes() -> None:
    with pytest.raises(Conflict, match="double does not pause"):
        pause_job(create_job("double", {"number": 1}, actor="amina"))
    job = create_job("steps", {}, actor="amina")
    with pytest.raises(Conflict, match="is not paused: it is accepted"):
        resume_job(job)
    run_job(job)
    with pytest.raises(Conflict, match="cannot pause: it is successful"):
        pause_job(job)


def test_pause_and_resume_over_http(client, planner, monkeypatch) -> None:
    job = paused_at(monkeypatch, 4)
    told = client.get(f"/jobs/{job.id}").json()
    assert (told["status"], told["paused"], told["message"]) == ("accepted", True, "Paused. step 4")
    page = client.get(f"/jobs/{job.id}", {"lang": "en"}, HTTP_ACCEPT="text/html").content.decode()
    assert '<span class="status paused" data-status-text>Paused</span>' in page
    assert 'data-verb="pause" hidden>Pause<' in page
    assert 'data-verb="resume">Resume<' in page
    answer = client.post(f"/jobs/{job.id}/resume")
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert "paused" not in answer.json()
    assert client.post(f"/jobs/{job.id}/resume").status_code == 409
    run_queued_job(str(job.id))
    assert client.get(f"/jobs/{job.id}").json()["status"] == "successful"
    assert client.post(f"/jobs/{job.id}/pause").status_code == 409


def test_job_of_a_process_that_cannot_pause_has_no_such_buttons(client, planner) -> None:
    job = create_job("double", {"number": 1}, actor="amina")
    page = client.get(f"/jobs/{job.id}", HTTP_ACCEPT="text/html").content.decode()
    assert "data-cancel" in page
    assert "data-verb" not in page


def test_only_who_may_cancel_may_pause(client) -> None:
    job = create_job("steps", {}, actor="amina")
    assert client.post(f"/jobs/{job.id}/pause").status_code == 401
    client.force_login(User.objects.create_user("somebody"))
    assert client.post(f"/jobs/{job.id}/pause").status_code == 403
    assert client.post(f"/jobs/{job.id}/resume").status_code == 403


def test_resumed_job_is_on_the_queue(client, planner, monkeypatch) -> None:
    job = paused_at(monkeypatch, 4)
    client.post(f"/jobs/{job.id}/resume")
    call = ProcrastinateJob.objects.get(lock=str(job.id))
    assert (call.task_name, call.args, call.status) == ("run_job", {"job_id": str(job.id)}, "todo")


def test_interrupt_at_the_command_line_cancels(monkeypatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    at(monkeypatch, 3, interrupt)
    with pytest.raises(CommandError, match=r"^Cancelled$"):
        call_command("process", "steps", "--quiet")
    job = Job.objects.get()
    assert (job.status, workspace_of(job.id).exists()) == ("dismissed", False)
