"""A drive as the streets that it takes, one after the other: what the legality check reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.network.graph import Network
from analysis.network.travel import Path


@dataclass(frozen=True)
class Step:
    """A street driven, `backward` against its drawing.

    `at_s` is when it is entered, in seconds after midnight of the day of service (None: not known). `yard`: the
    vehicle comes out of a yard here, where it may have turned round.
    """

    street: str
    backward: bool
    at_s: float | None = None
    yard: bool = False


def drive_steps(
    network: Network,
    paths: Sequence[Path],
    departures_s: Sequence[float] | None = None,
    waits_s: Sequence[float] | None = None,
) -> tuple[Step, ...]:
    """The steps of consecutive paths, each from the place where the one before ended.

    `waits_s` are the waits at their ends: before a street that is shut then, in front of it.

    A street on which one path ends and the next one begins is one step, unless the vehicle leaves it the other way.
    """
    steps: list[Step] = []
    last = -1
    for number, path in enumerate(paths):
        at_s = list(_entries(network, path, departures_s[number] if departures_s is not None else None))
        if waits_s is not None:
            at_s = _waited(network, path, at_s, waits_s[number])
        turned = last not in (-1, path.arcs[0])
        for n, (arc, entered_s) in enumerate(zip(path.arcs, at_s, strict=True)):
            if n == 0 and arc == last:
                continue
            steps.append(
                Step(
                    str(network.street_ids[network.section[arc]]),
                    bool(network.backward[arc]),
                    entered_s,
                    yard=turned and n == 0,
                )
            )
        last = path.arcs[-1]
    return tuple(steps)


def _waited(network: Network, path: Path, at_s: list[float | None], wait_s: float) -> list[float | None]:
    """The last streets, if they are open in some hours only, are entered when the wait is over."""
    late = list(at_s)
    for n in range(len(path.arcs) - 1, -1, -1):
        before = late[n]
        if int(network.section[path.arcs[n]]) not in network.open_hours or before is None:
            break
        late[n] = before + wait_s
    return late


def _entries(network: Network, path: Path, departure_s: float | None) -> Iterator[float | None]:
    """When each arc of the path is entered: turns included, the first one at the departure."""
    at_s = departure_s
    yield at_s
    first = path.arcs[0]
    rest_s = float(network.time_s[first] * (1 - path.start_m / network.length_m[first]))
    for n, (before, arc) in enumerate(pairwise(path.arcs)):
        if at_s is not None:
            at_s += rest_s if n == 0 else float(network.time_s[before])
            at_s += network.link_s(before, arc) - float(network.time_s[arc])
        yield at_s
