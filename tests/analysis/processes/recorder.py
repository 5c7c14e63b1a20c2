"""A Context that writes down what it is told, and can cancel the job at a given percent."""

from __future__ import annotations

from pathlib import Path

from gis_core.errors import JobDismissed


class Recorder:
    actor = "test"
    workspace = Path()

    checkpoint = None
    live: dict | None = None
    finishing = False
    queued = False
    results = None

    def __init__(self, cancel_at: float = 101, job_id: str = "test") -> None:
        self.job_id = job_id
        self.told: list[tuple[float, str]] = []
        self.cancel_at = cancel_at

    def progress(self, percent: float, message: str) -> None:
        self.told.append((percent, message))
        if percent >= self.cancel_at:
            raise JobDismissed
