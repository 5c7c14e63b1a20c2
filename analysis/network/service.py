"""Streets to collect: both sides in one pass where narrow, each side for itself where not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.network.causes import closure_of, cutting_off
from analysis.network.graph import Network
from analysis.network.places import Stretch
from analysis.network.reasons import PASSING, Closure, Reason, Unreachable

Side = Literal["both", "left", "right"]
NARROW_CLASSES = frozenset({"residential", "living_street", "service", "unclassified", "track"})


@dataclass(frozen=True)
class KerbRules:
    """When both sides of a street are one pass, and how fast a crew collects.

    A street's `collection_side` decides where it says both or left_right. Else the width decides (at most `narrow_m`),
    else the lanes (at most `narrow_lanes`, both directions together), else the class. `both_kmh` and `side_kmh` are
    the speeds while collecting. All are assumptions, to be replaced by the fleet's own tracks.
    """

    narrow_m: float = 7.5
    narrow_lanes: int = 2
    both_kmh: float = 4.0
    side_kmh: float = 6.0

    def one_pass(self, street: Any) -> bool:
        """Whether both sides of this street are served in one pass; `street` has attributes as the layer's fields."""
        said = getattr(street, "collection_side", None)
        if said in ("both", "left_right"):
            return bool(said == "both")
        width_m, lanes = getattr(street, "width_m", None), getattr(street, "lanes", None)
        if not pd.isna(width_m):
            return float(width_m) <= self.narrow_m  # type: ignore[arg-type]
        if not pd.isna(lanes):
            return float(lanes) <= self.narrow_lanes  # type: ignore[arg-type]
        return street.street_class in NARROW_CLASSES

    def service_s(self, length_m: float, side: Side) -> float:
        return length_m / ((self.both_kmh if side == "both" else self.side_kmh) / 3.6)


@dataclass(frozen=True)
class KerbTask:
    """A street to serve once from end to end, along any one of `arcs`.

    `id` is the street's, with ":left" or ":right" of the street as drawn for a side that is served for itself. A
    narrow two-way street has two arcs; a side has the one that drives along its kerb, and both sides of a wide one-way
    street have the same.
    """

    id: str
    street: str
    side: Side
    arcs: tuple[int, ...]
    service_s: float
    length_m: float

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its places for measure_travel, one per arc."""
        return tuple(Stretch(self.id, arc) for arc in self.arcs)


def collected_on(streets: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """The streets with collection on that weekday."""
    collected = [days is not None and day.isoweekday() in list(days) for days in streets["collection_days"]]
    return streets[np.array(collected, dtype=np.bool_)]


def kerbside_tasks(
    network: Network,
    streets: gpd.GeoDataFrame,
    rules: KerbRules | None = None,
    *,
    component: int | None = None,
) -> tuple[tuple[KerbTask, ...], tuple[Unreachable, ...]]:
    """Tasks for every street given (see collected_on), and those that a truck cannot reach and leave, in order.

    A street must lie on arcs of one component (the main one by default); of a street served on both sides one arc is
    enough.
    """
    rules = rules or KerbRules()
    part = network.main_component if component is None else component
    usable = _usable_arcs(network, part)
    tasks, missed = [], []
    for street in streets.itertuples():
        own, lost = _serve(network, usable.get(street.external_id), street, rules)
        tasks += own
        missed += lost
    return tuple(tasks), _unreachable(network, part, streets, missed)


def _usable_arcs(network: Network, part: int) -> dict[str, tuple[int, int]]:
    """Per street id its forward and backward arc, -1 where there is none in this component."""
    arcs = network.arcs_of_section
    inside = np.where((arcs >= 0) & (network.component[arcs] == part), arcs, -1)
    return {
        str(street): (int(forward), int(backward))
        for street, (forward, backward) in zip(network.street_ids, inside, strict=True)
    }


def _serve(
    network: Network, arcs: tuple[int, int] | None, street: Any, rules: KerbRules
) -> tuple[list[KerbTask], list[tuple[str, str]]]:
    """The tasks of one street, and (task id, street id) of what has no arc."""
    id, tasks, missed = street.external_id, [], []
    for side, own in _sides(network, arcs, street, rules):
        name = id if side == "both" else f"{id}:{side}"
        if not own:
            missed.append((name, id))
            continue
        length_m = float(network.length_m[own[0]])
        tasks.append(KerbTask(name, id, side, own, rules.service_s(length_m, side), length_m))
    return tasks, missed


def _sides(
    network: Network, arcs: tuple[int, int] | None, street: Any, rules: KerbRules
) -> Iterator[tuple[Side, tuple[int, ...]]]:
    """Each task's side and the arcs that serve it."""
    forward, backward = arcs or (-1, -1)
    if arcs is None or rules.one_pass(street):
        yield "both", tuple(arc for arc in (forward, backward) if arc >= 0)
        return
    left, right = (backward, forward) if network.drives_on_right else (forward, backward)
    if street.one_way != "no":  # the one direction passes both kerbs
        left = right = max(forward, backward)
    sides: tuple[tuple[Side, int], ...] = (("left", left), ("right", right))
    for side, arc in sides:
        yield side, (arc,) if arc >= 0 else ()


def _unreachable(
    network: Network, part: int, streets: gpd.GeoDataFrame, missed: Iterable[tuple[str, str]]
) -> tuple[Unreachable, ...]:
    missed = list(missed)
    if not missed:
        return ()
    geometry = dict(zip(streets["external_id"], streets.geometry, strict=True))
    inside = np.unique(network.section[network.component == part])
    tree = shapely.STRtree(network.lines[inside])
    lines = np.array([geometry[street] for _, street in missed], dtype=object)
    _, nearest_m = tree.query_nearest(lines, return_distance=True, all_matches=False)
    section = {str(street): n for n, street in enumerate(network.street_ids)}
    cut = cutting_off(network, {section[street] for _, street in missed if street in section}, part)
    return tuple(
        Unreachable(name, reason, float(m), closures)
        for (name, street), m in zip(missed, nearest_m, strict=True)
        for reason, closures in [_reason(network, street, section.get(street), cut)]
    )


def _reason(
    network: Network, street: str, section: int | None, cut: Mapping[int, tuple[Closure, ...]]
) -> tuple[Reason, tuple[Closure, ...]]:
    if section is None:
        reason = network.closed.get(street, Reason.NOT_CONNECTED)
        return reason, (closure_of(network, street),) if reason in PASSING else ()
    if section in network.open_hours:
        return Reason.CLOSED, (closure_of(network, street),)
    if cut[section]:
        return Reason.CUT_OFF, cut[section]
    return (Reason.NOT_CONNECTED if network.turns_round[section] else Reason.NO_TURNING), ()
