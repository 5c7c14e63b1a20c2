"""The ground of a plan: the network of the day, and where depots and disposal sites meet it. The last ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

import geopandas as gpd

from analysis.network import DriveRules, Network, Position, build_network
from analysis.network.drives import Step
from analysis.network.legal import check_drive
from analysis.processes.input_frames import InputFrames
from analysis.processes.routes.fleet import Fleet, Size, snap_places
from analysis.processes.routes.placed import keys
from gis_core.errors import InvalidInput
from layers.queries.revisions import states_of

T = TypeVar("T")
STREETS = ("streets", "turn-restrictions", "road-conditions")
_COLUMNS = (
    *("street_class", "one_way", "access", "speed_kmh", "width_m", "slope_pct"),
    *("max_height_m", "max_width_m", "max_weight_t"),
)
_CONDITIONS = (
    *(
        "street",
        "kind",
        "to_street",
        "valid_from",
        "valid_until",
        "weekdays",
        "from_time",
        "until_time",
        "status",
    ),
)


class Kept(Generic[T]):
    """The last few things made, by all that they were made of; memory is bounded by `most` of them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._made: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()  # two who ask at once may both make it; neither waits for the other
        with self._lock:
            self._made[key] = made
            while len(self._made) > self.most:
                self._made.popitem(last=False)
        return made

    def clear(self) -> None:
        with self._lock:
            self._made.clear()


@dataclass(frozen=True, eq=False)
class Law:
    """The frames that the network was built from, in the metric CRS: drives are judged by them alone."""

    streets: gpd.GeoDataFrame
    restrictions: gpd.GeoDataFrame
    conditions: gpd.GeoDataFrame
    rules: DriveRules
    day: date

    def faults(self, drives: Mapping[str, Sequence[Step]]) -> list[str]:
        """What is illegal in drives by vehicle, one sentence each."""
        found = check_drive(self.streets, self.restrictions, self.conditions, self.rules, drives, self.day)
        return [str(fault) for fault in found]


@dataclass(frozen=True, eq=False)
class Ground:
    """What all zones share; `record` is what was read for the network."""

    network: Network
    law: Law
    depots: dict[str, Position]
    sites: dict[str, Position]
    record: dict[str, dict[str, int]]


_kept: Kept[Ground] = Kept(4)


@dataclass(frozen=True, eq=False)
class Grounds:
    """The grounds of a day, one for each size of vehicle that needs its own."""

    frames: InputFrames
    fleet: Fleet
    day: date

    def of(self, vehicles: Iterable[str]) -> Ground:
        """Where all of these may drive."""
        return ground_of(self.frames, self.fleet, self.day, self.fleet.size_of(vehicles))

    @property
    def widest(self) -> Ground:
        """Where the whole fleet may drive."""
        return self.of(self.fleet.vehicles)


def ground_of(frames: InputFrames, fleet: Fleet, day: date, size: Size) -> Ground:
    """The whole city for vehicles of a size: a route may leave its district for the depot and the disposal site.

    Raises InvalidInput when there are no streets, NetworkError when they cannot be used.
    """
    revisions = states_of(STREETS)
    key = (
        frames.srid,
        day,
        revisions,
        size,
        fleet.hours_of(day),
        tuple(fleet.depots.values()),
        tuple(fleet.sites.values()),
    )
    ground = _kept.get(key, lambda: _build(InputFrames(frames.srid), fleet, day, size))
    frames.record |= ground.record
    return ground


def _build(frames: InputFrames, fleet: Fleet, day: date, size: Size) -> Ground:
    streets = frames.read("streets", _COLUMNS)
    streets = streets.assign(external_id=keys(streets))
    if streets.empty:
        raise InvalidInput("There are no streets: load a city, or import some into streets.")
    rules = DriveRules(**asdict(size))
    restrictions = frames.read("turn-restrictions", ["kind", "from_street", "to_street"])
    conditions = frames.read("road-conditions", _CONDITIONS)
    conditions = conditions.assign(external_id=keys(conditions))
    network = build_network(streets, rules, restrictions, conditions, fleet.hours_of(day))
    return Ground(
        network,
        Law(streets, restrictions, conditions, rules, day),
        snap_places(network, fleet.depots, "depot"),
        snap_places(network, fleet.sites, "disposal site"),
        frames.record,
    )


def forget_grounds() -> None:
    """Between tests: a transaction that is rolled back takes its revision with it, and another one has it again."""
    _kept.clear()
