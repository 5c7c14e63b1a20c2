"""Which arc may follow which, and the seconds of the turn: U-turn rules, turn restrictions, left and right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from analysis.network.rules import DriveRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STRAIGHT_RAD = np.radians(40)
VIA_M = 1.0  # a restriction's point lies at most this far from its junction


@dataclass(frozen=True)
class Arms:
    """Per arc: its street section, the junctions it leaves and reaches, and its direction there."""

    section: Ints
    tail: Ints
    head: Ints
    leaving_rad: Floats
    arriving_rad: Floats
    node_xy_m: Floats

    @cached_property
    def streets_at_node(self) -> Ints:
        """How many different street ends meet at each node, one-way or not."""
        ends = np.unique(
            np.concatenate([_ends(self.section, self.tail), _ends(self.section, self.head)]), axis=0
        )
        return np.bincount(ends[:, 1], minlength=len(self.node_xy_m))


@dataclass(frozen=True)
class _Links:
    arms: Arms
    rows: Ints
    columns: Ints

    @property
    def back(self) -> Bools:
        """Whether the link turns back into the street it comes from (not: once more round a closed loop)."""
        same = self.arms.section[self.rows] == self.arms.section[self.columns]
        return np.asarray(same & (self.rows != self.columns), dtype=np.bool_)


def link_arcs(
    arms: Arms,
    street_ids: npt.NDArray[np.object_],
    rules: DriveRules,
    restrictions: gpd.GeoDataFrame | None,
    turns_round: Bools,
) -> tuple[Ints, Ints, Floats, tuple[str, ...]]:
    """From arc, to arc, seconds of the turn, and the external_ids of restrictions that fit nowhere."""
    links = _all_links(arms)
    legal, unmatched = _restrict(links, street_ids, restrictions)
    legal &= _u_turn_allowed(links, rules, turns_round)
    rows, columns = links.rows[legal], links.columns[legal]
    return rows, columns, _turn_seconds(_Links(arms, rows, columns), rules), unmatched


def _ends(section: Ints, node: Ints) -> Ints:
    return np.column_stack([section, node])


def _all_links(arms: Arms) -> _Links:
    """Every arc with every arc that starts where it ends."""
    order = np.argsort(arms.tail, kind="stable")
    start = np.searchsorted(arms.tail[order], np.arange(len(arms.node_xy_m) + 1))
    fan = start[arms.head + 1] - start[arms.head]
    rows = np.repeat(np.arange(len(arms.section)), fan)
    nth = np.arange(fan.sum()) - np.repeat(np.cumsum(fan) - fan, fan)
    return _Links(arms, rows, order[start[arms.head[rows]] + nth])


def _u_turn_allowed(links: _Links, rules: DriveRules, turns_round: Bools) -> Bools:
    """True for every link that is no U-turn, and for U-turns at dead ends (or everywhere, if the rules
    say so) with room for them."""
    back = links.back
    onward = np.bincount(links.rows[~back], minlength=len(links.arms.section))
    allowed = (onward[links.rows] == 0) | rules.u_turns_everywhere
    return np.asarray(~back | (allowed & turns_round[links.arms.section[links.rows]]), dtype=np.bool_)


def _turn_seconds(links: _Links, rules: DriveRules) -> Floats:
    """Nothing for going straight on and for a bend between two streets; a price for left, right and back."""
    arms = links.arms
    turn = arms.leaving_rad[links.columns] - arms.arriving_rad[links.rows]
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    left_s, right_s = rules.crossing_turn_s, rules.kerb_turn_s
    if not rules.drives_on_right:
        left_s, right_s = right_s, left_s
    junction = arms.streets_at_node[arms.head[links.rows]] > 2
    seconds = np.where(junction & (turn > STRAIGHT_RAD), left_s, 0.0)
    seconds = np.where(junction & (turn < -STRAIGHT_RAD), right_s, seconds)
    return np.where(links.back, rules.u_turn_s, seconds)


def _restrict(
    links: _Links, street_ids: npt.NDArray[np.object_], restrictions: gpd.GeoDataFrame | None
) -> tuple[Bools, tuple[str, ...]]:
    """Which links the turn restrictions leave, and the restrictions whose two streets do not meet at their point.

    Several "only" rules of one arm leave the union of their exits. A rule whose "only" exit is closed to this vehicle
    leaves no exit at all.
    """
    legal = np.ones(len(links.rows), dtype=np.bool_)
    number = {street: i for i, street in enumerate(street_ids)}
    exits: dict[int, set[int]] = {}
    unmatched = []
    for rule, via in (
        () if restrictions is None else zip(restrictions.itertuples(), restrictions.geometry, strict=True)
    ):
        target = number.get(rule.to_street, -1)
        arms = _arms_at(links.arms, number.get(rule.from_street, -1), (via.x, via.y))
        found = False
        for arc in arms:
            at = _links_of(links, arc)
            towards = at[links.arms.section[links.columns[at]] == target]
            found |= len(towards) > 0
            if rule.kind.startswith("only_"):
                exits.setdefault(arc, set()).add(target)
            else:
                legal[towards] = False
        if not found and rule.from_street in number and rule.to_street in number:
            unmatched.append(str(rule.external_id))
    for arc, targets in exits.items():
        at = _links_of(links, arc)
        legal[at] &= np.isin(links.arms.section[links.columns[at]], list(targets))
    return legal, tuple(unmatched)


def _arms_at(arms: Arms, section: int, via_m: tuple[float, float]) -> list[int]:
    """The arcs of a section that end at the junction of this point."""
    arcs = np.flatnonzero(arms.section == section)
    return [int(arc) for arc in arcs if np.hypot(*(arms.node_xy_m[arms.head[arc]] - via_m)) <= VIA_M]


def _links_of(links: _Links, arc: int) -> Ints:
    """Positions of the links that leave an arc; rows are sorted."""
    return np.arange(*np.searchsorted(links.rows, [arc, arc + 1]))
