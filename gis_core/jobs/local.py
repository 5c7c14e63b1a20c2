"""Run a process that is for the command line alone: files in, outputs out, without a job and without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gis_core.errors import CasaGISError
from gis_core.jobs.process import Process
from gis_core.jobs.registry import checked_inputs
from gis_core.jobs.run import Progress


@dataclass
class LocalContext:
    """gis_core.jobs.process.Context of one run; Ctrl-C is the way to cancel it."""

    actor: str
    workspace: Path
    on_progress: Progress
    job_id: str = ""
    checkpoint: dict[str, Any] | None = None
    live: dict[str, Any] | None = None
    finishing: bool = False
    queued: bool = False
    results: list[dict[str, Any]] | None = None

    def progress(self, percent: float, message: str) -> None:
        self.on_progress(percent, message)

    def publish(self, file: Path, media_type: str) -> dict[str, Any]:
        raise CasaGISError(f"{file.name}: a run at the command line publishes nothing; name a path for it.")


def run_local(
    process: Process, inputs: Mapping[str, Any], *, actor: str, on_progress: Progress = lambda *_: None
) -> dict[str, Any]:
    """Its outputs. Raises CasaGISError for bad input; the folder it worked in is gone in any case."""
    checked = checked_inputs(process, dict(inputs))
    with TemporaryDirectory(prefix="casagis-") as workspace:
        return process.run(checked, LocalContext(actor, Path(workspace), on_progress))
