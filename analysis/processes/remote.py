"""Work by name, for schedulers and workers that have not set Django up: nothing here needs it to be imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from threading import Lock
from typing import Any

from analysis.engine import Work

_setting_up = Lock()


@dataclass(frozen=True)
class ZonesPart:
    """Zones of one collection, by id, with their box in degrees, the metric CRS to measure in, and what is asked."""

    collection: str
    ids: tuple[int, ...]
    bbox: tuple[float, float, float, float]
    srid: int
    asked: dict[str, Any]


def remote(name: str) -> Work:
    """The function with this dotted name, to be called on any worker."""
    return partial(_call, name)


def _call(name: str, part: Any) -> Any:
    _set_up_django()
    module, _, function = name.rpartition(".")
    return getattr(import_module(module), function)(part)


def _set_up_django() -> None:
    """A worker is a bare Python process: its first work makes it one of this service."""
    import django  # noqa: PLC0415  where Django is set up already, nothing is done
    from django.apps import apps  # noqa: PLC0415

    with _setting_up:
        if not apps.ready:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
            django.setup()
