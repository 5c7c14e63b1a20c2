"""Reads VRPLIB: capacitated routing, with time windows, release times and several trips (CVRP, VRPTW, MTVRPTWR)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.routes.instances.network import text_of
from analysis.routes.problem import Costs, DisposalSite, RouteProblem, RoutingError, Task, Vehicle, Way

Floats = npt.NDArray[np.float64]

NO_END = 10**9
COMMENTS = ("#", "//")
TENTHS = 10  # what files with time windows are counted in
LENGTHS = Costs(per_hour=0.0, per_km=1000.0, per_vehicle=0.0, per_overtime_hour=0.0)
# How lengths become whole numbers: as in TSPLIB without windows; in tenths, cut off, with them (DIMACS 2021).
ROUNDED: dict[str, Callable[[Floats], Floats]] = {
    "EUC_2D": lambda exact: np.floor(exact + 0.5),
    "CEIL_2D": np.ceil,
    "FLOOR_2D": np.floor,
    "EXACT_2D": np.asarray,
    "MAN_2D": lambda exact: np.floor(exact + 0.5),
    "ATT": np.ceil,
    "GEO": np.floor,
}
EARTH_KM, PI = 6378.388, 3.141592  # TSPLIB's, for GEO
EXACT_SETS = re.compile(r"(cmt|golden|li|tai|vrpnc)[_-]?\d", re.I)  # stated as EUC_2D, published unrounded
HALVES: dict[str, Callable[[int], Any]] = {  # where the values of half a matrix stand, in their order
    "LOWER_ROW": lambda size: np.tril_indices(size, -1),
    "LOWER_DIAG_ROW": np.tril_indices,
    "UPPER_ROW": lambda size: np.triu_indices(size, 1),
    "UPPER_DIAG_ROW": np.triu_indices,
    "LOWER_COL": lambda size: np.triu_indices(size, 1)[::-1],
    "LOWER_DIAG_COL": lambda size: np.triu_indices(size)[::-1],
    "UPPER_COL": lambda size: np.tril_indices(size, -1)[::-1],
    "UPPER_DIAG_COL": lambda size: np.tril_indices(size)[::-1],
}
OTHER_RULES = {"OVRP", "VRPB", "VRPPD", "PDP", "MDVRP", "TSP", "ATSP", "HCP"}
READ = {
    f"{name}_SECTION"
    for name in (
        "NODE_COORD",
        "EDGE_WEIGHT",
        "DEMAND",
        "DEPOT",
        "TIME_WINDOW",
        "SERVICE_TIME",
        "RELEASE_TIME",
    )
} | {"VEHICLES_RELOAD_DEPOT_SECTION", "DISPLAY_DATA_SECTION"}


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
        rows = sorted(self.rows[section])
        if [row[0] for row in rows] != list(range(1, size + 1)) or any(len(row) <= columns for row in rows):
            raise RoutingError(
                f"{section} does not have {columns} number(s), once, for each of the {size} nodes from 1 on."
            )
        return np.array([row[1 : columns + 1] for row in rows])

    def depot(self, size: int) -> int:
        """The row of the one depot; node 1 where the file names none."""
        nodes = [int(value) for row in self.rows.get("DEPOT_SECTION", []) for value in row if value != -1]
        if len(nodes) > 1 or not all(1 <= node <= size for node in nodes):
            raise RoutingError(
                f"DEPOT_SECTION must name one of the {size} nodes; problems of one depot are read."
            )
        return nodes[0] - 1 if nodes else 0

    def refuse_what_is_not_read(self) -> None:
        unread = [name for name in self.rows if name not in READ]
        unread += [name for name in self.header if name.startswith("VEHICLES_")]
        if "DISTANCE" in self.header and "TIME_WINDOW_SECTION" in self.rows:
            unread.append("DISTANCE with windows")
        if (kind := self.header.get("TYPE", "").upper()) in OTHER_RULES:
            unread.append(f"TYPE {kind}")
        if unread:
            raise RoutingError(f"{unread[0]} states a rule that is not read here, so no plan would keep it.")


def read(source: Path | str) -> RouteProblem:
    """The problem of a file (or of its text); plan.cost is the length of all routes as in published solutions.

    Without windows lengths are rounded to whole numbers, as TSPLIB does, but in the sets that are published unrounded
    (EXACT_SETS, EXACT_2D); with them all numbers are in tenths, cut off, as in the DIMACS challenge and PyVRP's
    benchmarks: a "second" of the problem is a tenth of the file's unit. DISTANCE limits a route with its service.
    Where vehicles may reload at the depot (VEHICLES_RELOAD_DEPOT_SECTION), it is the one disposal site. Loads are in
    kg. A rule that is not read is refused. Raises RoutingError for what cannot be read.
    """
    file = _parsed(text_of(source))
    file.refuse_what_is_not_read()
    size = file.whole("DIMENSION")
    depot = file.depot(size)
    others = [node for node in range(size) if node != depot]
    windows = file.column("TIME_WINDOW_SECTION", size, 2)
    scale = 1 if windows is None else TENTHS
    lengths = _lengths(file, size, tenths=windows is not None)
    reload = "VEHICLES_RELOAD_DEPOT_SECTION" in file.rows
    rows = [depot, *([depot] if reload else []), *others]
    matrix = lengths[np.ix_(rows, rows)]
    first = 2 if reload else 1
    shift = _limit(file) if windows is None else _cut(windows[depot], scale)
    demand, service, release = (
        _per_node(file, name, size, depot, scale) for name in ("DEMAND", "SERVICE_TIME", "RELEASE_TIME")
    )
    tasks = tuple(
        Task(
            str(node + 1),
            (Way(place, place, service[node]),),
            demand[node] / scale,
            0.0,
            window_s=None if windows is None else _cut(windows[node], scale),
            release_s=release[node],
        )
        for place, node in enumerate(others, start=first)
    )  # fmt: skip
    return RouteProblem(
        str(depot + 1),
        (DisposalSite(str(depot + 1), 0.0),) if reload else (),
        tasks,
        _fleet(file, len(tasks), shift),
        matrix,
        matrix,
        costs=LENGTHS,
    )


def _fleet(file: _File, most: int, shift: tuple[float, float]) -> tuple[Vehicle, ...]:
    count = file.whole("VEHICLES") if "VEHICLES" in file.header else most
    if (capacity := float(file.whole("CAPACITY"))) <= 0:
        raise RoutingError(f"CAPACITY is {capacity:g}; it must be more than 0.")
    return tuple(Vehicle(str(number), capacity, 0.0, *shift) for number in range(1, count + 1))


def _limit(file: _File) -> tuple[float, float]:
    return 0.0, float(file.whole("DISTANCE") if "DISTANCE" in file.header else NO_END)


def _parsed(text: str) -> _File:
    file, section = _File(), ""
    for number, line in enumerate(text.splitlines(), start=1):
        keyword = line.split(":")[0].strip().upper()
        if not keyword or keyword == "EOF" or keyword.startswith(COMMENTS):
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
        values = [float(value) for value in line.split()]
    except ValueError:
        values = [nan]
    if not all(map(isfinite, values)):
        raise RoutingError(f"Line {number}: {line.strip()[:40]!r} should be numbers.")
    return values


def _per_node(file: _File, name: str, size: int, depot: int, scale: int) -> Floats:
    """A section, or one number of the header for every node but the depot; no time said: zeros."""
    if (values := file.column(f"{name}_SECTION", size)) is None:
        if name == "DEMAND" and name not in file.header:
            raise RoutingError("The file has no DEMAND_SECTION.")
        values = np.full((size, 1), float(file.whole(name) if name in file.header else 0))
        values[depot] = 0.0
    return np.floor(values[:, 0] * scale)


def _cut(window: Floats, scale: int) -> tuple[float, float]:
    opens, closes = np.floor(window * scale)
    return float(opens), float(closes)


def _lengths(file: _File, size: int, *, tenths: bool) -> Floats:
    kind = file.header.get("EDGE_WEIGHT_TYPE", "").upper()
    if kind == "EUC_2D" and EXACT_SETS.match(file.header.get("NAME", "")):
        kind = "EXACT_2D"
    if kind == "EXPLICIT":
        exact, rounded = _explicit(file, size), ROUNDED["EUC_2D"]
    elif kind in ROUNDED and (at := file.column("NODE_COORD_SECTION", size, 2)) is not None:
        exact, rounded = _apart(kind, at), ROUNDED[kind]
    else:
        known = ", ".join([*ROUNDED, "EXPLICIT"])
        raise RoutingError(f"EDGE_WEIGHT_TYPE {kind or 'is missing and'} cannot be read. Known: {known}.")
    return np.floor(exact * TENTHS) if tenths else rounded(exact)


def _apart(kind: str, at: Floats) -> Floats:
    """Between all pairs of nodes, not yet rounded: in a straight line, in TSPLIB's other measures."""
    if kind == "GEO":
        return _on_earth(at)
    x, y = (at[:, None] - at[None]).transpose(2, 0, 1)
    if kind == "MAN_2D":
        return np.asarray(np.abs(x) + np.abs(y))
    return np.asarray(np.hypot(x, y) / (10**0.5 if kind == "ATT" else 1.0))


