"""Why a truck cannot get to a place, or a street is closed to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    TOO_FAR = "too-far"
    NOT_CONNECTED = "not-connected"
    NOT_DRIVABLE = "not-drivable"
    NO_ACCESS = "no-access"
    TOO_LOW = "too-low"
    TOO_NARROW = "too-narrow"
    TOO_WEAK = "too-weak"
    TOO_STEEP = "too-steep"
    NO_TURNING = "no-turning"
    CLOSED = "closed"


# What closes a street to some vehicles or for some time: others could get there, or this one another day.
PASSING = (Reason.TOO_LOW, Reason.TOO_NARROW, Reason.TOO_WEAK, Reason.TOO_STEEP, Reason.CLOSED)


@dataclass(frozen=True)
class Unreachable:
    """A place that no truck reaches: `nearest_m` is the distance to the nearest drivable street (inf: none at all)."""

    id: str
    reason: Reason
    nearest_m: float
