"""From a route and the arcs it drives to the steps that a crew follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from analysis.network import Path
from analysis.roadbook.guide import Guide
from analysis.roadbook.roadbook import (
    Names,
    Roadbook,
    RoadbookError,
    Side,
    Step,
    StepKind,
    Street,
    Totals,
    Turn,
)
from analysis.roadbook.turns import point_xy, turn_between, turn_deg
from analysis.routes import Route, Visit, VisitKind

ROW_M = 50.0  # containers no farther apart, on one side of one street, are one step
BEND_DEG = 40.0  # a street that keeps its name is followed without a word up to here, as turns cost nothing
HERE_M = 0.5  # two things no farther apart happen at one place


@dataclass(frozen=True)
class Heading:
    """What stands on top: the plan's id, the city's code of the fraction, the names of the district."""

    date: date
    fraction: str = ""
    plan: str = ""
    district: Names = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """What the crew is told of a visit's place.

    `side` of the street as drawn ("left", "right", "both"; anything else: not told), as Position.side. `served` is the
    stretch of street along which a task is done, in driving direction; None: it is done at one point.
    """

    names: Names = field(default_factory=dict)
    side: str = ""
    served: Path | None = None


def build_roadbook(
    guide: Guide,
    route: Route,
    path: Callable[[int, int], Path],
    note: Callable[[Visit], Note],
    heading: Heading,
) -> Roadbook:
    """The steps of one route.

    `path(a, b)` is the drive from the end of matrix place a to the beginning of b (Travel.path); `note(visit)` what
    is to be told of a visit. Raises RoadbookError for a route that goes nowhere.
    """
    if len(route.visits) < 2:
        raise RoadbookError(f"The route of {route.vehicle.id} has no drive in it.")
    trip = _Trip(guide, route.vehicle.load_kg)
    trip.visit(route.visits[0], note(route.visits[0]))
    for before, visit in pairwise(route.visits):
        if visit.kind is not VisitKind.REST:
            trip.drive(path(before.leave, visit.place), before.departure_s, visit.arrival_s)
        trip.visit(visit, note(visit))
    totals = Totals(
        distance_m=round(trip.at_m, 1),
        duration_s=round(route.duration_s),
        load_kg=round(route.load_kg, 1),
        tasks=len(route.served),
        tips=route.tips,
    )
    return Roadbook(
        vehicle=route.vehicle.id,
        date=heading.date,
        fraction=heading.fraction,
        plan=heading.plan,
        district=dict(heading.district),
        totals=totals,
        steps=_finished(trip.steps, guide.network.crs),
    )


class _Trip:
    """The truck on its way, writing down its steps; their lon and lat are still x and y of the network."""

    def __init__(self, guide: Guide, load_kg: float) -> None:
        self.guide, self.network = guide, guide.network
        self.steps: list[Step] = []
        self.at_m, self.load_kg = 0.0, load_kg
        self.arc: int | None = None  # None: it stands in a yard, facing nowhere
        self.along_m = 0.0
        self.told: Street | None = None  # the street that the crew knows it is in

    def drive(self, path: Path, start_s: float, end_s: float) -> None:
        pieces = list(_pieces(path, self.network.length_m))
        total_m = sum(to_m - from_m for _, from_m, to_m in pieces)
        s_per_m = (end_s - start_s) / total_m if total_m > 0 else 0.0
        driven_m, told = 0.0, 0
        for number, (arc, from_m, to_m) in enumerate(pieces):
            clock_s = start_s + driven_m * s_per_m
            if (
                number > 0
                and number >= told
                and (out := self._round([piece[0] for piece in pieces[number:]], clock_s))
            ):
                told = number + out + 1
            elif (number > 0 and number >= told) or (number == 0 and arc != self.arc):
                self._enter(arc, from_m, clock_s, turns=number > 0)
            self._move(arc, from_m, to_m)
            driven_m += to_m - from_m

    def visit(self, visit: Visit, note: Note) -> None:
        self.load_kg = visit.load_after_kg
        match visit.kind:
            case VisitKind.TASK if note.served is not None:
                self._collect(visit, note, note.served)
            case VisitKind.TASK:
                self._empty(visit, note)
            case VisitKind.REST:
                self._halt(StepKind.REST, visit, note)
            case _:
                self._halt(StepKind(_HALTS[visit.kind]), visit, note)
                self.arc = None

    def _move(self, arc: int, from_m: float, to_m: float) -> None:
        self.arc, self.along_m = arc, to_m
        self.at_m += to_m - from_m

    def _enter(self, arc: int, from_m: float, clock_s: float, *, turns: bool) -> None:
        """Into another arc: by a turn at a junction, or out of a yard."""
        street, before = self.guide.street(arc), self.arc
        self.arc, self.along_m = arc, from_m
        if not turns or before is None:
            self._leave_yard(street, clock_s)
            return
        turn = turn_between(self.network, before, arc)
        if self._worth_telling(turn, before, arc, street):
            self._add(Step(StepKind.GO, self.at_m, 0.0, clock_s, self.load_kg, *self._xy(), turn, street))
            self.told = street

    def _round(self, arcs: list[int], clock_s: float) -> int:
        """Into a roundabout and out again: how many arcs lie on it; 0 where none begins or the drive ends on it."""
        ring = self.guide.roundabouts.ring(arcs[0])
        found = self.guide.roundabouts.exit_of(arcs) if ring and self.arc not in ring else None
        if found is None:
            return 0
        on, exit = found
        street = self.guide.street(arcs[on])
        at = (self.at_m, 0.0, clock_s, self.load_kg, *self._xy())
        self._add(Step(StepKind.GO, *at, Turn.ROUNDABOUT, street, exit=exit))
        self.told = street
        return on

    def _leave_yard(self, street: Street, clock_s: float) -> None:
        self.told = street
        last = self.steps[-1]
        if last.kind is StepKind.DEPART:
            self.steps[-1] = replace(last, lon=self._xy()[0], lat=self._xy()[1], street=street)
        else:
            self._add(Step(StepKind.GO, self.at_m, 0.0, clock_s, self.load_kg, *self._xy(), street=street))

    def _worth_telling(self, turn: Turn, before: int, after: int, street: Street) -> bool:
        """Not: staying in a street where it bends, nor going straight on into one without a name."""
        if turn is Turn.U_TURN:
            return True
        if street == self.told or (turn is Turn.STRAIGHT and not street.names):
            bends = abs(turn_deg(self.network, before, after)) > BEND_DEG
            return bends and self.guide.is_junction(before)
        return True

    def _empty(self, visit: Visit, note: Note) -> None:
        step = self._halted(StepKind.EMPTY, visit, note)
        row = self.steps[-1]
        if (
            row.kind is StepKind.EMPTY
            and (row.street, row.side) == (step.street, step.side)
            and self.at_m - row.at_m - row.length_m <= ROW_M
        ):
            self.steps[-1] = _joined(row, step, self.at_m - row.at_m)
        else:
            self._add(step)

    def _collect(self, visit: Visit, note: Note, served: Path) -> None:
        pieces = list(_pieces(served, self.network.length_m))
        if self.arc is None:
            self._enter(pieces[0][0], pieces[0][1], visit.start_s, turns=False)
        length_m = sum(to_m - from_m for _, from_m, to_m in pieces)
        step = replace(self._halted(StepKind.COLLECT, visit, note), length_m=length_m)
        last = self.steps[-1]
        follows = abs(last.at_m + last.length_m - self.at_m) <= HERE_M
        if last.kind is StepKind.GO and follows:
            self.steps[-1] = replace(step, turn=last.turn)
        elif (
            last.kind is StepKind.COLLECT and follows and (last.street, last.side) == (step.street, step.side)
        ):
            self.steps[-1] = _joined(last, step, last.length_m + length_m)
        else:
            self._add(step)
        self.told = step.street
        for arc, from_m, to_m in pieces:
            self._move(arc, from_m, to_m)

    def _halt(self, kind: StepKind, visit: Visit, note: Note) -> None:
        self._add(self._halted(kind, visit, note))

    def _halted(self, kind: StepKind, visit: Visit, note: Note) -> Step:
        """The step of a visit, where the truck is."""
        return Step(
            kind=kind,
            at_m=self.at_m,
            to_next_m=0.0,
            clock_s=visit.arrival_s,
            load_kg=self.load_kg,
            lon=self._xy()[0],
            lat=self._xy()[1],
            street=None if self.arc is None else self.guide.street(self.arc),
            side=self._side(note.side),
            ids=(visit.id,) if visit.id else (),
            names=dict(note.names),
            duration_s=visit.departure_s - visit.start_s,
            wait_s=visit.start_s - visit.arrival_s,
        )

    def _side(self, drawn: str) -> Side | None:
        """The side as the driver sees it."""
        if drawn not in tuple(Side) or self.arc is None:
            return None
        side = Side(drawn)
        return _OPPOSITE.get(side, side) if self.network.backward[self.arc] else side

    def _xy(self) -> tuple[float, float]:
        return (0.0, 0.0) if self.arc is None else point_xy(self.network, self.arc, self.along_m)

    def _add(self, step: Step) -> None:
        self.steps.append(step)


_OPPOSITE = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
_HALTS = {VisitKind.START: StepKind.DEPART, VisitKind.TIP: StepKind.TIP, VisitKind.END: StepKind.END}


def _pieces(path: Path, length_m: npt.NDArray[np.float64]) -> Iterator[tuple[int, float, float]]:
    """(arc, from metre, to metre) of a path, in driving direction."""
    last = len(path.arcs) - 1
    for number, arc in enumerate(path.arcs):
        from_m = path.start_m if number == 0 else 0.0
        yield arc, from_m, path.end_m if number == last else float(length_m[arc])


def _joined(row: Step, step: Step, length_m: float) -> Step:
    """Two steps of the same kind as one."""
    return replace(
        row,
        ids=row.ids + step.ids,
        length_m=length_m,
        duration_s=row.duration_s + step.duration_s,
        wait_s=row.wait_s + step.wait_s,
        load_kg=step.load_kg,
    )


def _finished(steps: list[Step], crs: object) -> tuple[Step, ...]:
    """With the way to the next step, and degrees for metres; no finer than can be driven, so that it is short."""
    degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    lon, lat = degrees.transform([step.lon for step in steps], [step.lat for step in steps])
    ahead_m = [after.at_m - before.at_m for before, after in pairwise(steps)] + [0.0]
    return tuple(
        replace(
            step,
            at_m=round(step.at_m, 1),
            to_next_m=round(to_next_m, 1),
            length_m=round(step.length_m, 1),
            clock_s=round(step.clock_s),
            wait_s=round(step.wait_s),
            duration_s=round(step.duration_s),
            load_kg=round(step.load_kg, 1),
            lon=round(float(x), 6),
            lat=round(float(y), 6),
        )
        for step, to_next_m, x, y in zip(steps, ahead_m, lon, lat, strict=True)
    )
