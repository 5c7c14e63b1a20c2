"""A number in a small file that all processes of this machine see: who commits replaces it, who reads compares it."""

from __future__ import annotations

import mmap
import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

SIZE = 8


def folder() -> Path:
    """Where the processes of this machine keep what they share about the tiles of the database."""
    return _folder(settings.VAR, settings.DATABASES["default"]["NAME"])


@cache
def _folder(var: Path, database: str) -> Path:
    path = var / "tiles" / quote(database, safe="")
    path.mkdir(parents=True, exist_ok=True)
    return path


class Pulse:
    """Any new value says that something was committed. It is random, because two processes that count up at the same
    time could both write the same number."""

    def __init__(self, path: Path) -> None:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
            if path.stat().st_size < SIZE:
                file.truncate(SIZE)
            self._map = mmap.mmap(file.fileno(), SIZE)
        self.value = memoryview(self._map).cast("Q")  # value[0], read without any call on the quick path

    def beat(self) -> None:
        self.value[0] = int.from_bytes(os.urandom(SIZE), "little")


_pulses: dict[Path, Pulse] = {}


def pulse() -> Pulse:
    """Of the database that the settings name."""
    path = folder() / "pulse"
    if path not in _pulses:
        _pulses[path] = Pulse(path)
    return _pulses[path]
