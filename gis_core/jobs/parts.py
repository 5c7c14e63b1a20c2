"""Jobs that hand their work out: the parts run on any worker, and the last that ends calls the job back.

The job holds no worker meanwhile, so that a single one can run all parts. All that is known lies in the jobs' rows:
whoever asks, the last part or the sweep of every minute, settles it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import fmean
from typing import Any

from django.db import transaction
from django.utils import timezone

from gis_core.errors import JobSplit
from gis_core.jobs.models import Job
from gis_core.jobs.registry import get_process

Enqueue = Callable[[Job], None]


def split(job: Job, wanted: JobSplit, live: dict[str, Any] | None, enqueue: Enqueue) -> None:
    """Set the job aside and its parts on the queue; one that was cancelled meanwhile is dismissed.

    A worker has a connection of its own for the queue: what it puts there is seen at once, so the rows come first.
    """
    with transaction.atomic():
        running = Job.objects.filter(id=job.id, cancel_requested=False)
        if not running.update(status=Job.Status.SPLIT, live=live):
            Job.objects.filter(id=job.id).update(status=Job.Status.DISMISSED, finished=timezone.now())
            return
        made = [
            Job.objects.create(
                process_id=wanted.process_id,
                inputs=inputs,
                actor=job.actor,
                language=job.language,
                parent=job,
                number=number,
            )
            for number, inputs in enumerate(wanted.parts)
        ]
    for part in made:
        enqueue(part)


def results_of(job: Job) -> list[dict[str, Any]] | None:
    """What the job's parts answered, in the order in which they were handed out; None before that."""
    return [part.outputs or {} for part in job.parts.order_by("number")] or None


def settle(job_id: Any, enqueue: Enqueue) -> None:
    """If the job's parts are done, it goes on; if one failed, so does the job, and the others stop."""
    if goes_on := _settled(job_id):
        enqueue(goes_on)


def _settled(job_id: Any) -> Job | None:
    """The job, if it goes on now."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(id=job_id, status=Job.Status.SPLIT).first()
        if job is None:
            return None
        parts = list(job.parts.order_by("number"))
        broken = next((p for p in parts if p.ended and p.status != Job.Status.SUCCESSFUL), None)
        if broken is not None:
            job.status, job.finished = broken.status, timezone.now()
            job.problem, job.message = broken.problem, broken.message
            job.save(update_fields=["status", "finished", "problem", "message"])
            stop(job)
        elif all(part.ended for part in parts):
            job.status = Job.Status.ACCEPTED
            job.save(update_fields=["status"])
            return job
    return None


def settle_all(enqueue: Enqueue) -> None:
    """For parts whose worker died before it could."""
    for job_id in Job.objects.filter(status=Job.Status.SPLIT).values_list("id", flat=True):
        settle(job_id, enqueue)


def stop(job: Job) -> None:
    """Cancel the job's parts: the waiting ones at once, the running ones at their next progress."""
    waiting = job.parts.filter(status=Job.Status.ACCEPTED)
    waiting.update(status=Job.Status.DISMISSED, finished=timezone.now(), cancel_requested=True)
    job.parts.filter(status=Job.Status.RUNNING).update(cancel_requested=True)


def forget(job: Job) -> None:
    """Parts are kept until their job has ended."""
    if job.ended:
        ended = (Job.Status.SUCCESSFUL, Job.Status.FAILED, Job.Status.DISMISSED)
        job.parts.filter(status__in=ended).delete()


def told(job: Job) -> tuple[float, dict[str, Any] | None]:
    """Progress and `live` of a split job, from those of its parts: a process joins these by its `joined_live`."""
    parts = list(job.parts.order_by("number"))
    share = fmean(part.progress for part in parts) / 100 if parts else 0.0
    join = getattr(get_process(job.process_id), "joined_live", None)
    live = join(job.live, _lives(job, parts)) if join else job.live
    return job.progress + share * (100 - job.progress), live


def _lives(job: Job, parts: Iterable[Job]) -> list[tuple[float, dict[str, Any]]]:
    """What each part shows, with how many seconds after the job it began."""
    began = job.started or job.created
    shown = [part for part in parts if part.live and part.started]
    return [((part.started - began).total_seconds(), part.live) for part in shown]  # type: ignore[operator,misc]
