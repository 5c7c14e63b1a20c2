"""Work that the workers of a test import."""

from __future__ import annotations

import os
import time
from pathlib import Path


def square(part: tuple[str, int]) -> tuple[int, int]:
    """The square, and who made it; it leaves a file behind, so that the test sees that work has begun."""
    folder, number = part
    Path(folder, f"{number}-{os.getpid()}").touch()
    time.sleep(0.05)
    return number * number, os.getpid()


def fail(part: int) -> int:
    raise ValueError(f"part {part} is bad")
