"""Cities for the tests of files: the box and the reference systems that a file needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gis_core.city import load_city
from gis_core.geometry import BBox
from importers.processes.files import ImportFile
from layers.city_box import apply_city_box


class Told:
    """A job's context that keeps what it was told."""

    job_id = "test"
    actor = "cli:test"

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.messages: list[str] = []

    def progress(self, percent: float, message: str) -> None:
        self.messages.append(message)


@pytest.fixture
def city_of(settings: Any, db: None) -> Callable[..., None]:
    """Make the city of this test: Casablanca with another box and other accepted reference systems."""

    def make(*bbox: float, import_crs: tuple[int, ...] | None = None) -> None:
        city = load_city("casablanca")
        box = BBox.of(bbox) if bbox else city.bbox
        settings.CITY = replace(city, bbox=box, import_crs=import_crs or city.import_crs)
        apply_city_box()

    return make


@pytest.fixture
def casablanca(city_of: Callable[..., None]) -> None:
    city_of()


@pytest.fixture
def run_import(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run the process; answers its report."""

    def run(file: Path, collection: str, **inputs: Any) -> dict[str, Any]:
        given = {"file": str(file), "collection": collection, **inputs}
        return ImportFile().run(given, Told(tmp_path))["report"]

    return run
