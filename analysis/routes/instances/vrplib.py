"""Reads VRPLIB: capacitated routing, with time windows, release times and several trips (CVRP, VRPTW, MTVRPTWR)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.routes.problem import Costs, DisposalSite, RouteProblem, RoutingError, Task, Vehicle, Way

Floats = npt.NDArray[np.float64]

NO_END = 10**9
TENTHS = 10  # what files with time windows are counted in
LENGTHS = Costs(per_hour=0.0, per_km=1000.0, per_vehicle=0.0, per_overtime_hour=0.0)
# How lengths become whole numbers: as in TSPLIB without windows; in tenths, cut off, with them (DIMACS 2021).
ROUNDED: dict[str, Callable[[Floats], Floats]] = {
    "EUC_2D": np.round,
    "CEIL_2D": np.ceil,
    "FLOOR_2D": np.floor,
}


@dataclass
class _File:
    """A file in parts: the header's values by keyword, and the rows of numbers of each section."""

    header: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[list[float]]] = field(default_factory=dict)

    def whole(self, keyword: str) -> int:
        try:
            return int(float(self.header[keyword]))
        except (KeyError, ValueError) as error:
            raise RoutingError(
                f"The file has no number behind {keyword}; add a line '{keyword}: …'."
            ) from error

    def column(self, section: str, size: int, columns: int = 1) -> Floats | None:
        """(size, columns) values by node; None without such a section."""
        if section not in self.rows:
            return None
        given = {int(row[0]): row[1:] for row in self.rows[section]}
        if sorted(given) != list(range(1, size + 1)) or any(len(row) < columns for row in given.values()):
            raise RoutingError(f"{section} does not have {columns} number(s) for each of the {size} nodes.")
        return np.array([given[node][:columns] for node in range(1, size + 1)])


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text); plan.cost is the length of all routes as in published solutions.

    Node 1 is the depot. Without windows lengths are rounded to whole numbers; with them all numbers are in tenths,
    cut off, as in the DIMACS challenge and PyVRP's benchmarks: a "second" of the problem is a tenth of the file's
    unit. Where vehicles may reload at the depot (VEHICLES_RELOAD_DEPOT_SECTION), it is the one disposal site. Loads
    are in kg. Raises RoutingError for what cannot be read.
    """
    text = source.read_text(encoding="utf-8", errors="replace") if isinstance(source, Path) else source
    file = _parsed(text)
    size = file.whole("DIMENSION")
    windows = file.column("TIME_WINDOW_SECTION", size, 2)
    scale = 1 if windows is None else TENTHS
    lengths = _lengths(file, size, tenths=windows is not None)
    reload = "VEHICLES_RELOAD_DEPOT_SECTION" in file.rows
    rows = [0, *([0] if reload else []), *range(1, size)]
    matrix = lengths[np.ix_(rows, rows)]
    first = 2 if reload else 1
    shift = (0.0, float(NO_END)) if windows is None else _cut(windows[0], scale)
    demand, service, release = (
        _per_node(file, name, size, scale) for name in ("DEMAND", "SERVICE_TIME", "RELEASE_TIME")
    )
    tasks = tuple(
        Task(
            str(node + 1),
            (Way(node - 1 + first, node - 1 + first, service[node]),),
            demand[node] / scale,
            0.0,
            window_s=None if windows is None else _cut(windows[node], scale),
            release_s=release[node],
        )
        for node in range(1, size)
    )  # fmt: skip
    return RouteProblem(
        "1",
        (DisposalSite("1", 0.0),) if reload else (),
        tasks,
        _fleet(file, len(tasks), shift),
        matrix,
        matrix,
        costs=LENGTHS,
    )


def _fleet(file: _File, most: int, shift: tuple[float, float]) -> tuple[Vehicle, ...]:
    count = file.whole("VEHICLES") if "VEHICLES" in file.header else most
    capacity = float(file.whole("CAPACITY"))
    return tuple(Vehicle(str(number), capacity, 0.0, *shift) for number in range(1, count + 1))


def _parsed(text: str) -> _File:
    file, section = _File(), ""
    for number, line in enumerate(text.splitlines(), start=1):
        keyword = line.split(":")[0].strip()
        if not keyword or keyword == "EOF":
            continue
        if keyword.endswith("_SECTION"):
            section = keyword
            file.rows[section] = []
        elif ":" in line:
            file.header[keyword] = line.split(":", 1)[1].strip()
        elif section:
            file.rows[section].append(_numbers(number, line))
        else:
            raise RoutingError(
                f"Line {number}: {line.strip()[:40]!r} is no 'KEYWORD: value' of a VRPLIB file."
            )
    return file


def _numbers(number: int, line: str) -> list[float]:
    try:
        return [float(value) for value in line.split()]
    except ValueError as error:
        raise RoutingError(f"Line {number}: {line.strip()[:40]!r} should be numbers.") from error


def _per_node(file: _File, name: str, size: int, scale: int) -> Floats:
    """A section, or one number of the header for every node but the depot; nothing said: zeros."""
    if (values := file.column(f"{name}_SECTION", size)) is None:
        values = np.full((size, 1), float(file.header.get(name, 0)))
        values[0] = 0.0
    return np.floor(values[:, 0] * scale)


def _cut(window: Floats, scale: int) -> tuple[float, float]:
    opens, closes = np.floor(window * scale)
    return float(opens), float(closes)


def _lengths(file: _File, size: int, *, tenths: bool) -> Floats:
    kind = file.header.get("EDGE_WEIGHT_TYPE", "")
    if kind == "EXPLICIT":
        exact, rounded = _explicit(file, size), ROUNDED["EUC_2D"]
    elif kind in ROUNDED and (at := file.column("NODE_COORD_SECTION", size, 2)) is not None:
        exact, rounded = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)), ROUNDED[kind]
    else:
        known = ", ".join([*ROUNDED, "EXPLICIT"])
        raise RoutingError(f"EDGE_WEIGHT_TYPE {kind or 'is missing and'} cannot be read. Known: {known}.")
    return np.floor(exact * TENTHS) if tenths else rounded(exact)


def _explicit(file: _File, size: int) -> Floats:
    """FULL_MATRIX, or the half below the diagonal (LOWER_ROW)."""
    values = [value for row in file.rows.get("EDGE_WEIGHT_SECTION", []) for value in row]
    if file.header.get("EDGE_WEIGHT_FORMAT") == "FULL_MATRIX" and len(values) == size * size:
        return np.array(values).reshape(size, size)
    if file.header.get("EDGE_WEIGHT_FORMAT") == "LOWER_ROW" and len(values) == size * (size - 1) // 2:
        lower = np.zeros((size, size))
        lower[np.tril_indices(size, -1)] = values
        return lower + lower.T
    raise RoutingError(f"EDGE_WEIGHT_SECTION is no FULL_MATRIX or LOWER_ROW of {size} nodes.")
