"""The one task on the queue: run a job."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from gis_core.jobs.files import remove_old_files
from gis_core.jobs.models import Job
from gis_core.jobs.run import fail_abandoned_jobs, get_job, run_job


@app.task(name="run_job", queue="jobs")
def run_queued_job(job_id: str) -> None:
    run_job(get_job(UUID(job_id)))


def enqueue(job: Job) -> None:
    """A job that is called for twice, because it was paused and resumed while it waited, holds one worker at a time."""
    run_queued_job.configure(lock=str(job.id)).defer(job_id=str(job.id))


@app.periodic(cron="* * * * *")
@app.task(name="fail_abandoned_jobs", queue="jobs")
def sweep(timestamp: int) -> None:
    fail_abandoned_jobs()


@app.periodic(cron="43 * * * *")
@app.task(name="remove_old_files", queue="jobs")
def tidy(timestamp: int) -> None:
    remove_old_files()
