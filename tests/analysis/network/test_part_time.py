"""Streets that are shut for a while: reached and left, never passed, as a search without the others finds it."""

from __future__ import annotations

from datetime import time

import numpy as np
import pytest
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


def unpassed_s(full: Network, gated: np.ndarray, start: int, goal: int) -> float:
    """Seconds from the end of one arc to the beginning of another by the links that pass no gate between them."""
    arcs = np.arange(full.arc_count)
    leave, enter = ~gated | (arcs == start), ~gated | (arcs == goal)
    links = full.links.multiply(leave[:, None]).multiply(enter[None, :]).tocsr()
    links.eliminate_zeros()
    return float(dijkstra(links, indices=start)[goal] - full.time_s[goal])


@pytest.mark.parametrize("seed", [1, 3])  # no gate of these is at a dead end
def test_drives_pass_no_street_that_is_shut_for_a_while(seed):
    frame = lattice(6, np.random.default_rng(seed))
    shut = [f"s{n}" for n in np.random.default_rng(seed).choice(len(frame), 8, replace=False)]
    full, network = build_network(frame), build_network(frame, conditions=gates(*shut), when=SHIFT)
    arcs = np.random.default_rng(seed + 5).permutation(full.arc_count)[:40]
    gated = np.isin(full.street_ids[full.section], shut)
    assert gated[arcs].any() and network.arc_count == full.arc_count
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    expected = [[unpassed_s(full, gated, a, b) if a != b else np.nan for b in arcs] for a in arcs]
    off = ~np.eye(len(arcs), dtype=bool)
    np.testing.assert_allclose(travel.time_s[off], np.array(expected)[off], atol=0.05)
    for i, j in np.argwhere(np.isfinite(travel.time_s) & off)[::7]:
        ids = network.street_ids[network.section[list(travel.path(i, j).arcs)]].tolist()
        assert not set(ids[1:-1]) & (set(shut) - {ids[0], ids[-1]})


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


def test_streets_that_would_be_passed_to_turn_round_are_told_as_closed():
    frame = streets(*CROSSING, {"external_id": "yard", "geom": [(0, 100), (0, 200)]})
    network = build_network(frame, conditions=gates("north", "yard"), when=SHIFT)
    missed = kerbside_tasks(network, frame)[1]
    assert [(m.id, m.reason) for m in missed] == [("north", Reason.CLOSED), ("yard", Reason.CLOSED)]


def test_a_yard_is_not_entered_from_a_street_that_is_shut_for_a_while():
    network = build_network(streets(*CROSSING), conditions=gates("north"), when=SHIFT)
    at = np.array([Point(5, 60)])
    ((kerb,), _) = snap(network, ["bin"], at)
    ((yard,), _) = snap(network, ["depot"], at, approach=Approach.EITHER)
    assert network.street_ids[[kerb.section, yard.section]].tolist() == ["north", "east"]
