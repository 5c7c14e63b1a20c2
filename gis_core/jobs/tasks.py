"""The one task on the queue: run a job; and the sweep that finds what a killed worker left behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.jobs.files import remove_old_files
from gis_core.jobs.models import Job
from gis_core.jobs.parts import settle_all
from gis_core.jobs.progress import is_held
from gis_core.jobs.run import fail_abandoned_jobs, run_job

SILENT = timedelta(minutes=1)  # a worker that lives says so every ten seconds


@app.task(name="run_job", queue="jobs")
def run_queued_job(job_id: str) -> None:
    if job := Job.objects.filter(id=UUID(job_id)).first():  # a part goes with its job
        run_job(job, enqueue=enqueue)


def enqueue(job: Job) -> None:
    """A job that is called for twice, because it was paused and resumed while it waited, stands there once."""
    call = run_queued_job.configure(lock=str(job.id), queueing_lock=str(job.id))
    try:
        with transaction.atomic():  # the refusal of a second call must not spoil what goes on around it
            call.defer(job_id=str(job.id))
    except AlreadyEnqueued:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="fail_abandoned_jobs", queue="jobs")
def sweep(timestamp: int) -> None:
    look_after_jobs()


def look_after_jobs() -> None:
    """Jobs whose worker died have failed; those that waited for them go on or fail, too, and what it had not put on the
    queue yet is put there."""
    fail_abandoned_jobs()
    settle_all(enqueue)
    _free_dead_calls()
    _call_again()


def _free_dead_calls() -> None:
    """A call that a killed worker had taken keeps its job's lock: nobody would take the job again. One that it had not
    begun is called anew."""
    calls = ProcrastinateJob.objects.filter(task_name=run_queued_job.name, status="doing")
    for call in calls.exclude(worker__last_heartbeat__gt=timezone.now() - SILENT):
        if not is_held(UUID(call.args["job_id"])):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s AND status = 'doing'",
                    [call.id],
                )
            for job in Job.objects.filter(id=call.args["job_id"], status=Job.Status.ACCEPTED):
                enqueue(job)


def _call_again() -> None:
    """Parts, and jobs that go on, which wait and are not on the queue. A job that is new was put there with its row."""
    waiting = (
        Job.objects.filter(status=Job.Status.ACCEPTED).exclude(parent=None, started=None).order_by("created")
    )
    calls = ProcrastinateJob.objects.filter(task_name=run_queued_job.name, status__in=("todo", "doing"))
    called = set(calls.values_list("args__job_id", flat=True)) if waiting else set()
    for job in waiting:
        if str(job.id) not in called:
            enqueue(job)


@app.periodic(cron="43 * * * *")
@app.task(name="remove_old_files", queue="jobs")
def tidy(timestamp: int) -> None:
    remove_old_files()
