"""Make a job, run it, cancel it: the same path for the command line, the queue and the tests."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language, override

from gis_core.actors import Actor
from gis_core.errors import CasaGISError, Conflict, JobDismissed, JobPaused, JobSplit, NotFound
from gis_core.history import standing_reason
from gis_core.jobs import parts
from gis_core.jobs.files import files_of
from gis_core.jobs.models import Job
from gis_core.jobs.parts import Enqueue
from gis_core.jobs.process import Process, is_finishable, is_pausable
from gis_core.jobs.progress import JobContext, lock_key
from gis_core.jobs.registry import checked_inputs, get_process
from gis_core.problems import problem, problem_of

logger = logging.getLogger(__name__)
Progress = Callable[[float, str], None]


def create_job(process_id: str, inputs: dict[str, Any], *, actor: str, job_id: UUID | None = None) -> Job:
    """Raises NotFound for the process, InvalidInput for the inputs; then no row is made.

    The job will speak the language that is active now.
    """
    process = get_process(process_id)
    checked = checked_inputs(process, inputs)
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return Job.objects.create(
        id=job_id or uuid4(), process_id=process.id, inputs=checked, actor=actor, language=language
    )


def run_process(
    process_id: str, inputs: dict[str, Any], *, actor: str, on_progress: Progress = lambda *_: None
) -> Job:
    """Run here and now. The job is returned whatever came of it: look at `status` and `problem`."""
    return run_job(create_job(process_id, inputs, actor=actor), on_progress=on_progress)


def run_job(job: Job, *, on_progress: Progress = lambda *_: None, enqueue: Enqueue | None = None) -> Job:
    """Run an accepted job to its end, or until it is paused or split. One dismissed or paused while it waited stays so.

    `enqueue` puts a job on the queue; without it there are no workers, and no job is split.
    """
    workspace = workspace_of(job.id)
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with JobContext(job, workspace, on_progress, queued=enqueue is not None) as context:
            if _start(job):
                context.checkpoint, context.results = job.checkpoint, parts.results_of(job)
                _execute(get_process(job.process_id), job, context, enqueue)
    finally:
        job.refresh_from_db()
        _clean(job)
        if enqueue is not None and job.parent is not None and job.ended:
            parts.settle(job.parent.id, enqueue)
            job.parent.refresh_from_db()
            parts.forget(job.parent)
    return job


def _start(job: Job) -> bool:
    accepted = Job.objects.filter(id=job.id, status=Job.Status.ACCEPTED)
    begun = Coalesce("started", timezone.now())  # a resumed job began when it first ran
    if not accepted.update(status=Job.Status.RUNNING, started=begun):
        return False
    job.refresh_from_db()
    return True


def _clean(job: Job) -> None:
    """Nothing stays of a job that has ended but the files that a successful one published."""
    if job.ended:
        shutil.rmtree(workspace_of(job.id), ignore_errors=True)
    parts.forget(job)
    if job.ended and job.status != Job.Status.SUCCESSFUL:
        shutil.rmtree(files_of(job.id), ignore_errors=True)


def _execute(process: Process, job: Job, context: JobContext, enqueue: Enqueue | None) -> None:
    try:
        with override(job.language), _reason_of(job, process):
            outputs = process.run(dict(job.inputs), context)
    except JobDismissed:
        _finish(job, Job.Status.DISMISSED)
    except JobPaused:
        _pause(job, context)
    except JobSplit as wanted:
        assert enqueue is not None  # noqa: S101 - a process that is not queued does not split
        parts.split(job, wanted, context.live, enqueue)
    except KeyboardInterrupt:  # Ctrl-C at the command line
        _finish(job, Job.Status.DISMISSED)
        raise
    except CasaGISError as error:
        _finish(job, Job.Status.FAILED, problem=problem_of(error), message=error.detail)
    except Exception:
        logger.exception("job %s (%s) failed", job.id, job.process_id)
        detail = (
            "Something broke that is not your input; the server's log says what, under this job's number."
        )
        _finish(job, Job.Status.FAILED, problem=problem(500, "Internal error", detail), message=detail)
        raise
    else:
        _finish(job, Job.Status.SUCCESSFUL, outputs=outputs, progress=100)


def _pause(job: Job, context: JobContext) -> None:
    """Unless it was cancelled since its last progress."""
    wanted = Job.objects.filter(id=job.id, cancel_requested=False)
    if not wanted.update(status=Job.Status.PAUSED, pause_requested=False, checkpoint=context.checkpoint):
        _finish(job, Job.Status.DISMISSED)


def _reason_of(job: Job, process: Process) -> AbstractContextManager[UUID]:
    """All that the job changes, in whatever transactions, is one batch in the name of who started it."""
    starter = Actor(name=job.actor)  # the name as the job keeps it: one of the command line has no user
    comment = str(job.inputs.get("comment") or process.title)
    return standing_reason(starter, comment=comment, job=str(job.id), process=process.id)


def _finish(job: Job, status: Job.Status, **values: Any) -> None:
    Job.objects.filter(id=job.id).update(status=status, finished=timezone.now(), **values)


def workspace_of(job_id: UUID) -> Path:
    """A folder of the job's own for uploads and drafts; gone when the job has ended."""
    return Path(settings.VAR) / "jobs" / str(job_id)


