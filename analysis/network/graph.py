"""The network: one arc per direction of a street section, links between arcs that carry the cost of the turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
import shapely
from scipy.sparse.csgraph import connected_components

from analysis.network import part_time
from analysis.network.conditions import Hours, When, closures, forbidden_turns, open_hours, shut_by
from analysis.network.reasons import Condition, Reason
from analysis.network.rules import DriveRules
from analysis.network.turns import Arms, link_arcs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

JUNCTION_GRID_M = 0.01  # end points equal to the centimetre are one junction
HEADING_M = 8.0  # how far from the junction the direction of a street is taken


class NetworkError(ValueError):
    """The streets given cannot make a network; the text says why."""


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs (directions of street sections) and `links`, a sparse arc x arc matrix of seconds.

    links[a, b] is the time from the end of arc a to the end of arc b: the turn plus the drive along b. Sections are
    rows of `street_ids` and `lines` (metres, in `crs`); arcs are rows of the other arrays. 40,000 sections make
    about 70,000 arcs and 170,000 links, 6 MB beside the lines. `closed` are the streets left out, each with the reason,
    `closed_lines` where they are and `closed_one_way` how they are signed; `shut_by` are the conditions that shut a
    street for a while or for all of it; `turns_round` says per section whether the vehicle has the room for a U-turn.
    `open_hours` are those of the sections that are shut in part of the time; each of their arcs has a copy at the end
    of the arrays (see part_time), `onward` tells per arc where drives leave it, and `gated_s` (arcs, 2) how long a
    truck is on such streets before and behind it.
    """

    crs: object
    drives_on_right: bool
    street_ids: npt.NDArray[np.object_]
    lines: npt.NDArray[np.object_]
    section: Ints
    backward: npt.NDArray[np.bool_]
    time_s: Floats
    length_m: Floats
    links: sp.csr_matrix
    turns_round: npt.NDArray[np.bool_]
    onward: Ints
    open_hours: Mapping[int, Hours]
    gated_s: Floats
    unmatched_restrictions: tuple[str, ...] = ()
    closed: Mapping[str, Reason] = field(default_factory=dict)
    closed_lines: Mapping[str, shapely.LineString] = field(default_factory=dict)
    closed_one_way: Mapping[str, str] = field(default_factory=dict)
    shut_by: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)

    @cached_property
    def arc_count(self) -> int:
        """Without the copies."""
        return int((self.onward == np.arange(len(self.onward))).sum())

    def link_s(self, before: int, arc: int) -> float:
        """From the end of an arc to the end of the next one on a drive."""
        return float(self.links[before, arc] or self.links[self.onward[before], arc])

    @cached_property
    def component(self) -> Ints:
        """Per arc the number of its strongly connected part: two arcs of one part can reach each other."""
        labels = connected_components(self.links, directed=True, connection="strong")[1].astype(np.int64)
        return part_time.joined(labels, self.links, self.onward)

    @cached_property
    def main_component(self) -> int:
        """The part with the most arcs."""
        return int(np.bincount(self.component).argmax())

    @cached_property
    def arcs_of_section(self) -> Ints:
        """(sections, 2): the forward and the backward arc of each section, -1 where there is none."""
        arcs = np.full((len(self.lines), 2), -1, dtype=np.int64)
        own = np.arange(self.arc_count)
        arcs[self.section[own], self.backward[own].astype(np.int64)] = own
        return arcs

    @cached_property
    def section_length_m(self) -> Floats:
        return np.asarray(shapely.length(self.lines), dtype=np.float64)


def build_network(
    streets: gpd.GeoDataFrame,
    rules: DriveRules | None = None,
    restrictions: gpd.GeoDataFrame | None = None,
    conditions: gpd.GeoDataFrame | None = None,
    when: When | None = None,
) -> Network:
    """The network a vehicle may drive. `streets`, `restrictions` and `conditions` as in the layers' models.

    `streets` are in a metric CRS. A street that accepted conditions shut for a part of `when` is for stopping there in
    its open hours, not for passing through; other conditions that hold at any time of `when` count for all of it. A
    restriction that matches no junction of the network is listed in `unmatched_restrictions` by its external_id.
    Raises NetworkError when nothing is drivable, the CRS is not metric, or conditions come without `when`.
    """
    rules = rules or DriveRules()
    _require_metric(streets)
    shut, spells, turns = _conditions(streets, conditions, when)
    closed = _closed(streets, rules, shut)
    used = streets[~streets["external_id"].isin(closed)]
    if used.empty:
        raise NetworkError(
            f"This vehicle may drive on none of the {len(streets)} streets given"
            f" ({_counted(closed)}); check class, access, limits and road conditions."
        )
    lines = np.asarray(used.geometry.to_numpy(), dtype=object)
    ids, turns_round = used["external_id"].to_numpy(object), rules.turns_round(used)
    section, backward = _directions(used["one_way"].to_numpy(object))
    length_m = np.asarray(shapely.length(lines), dtype=np.float64)[section]
    time_s = length_m / rules.speed_m_per_s(used, section, backward)
    forbidden = _joined(_in_crs(restrictions, streets), turns)
    arms = _arms(lines, section, backward)
    rows, columns, turn_s, unmatched = link_arcs(arms, ids, rules, forbidden, turns_round)
    links = sp.csr_matrix((turn_s + time_s[columns], (rows, columns)), shape=(len(section), len(section)))
    hours = {n: spells[street] for n, street in enumerate(map(str, ids)) if street in spells}
    group = _groups(hours, len(ids))[section]
    gated_s = part_time.inside_s(links, time_s, group)
    links, onward, every = part_time.split(links, group)
    left_out = streets.set_index("external_id").loc[list(closed)]
    return Network(
        crs=streets.crs,
        drives_on_right=rules.drives_on_right,
        street_ids=ids,
        lines=lines,
        section=section[every],
        backward=backward[every],
        time_s=time_s[every],
        length_m=length_m[every],
        links=links,
        turns_round=turns_round,
        onward=onward,
        open_hours=hours,
        gated_s=gated_s,
        unmatched_restrictions=unmatched,
        closed=closed,
        closed_lines=left_out.geometry.to_dict(),
        closed_one_way=left_out["one_way"].to_dict(),
        shut_by=shut_by(conditions, when) if conditions is not None and when is not None else {},
    )


