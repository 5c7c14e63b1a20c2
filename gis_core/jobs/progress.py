"""The context of a running job: progress on a connection of its own, so that it is seen before the work commits."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from gis_core.errors import JobDismissed, JobPaused
from gis_core.jobs.files import publish
from gis_core.jobs.models import Job

WRITE_EVERY_S = 0.25


def lock_key(job_id: UUID) -> int:
    """The advisory lock that the process running the job holds: free lock and status running mean it died."""
    return int.from_bytes(job_id.bytes[:8], "big", signed=True)


def is_held(job_id: UUID) -> bool:
    """Whether a process that lives runs the job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_try_advisory_lock(%(key)s) THEN pg_advisory_unlock(%(key)s) ELSE false END",
            {"key": lock_key(job_id)},
        )
        (free,) = cursor.fetchone() or (False,)
    return not free


class JobContext:
    """gis_core.jobs.process.Context for one job row; use it in a `with` statement."""

    def __init__(
        self, job: Job, workspace: Path, on_progress: Callable[[float, str], None], *, queued: bool = False
    ) -> None:
        self.job_id = str(job.id)
        self.actor = job.actor
        self.workspace = workspace
        self.checkpoint: dict[str, Any] | None = None
        self.live: dict[str, Any] | None = None
        self.finishing = False
        self.queued = queued
        self.results: list[dict[str, Any]] | None = None
        self._id = job.id
        self._on_progress = on_progress
        self._written_at = 0.0

    def __enter__(self) -> JobContext:
        self._side = side_connection()
        self._side.execute("SELECT pg_advisory_lock(%s)", [lock_key(self._id)])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._side.close()

    def progress(self, percent: float, message: str) -> None:
        """Raises JobDismissed or JobPaused when somebody asked for it."""
        self._on_progress(percent, message)
        now = time.monotonic()
        if now - self._written_at < WRITE_EVERY_S:
            return
        self._written_at = now
        row = self._side.execute(
            "UPDATE gis_core_job SET progress = %s, message = %s, live = %s WHERE id = %s"
            " RETURNING cancel_requested, pause_requested, finish_requested",
            [min(100.0, max(0.0, percent)), message, self.live and Jsonb(self.live), self._id],
        ).fetchone()
        cancelled, paused, self.finishing = row or (False, False, False)
        if cancelled:
            raise JobDismissed
        if paused:
            raise JobPaused

    def publish(self, file: Path, media_type: str) -> dict[str, Any]:
        return publish(self._id, file, media_type)


def side_connection() -> psycopg.Connection[Any]:
    """An autocommit connection beside Django's, to the same database."""
    parameters = connection.get_connection_params()
    parameters = {
        k: v
        for k, v in parameters.items()
        if k not in {"cursor_factory", "context", "pool", "prepare_threshold"}
    }
    return psycopg.connect(**parameters, autocommit=True)
