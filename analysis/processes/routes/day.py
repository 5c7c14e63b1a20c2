"""What a day's plan is made from: what is due, the fleet, the grounds, and the zones, each stated once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.asked import RULES, Asked
from analysis.processes.routes.figures import costs_of
from analysis.processes.routes.fleet import Fleet, read_fleet
from analysis.processes.routes.ground import Grounds, Kept
from analysis.processes.routes.publication import busy_vehicles, makes_room, read_routes
from analysis.processes.routes.stored import READ, crews_of, starts_from
from analysis.processes.routes.work import Work, read_work
from analysis.processes.routes.zones import (
    Wishes,
    ZoneProblem,
    compared,
    make_zones,
    state_zone,
    with_territories,
)
from analysis.routes import RoutePlan, Zone
from layers.queries.revisions import states_of

Tell = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Day:
    """`revisions` says of which data. Zones are stated when they are asked for."""

    asked: Asked
    frames: InputFrames
    work: Work
    fleet: Fleet
    grounds: Grounds
    zones: tuple[Zone, ...]
    revisions: str
    _stated: dict[int, tuple[ZoneProblem, RoutePlan]] = field(default_factory=dict)

    def stated(self, number: int) -> tuple[ZoneProblem, RoutePlan]:
        """A zone and its nearest-neighbour plan. Raises NetworkError, RoutingError."""
        if number not in self._stated:
            self._stated[number] = self._state(self.zones[number])
        return self._stated[number]

    def begun(self, number: int) -> RoutePlan | None:
        """Where the zone's search begins, if the plan is made from another one."""
        if not self.asked.from_plan:
            return None
        (start,) = starts_from(self.asked.from_plan, [self.stated(number)[0]])
        return start

    def _state(self, zone: Zone) -> tuple[ZoneProblem, RoutePlan]:
        ground, costs = self.grounds.of(zone.vehicles), costs_of(settings.CITY)
        one = state_zone(zone, self.work, self.fleet, ground, self.asked, self._wishes(), costs)
        comparison = compared(one)
        if not self.asked.territories:
            return one, comparison
        bounded = with_territories(one, self.work, comparison)
        return bounded, compared(bounded)

    def _wishes(self) -> Wishes:
        asked = self.asked
        return Wishes(crews_of(asked.from_plan), asked.familiar_price) if asked.from_plan else Wishes()


_kept: Kept[Day] = Kept(1)


def forget_days() -> None:
    """Between tests, as ground.forget_grounds."""
    _kept.clear()


def read_day(inputs: Mapping[str, Any], tell: Tell | None = None) -> Day:
    """Raises InvalidInput for what is missing or cannot be. The last one is kept: parts of a job in one process
    read it once."""
    asked = Asked.of(inputs, settings.CITY)
    rules = {item.name: inputs.get(item.name) for item in RULES if item.name != "title"}
    told = json.dumps(rules | {"date": asked.day.isoformat(), "week": inputs.get("week")}, sort_keys=True)
    revisions = str(states_of((*READ, "collection-routes")))
    return _kept.get((told, revisions), lambda: _read(asked, revisions, tell or (lambda *_: None)))


def _read(asked: Asked, revisions: str, tell: Tell) -> Day:
    city = settings.CITY
    frames = InputFrames(city.metric_crs)
    tell(0, gettext("Reading what is due, and the fleet"))
    work = read_work(frames, city, asked)
    fleet = read_fleet(frames, asked, busy_on(asked))
    tell(3, gettext("Building the street network"))
    grounds = Grounds(frames, fleet, asked.day)
    return Day(asked, frames, work, fleet, grounds, make_zones(work, fleet, grounds), revisions)


def busy_on(asked: Asked) -> set[str]:
    """The vehicles that drive elsewhere that day."""
    routes = read_routes()
    room = makes_room(
        routes, day=asked.day, kind=asked.kind, fraction=asked.fraction, districts=asked.districts
    )
    return busy_vehicles(routes, day=asked.day, stays=~room)