def _groups(hours: Mapping[int, Hours], sections: int) -> Ints:
    """Per section the number of its open hours."""
    group = np.full(sections, part_time.NEVER)
    spells = sorted(set(hours.values()))
    for section, spell in hours.items():
        group[section] = spells.index(spell)
    return group


def _conditions(
    streets: gpd.GeoDataFrame, conditions: gpd.GeoDataFrame | None, when: When | None
) -> tuple[dict[str, Reason], dict[str, Hours], gpd.GeoDataFrame | None]:
    """Streets shut by conditions all the time, the open hours of the others, and the turns that they forbid."""
    if conditions is None or conditions.empty:
        return {}, {}, None
    if when is None:
        raise NetworkError("Road conditions hold on days and in hours: say when the trucks are out.")
    conditions = conditions.to_crs(streets.crs)
    spells = open_hours(conditions, when)
    shut = {street: reason for street, reason in closures(conditions, when).items() if street not in spells}
    return shut, spells, forbidden_turns(conditions, streets, when)


def _closed(streets: gpd.GeoDataFrame, rules: DriveRules, shut: Mapping[str, Reason]) -> dict[str, Reason]:
    """The streets left out: what closes them to the vehicle, to everybody for a time, or no length at all."""
    reasons = pd.Series(
        rules.closed_because(streets), index=streets["external_id"].to_numpy(object), dtype=object
    )
    reasons[reasons.isna() & (shapely.length(streets.geometry.to_numpy()) <= JUNCTION_GRID_M)] = (
        Reason.NOT_DRIVABLE
    )
    own = reasons[reasons.notna()].to_dict()
    return {**{street: reason for street, reason in shut.items() if street in reasons.index}, **own}


def _counted(closed: Mapping[str, Reason]) -> str:
    """For a message: "12 no-access, 3 too-low"."""
    return ", ".join(f"{number} {reason}" for reason, number in Counter(closed.values()).most_common())


def _joined(restrictions: gpd.GeoDataFrame | None, turns: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    given = [frame for frame in (restrictions, turns) if frame is not None and not frame.empty]
    if not given:
        return None
    named = ["external_id", "kind", "from_street", "to_street"]
    rows = pd.concat([frame[named] for frame in given], ignore_index=True)
    points = np.concatenate([frame.geometry.to_numpy() for frame in given])
    return gpd.GeoDataFrame(rows, geometry=points, crs=given[0].crs)


def _require_metric(streets: gpd.GeoDataFrame) -> None:
    if streets.crs is None or streets.crs.is_geographic:
        raise NetworkError(
            f"Streets must be in a metric CRS, not {streets.crs}; use to_crs(city.metric_crs) first."
        )
    wrong = streets.geometry.geom_type != "LineString"
    if wrong.any():
        raise NetworkError(f"Street {streets.loc[wrong, 'external_id'].iloc[0]!r} is not a LineString.")


def _in_crs(restrictions: gpd.GeoDataFrame | None, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    return None if restrictions is None or restrictions.empty else restrictions.to_crs(streets.crs)


def _directions(one_way: npt.NDArray[np.object_]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The section and the direction of each arc, forward arcs first."""
    forward = np.flatnonzero(one_way != "backward")
    against = np.flatnonzero(one_way != "forward")
    backward = np.zeros(len(forward) + len(against), dtype=np.bool_)
    backward[len(forward) :] = True
    return np.concatenate([forward, against]), backward


def _arms(lines: npt.NDArray[np.object_], section: Ints, backward: npt.NDArray[np.bool_]) -> Arms:
    """Where each arc starts and ends, and in which direction (radians)."""
    reach_m = np.minimum(HEADING_M, shapely.length(lines) / 2)
    start, end = _xy(shapely.get_point(lines, 0)), _xy(shapely.get_point(lines, -1))
    leaving = _xy(shapely.line_interpolate_point(lines, reach_m)) - start
    arriving = end - _xy(shapely.line_interpolate_point(lines, -reach_m))
    nodes, number = np.unique(
        np.rint(np.concatenate([start, end]) / JUNCTION_GRID_M), axis=0, return_inverse=True
    )
    first, last = number.reshape(2, -1)[:, section]
    out, into = _angle(leaving)[section], _angle(arriving)[section]
    return Arms(
        section=section,
        tail=np.where(backward, last, first),
        head=np.where(backward, first, last),
        leaving_rad=np.where(backward, into + np.pi, out),
        arriving_rad=np.where(backward, out + np.pi, into),
        node_xy_m=nodes * JUNCTION_GRID_M,
    )


def _xy(points: npt.NDArray[np.object_]) -> Floats:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _angle(vectors: Floats) -> Floats:
    return np.asarray(np.arctan2(vectors[:, 1], vectors[:, 0]), dtype=np.float64)
