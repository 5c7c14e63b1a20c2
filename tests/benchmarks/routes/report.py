"""Runs the sets one trial after the other, and says of each what was measured and whether that is the goal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.routes.sets import SETS, SHARED, Outcome, Set
from tests.benchmarks.routes.trial import trial

HEADINGS = ("set", "solver", "seconds", "goal", "measured", "met", "memory")
QUICK_SHARE = 5  # --quick runs a few instances for so many times less
TOWN_SECONDS, TOWN_MB = 60, 400
PLACES, TRAVEL_SECONDS = 1000, 8
TOWN, TRAVEL = "town", "travel"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """One solver on one set. `seconds` of the processor per instance; `memory_mb`: the largest process."""

    set: str
    solver: str
    seconds: float
    goal: str
    measured: str
    met: bool | None
    memory_mb: float
    instances: tuple[dict[str, Any], ...] = ()

    def cells(self) -> tuple[str, ...]:
        met = "–" if self.met is None else ("yes" if self.met else "NO")
        return (
            self.set, self.solver, f"{self.seconds:g}", self.goal, self.measured, met, f"{self.memory_mb:,.0f} MB",
        )  # fmt: skip


def measure(only: Sequence[str], *, quick: bool, seed: int, say: Say) -> list[Row]:
    """The sets named (all, where none is); raises SystemExit for a name that is none."""
    runs = {one.name: one for one in SETS}
    if unknown := [name for name in only if name not in {*runs, TOWN, TRAVEL}]:
        raise SystemExit(f"There is no set {', '.join(unknown)}. Known: {', '.join([*runs, TOWN, TRAVEL])}.")
    rows: list[Row] = []
    for name in only or [*runs, TOWN, TRAVEL]:
        if name in runs:
            rows += _measure_set(runs[name], quick=quick, seed=seed, say=say)
        else:
            rows.append(
                _measure_town(quick, seed, say) if name == TOWN else _measure_travel(quick, seed, say)
            )
    return rows


def _measure_set(wish: Set, *, quick: bool, seed: int, say: Say) -> Iterator[Row]:
    instances = wish.files(quick=quick)
    if not instances:
        say(f"{wish.name} is left out: {SHARED / wish.folder} has no such files.")
        return
    seconds = wish.seconds / QUICK_SHARE if quick else wish.seconds
    trial("ours", wish.format, instances[0].file, 0, seed)  # so that no compilation is measured
    for solver in ("ours", *wish.peers):
        outcomes, found = [], []
        for instance in instances:
            answer = trial(solver, wish.format, instance.file, seconds, seed)
            outcomes.append(Outcome(instance, answer["cost"], answer["shifts"], answer["feasible"]))
            found.append({"instance": instance.file.stem, "known": instance.known, **answer})
            say(_line(wish, solver, outcomes[-1], answer))
        measured, met = wish.judge(outcomes)
        ours = solver == "ours"
        goal = wish.goal if ours else "–"
        memory_mb = max(row["memory_mb"] for row in found)
        yield Row(
            wish.name,
            solver,
            seconds,
            goal,
            measured,
            met if ours and not quick else None,
            memory_mb,
            tuple(found),
        )


def _line(wish: Set, solver: str, outcome: Outcome, answer: dict[str, Any]) -> str:
    feasible = "" if outcome.feasible else ", NOT FEASIBLE"
    return (
        f"{wish.name} {solver} {outcome.instance.file.stem}: {outcome.cost:g} ({outcome.gap_pct:+.2f} %),"
        f" {outcome.shifts} shifts, {answer['iterations']} iterations, {answer['cpu_s']:.1f} CPU s{feasible}"
    )


def _measure_town(quick: bool, seed: int, say: Say) -> Row:
    seconds = TOWN_SECONDS / QUICK_SHARE if quick else TOWN_SECONDS
    trial(TOWN, 0, seed)  # so that no compilation is measured
    found = trial(TOWN, seconds, seed)
    say(f"town: {found}")
    measured = (
        f"{found['tasks']} tasks, {'feasible' if found['feasible'] else 'NOT feasible'}, {found['shifts']} shifts,"
        f" matrices {found['matrices_mb']:.0f} MB, {found['cpu_s']:.0f} CPU s with reading"
    )
    met = found["feasible"] and found["matrices_mb"] < TOWN_MB
    goal = f"feasible, matrices under {TOWN_MB} MB"
    return Row(TOWN, "ours", seconds, goal, measured, met, found["memory_mb"], (found,))


def _measure_travel(quick: bool, seed: int, say: Say) -> Row:
    places = PLACES // QUICK_SHARE if quick else PLACES
    found = trial(TRAVEL, places, seed, threads=2)
    say(f"travel: {found}")
    measured = (
        f"{found['arcs']:,} arcs: {found['wall_s']:.1f} s of the clock, {found['travel_cpu_s']:.1f} CPU s,"
        f" {found['reached']:.0%} reached"
    )
    half_s = found["travel_cpu_s"] / 2  # of each core; the clock also counts what others do on the machine
    goal = f"{PLACES} × {PLACES} in {TRAVEL_SECONDS} s on two cores"
    met = None if quick else min(found["wall_s"], half_s) <= TRAVEL_SECONDS
    return Row(TRAVEL, "ours", round(found["wall_s"], 1), goal, measured, met, found["memory_mb"], (found,))


def table(rows: Sequence[Row]) -> str:
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def write_json(path: Path, rows: Sequence[Row], about: dict[str, Any]) -> None:
    document = {"benchmark": "routes", **about, "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
