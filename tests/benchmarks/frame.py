"""The frame of every measurement: contestants run interleaved, medians compared, a goal met or not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

Run = Callable[[int], Any]
Judge = Callable[[Mapping[str, Any]], str | None]
HEADINGS = ("case", "ours", "peer", "limit", "ratio", "goal", "met")


class Unequal(Exception):
    """Two contestants answered differently: their times say nothing."""


@dataclass(frozen=True)
class Case:
    """What is timed. Each run takes the number of the repetition, so that no request is made twice.

    judge: told all answers by contestant, says what is wrong with them, before timing; None where nothing compares.
    limit: the floor, the same work without any server around it.
    goal: the least ratio (peer / ours; limit / ours where there is no peer) that counts as met.
    quantile: which of the times is kept, 0.5 for the median.
    """

    name: str
    ours: Run
    peer: Run | None = None
    limit: Run | None = None
    goal: float | None = None
    judge: Judge | None = None
    quantile: float = 0.5

    @property
    def contestants(self) -> dict[str, Run]:
        runs = {"ours": self.ours, "peer": self.peer, "limit": self.limit}
        return {who: run for who, run in runs.items() if run is not None}


@dataclass(frozen=True)
class Row:
    """Medians (or the case's quantile) in `unit`. `ratio`: so many times less ours is than the peer (or the limit);
    for a rate (a unit that ends with "/s"), so many times more."""

    case: str
    ours: float
    peer: float | None
    limit: float | None
    ratio: float | None
    goal: float | None
    met: bool | None
    repetitions: int
    unit: str = "ms"
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        measured = (self._with_unit(value) for value in (self.ours, self.peer, self.limit))
        numbers = (*measured, _times(self.ratio), _times(self.goal))
        return (self.case, *numbers, "–" if self.met is None else ("yes" if self.met else "NO"))

    def _with_unit(self, value: float | None) -> str:
        return "–" if value is None else f"{value:,.1f} {self.unit}"


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}×"


def alike(said: Callable[[str, Any], Hashable]) -> Judge:
    """A judge for whom all must say the same."""

    def judge(answers: Mapping[str, Any]) -> str | None:
        told = {who: said(who, answer) for who, answer in answers.items()}
        if len(set(told.values())) == 1:
            return None
        return ", ".join(f"{who}: {str(answer)[:80]}" for who, answer in told.items())

    return judge


def compare(case: Case, numbers: Iterable[int]) -> None:
    """Ask all contestants the same; raises Unequal at the first difference."""
    if case.judge is None:
        return
    for number in numbers:
        if wrong := case.judge({who: run(number) for who, run in case.contestants.items()}):
            raise Unequal(f"{case.name}, repetition {number}: {wrong}")


def measure(case: Case, repetitions: int, *, clock: Callable[[], float] = time.perf_counter) -> Row:
    """Each repetition runs every contestant once, another one first each time, so that a slow moment of the machine
    or a page that only the first one has to fetch falls on all of them."""
    runs = list(case.contestants.items())
    seconds: dict[str, list[float]] = {who: [] for who, _run in runs}
    for number in range(repetitions):
        turn = number % len(runs)
        for who, run in runs[turn:] + runs[:turn]:
            start = clock()
            run(number)
            seconds[who].append(clock() - start)
    kept = {who: float(np.quantile(times, case.quantile)) * 1000 for who, times in seconds.items()}
    return to_row(case, kept, repetitions)


def measure_rates(case: Case, rounds: int, *, unit: str = "/s") -> Row:
    """As `measure`, for contestants that say themselves how much they did in a second."""
    runs = list(case.contestants.items())
    rates: dict[str, list[float]] = {who: [] for who, _run in runs}
    for number in range(rounds):
        turn = number % len(runs)
        for who, run in runs[turn:] + runs[:turn]:
            rates[who].append(run(number))
    return to_row(case, {who: float(np.median(found)) for who, found in rates.items()}, rounds, unit=unit)


def to_row(
    case: Case, figures: dict[str, float], repetitions: int, *, unit: str = "ms", note: str = ""
) -> Row:
    ours, peer, limit = (figures.get(who) for who in ("ours", "peer", "limit"))
    if ours is None:
        raise ValueError(f"{case.name} has no time of ours")
    beside = peer if peer is not None else limit
    ratio = None
    if beside is not None:
        ratio = ours / beside if unit.endswith("/s") else beside / ours
    met = None if case.goal is None or ratio is None else ratio >= case.goal
    return Row(case.name, ours, peer, limit, ratio, case.goal, met, repetitions, unit, note)


def table(rows: Sequence[Row]) -> str:
    """Aligned columns, text to the left and numbers to the right; notes below."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    aligned = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join([*aligned, *(f"{row.case}: {row.note}" for row in rows if row.note)])


def write_json(path: Path, name: str, rows: Sequence[Row], about: dict[str, Any]) -> None:
    document = {"benchmark": name, **about, "unit": "ms", "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
