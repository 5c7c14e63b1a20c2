"""Jobs that hand their work out to parts: any number of workers, one alone too, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from gis_core.errors import NotFound
from gis_core.jobs import parts, progress, registry
from gis_core.jobs.models import Job
from gis_core.jobs.run import (
    create_job,
    dismiss_job,
    fail_abandoned_jobs,
    finish_job,
    run_job,
    run_process,
    workspace_of,
)
from gis_core.jobs.tasks import enqueue, look_after_jobs
from tests.conftest import ROOT
from tests.e2e.running_city import url_of
from tests.gis_core.processes import Square

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = [f"tests.gis_core.processes.{name}" for name in ("Double", "Square", "Squares")]


@pytest.fixture(autouse=True)
def these_processes(settings, monkeypatch):
    settings.PROCESSES = PROCESSES
    registry.processes.cache_clear()
    monkeypatch.setattr(progress, "WRITE_EVERY_S", 0)
    yield
    registry.processes.cache_clear()


class Queue(deque):
    """What is on the queue; one worker takes it job by job."""

    def work(self, most: int = 100) -> None:
        while self and most:
            job, most = self.popleft(), most - 1
            if found := Job.objects.filter(id=job.id).first():
                run_job(found, enqueue=self.append)


def split_job(numbers: list[int]) -> tuple[Job, Queue]:
    queue = Queue()
    job = run_job(create_job("squares", {"numbers": numbers}, actor="amina"), enqueue=queue.append)
    assert (job.status, len(queue)) == ("split", len(numbers))
    return job, queue


def test_one_worker_alone_runs_all_parts_and_then_the_job() -> None:
    job, queue = split_job([1, 2, 3])
    queue.work()
    job.refresh_from_db()
    assert (job.status, job.outputs["result"]) == ("successful", 14)
    assert [part["square"] for part in job.outputs["parts"]] == [1, 4, 9]
    assert list(Job.objects.all()) == [job]  # the parts go with the end
    assert not workspace_of(job.id).exists()


def test_it_is_the_same_in_any_order_of_parts_and_without_workers() -> None:
    job, queue = split_job([1, 2, 3])
    queue.reverse()
    queue.work()
    job.refresh_from_db()
    assert [part["square"] for part in job.outputs["parts"]] == [1, 4, 9]
    assert run_process("squares", {"numbers": [1, 2, 3]}, actor="amina").outputs == {"result": 14}


def test_two_last_parts_that_end_at_once_call_the_job_once() -> None:
    job, queue = split_job([1, 2])
    for part in list(job.parts.all()):
        Job.objects.filter(id=part.id).update(status="successful", outputs={"square": 1})
    queue.clear()
    parts.settle(job.id, queue.append)
    parts.settle(job.id, queue.append)
    assert [waiting.id for waiting in queue] == [job.id]


def test_failed_part_fails_the_job_with_its_words_and_stops_the_others() -> None:
    job, queue = split_job([13, 2, 3])
    queue.work()
    job.refresh_from_db()
    assert (job.status, job.outputs) == ("failed", None)
    assert job.problem["detail"] == "number 13 is not squared here; take 12 or 14."
    assert list(Job.objects.all()) == [job]


def test_cancelled_job_takes_its_parts_along(monkeypatch) -> None:
    job, queue = split_job([1, 2, 3])
    squared = []

    def at(number: int) -> None:
        squared.append(number)
        if number == 2:
            dismiss_job(Job.objects.get(id=job.id))

    monkeypatch.setattr(Square, "at", staticmethod(at))
    queue.work()
    job.refresh_from_db()
    assert (job.status, squared) == ("dismissed", [1, 2])
    assert list(Job.objects.all()) == [job]


def test_job_is_told_to_be_content_and_so_are_its_parts() -> None:
    job, queue = split_job([1, 2, 3])
    queue.work(most=1)
    finish_job(job)
    queue.work()
    job.refresh_from_db()
    assert (job.status, job.outputs["result"]) == ("successful", 1)


def test_part_whose_worker_was_killed_fails_the_job() -> None:
    job, queue = split_job([1, 2])
    dead = job.parts.get(number=0)
    Job.objects.filter(id=dead.id).update(status="running")
    assert fail_abandoned_jobs() == 1
    parts.settle_all(queue.append)
    queue.work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert "The worker was ended while it ran this job" in job.problem["detail"]
    assert Job.objects.count() == 1


def test_last_part_whose_worker_was_killed_after_its_end_holds_nothing_up() -> None:
    job, queue = split_job([1, 2])
    queue.clear()
    job.parts.update(status="successful", outputs={"square": 5})
    parts.settle_all(queue.append)
    queue.work()
    job.refresh_from_db()
    assert (job.status, job.outputs["result"]) == ("successful", 10)


def test_progress_and_what_it_shows_are_those_of_all_parts(client: Client) -> None:
    user = User.objects.create_user("amina", password="a long test passphrase")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    job, queue = split_job([1, 2])
    queue.work(most=1)
    part = job.parts.get(number=0)
    Job.objects.filter(id=part.id).update(progress=100)
    told = client.get(f"/jobs/{job.id}").json()
    assert (told["status"], told["progress"], told["live"]) == ("running", 55, {"numbers": [1]})
    assert [row["jobID"] for row in client.get("/jobs").json()["jobs"]] == [str(job.id)]
    assert client.get(f"/jobs/{part.id}").status_code == 404


def test_nobody_starts_a_part_for_itself(client: Client, capsys) -> None:
    assert "square" not in registry.offered_processes()
    assert client.get("/processes/square").status_code == 404
    with pytest.raises(NotFound):
        registry.get_offered_process("square")
    call_command("process")
    assert "square " not in capsys.readouterr().out


def test_what_is_put_on_the_queue_is_there_for_other_connections() -> None:
    """A worker's queue has a connection of its own: a part seen there before its row is would be dropped."""
    seen: list[bool] = []
    queue = Queue()

    def put(job: Job) -> None:
        seen.append(connection.in_atomic_block)
        queue.append(job)

    job = run_job(create_job("squares", {"numbers": [2, 3]}, actor="amina"), enqueue=put)
    while queue:
        run_job(Job.objects.get(id=queue.popleft().id), enqueue=put)
    job.refresh_from_db()
    assert (job.status, job.outputs["result"]) == ("successful", 13)
    assert seen == [False, False, False]  # two parts, and the job again


