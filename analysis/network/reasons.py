"""Why a truck cannot get to a place, or a street is closed to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    TOO_FAR = "too-far"
    NOT_CONNECTED = "not-connected"
    CUT_OFF = "cut-off"
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
class Condition:
    """A road condition that shuts a street: its identifier, its kind, and its hours as HH:MM ("": from midnight, until
    midnight); those of a gate are when it is open."""

    id: str
    kind: str
    from_time: str = ""
    until_time: str = ""

    def __str__(self) -> str:
        hours = f", {self.from_time or '00:00'} to {self.until_time or '24:00'}"
        opens = " open" if self.kind == "gate" else ""
        return f"{self.kind} {self.id!r}{opens}{hours if self.from_time or self.until_time else ''}"


@dataclass(frozen=True)
class Closure:
    """A street that is closed, why, and the conditions that shut it (none: the street's own limits)."""

    street: str
    reason: Reason
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"{self.street!r} ({'; '.join(map(str, self.conditions)) or self.reason})"


@dataclass(frozen=True)
class Unreachable:
    """A place that no truck reaches: `nearest_m` is the distance to the nearest drivable street (inf: none at all).

    `closures` are the closed streets that keep trucks out: its own, or those on the way.
    """

    id: str
    reason: Reason
    nearest_m: float
    closures: tuple[Closure, ...] = ()
