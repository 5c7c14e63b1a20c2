"""Trips along named streets for the tests: what is driven and where it halts is written out, nothing is searched."""

from __future__ import annotations

from datetime import date
from math import inf

import geopandas as gpd
from shapely.geometry import Point

from analysis.network import Network, Path, build_network
from analysis.roadbook import Roadbook
from analysis.roadbook.build import Heading, Note, build_roadbook
from analysis.roadbook.guide import Guide
from analysis.routes import Route, Vehicle, Visit, VisitKind
from tests.analysis.network.streets import streets

X0, Y0 = 630_000.0, 3_716_000.0  # in Casablanca, UTM 29
SPEED_M_PER_S = 10.0
START_S = 6 * 3600.0
HEADING = Heading(date(2026, 11, 23), "mixed", "plan-1", {"fr": "Maârif", "ar": "المعاريف"})


def named(id: str, points: list[tuple[float, float]], fr: str = "", ar: str = "", **more) -> dict:
    geom = [(X0 + x, Y0 + y) for x, y in points]
    return {"external_id": id, "geom": geom, "name_fr": fr, "name_ar": ar, "name_en": "", **more}


def cross() -> gpd.GeoDataFrame:
    """Four arms of 100 m that meet at 0, 0, a dead end, and a side street without a name in the west."""
    return streets(
        named("w", [(-100, 0), (0, 0)], "Rue A", "زنقة أ"),
        named("e", [(0, 0), (100, 0)], "Rue A", "زنقة أ"),
        named("n", [(0, 0), (0, 100)], "Avenue B"),
        named("s", [(0, -100), (0, 0)], "", "شارع ج"),
        named("lane", [(-100, 0), (-100, 80)], street_class="service"),
    )


class Trip:
    """Halts in a row. An arc is "+id" as drawn, "-id" against it."""

    def __init__(self, frame: gpd.GeoDataFrame, load_kg: float = 0.0) -> None:
        self.frame, self.network = frame, build_network(frame)
        self.vehicle = Vehicle("v1", 5000.0, 20.0, START_S, START_S + 8 * 3600.0)
        self.clock_s, self.load_kg, self.distance_m = START_S, load_kg, 0.0
        self.visits: list[Visit] = []
        self.paths: dict[tuple[int, int], Path] = {}
        self.notes: list[Note] = []

    def start(self) -> Trip:
        return self._visit(VisitKind.START, "depot", Note({"fr": "Dépôt Nord"}), 0.0, 0.0)

    def drive(self, arcs: str, start_m: float = 0.0, end_m: float = inf) -> Trip:
        """What is driven before the next halt."""
        numbers = tuple(arc_of(self.network, arc) for arc in arcs.split())
        end_m = min(end_m, float(self.network.length_m[numbers[-1]]))
        length_m = sum(float(self.network.length_m[a]) for a in numbers[:-1]) + end_m - start_m
        here = len(self.visits)
        self.paths[here - 1, here] = Path(numbers, start_m, end_m, length_m / SPEED_M_PER_S, length_m)
        self.clock_s += length_m / SPEED_M_PER_S
        self.distance_m += length_m
        return self

    def empty(self, id: str, side: str = "right", kg: float = 100.0) -> Trip:
        return self._visit(VisitKind.TASK, id, Note({}, side), 60.0, kg)

    def collect(self, id: str, arc: str, side: str = "both", kg: float = 200.0) -> Trip:
        number = arc_of(self.network, arc)
        length_m = float(self.network.length_m[number])
        self.distance_m += length_m
        path = Path((number,), 0.0, length_m, 0.0, length_m)
        return self._visit(VisitKind.TASK, id, Note({}, side, path), length_m, kg)

    def tip(self) -> Trip:
        load_kg, self.load_kg = self.load_kg, 0.0
        assert load_kg >= 0
        return self._visit(VisitKind.TIP, "tip", Note({"fr": "Décharge", "ar": "مطرح"}), 600.0, 0.0)

    def rest(self, until_s: float) -> Trip:
        return self._visit(VisitKind.REST, "", Note(), 1800.0, 0.0, until_s)

    def end(self) -> Trip:
        return self._visit(VisitKind.END, "depot", Note({"fr": "Dépôt Nord"}), 0.0, 0.0)

    def book(self) -> Roadbook:
        route = Route(self.vehicle, tuple(self.visits), self.distance_m)
        note = dict(zip(self.visits, self.notes, strict=True)).__getitem__
        return build_roadbook(
            Guide(self.network, self.frame), route, lambda a, b: self.paths[a, b], note, HEADING
        )

    def _visit(
        self, kind: VisitKind, id: str, note: Note, service_s: float, kg: float, opens_s: float = 0.0
    ) -> Trip:
        arrival_s, start_s = self.clock_s, max(self.clock_s, opens_s)
        self.clock_s, self.load_kg = start_s + service_s, self.load_kg + kg
        times, here = (arrival_s, start_s, self.clock_s), len(self.visits)
        self.visits.append(Visit(kind, here, here, id, *times, 0, kg, 0.0, self.load_kg, 0.0))
        self.notes.append(note)
        return self


def arc_of(network: Network, arc: str) -> int:
    section = list(network.street_ids).index(arc[1:])
    return int(network.arcs_of_section[section, int(arc[0] == "-")])


def point_m(x: float, y: float) -> Point:
    return gpd.GeoSeries([Point(X0 + x, Y0 + y)], crs=32629).to_crs(4326).iloc[0]
