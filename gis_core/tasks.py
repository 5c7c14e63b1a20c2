"""Where procrastinate looks for tasks."""

from gis_core.jobs.tasks import run_queued_job, sweep, tidy

__all__ = ["run_queued_job", "sweep", "tidy"]
