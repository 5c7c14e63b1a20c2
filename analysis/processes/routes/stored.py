"""A stored plan, read back: the problem that it solves, stated from today's data, and the plan in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import dist, isnan
from typing import Any

import pandas as pd
from django.conf import settings

from analysis.network import NetworkError
from analysis.network.places import Stretch
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import Asked, seconds_of
from analysis.processes.routes.containers import as_foreseen
from analysis.processes.routes.figures import costs_of
from analysis.processes.routes.fleet import DAY_S, Fleet, Size, read_fleet
from analysis.processes.routes.ground import Grounds, Kept
from analysis.processes.routes.placed import item_of
from analysis.processes.routes.publication import read_plan
from analysis.processes.routes.storing import STOPS, STREETS
from analysis.processes.routes.work import Work, read_work
from analysis.processes.routes.zones import NOTHING, Start, Wishes, ZoneProblem, items_of, state_zone
from analysis.routes import Halt, Rest, Route, RoutePlan, RoutingError, Serve, Tip, Vehicle, Zone, drive
from analysis.routes.plan import make_plan, refusals
from gis_core.errors import InvalidInput
from layers.queries.frames import read_frame
from layers.queries.revisions import states_of

READ = (
    *(
        "waste-containers",
        "streets",
        "turn-restrictions",
        "road-conditions",
        "population-grid",
        "districts",
        "vehicles",
        "depots",
        "disposal-sites",
    ),
    *(STOPS, STREETS),
)
MOST_PLACES = 800  # of zones that are looked at together; their matrices are 5 MB then


@dataclass(frozen=True)
class Entry:
    """One visit of a stored route: `id` is a task's, or a disposal site's; `backward` as a street was driven."""

    sequence: int
    kind: str
    id: str
    at_s: float
    backward: bool = False


@dataclass(eq=False)
class StoredPlan:
    """A plan and today's data. `entries` are by vehicle, in driving order; zones are stated when they are asked for."""

    id: str
    row: pd.Series
    asked: Asked
    told: dict[str, Any]
    entries: dict[str, list[Entry]]
    work: Work
    fleet: Fleet
    grounds: Grounds
    zones: tuple[Zone, ...]
    record: dict[str, Any]
    _stated: dict[tuple[int, ...], ZoneProblem] = field(default_factory=dict)

    @property
    def tasks(self) -> set[str]:
        return {entry.id for route in self.entries.values() for entry in route if entry.kind == "task"}

    @property
    def rule(self) -> dict[str, Any]:
        return dict(json.loads(self.row["rule"]))

    @property
    def locked(self) -> dict[str, str]:
        return dict(self.told.get("locked", {}))

    @property
    def starts(self) -> dict[str, Start]:
        return {vehicle: Start(**start) for vehicle, start in self.told.get("starts", {}).items()}

    def zone_of_vehicle(self, vehicle: str) -> int:
        """Raises InvalidInput."""
        for number, zone in enumerate(self.zones):
            if vehicle in zone.vehicles:
                return number
        known = ", ".join(sorted(v for zone in self.zones for v in zone.vehicles))
        raise InvalidInput(f"The plan has no vehicle {vehicle!r}. It has: {known}.")

    def zone_of_task(self, task: str) -> int:
        """Raises InvalidInput."""
        own = self.work.items[self.work.items["key"] == item_of(task)]
        for number, zone in enumerate(self.zones):
            if not items_of(zone, own).empty:
                return number
        raise InvalidInput(
            f"The plan has no container or street {task!r}, or it is not in the data any more."
        )

    def size_of(self, number: int) -> Size:
        """For what size of vehicle the zone's streets were chosen."""
        return self.fleet.size_of(self.zones[number].vehicles)

    def together(self, numbers: Sequence[int]) -> ZoneProblem:
        """These zones as one, which must have the same depot and size of vehicle. Raises RoutingError."""
        key = tuple(sorted(set(numbers)))
        if key not in self._stated:
            zone = joined([self.zones[n] for n in key])
            wishes = Wishes(locked=self.locked)
            self._stated[key] = state_zone(
                zone,
                self.work,
                self.fleet,
                self.grounds.of(zone.vehicles),
                self.asked,
                wishes,
                costs_of(settings.CITY),
                self.starts,
            )
        return self._stated[key]

    def nearest(self, number: int) -> list[int]:
        """The zones of the same depot and size of vehicle, itself first; those with nothing to serve are last."""
        own = [items_of(zone, self.work.items) for zone in self.zones]
        middles = [items.geometry.centroid.get_coordinates().mean() for items in own]
        like = self.zones[number].depot, self.size_of(number)
        same = [n for n, zone in enumerate(self.zones) if (zone.depot, self.size_of(n)) == like]
        away = {n: dist(middles[n], middles[number]) for n in same}
        return sorted(same, key=lambda n: (n != number, isnan(away[n]), away[n]))

    def around(self, number: int) -> list[int]:
        """The zone and its nearest neighbours of the same depot, as many as are quickly looked at."""
        chosen: list[int] = []
        places = 0
        for n in self.nearest(number):
            places += len(items_of(self.zones[n], self.work.items))
            if chosen and places > MOST_PLACES:
                break
            chosen.append(n)
        return chosen

    def plan_in(self, stated: ZoneProblem) -> RoutePlan:
        """The stored routes of the zone's vehicles, driven anew; what is no longer there is left out."""
        problem = stated.problem
        if problem is None:
            return NOTHING
        routes = [
            _driven(stated, vehicle, self.entries[vehicle.id])
            for vehicle in problem.vehicles
            if vehicle.id in self.entries
        ]
        return make_plan(problem, routes, refusals(problem))


_kept: Kept[StoredPlan] = Kept(3)


