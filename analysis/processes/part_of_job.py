"""One of several equal parts of a job, with its share of the progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gis_core.jobs.process import Context


class Part:
    """The context of part `number` of `count`: its 0 to 100 percent are that share of the job's."""

    def __init__(self, context: Context, number: int, count: int) -> None:
        self._context, self._number, self._count = context, number, count
        self.job_id, self.actor, self.workspace = context.job_id, context.actor, context.workspace
        self.checkpoint: dict[str, Any] | None = None
        self.live: dict[str, Any] | None = None
        self.finishing = self.queued = False
        self.results: list[dict[str, Any]] | None = None

    def progress(self, percent: float, message: str) -> None:
        self._context.progress((100 * self._number + percent) / self._count, message)

    def publish(self, file: Path, media_type: str) -> dict[str, Any]:
        return self._context.publish(file, media_type)
