"""Places on the network as the search sees them: where a visit begins along an arc and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.network.graph import Network
from analysis.network.snapping import Position

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Stretch:
    """An arc that is served by driving it from its beginning to its end."""

    id: str
    arc: int


Place = Position | Stretch


@dataclass(frozen=True, eq=False)
class Ends:
    """One row per place and arc on which it may be visited, in the order of the places.

    A visit begins `enter_m` along the arc and ends at `leave_m`: the same for a container, 0 and the arc's length for a
    stretch.
    """

    place: Ints
    arc: Ints
    enter_m: Floats
    leave_m: Floats

    @classmethod
    def of(cls, network: Network, places: Sequence[Place]) -> Ends:
        rows = [row for n, place in enumerate(places) for row in _rows(network, n, place)]
        place, arc, enter_m, leave_m = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(
            np.array(place, dtype=np.int64),
            np.array(arc, dtype=np.int64),
            np.array(enter_m, dtype=np.float64),
            np.array(leave_m, dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.arc)

    def of_place(self, place: int) -> range:
        return range(*np.searchsorted(self.place, [place, place + 1]).tolist())


def _rows(network: Network, number: int, place: Place) -> list[tuple[int, int, float, float]]:
    if isinstance(place, Stretch):
        return [(number, place.arc, 0.0, float(network.length_m[place.arc]))]
    return [(number, arc, at := _driven_m(network, arc, place.offset_m), at) for arc in place.arcs]


def _driven_m(network: Network, arc: int, offset_m: float) -> float:
    length_m = float(network.length_m[arc])
    return min(max(length_m - offset_m if network.backward[arc] else offset_m, 0.0), length_m)
