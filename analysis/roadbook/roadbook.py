"""A roadbook: the steps of one shift as codes and numbers, without words, so that it can be told in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

FORMAT = 1  # of the JSON; another number is not read

LANGUAGES = ("fr", "ar", "en")
Names = Mapping[str, str]  # language -> name; a language without a name is not in it


class RoadbookError(ValueError):
    """This cannot be told as a roadbook; the text says what is wrong."""


class StepKind(StrEnum):
    DEPART = "depart"
    GO = "go"
    COLLECT = "collect"
    EMPTY = "empty"
    TIP = "tip"
    REST = "rest"
    END = "end"


class Turn(StrEnum):
    STRAIGHT = "straight"
    SLIGHT_LEFT = "slight-left"
    LEFT = "left"
    SHARP_LEFT = "sharp-left"
    SLIGHT_RIGHT = "slight-right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp-right"
    U_TURN = "u-turn"
    ROUNDABOUT = "roundabout"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True)
class Street:
    """What a street is called; one without a name is told by its class."""

    names: Names = field(default_factory=dict)
    street_class: str = ""


@dataclass(frozen=True)
class Step:
    """One thing to do, at `at_m` metres from the start of the shift and at `clock_s` seconds after midnight.

    `turn` is how to get into `street` (None: the truck is in it already); of a roundabout, `exit` is the number of the
    exit. `side` is as the driver sees it. `ids` are
    the containers to empty, the streets (or sides) to collect, or the site; `names` are the site's. `length_m` is how
    far one collects, or lies between the first and the last container. `wait_s` is waited before `duration_s` of work.
    `load_kg` is on board when it is done. `lon`, `lat` are degrees (WGS 84).
    """

    kind: StepKind
    at_m: float
    to_next_m: float
    clock_s: float
    load_kg: float
    lon: float
    lat: float
    turn: Turn | None = None
    street: Street | None = None
    side: Side | None = None
    ids: tuple[str, ...] = ()
    names: Names = field(default_factory=dict)
    length_m: float = 0.0
    duration_s: float = 0.0
    wait_s: float = 0.0
    exit: int = 0


@dataclass(frozen=True)
class Totals:
    distance_m: float
    duration_s: float
    load_kg: float
    tasks: int
    tips: int


@dataclass(frozen=True)
class Roadbook:
    """One vehicle's shift on one day. `fraction` is the city's code, `plan` the plan's id, `district` its names."""

    vehicle: str
    date: date
    fraction: str
    plan: str
    district: Names
    totals: Totals
    steps: tuple[Step, ...]

    @property
    def starts_s(self) -> float:
        """Seconds after midnight, local time; past midnight it goes on counting."""
        return self.steps[0].clock_s

    @property
    def ends_s(self) -> float:
        return self.steps[-1].clock_s

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON; what a step does not say is left out."""
        document = {**asdict(self), "format": FORMAT, "date": self.date.isoformat()}
        document["steps"] = [_said(asdict(step)) for step in self.steps]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Roadbook:
        """The roadbook that `as_json` told. Raises RoadbookError for anything else."""
        try:
            if document["format"] != FORMAT:
                raise RoadbookError(f"A roadbook of format {document['format']}; this reads {FORMAT}.")
            given = {item.name: document[item.name] for item in fields(cls)}
            day, totals = date.fromisoformat(given["date"]), Totals(**given["totals"])
            steps = tuple(_step(step) for step in given["steps"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, RoadbookError):
                raise
            raise RoadbookError(f"This is no roadbook: {error}.") from error
        if not steps:
            raise RoadbookError("A roadbook of no step.")
        return cls(**{**given, "date": day, "totals": totals, "steps": steps})


def name_in(names: Names, language: str) -> str:
    """The name in this language, else in one of the city's others, else nothing."""
    return next((names[code] for code in (language, *LANGUAGES) if names.get(code)), "")


def _said(step: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in step.items() if value not in (None, (), {}, "")}
    optional = ("length_m", "duration_s", "wait_s", "exit")
    said = {name: value for name, value in said.items() if name not in optional or value > 0}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


def _step(step: Mapping[str, Any]) -> Step:
    return Step(**{name: _READ[name](value) if name in _READ else value for name, value in step.items()})


_READ: Mapping[str, Callable[[Any], Any]] = {
    "kind": StepKind,
    "turn": Turn,
    "side": Side,
    "ids": tuple,
    "street": lambda street: Street(**street),
}