def _on_earth(at: Floats) -> Floats:
    """TSPLIB's kilometres, one too many by its own rule; coordinates are latitude and longitude as degrees.minutes."""
    whole = np.trunc(at)
    latitude, longitude = (PI * (whole + 5.0 * (at - whole) / 3.0) / 180.0).T
    east = np.cos(longitude[:, None] - longitude[None])
    north, sum_ = np.cos(latitude[:, None] - latitude[None]), np.cos(latitude[:, None] + latitude[None])
    angle = np.arccos(np.clip(0.5 * ((1.0 + east) * north - (1.0 - east) * sum_), -1.0, 1.0))
    km = EARTH_KM * angle + 1.0
    np.fill_diagonal(km, 0.0)
    return np.asarray(km)


def _explicit(file: _File, size: int) -> Floats:
    """The whole matrix, or half of it by rows or columns, with or without the diagonal."""
    values = [value for row in file.rows.get("EDGE_WEIGHT_SECTION", []) for value in row]
    form = file.header.get("EDGE_WEIGHT_FORMAT", "").upper()
    if form == "FULL_MATRIX" and len(values) == size * size:
        return np.array(values).reshape(size, size)
    if form in HALVES and len((at := HALVES[form](size))[0]) == len(values):
        half = np.zeros((size, size))
        half[at] = values
        return np.maximum(half, half.T)
    known = ", ".join(["FULL_MATRIX", *HALVES])
    raise RoutingError(
        f"EDGE_WEIGHT_SECTION has {len(values)} values, "
        f"no {form or 'EDGE_WEIGHT_FORMAT'} of {size} nodes. Known: {known}."
    )