def get_job(job_id: UUID) -> Job:
    """Raises NotFound."""
    job = Job.objects.filter(id=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


def dismiss_job(job: Job) -> Job:
    """Cancel: a waiting or paused job at once, a running one at its next progress. Raises Conflict for an ended one."""
    idle = [Job.Status.ACCEPTED, Job.Status.PAUSED, Job.Status.SPLIT]
    waiting = Job.objects.filter(id=job.id, status__in=idle).update(
        status=Job.Status.DISMISSED, finished=timezone.now(), cancel_requested=True
    )
    parts.stop(job)
    running = Job.objects.filter(id=job.id, status=Job.Status.RUNNING).update(cancel_requested=True)
    if not waiting and not running:
        raise Conflict(f"Job {job.id} has ended already: {job.status}.")
    job.refresh_from_db()
    if waiting:
        _clean(job)
    return job


def pause_job(job: Job) -> Job:
    """A waiting job at once, a running one at its next progress; it holds no worker then. Raises Conflict for a process
    that cannot pause, and for a job that has ended or is paused."""
    if not is_pausable(get_process(job.process_id)):
        raise Conflict(f"{job.process_id} does not pause; cancel the job, or let it end.")
    waiting = Job.objects.filter(id=job.id, status=Job.Status.ACCEPTED).update(status=Job.Status.PAUSED)
    running = Job.objects.filter(id=job.id, status=Job.Status.RUNNING).update(pause_requested=True)
    job.refresh_from_db()
    if not waiting and not running:
        raise Conflict(f"Job {job.id} cannot pause: it is {job.status}.")
    return job


def finish_job(job: Job) -> Job:
    """A running job ends at its next progress with the best it has. Raises Conflict for a process that cannot, and for
    a job that does not run."""
    if not is_finishable(get_process(job.process_id)):
        raise Conflict(f"{job.process_id} has nothing to keep before its end; cancel the job, or let it end.")
    begun = Job.objects.filter(id=job.id, status__in=[Job.Status.RUNNING, Job.Status.SPLIT])
    running = begun.update(finish_requested=True)
    job.parts.update(finish_requested=True)
    job.refresh_from_db()
    if not running:
        raise Conflict(f"Job {job.id} has nothing to keep: it is {job.status}.")
    return job


def resume_job(job: Job) -> Job:
    """A paused job waits for a worker again, which its caller puts on the queue. Raises Conflict for any other."""
    paused = Job.objects.filter(id=job.id, status=Job.Status.PAUSED)
    resumed = paused.update(status=Job.Status.ACCEPTED, pause_requested=False)
    job.refresh_from_db()
    if not resumed:
        raise Conflict(f"Job {job.id} is not paused: it is {job.status}.")
    return job


def fail_abandoned_jobs() -> int:
    """Running jobs whose process died hold no lock any more: say so. Returns how many."""
    count = 0
    for job in Job.objects.filter(status=Job.Status.RUNNING):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_key(job.id)])
            (free,) = cursor.fetchone() or (False,)
            if not free:
                continue
            detail = "The worker was ended while it ran this job; nothing was changed. Start it again."
            count += Job.objects.filter(id=job.id, status=Job.Status.RUNNING).update(
                status=Job.Status.FAILED,
                finished=timezone.now(),
                problem=problem(500, "Worker ended", detail),
                message=detail,
            )
            job.refresh_from_db()
            _clean(job)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_key(job.id)])
    return count
