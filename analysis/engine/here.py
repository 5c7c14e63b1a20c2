"""The engine that every installation has: one part after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

Work = Callable[[Any], Any]
Progress = Callable[[float], None]


class Engine(Protocol):
    """Works on parts that do not need each other."""

    def run(self, work: Work, parts: Sequence[Any], on_progress: Progress = lambda _: None) -> list[Any]:
        """What `work` makes of each part, in their order. on_progress: told the share done; what it raises ends the
        run, and nothing goes on behind it."""


class Here:
    """One part after the other."""

    def run(self, work: Work, parts: Sequence[Any], on_progress: Progress = lambda _: None) -> list[Any]:
        made = []
        for number, part in enumerate(parts, start=1):
            made.append(work(part))
            on_progress(number / len(parts))
        return made
