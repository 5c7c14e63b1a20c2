"""The sets: which files, how many CPU seconds, what is compared with, and which goal the issue of the solver set."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "routing"


@dataclass(frozen=True)
class Instance:
    """One file with what is known of it: a cost, and where it counts the number of shifts."""

    file: Path
    known: float
    shifts: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What one solver reached on one instance."""

    instance: Instance
    cost: float
    shifts: int
    feasible: bool

    @property
    def gap_pct(self) -> float:
        return 100 * (self.cost / self.instance.known - 1)


Verdict = tuple[str, bool | None]  # what was measured, in words; whether that meets the goal
Judge = Callable[[Sequence[Outcome]], Verdict]


@dataclass(frozen=True)
class Set:
    """`quick` are the names of a few instances; `peers` run for as long as ours does."""

    name: str
    folder: str
    format: str
    seconds: float
    goal: str
    judge: Judge
    instances: Callable[[Path], list[Instance]]
    quick: tuple[str, ...]
    peers: tuple[str, ...] = ()

    def files(self, *, quick: bool) -> list[Instance]:
        """Those that are on this machine; none where the set is missing."""
        folder = SHARED / self.folder
        found = [i for i in self.instances(folder) if i.file.exists()] if folder.exists() else []
        return [i for i in found if i.file.stem in self.quick] if quick else found


def mean_at_most(limit_pct: float | None) -> Judge:
    def judge(outcomes: Sequence[Outcome]) -> Verdict:
        gaps = [outcome.gap_pct for outcome in outcomes]
        mean = sum(gaps) / len(gaps)
        hits = sum(gap <= 1e-6 for gap in gaps)
        words = f"mean {mean:+.2f} %, worst {max(gaps):+.2f} %, {hits} of {len(gaps)} at the known cost"
        return words, None if limit_pct is None else mean <= limit_pct and _all_feasible(outcomes)

    return judge


def all_known(outcomes: Sequence[Outcome]) -> Verdict:
    """As cheap as known, in no more shifts."""
    hits = [
        o.cost <= o.instance.known + 0.5 and (o.instance.shifts is None or o.shifts <= o.instance.shifts)
        for o in outcomes
    ]
    missed = ", ".join(
        f"{o.instance.file.stem} {o.cost:.0f}/{o.shifts} for {o.instance.known:.0f}/{o.instance.shifts or '–'}"
        for o, hit in zip(outcomes, hits, strict=True)
        if not hit
    )
    words = f"{sum(hits)} of {len(hits)}" + (f"; missed: {missed}" if missed else "")
    return words, all(hits) and _all_feasible(outcomes)


def better_than_published(outcomes: Sequence[Outcome]) -> Verdict:
    gaps = [outcome.gap_pct for outcome in outcomes]
    share = 100 * sum(gap <= 1e-3 for gap in gaps) / len(gaps)
    mean = sum(gaps) / len(gaps)
    words = f"at or below the best published on {share:.0f} %, mean {mean:+.2f} %, worst {max(gaps):+.2f} %"
    return words, share >= 75 and mean < -0.8 and _all_feasible(outcomes)


def each_within(limit_pct: float) -> Judge:
    def judge(outcomes: Sequence[Outcome]) -> Verdict:
        gaps = [outcome.gap_pct for outcome in outcomes]
        within = sum(gap <= limit_pct for gap in gaps)
        feasible = sum(outcome.feasible for outcome in outcomes)
        words = (
            f"{within} of {len(gaps)} within {limit_pct:g} %, worst {max(gaps):+.2f} %, {feasible} feasible"
        )
        return words, within == feasible == len(gaps)

    return judge


def _all_feasible(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.feasible for outcome in outcomes)


def _listed(
    pattern: str, column: str, folder: Path, *, shifts: str = "", name: str = "instance"
) -> list[Instance]:
    """A row of bks.csv each; `pattern` makes the file's name of the instance's."""
    with (folder / "bks.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row[column].strip("* ")]
    found = [
        Instance(
            folder / pattern.format(row[name]),
            float(row[column].strip("* ")),
            int(row[shifts]) if shifts else None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda instance: instance.file.name)


def _periodic(folder: Path) -> list[Instance]:
    """Milano and Roma; the number behind the customers is that of days.

    For Roma_020_4_2 the upper bound (539) is printed below the lower one (545), which the published solution costs: the
    two stand in each other's place, and no plan is asked to cost less than a lower bound.
    """
    least = {row.file: row.known for row in _listed("{}.geojson", "best_lb", folder)}
    found = [
        Instance(
            folder / f"planning horizon {row.file.stem.split('_')[2]}" / row.file.name,
            max(row.known, least.get(row.file, 0.0)),
        )
        for row in _listed("{}.geojson", "best_ub", folder)
    ]
    return [instance for instance in found if instance.file.stem.startswith(("Milano", "Roma"))]


def _solved(folder: Path) -> list[Instance]:
    """Each .vrp has its .sol beside it."""
    found = []
    for file in sorted(folder.glob("*.vrp")):
        cost = re.search(r"Cost:? *([\d.]+)", file.with_suffix(".sol").read_text())
        if cost:
            found.append(Instance(file, float(cost[1])))
    return found


_dat = partial(_listed, "{}.dat", "bks")
EGL_QUICK = ("egl-e1-A", "egl-e4-C", "egl-s2-B")
SETS = (
    Set("gdb", "carp_gdb", "carplib", 2, "23 of 23 optimal", all_known, _dat, ("gdb1", "gdb8", "gdb23")),
    Set(
        "egl10", "carp_egl", "carplib", 10, "mean at most 0.20 %", mean_at_most(0.20), _dat, EGL_QUICK,
        ("pyvrp", "ortools"),
    ),
    Set("egl60", "carp_egl", "carplib", 60, "mean at most 0.12 %", mean_at_most(0.12), _dat, EGL_QUICK),
    Set(
        "mval", "mcarp_mval", "mcarptif", 3, "none; known is a lower bound", mean_at_most(None),
        partial(_listed, "{}.txt", "lower_bound"), ("mval1A", "mval4D", "mval10D"),
    ),
    Set(
        "lpr", "mcarptif_lpr", "mcarptif", 60, "5 of 5 at the tabu cost and its shifts", all_known,
        partial(_listed, "{}.txt", "ref_cost", shifts="ref_shifts"), ("Lpr_IF-c-01", "Lpr_IF-c-02", "Lpr_IF-c-03"),
    ),
    Set(
        "tp", "mcarptif_tp", "mcarptif-tp", 30, "best published on 75 %, mean below -0.8 %", better_than_published,
        partial(_listed, "routing/{}.txt", "best_route_time"), ("Act-IF-TP-b-1", "Cen-IF-TP-a-2", "Cen-IF-TP-c-2"),
    ),
    Set(
        "pvrpif", "pvrpif", "pvrpif", 60, "each within 1 %, all feasible", each_within(1.0), _periodic,
        ("Milano_020_4_0", "Roma_050_4_2", "Milano_050_6_1"),
    ),
    Set(
        "mtvrptwr", "vrp_mtvrptwr", "vrplib", 15, "mean at most 1.5 %", mean_at_most(1.5), _solved,
        ("C201R0.25", "R2_2_01R0.5", "RC207R0.5"), ("pyvrp",),
    ),
)  # fmt: skip
