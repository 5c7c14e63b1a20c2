"""What a tool answers: the changes it would make, or the fault that keeps it from making any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry


class Fault(StrEnum):
    """Why a tool cannot do it; each has its cure, which the caller says in the reader's language."""

    TOO_FEW = "too_few"
    NOT_CROSSED = "not_crossed"
    NOT_TOUCHING = "not_touching"
    NOT_A_CHAIN = "not_a_chain"
    NO_OVERLAP = "no_overlap"
    VANISHES = "vanishes"
    COVERED = "covered"
    NOT_ENCLOSED = "not_enclosed"
    NOT_AT_THE_GAP = "not_at_the_gap"
    BORDER_ENDS_INSIDE = "border_ends_inside"
    ONE_SIDE_ONLY = "one_side_only"
    NO_COVERAGE = "no_coverage"
    NOTHING_TO_DO = "nothing_to_do"
    INVALID = "invalid"
    WRONG_SHAPE = "wrong_shape"


class Remark(StrEnum):
    """What a person should know of a change that is possible."""

    NOT_CROSSED = "not_crossed"
    SEVERAL_PARTS = "several_parts"
    HOLE = "hole"
    REVERSED = "reversed"
    JOINT = "joint"
    OTHER_LEVEL = "other_level"
    SAME_COURSE = "same_course"
    NEIGHBOURS = "neighbours"


class TopologyError(ValueError):
    """`told` holds what the sentence needs: ids, numbers, and `at`, a place on the grid."""

    def __init__(self, fault: Fault, **told: Any) -> None:
        super().__init__(f"{fault} {told}")
        self.fault = fault
        self.told = told


@dataclass(frozen=True)
class Note:
    remark: Remark
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Shapes on the grid. `created` names the feature that each new one comes from; `used` were read, not changed."""

    changed: tuple[tuple[int, BaseGeometry], ...] = ()
    created: tuple[tuple[int, BaseGeometry], ...] = ()
    removed: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def touched(self) -> tuple[int, ...]:
        """Changed and removed, in order of id."""
        return tuple(sorted({*(id for id, _shape in self.changed), *self.removed}))


def require(ids: Iterable[int], least: int) -> tuple[int, ...]:
    """The ids without repetition, in their order. Raises TopologyError when they are too few."""
    kept = tuple(dict.fromkeys(ids))
    if len(kept) < least:
        raise TopologyError(Fault.TOO_FEW, least=least, given=len(kept))
    return kept
