"""Files that jobs leave for their starters to download: kept for some days, then removed."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

DAY_S = 24 * 3600


def files_of(job_id: UUID) -> Path:
    return exports() / str(job_id)


def exports() -> Path:
    return Path(settings.VAR) / "exports"


def publish(job_id: UUID, file: Path, media_type: str) -> dict[str, Any]:
    """Moves a finished file here, whole or not at all; a link (OGC API) to it with its `length` in bytes."""
    folder = files_of(job_id)
    folder.mkdir(parents=True, exist_ok=True)
    placed = file.rename(folder / file.name)
    return {
        "href": reverse("job-file", args=[job_id, file.name]),
        "rel": "enclosure",
        "type": media_type,
        "title": file.name,
        "length": placed.stat().st_size,
    }


def remove_old_files() -> int:
    """Folders older than settings.EXPORT_DAYS go. Returns how many."""
    oldest = time.time() - settings.EXPORT_DAYS * DAY_S
    folders = exports().iterdir() if exports().is_dir() else ()
    old = [folder for folder in folders if folder.stat().st_mtime < oldest]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
