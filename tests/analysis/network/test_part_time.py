"""Streets that are shut for a while: reached and left, never passed, as a search without the others finds it."""

from __future__ import annotations

from datetime import time

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point

from analysis.network import Approach, Network, Reason, build_network, kerbside_tasks, measure_travel, snap
from analysis.network.conditions import open_hours
from analysis.network.drives import drive_steps
from analysis.network.places import Stretch
from tests.analysis.network.streets import lattice, streets
from tests.analysis.network.test_conditions import CROSSING, HOUR, SHIFT, conditions


def gates(*ids: str):
    return conditions(*({"street": id, "kind": "gate", "from_time": time(7)} for id in ids))


@pytest.mark.parametrize(
    ("shut", "spell"),
    [
        ([{"from_time": time(8), "until_time": time(13)}], (6, 8)),
        ([{"from_time": time(6), "until_time": time(13)}], (13, 14)),
        (
            [{"from_time": time(7), "until_time": time(9)}, {"from_time": time(8), "until_time": time(10)}],
            (10, 14),
        ),
        ([{"from_time": time(6, 10), "until_time": time(13, 50)}], None),  # ten minutes are not worth a visit
        ([{}], None),
        ([{"from_time": time(15)}], None),  # open all the time
    ],
)
def test_longest_spell_in_which_a_street_is_open(shut, spell):
    rows = conditions(*({"street": "a", "kind": "closed", **row} for row in shut))
    assert open_hours(rows, SHIFT).get("a") == (spell and (spell[0] * HOUR, spell[1] * HOUR))


def unpassed_s(full: Network, group: np.ndarray, start: int, goal: int) -> float:
    """Seconds from the end of one arc to the beginning of another: out of the gate of the first, by streets without
    gates, and into the gate of the last. `group` tells which gate an arc is behind, -1: none.

    A search in three storeys, of the first gate's streets, of those without gates, and of the last gate's.
    """
    arcs, links = full.arc_count, full.links.tocoo()
    storeys = [group == group[start], group == -1, group == group[goal]]
    rows, columns, seconds = [], [], []
    for low in range(3):
        for high in range(low, 3):
            kept = storeys[low][links.row] & storeys[high][links.col] & ((low != 1) | (high != 0))
            rows.append(links.row[kept] + low * arcs)
            columns.append(links.col[kept] + high * arcs)
            seconds.append(links.data[kept])
    graph = coo_matrix(
        (np.concatenate(seconds), (np.concatenate(rows), np.concatenate(columns))), shape=(3 * arcs, 3 * arcs)
    )
    found = dijkstra(graph.tocsr(), indices=start)
    return float(min(found[goal + storey * arcs] for storey in range(3)) - full.time_s[goal])


def full_arc(network: Network, arc: int) -> int:
    """The arc itself where it is a copy."""
    return int(network.arcs_of_section[network.section[arc], int(network.backward[arc])])


@pytest.mark.parametrize("seed", [1, 3])  # no gate of these is at a dead end
def test_drives_pass_no_street_that_is_shut_for_a_while(seed):
    frame = lattice(6, np.random.default_rng(seed))
    shut = [f"s{n}" for n in np.random.default_rng(seed).choice(len(frame), 12, replace=False)]
    late = [{"street": id, "kind": "gate", "from_time": time(8)} for id in shut[6:]]
    early = [{"street": id, "kind": "gate", "from_time": time(7)} for id in shut[:6]]
    full = build_network(frame)
    network = build_network(frame, conditions=conditions(*early, *late), when=SHIFT)
    arcs = np.random.default_rng(seed + 5).permutation(full.arc_count)[:40]
    names = full.street_ids[full.section]
    group = np.where(np.isin(names, shut[:6]), 7, np.where(np.isin(names, shut[6:]), 8, -1))
    assert (group[arcs] >= 0).sum() > 3 and network.arc_count == full.arc_count
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    expected = [[unpassed_s(full, group, a, b) if a != b else np.nan for b in arcs] for a in arcs]
    off = ~np.eye(len(arcs), dtype=bool)
    np.testing.assert_allclose(travel.time_s[off], np.array(expected)[off], atol=0.05)
    for i, j in np.argwhere(np.isfinite(travel.time_s) & off)[::7]:
        passed = group[[full_arc(network, arc) for arc in travel.path(i, j).arcs]].tolist()
        assert not {7, 8} & ({*passed} - {passed[0], passed[-1]})


def test_a_gated_dead_end_is_served_on_both_sides_and_left_again():
    frame = streets(*CROSSING).assign(width_m=[12.0, 12.0, 12.0])
    network = build_network(frame, conditions=gates("north"), when=SHIFT)
    tasks, missed = kerbside_tasks(network, frame)
    assert missed == ()
    places = [place for task in tasks for place in task.stretches]
    travel = measure_travel(network, places)
    assert np.isfinite(travel.time_s).all()
    number = [place.id for place in places].index("north:left")
    path = travel.path([place.id for place in places].index("west:right"), number)
    (step, *_, last) = drive_steps(network, [path], [6.9 * HOUR], [600.0])
    assert (step.street, last.street) == ("west", "north")
    assert last.at_s - step.at_s > 600  # the wait is in front of the gate


def behind_one_another(**yard):
    frame = streets(*CROSSING, {"external_id": "yard", "geom": [(0, 100), (0, 200)]})
    rows = [{"street": "north", "kind": "gate", "from_time": time(7)}]
    shut = conditions(*rows, {"street": "yard", "kind": "gate", "from_time": time(7), **yard})
    return frame, build_network(frame, conditions=shut, when=SHIFT)


def test_streets_behind_one_gate_are_served_by_way_of_each_other():
    frame, network = behind_one_another()
    tasks, missed = kerbside_tasks(network, frame)
    assert missed == ()
    places = [place for task in tasks for place in task.stretches]
    travel = measure_travel(network, places)
    assert np.isfinite(travel.time_s).all()
    ids = [place.id for place in places]
    yard = next(n for n, id in enumerate(ids) if id.startswith("yard"))
    path = travel.path(next(n for n, id in enumerate(ids) if id.startswith("west")), yard)
    (_, *_, north, last) = drive_steps(network, [path], [6.9 * HOUR], [600.0])
    assert (north.street, last.street) == ("north", "yard")
    assert north.at_s > 6.9 * HOUR + 600  # the wait is in front of the gate
    into = places[yard].arc
    (there, back), (_, out) = (network.arcs_of_section[network.section[arc]] for arc in (into, path.arcs[-2]))
    assert into == there
    before_s, behind_s = network.gated_s[into]
    assert before_s == network.time_s[path.arcs[-2]]
    assert behind_s == network.link_s(there, back) + network.link_s(back, out)  # round at the end, and back


def test_streets_behind_one_another_of_other_hours_are_told_as_closed():
    frame, network = behind_one_another(from_time=time(8))
    missed = kerbside_tasks(network, frame)[1]
    assert [(m.id, m.reason) for m in missed] == [("north", Reason.CLOSED), ("yard", Reason.CLOSED)]


def test_a_yard_is_not_entered_from_a_street_that_is_shut_for_a_while():
    network = build_network(streets(*CROSSING), conditions=gates("north"), when=SHIFT)
    at = np.array([Point(5, 60)])
    ((kerb,), _) = snap(network, ["bin"], at)
    ((yard,), _) = snap(network, ["depot"], at, approach=Approach.EITHER)
    assert network.street_ids[[kerb.section, yard.section]].tolist() == ["north", "east"]
