"""Where procrastinate looks for tasks: limits of the air are watched by the clock."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gis_core.jobs.models import Job
from gis_core.jobs.run import run_process
from layers.queries.revisions import revision_of

OBSERVATIONS, WATCH = "air-observations", "check-air-alerts"


@app.periodic(cron="7 * * * *")
@app.task(name="watch_air", queue="jobs", queueing_lock="watch_air")
def watch_air(timestamp: int) -> None:
    """Run check-air-alerts, as a job like any other, if observations changed since it was last run."""
    if revision_of(OBSERVATIONS) != _revision_checked():
        run_process(WATCH, {}, actor="clock")


def _revision_checked() -> int:
    """Of the observations that were last compared with limits; 0: none ever were, nor are there any."""
    last = Job.objects.filter(process_id=WATCH, status=Job.Status.SUCCESSFUL).first()
    return int(last.outputs["inputs"][OBSERVATIONS]["revision"]) if last and last.outputs else 0