@pytest.fixture
def real_queue():
    """Empty before and afterwards: tests that commit do not roll it back."""
    empty = "DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers"
    with connection.cursor() as cursor:
        cursor.execute(empty)
    yield
    with connection.cursor() as cursor:
        cursor.execute(empty)


def work(*calls: str) -> int:
    """A real worker on the real queue: how it ended."""
    address = url_of(connection.settings_dict, connection.settings_dict["NAME"])
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    command = [sys.executable, "-m", "tests.gis_core.worker", ",".join(PROCESSES), *calls]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode


def calls() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'job_id', status::text FROM procrastinate_jobs WHERE task_name = 'run_job' ORDER BY id"
        )
        return cursor.fetchall()


def test_worker_killed_between_storing_parts_and_calling_them_holds_nothing_up(real_queue) -> None:
    job = create_job("squares", {"numbers": [1, 2, 3]}, actor="amina")
    enqueue(job)
    assert work("1") == -signal.SIGKILL
    job.refresh_from_db()
    first, *others = (str(part.id) for part in job.parts.order_by("number"))
    assert (job.status, len(others)) == ("split", 2)
    assert calls() == [(str(job.id), "doing"), (first, "todo")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    for _ in range(2):
        look_after_jobs()
    assert calls() == [(str(job.id), "failed"), (first, "todo"), *((other, "todo") for other in others)]
    assert work() == 0
    job.refresh_from_db()
    assert (job.status, job.outputs["result"]) == ("successful", 14)
    assert calls() == [(str(job.id), "failed")]


def test_call_that_a_worker_has_taken_is_left_to_it_while_it_lives(real_queue) -> None:
    job = create_job("double", {"number": 2}, actor="amina")
    enqueue(job)
    enqueue(job)
    assert calls() == [(str(job.id), "todo")]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", cursor.fetchone())
        look_after_jobs()
        assert calls() == [(str(job.id), "doing")]
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    look_after_jobs()
    assert calls() == [(str(job.id), "failed"), (str(job.id), "todo")]