def forget_plans() -> None:
    """Between tests, as ground.forget_grounds."""
    _kept.clear()


def open_plan(plan: str) -> StoredPlan:
    """Raises NotFound, and InvalidInput where today's data do not let the problem be stated any more."""
    row = read_plan(plan)
    key = (plan, *states_of(READ))
    try:
        return _kept.get(key, lambda: _open(plan, row))
    except (NetworkError, RoutingError) as error:
        raise InvalidInput(str(error)) from error


def _open(plan: str, row: pd.Series) -> StoredPlan:
    city = settings.CITY
    told = json.loads(row["asked"])
    zones = tuple(_zone(**row) for row in told["zones"])
    asked = replace(
        Asked.of(told["inputs"], city), vehicles=tuple(v for z in zones for v in z.vehicles), from_plan=""
    )
    entries, planned = _entries(plan), told["items"]
    frames = InputFrames(city.metric_crs)
    fleet = read_fleet(frames, asked, busy=())
    work = read_work(frames, city, replace(asked, due_only=False, forecast=None))
    items = work.items[work.items["key"].isin(planned)].reset_index(drop=True)
    if asked.forecast:
        items = as_foreseen(items, told["forecast"], city, asked.fraction)
    if items.empty:
        raise InvalidInput(f"Nothing of plan {plan} is in the data any more; optimise again.")
    grounds = Grounds(frames, fleet, asked.day)
    for zone in zones:  # read now, for the record and the faults
        grounds.of(zone.vehicles)
    return StoredPlan(
        plan, row, asked, told, entries, replace(work, items=items), fleet, grounds, zones, frames.record
    )


def joined(zones: Sequence[Zone]) -> Zone:
    """One of them all, with the depot of the first."""
    return Zone(
        tuple(dict.fromkeys(d for zone in zones for d in zone.districts)),
        zones[0].depot,
        tuple(v for zone in zones for v in zone.vehicles),
        tuple(item for zone in zones for item in zone.items),
    )


def _zone(depot: str, **lists: Sequence[str]) -> Zone:
    return Zone(depot=depot, **{name: tuple(values) for name, values in lists.items()})


def crews_of(plan: str) -> dict[str, str]:
    """Which vehicle serves each task of the plan. Raises NotFound."""
    read_plan(plan)
    return {e.id: vehicle for vehicle, route in _entries(plan).items() for e in route if e.kind == "task"}


def _entries(plan: str) -> dict[str, list[Entry]]:
    stops = read_frame(
        STOPS, ["route", "kind", "container", "place", "sequence", "arrives_at"], equals={"plan": plan}
    )
    columns = ["route", "street", "side", "direction", "sequence", "arrives_at"]
    streets = read_frame(STREETS, columns, equals={"plan": plan})
    found: dict[str, list[Entry]] = {}
    for route, entry in (*_stop_entries(stops), *_street_entries(streets)):
        found.setdefault(route.removeprefix(f"plan/{plan}/"), []).append(entry)
    return {vehicle: sorted(route, key=lambda entry: entry.sequence) for vehicle, route in found.items()}


def _stop_entries(stops: pd.DataFrame) -> Iterator[tuple[str, Entry]]:
    for s in stops.itertuples():
        kind = "task" if s.kind == "container" else s.kind
        yield s.route, Entry(s.sequence, kind, s.container or s.place, seconds_of(s.arrives_at))


def _street_entries(streets: pd.DataFrame) -> Iterator[tuple[str, Entry]]:
    for s in streets.itertuples():
        task = s.street if s.side == "both" else f"{s.street}:{s.side}"
        yield s.route, Entry(s.sequence, "task", task, seconds_of(s.arrives_at), s.direction == "backward")


def _driven(stated: ZoneProblem, vehicle: Vehicle, entries: Sequence[Entry]) -> Route:
    problem = stated.problem
    assert problem is not None  # noqa: S101 - only stated zones have vehicles
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    rows = {site.id: row for row, site in enumerate(problem.disposal_sites, start=1)}
    halts: list[Halt] = []
    for entry in entries:
        if entry.kind == "task" and entry.id in number:
            halts.append(Serve(number[entry.id], _way(stated, number[entry.id], entry)))
        elif entry.kind == "tip" and entry.id in rows:
            halts.append(Tip(rows[entry.id]))
        elif entry.kind == "rest" and vehicle.rest:
            halts.append(Rest())
    depart_s = entries[0].at_s
    return drive(
        problem,
        vehicle,
        halts,
        depart_s=depart_s if depart_s >= vehicle.shift_start_s - 60 else depart_s + DAY_S,
    )


def _way(stated: ZoneProblem, task: int, entry: Entry) -> int:
    """The way in the direction that was driven."""
    problem, travel = stated.problem, stated.travel
    assert problem is not None and travel is not None  # noqa: S101 - as above
    for n, way in enumerate(problem.tasks[task].ways):
        place = travel.places[way.enter]
        if isinstance(place, Stretch) and bool(travel.network.backward[place.arc]) == entry.backward:
            return n
    return 0


def starts_from(plan: str, stated: Sequence[ZoneProblem]) -> list[RoutePlan | None]:
    """Per zone of a new problem, what the stored plan has of it: where its search begins. Raises NotFound."""
    entries = _entries(plan)
    found: list[RoutePlan | None] = []
    for one in stated:
        known = [v for v in one.problem.vehicles if v.id in entries] if one.problem else []
        routes = [_driven(one, vehicle, entries[vehicle.id]) for vehicle in known]
        found.append(make_plan(one.problem, _once(routes), {}) if one.problem and routes else None)
    return found


def _once(routes: Sequence[Route]) -> list[Route]:
    return [route for route in routes if route.served]
