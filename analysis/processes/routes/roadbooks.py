"""The roadbooks of a plan's routes: names of streets and sites from the layers, sides from the places served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.network import Network, Position
from analysis.processes.routes.asked import Asked
from analysis.processes.routes.placed import keys
from analysis.processes.routes.zones import ZoneProblem
from analysis.roadbook import LANGUAGES, Names, Roadbook
from analysis.roadbook.build import Heading, Note, build_roadbook
from analysis.roadbook.guide import Guide
from analysis.routes import Route, Visit, VisitKind
from analysis.routes.problem import DEPOT
from layers.queries.frames import read_frame

_NAMES = tuple(f"name_{code}" for code in LANGUAGES)


@dataclass(frozen=True, eq=False)
class Roadbooks:
    """Writes the roadbooks of one plan. `sites` and `districts` are names by key."""

    plan: str
    asked: Asked
    streets: pd.DataFrame
    sites: Mapping[str, Names]
    districts: Mapping[str, Names]
    _guides: dict[int, Guide] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: str, asked: Asked) -> Roadbooks:
        streets = read_frame("streets", [*_NAMES, "street_class"])
        sites = names_of("depots") | names_of("disposal-sites")
        return cls(plan, asked, streets.assign(external_id=keys(streets)), sites, names_of("districts"))

    def roadbook(self, stated: ZoneProblem, route: Route, district: str) -> Roadbook:
        """Of one route."""
        travel = stated.travel
        assert travel is not None  # noqa: S101 - a plan with routes was measured
        heading = Heading(self.asked.day, self.asked.fraction, self.plan, self.districts.get(district, {}))
        guide = self._guide(travel.network)
        return build_roadbook(guide, route, stated.path, lambda visit: self._note(stated, visit), heading)

    def _guide(self, network: Network) -> Guide:
        """All routes of a plan are on one network."""
        if id(network) not in self._guides:
            self._guides[id(network)] = Guide(network, self.streets)
        return self._guides[id(network)]

    def _note(self, stated: ZoneProblem, visit: Visit) -> Note:
        if visit.kind is VisitKind.TASK:
            return Note({}, _side(stated, visit), next(iter(stated.arcs_of(visit)), None))
        on_the_road = visit.kind is VisitKind.START and visit.place != DEPOT
        return Note({} if on_the_road else self.sites.get(visit.id, {}))


def _side(stated: ZoneProblem, visit: Visit) -> str:
    """Of the street as drawn: where the container stands, or what the id of a task of the kerb ends with."""
    assert stated.travel is not None  # noqa: S101 - as above
    place = stated.travel.places[visit.place]
    if isinstance(place, Position):
        return place.side
    end = visit.id.rpartition(":")[2]
    return end if end in ("left", "right") else "both"


def names_of(collection: str) -> dict[str, Names]:
    """By key, what each feature is called in the languages that it has a name in."""
    rows = read_frame(collection, _NAMES)
    named = zip(keys(rows), *(rows[name].fillna("") for name in _NAMES), strict=True)
    return {
        str(key): {code: str(name) for code, name in zip(LANGUAGES, names, strict=True) if name}
        for key, *names in named
    }
