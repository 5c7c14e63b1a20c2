"""The fleet, its depots and the disposal sites as the planner of routes needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.network import Approach, Network, Position, snap
from analysis.network.conditions import When
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked, seconds_of
from analysis.processes.routes.placed import keys
from analysis.routes import Break, DisposalSite, Vehicle
from analysis.routes.problem import takes
from analysis.routes.rests import working_s
from gis_core.errors import InvalidInput

DAY_S = 86_400.0
SITE_SNAP_M = 250.0  # a yard's point may lie farther from the street than a container


@dataclass(frozen=True, eq=False)
class Fleet:
    """Vehicles that take the fraction and are free that day, by depot; places are in the metric CRS."""

    vehicles: dict[str, Vehicle]
    sizes: dict[str, Size]
    depot_of: dict[str, str]
    depots: dict[str, Place]
    sites: dict[str, Place]
    disposal: tuple[DisposalSite, ...]

    def size_of(self, vehicles: Iterable[str]) -> Size:
        """What holds the largest of them: where that one may drive, all may."""
        return Size.around([self.sizes[id] for id in vehicles])

    def hours_of(self, day: date) -> When:
        """When its trucks are out that day."""
        shifts = self.vehicles.values()
        return When(day, min(v.shift_start_s for v in shifts), max(v.latest_s for v in shifts))

    def at(self, depot: str) -> list[str]:
        return [id for id, home in self.depot_of.items() if home == depot]


@dataclass(frozen=True)
class Size:
    """What decides where a vehicle may drive; None: not known, so no limit stops it."""

    height_m: float | None = None
    width_m: float | None = None
    weight_t: float | None = None
    turning_width_m: float | None = None

    @classmethod
    def around(cls, sizes: Sequence[Size]) -> Size:
        """The largest of each."""
        known = {name: [v for s in sizes if (v := getattr(s, name)) is not None] for name in SIZE_FIELDS}
        return cls(**{name: max(values, default=None) for name, values in known.items()})

    def fits(self, larger: Size) -> bool:
        """Whether it may drive wherever the larger one may."""
        return all((getattr(self, name) or 0.0) <= (getattr(larger, name) or 0.0) for name in SIZE_FIELDS)


SIZE_FIELDS = tuple(f.name for f in fields(Size))


@dataclass(frozen=True)
class Place:
    """A depot or disposal site: x, y in the metric CRS."""

    id: str
    x_m: float
    y_m: float


def read_fleet(frames: InputFrames, asked: Asked, busy: Iterable[str]) -> Fleet:
    """The vehicles asked for that are not busy elsewhere; raises InvalidInput naming what is missing."""
    depots, sites = frames.read("depots"), frames.read("disposal-sites", ["fractions", "service_min"])
    names = [
        "depot",
        "capacity_kg",
        "capacity_m3",
        *SIZE_FIELDS,
        "fractions",
        "shift_start",
        "shift_end",
    ]
    rows = frames.read("vehicles", names)
    rows = rows.assign(key=keys(rows))
    chosen = _chosen(rows, asked.vehicles)
    taking = chosen[chosen["fractions"].map(lambda own: takes(own or (), asked.fraction)).astype(bool)]
    free = taking[~taking["key"].isin(set(busy))]
    _require_fleet(depots, sites, rows, taking, free, asked.fraction)
    stray = free[~free["depot"].isin(keys(depots))]
    if not stray.empty:
        raise InvalidInput(
            f"Vehicle {stray['key'].iloc[0]} is at depot {stray['depot'].iloc[0]!r}, which does not exist."
        )
    vehicles = {row.key: _vehicle(row, asked) for row in free.itertuples()}
    _require_room_for_break(vehicles.values())
    return Fleet(
        vehicles=vehicles,
        sizes={
            row.key: Size(**{n: _known(getattr(row, n)) for n in SIZE_FIELDS}) for row in free.itertuples()
        },
        depot_of=dict(zip(free["key"], free["depot"], strict=True)),
        depots=_places(depots),
        sites=_places(sites),
        disposal=tuple(
            DisposalSite(key, 60.0 * float(row.service_min), frozenset(row.fractions or ()))
            for key, row in zip(keys(sites), sites.itertuples(), strict=True)
        ),
    )


def _chosen(rows: pd.DataFrame, wanted: tuple[str, ...]) -> pd.DataFrame:
    if unknown := sorted(set(wanted) - set(rows["key"])):
        raise InvalidInput(f"There is no vehicle {unknown[0]!r}. Known: {', '.join(sorted(rows['key']))}.")
    return rows[rows["key"].isin(wanted)] if wanted else rows


def snap_places(network: Network, places: dict[str, Place], kind: str) -> dict[str, Position]:
    """Where depots or sites meet the network; raises InvalidInput for one that no truck reaches."""
    points = gpd.points_from_xy([p.x_m for p in places.values()], [p.y_m for p in places.values()])
    found, missed = snap(
        network, list(places), points.to_numpy(), max_snap_m=SITE_SNAP_M, approach=Approach.EITHER
    )
    if missed and missed[0].closures:
        streets = ", ".join(map(str, missed[0].closures))
        raise InvalidInput(
            f"The {kind} {missed[0].id!r} is cut off from the other streets by {streets}: end these road conditions or"
            " change their hours, plan another day, choose vehicles that may pass, or move it."
        )
    if missed:
        raise InvalidInput(
            f"The {kind} {missed[0].id!r} lies {missed[0].nearest_m:.0f} m from the nearest drivable street"
            f" ({missed[0].reason}; at most {SITE_SNAP_M:.0f} m): move it, or open a street to it."
        )
    return {position.id: position for position in found}


def _require_fleet(
    depots: pd.DataFrame,
    sites: pd.DataFrame,
    rows: pd.DataFrame,
    taking: pd.DataFrame,
    free: pd.DataFrame,
    fraction: str,
) -> None:
    faults = (
        (depots, "There is no depot: add one to depots."),
        (sites, "There is no disposal site: add one to disposal-sites."),
        (rows, "The fleet has no vehicle: add some to vehicles."),
        (taking, f"No vehicle of the fleet takes {fraction}: add it to the fractions of one in vehicles."),
        (free, "Every vehicle already drives a published route of other districts that day: add vehicles."),
    )
    for frame, fault in faults:
        if frame.empty:
            raise InvalidInput(fault)


def _require_room_for_break(vehicles: Collection[Vehicle]) -> None:
    """A break that no crew can have would be left out in silence, or leave nobody a minute to work."""
    rests = [(vehicle, vehicle.rest) for vehicle in vehicles if vehicle.rest]
    faults = (
        (
            [rest.until_s >= DAY_S > vehicle.latest_s for vehicle, rest in rests],
            "rest_until lies before rest_from and no shift goes over midnight; give the later time as rest_until.",
        ),
        (
            [rest.from_s >= vehicle.latest_s for vehicle, rest in rests],
            "rest_from: every shift has ended by then; let the break begin within the shifts.",
        ),
        (
            [working_s(vehicle) <= 0 for vehicle, _ in rests],
            "rest_min: the break is as long as the longest shift; make it shorter.",
        ),
    )
    for held, fault in faults:
        if held and all(held):
            raise InvalidInput(fault)


def _vehicle(row: object, asked: Asked) -> Vehicle:
    start_s, end_s = seconds_of(row.shift_start), seconds_of(row.shift_end)  # type: ignore[attr-defined]
    return Vehicle(
        id=row.key,  # type: ignore[attr-defined]
        capacity_kg=float(row.capacity_kg),  # type: ignore[attr-defined]
        capacity_m3=float(row.capacity_m3),  # type: ignore[attr-defined]
        shift_start_s=start_s,
        shift_end_s=end_s if end_s > start_s else end_s + DAY_S,
        fractions=frozenset(row.fractions or ()),  # type: ignore[attr-defined]
        overtime_s=asked.overtime_s,
        rest=asked.rest and _in_shift(asked.rest, start_s),
    )


def _in_shift(rest: Break, start_s: float) -> Break:
    """Of a night shift, the break is after midnight."""
    later_s = DAY_S if rest.until_s < start_s else 0.0
    return replace(rest, from_s=rest.from_s + later_s, until_s=rest.until_s + later_s)


def _places(frame: gpd.GeoDataFrame) -> dict[str, Place]:
    at = zip(keys(frame), frame.geometry.x, frame.geometry.y, strict=True)
    return {key: Place(key, float(x), float(y)) for key, x, y in at}


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
