"""What to solve: tasks (containers, street sides), a fleet, disposal sites and the travel between all places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32] | npt.NDArray[np.float64]
Floats = npt.NDArray[np.float64]

DEPOT = 0  # the depot's row and column in the matrices


class RoutingError(ValueError):
    """The problem cannot be stated so; the text says what is wrong."""


class NoVehicle(RoutingError):
    """A fleet of no vehicle."""


@dataclass(frozen=True)
class Way:
    """One way to serve a task: it begins at matrix place `enter` and ends at `leave`, `length_m` further on."""

    enter: int
    leave: int
    service_s: float
    length_m: float = 0.0


@dataclass(frozen=True)
class Task:
    """What is served once (or once on each day of one of its patterns): a container, a street, one side of a street.

    A container has one way with one place; a street served on both sides at once has two, one per direction; a side
    that is served for itself has one. Volumes are as compacted in the vehicle. Service begins within `window_s`
    (seconds after midnight). `prize`: money lost when the task is left out; None: it must be served. `prices`: money
    that it costs more if this vehicle serves it, inf: it may not. `patterns`: the sets of days (0, 1, …) on which
    it may be served; empty: on every day of the problem. The trip that serves it does not leave the depot or the
    disposal site before `release_s`.
    """

    id: str
    ways: tuple[Way, ...]
    load_kg: float
    load_m3: float
    window_s: tuple[float, float] | None = None
    prize: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    patterns: tuple[frozenset[int], ...] = ()
    release_s: float = 0.0


def container(id: str, place: int, load_kg: float, load_m3: float, service_s: float = 0.0) -> Task:
    """A task at one place."""
    return Task(id, (Way(place, place, service_s),), load_kg, load_m3)


@dataclass(frozen=True)
class DisposalSite:
    """Where a vehicle tips; its matrix row is 1 + its number. `fractions` empty: every fraction."""

    id: str
    service_s: float
    fractions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Break:
    """A rest that begins between `from_s` and `until_s` (seconds after midnight), between two halts, on any street."""

    duration_s: float
    from_s: float
    until_s: float


@dataclass(frozen=True)
class Vehicle:
    """Shift in seconds after midnight, local; a night shift ends after 86,400. `fractions` empty: every fraction.

    `overtime_s` is how much longer than its shift it may work. `start` is the matrix place where it is when the shift
    starts, and `load_kg`, `load_m3` what is on board then: a truck on the road, when a plan is made anew.
    """

    id: str
    capacity_kg: float
    capacity_m3: float
    shift_start_s: float
    shift_end_s: float
    fractions: frozenset[str] = frozenset()
    overtime_s: float = 0.0
    rest: Break | None = None
    start: int = DEPOT
    load_kg: float = 0.0
    load_m3: float = 0.0

    @property
    def latest_s(self) -> float:
        return self.shift_end_s + self.overtime_s


@dataclass(frozen=True)
class Costs:
    """What a plan costs, in money; only the ratios steer it. Assumptions, to be replaced by the city's own.

    An hour of overtime costs `per_overtime_hour` in place of `per_hour`.
    """

    per_hour: float = 40.0
    per_km: float = 1.5
    per_vehicle: float = 60.0
    per_overtime_hour: float = 60.0


@dataclass(frozen=True, eq=False)
class RouteProblem:
    """One depot, one fraction, on `days` days one shift per vehicle. Every vehicle ends empty at the depot.

    The square matrices (seconds, metres; inf: no way) have as rows: the depot, the disposal sites, then the places
    that ways and vehicles name. time_s[a, b] is from the end of place a to the beginning of place b: where places are
    arcs of a network, turns are in it. Without disposal sites a vehicle makes one trip and unloads at the depot.
    `spread_s` bounds the difference between the longest and the shortest shift of one day (None: no bound).
    Raises NoVehicle or RoutingError when the parts do not fit together.
    """

    depot_id: str
    disposal_sites: tuple[DisposalSite, ...]
    tasks: tuple[Task, ...]
    vehicles: tuple[Vehicle, ...]
    time_s: Matrix = field(repr=False)
    length_m: Matrix = field(repr=False)
    fraction: str = "mixed"
    costs: Costs = Costs()
    days: int = 1
    spread_s: float | None = None

    def __post_init__(self) -> None:
        if not self.vehicles:
            raise NoVehicle(
                f"Depot {self.depot_id!r} has a fleet of no vehicle; add one, or choose another depot."
            )
        self._require_matrices()
        _require_unique("task", [task.id for task in self.tasks])
        _require_unique("vehicle", [vehicle.id for vehicle in self.vehicles])
        for task in self.tasks:
            _require_sound(task, self.places, self.days)
        for vehicle in self.vehicles:
            if not vehicle.shift_end_s > vehicle.shift_start_s:
                raise RoutingError(f"The shift of vehicle {vehicle.id!r} ends before it starts.")

    def _require_matrices(self) -> None:
        shape = self.time_s.shape
        if len(shape) != 2 or shape[0] != shape[1] or self.length_m.shape != shape:
            raise RoutingError(f"Matrices of {shape} and {self.length_m.shape}; give two square ones.")
        if self.places < self.first_place:
            raise RoutingError(f"Matrices of {shape} for {self.first_place} places.")

    @property
    def places(self) -> int:
        return len(self.time_s)

    @property
    def first_place(self) -> int:
        """The matrix row after the depot's and the disposal sites'."""
        return 1 + len(self.disposal_sites)

    @cached_property
    def tips(self) -> tuple[int, ...]:
        """Matrix rows of the disposal sites that take this fraction, with a way from the depot and back."""
        return tuple(
            row
            for row, site in enumerate(self.disposal_sites, start=1)
            if takes(site.fractions, self.fraction) and self._connected(row)
        )

    @cached_property
    def crews(self) -> tuple[Vehicle, ...]:
        """The vehicles that take this fraction."""
        return tuple(v for v in self.vehicles if takes(v.fractions, self.fraction))

    def _connected(self, row: int) -> bool:
        return bool(np.isfinite(self.time_s[DEPOT, row]) and np.isfinite(self.time_s[row, DEPOT]))

    def site_at(self, row: int) -> DisposalSite:
        return self.disposal_sites[row - 1]

    @cached_property
    def _homeward_s(self) -> Floats:
        """(places, tips): seconds from the end of a place to a disposal site, to tip there, and on to the depot."""
        tips = list(self.tips)
        tipping_s = np.array([self.site_at(row).service_s for row in tips])
        return np.asarray(self.time_s[:, tips] + tipping_s + self.time_s[tips, DEPOT], dtype=np.float64)

    @cached_property
    def way_home_s(self) -> Floats:
        """Per matrix row the least seconds to tip and to be home; inf where that cannot be done."""
        if not self.disposal_sites:
            return np.asarray(self.time_s[:, DEPOT], dtype=np.float64)
        return np.asarray(self._homeward_s.min(axis=1, initial=np.inf), dtype=np.float64)

    def best_tip(self, row: int) -> int:
        """The disposal site on the quickest way from the end of this place home."""
        return self.tips[int(self._homeward_s[row].argmin())]


def takes(fractions: Collection[str], fraction: str) -> bool:
    """Whether a list of accepted fractions covers this one; an empty list covers all."""
    return not fractions or fraction in fractions


def _require_unique(kind: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise RoutingError(f"The {kind} {id!r} is listed twice.")
        seen.add(id)


def _require_sound(task: Task, places: int, days: int) -> None:
    if not (task.load_kg >= 0 and task.load_m3 >= 0 and all(way.service_s >= 0 for way in task.ways)):
        raise RoutingError(f"Task {task.id!r} has a negative or missing load or service time.")
    if not task.ways or not _within(((way.enter, way.leave) for way in task.ways), places):
        raise RoutingError(f"Task {task.id!r} is at no place of the matrices for {places} places.")
    if not all(0 <= day < days for pattern in task.patterns for day in pattern):
        raise RoutingError(f"Task {task.id!r} has a pattern with days beyond the problem's {days}.")


def _within(pairs: Iterable[tuple[int, int]], places: int) -> bool:
    return all(0 <= enter < places and 0 <= leave < places for enter, leave in pairs)
