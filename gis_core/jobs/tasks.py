"""The one task on the queue: run a job."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from gis_core.jobs.files import remove_old_files
from gis_core.jobs.models import Job
from gis_core.jobs.parts import settle_all
from gis_core.jobs.run import fail_abandoned_jobs, run_job


@app.task(name="run_job", queue="jobs")
def run_queued_job(job_id: str) -> None:
    if job := Job.objects.filter(id=UUID(job_id)).first():  # a part goes with its job
        run_job(job, enqueue=enqueue)


def enqueue(job: Job) -> None:
    """A job that is called for twice, because it was paused and resumed while it waited, holds one worker at a time."""
    run_queued_job.configure(lock=str(job.id)).defer(job_id=str(job.id))


@app.periodic(cron="* * * * *")
@app.task(name="fail_abandoned_jobs", queue="jobs")
def sweep(timestamp: int) -> None:
    look_after_jobs()


def look_after_jobs() -> None:
    """Jobs whose worker died have failed; those that waited for them go on or fail, too."""
    fail_abandoned_jobs()
    settle_all(enqueue)


@app.periodic(cron="43 * * * *")
@app.task(name="remove_old_files", queue="jobs")
def tidy(timestamp: int) -> None:
    remove_old_files()
