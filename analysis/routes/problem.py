"""What to solve: containers, a fleet at one depot, disposal sites and the travel between all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DEPOT = 0  # the depot's row and column in the matrices


class RoutingError(ValueError):
    """The problem cannot be stated so; the text says what is wrong."""


class NoVehicle(RoutingError):
    """A fleet of no vehicle."""


@dataclass(frozen=True)
class Stop:
    """A container to empty: what it adds to the vehicle (volume as compacted in the vehicle) and how long it takes."""

    id: str
    load_kg: float
    load_m3: float
    service_s: float = 0.0


@dataclass(frozen=True)
class DisposalSite:
    """Where a vehicle tips. `fractions` empty: every fraction."""

    id: str
    service_s: float
    fractions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vehicle:
    """Shift in seconds after midnight, local; a night shift ends after 86,400. `fractions` empty: every fraction."""

    id: str
    capacity_kg: float
    capacity_m3: float
    shift_start_s: float
    shift_end_s: float
    fractions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Costs:
    """What a plan costs, in money; only the ratios steer it. Assumptions, to be replaced by the city's own."""

    per_hour: float = 40.0
    per_km: float = 1.5
    per_vehicle: float = 60.0


@dataclass(frozen=True, eq=False)
class RouteProblem:
    """One depot, one fraction, one shift per vehicle. Every vehicle starts and ends empty at the depot.

    The square matrices (seconds, metres; inf: no way) have as rows: the depot, the disposal sites, the stops.
    Raises NoVehicle or RoutingError when the parts do not fit together.
    """

    depot_id: str
    disposal_sites: tuple[DisposalSite, ...]
    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    time_s: Floats = field(repr=False)
    length_m: Floats = field(repr=False)
    fraction: str = "mixed"
    costs: Costs = Costs()

    def __post_init__(self) -> None:
        if not self.vehicles:
            raise NoVehicle(
                f"Depot {self.depot_id!r} has a fleet of no vehicle; add one, or choose another depot."
            )
        if not self.disposal_sites:
            raise RoutingError("There is no disposal site to tip at; add one.")
        size = 1 + len(self.disposal_sites) + len(self.stops)
        if self.time_s.shape != (size, size) or self.length_m.shape != (size, size):
            raise RoutingError(
                f"Matrices of {self.time_s.shape} and {self.length_m.shape} for {size} places."
            )
        _require_unique("stop", [stop.id for stop in self.stops])
        _require_unique("vehicle", [vehicle.id for vehicle in self.vehicles])
        for stop in self.stops:
            if not (stop.load_kg >= 0 and stop.load_m3 >= 0 and stop.service_s >= 0):
                raise RoutingError(f"Stop {stop.id!r} has a negative or missing load or service time.")
        for vehicle in self.vehicles:
            if not vehicle.shift_end_s > vehicle.shift_start_s:
                raise RoutingError(f"The shift of vehicle {vehicle.id!r} ends before it starts.")

    @property
    def first_stop(self) -> int:
        """The matrix row of the first stop."""
        return 1 + len(self.disposal_sites)

    @cached_property
    def tips(self) -> tuple[int, ...]:
        """Matrix rows of the disposal sites that take this fraction, with a way from the depot and back."""
        return tuple(
            row
            for row, site in enumerate(self.disposal_sites, start=1)
            if takes(site.fractions, self.fraction) and self.connected(row)
        )

    @cached_property
    def crews(self) -> tuple[Vehicle, ...]:
        """The vehicles that take this fraction."""
        return tuple(v for v in self.vehicles if takes(v.fractions, self.fraction))

    def connected(self, row: int) -> bool:
        return bool(np.isfinite(self.time_s[DEPOT, row]) and np.isfinite(self.time_s[row, DEPOT]))

    def stop_at(self, row: int) -> Stop:
        return self.stops[row - self.first_stop]

    def site_at(self, row: int) -> DisposalSite:
        return self.disposal_sites[row - 1]

    @cached_property
    def service_s(self) -> Floats:
        """Per matrix row the time of the halt there; nothing at the depot."""
        sites = [site.service_s for site in self.disposal_sites]
        return np.array([0.0, *sites, *(stop.service_s for stop in self.stops)])

    @cached_property
    def _homeward_s(self) -> Floats:
        """(rows, tips): seconds from a row to a disposal site, to tip there, and on to the depot."""
        tips = list(self.tips)
        return self.time_s[:, tips] + self.service_s[tips] + self.time_s[tips, DEPOT]

    @cached_property
    def way_home_s(self) -> Floats:
        """Per matrix row the least seconds to tip and to be home; inf where that cannot be done."""
        return np.asarray(self._homeward_s.min(axis=1, initial=np.inf), dtype=np.float64)

    def best_tip(self, row: int) -> int:
        """The disposal site on the quickest way from here home."""
        return self.tips[int(self._homeward_s[row].argmin())]


def takes(fractions: Collection[str], fraction: str) -> bool:
    """Whether a list of accepted fractions covers this one; an empty list covers all."""
    return not fractions or fraction in fractions


def _require_unique(kind: str, ids: list[str]) -> None:
    twice = {id for id in ids if ids.count(id) > 1} if len(set(ids)) != len(ids) else set()
    if twice:
        raise RoutingError(f"The {kind} {min(twice)!r} is listed twice.")
