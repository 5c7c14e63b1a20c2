"""Closed streets that cut a place off: named, the fewest that would let a truck in and out, and nothing else."""

from __future__ import annotations

from datetime import time

import numpy as np
import pytest
from shapely.geometry import Point

from analysis.network import Approach, DriveRules, Reason, build_network, kerbside_tasks, snap
from tests.analysis.network.streets import lattice, streets
from tests.analysis.network.test_conditions import SHIFT, conditions

TOWN = [
    {"external_id": "a", "geom": [(0, 0), (100, 0)]},
    {"external_id": "b", "geom": [(100, 0), (100, 100)]},
    {"external_id": "c", "geom": [(100, 100), (0, 0)]},
]
BRIDGE = {"external_id": "bridge", "geom": [(100, 0), (200, 0)]}
ISLAND = {"external_id": "island", "geom": [(200, 0), (300, 0)]}


def missed(rows, shut=None, rules=None):
    frame = streets(*rows)
    network = build_network(frame, rules, conditions=shut, when=SHIFT if shut is not None else None)
    return network, {miss.id: miss for miss in kerbside_tasks(network, frame)[1]}


@pytest.mark.parametrize(
    ("shut", "told"),
    [
        ({"kind": "closed"}, "'bridge' (closed 'c0')"),
        ({"kind": "gate", "from_time": time(7)}, "'bridge' (gate 'c0' open, 07:00 to 24:00)"),
        ({"kind": "market", "until_time": time(13)}, "'bridge' (market 'c0', 00:00 to 13:00)"),
    ],
)
def test_a_street_behind_a_closed_one_names_the_condition(shut, told):
    _, found = missed([*TOWN, BRIDGE, ISLAND], conditions({"street": "bridge", **shut}))
    assert found["island"].reason is Reason.CUT_OFF
    assert [str(closure) for closure in found["island"].closures] == [told]


def test_a_street_behind_one_that_is_too_low_names_it():
    rows = [*TOWN, {**BRIDGE, "max_height_m": 2.5}, ISLAND]
    _, found = missed(rows, rules=DriveRules(height_m=3.5))
    assert [str(closure) for closure in found["island"].closures] == ["'bridge' (too-low)"]
    assert (found["bridge"].reason, found["bridge"].closures) == (Reason.TOO_LOW, found["island"].closures)


def test_a_closed_one_way_street_that_leads_away_is_no_cure():
    """Way in by one bridge, way out by another; one that leads out only is not named for the way in."""
    into = {"external_id": "into", "geom": [(100, 0), (200, 0)], "one_way": "forward"}
    out = {"external_id": "out", "geom": [(200, 0), (100, 100)], "one_way": "forward"}
    rows = [*TOWN, into, out, ISLAND]
    assert missed(rows)[1] == {}
    _, found = missed(rows, conditions({"street": "into", "kind": "closed"}))
    assert [closure.street for closure in found["island"].closures] == ["into"]
    _, found = missed(rows, conditions(*({"street": id, "kind": "closed"} for id in ("into", "out"))))
    assert [closure.street for closure in found["island"].closures] == ["into", "out"]
    _, found = missed([*TOWN, out, ISLAND], conditions({"street": "out", "kind": "closed"}))
    assert (found["island"].reason, found["island"].closures) == (Reason.NOT_CONNECTED, ())


def test_a_yard_that_is_cut_off_names_the_closure():
    network, _ = missed([*TOWN, BRIDGE, ISLAND], conditions({"street": "bridge", "kind": "closed"}))
    _, (yard,) = snap(network, ["yard"], np.array([Point(290, 5)]), max_snap_m=50.0, approach=Approach.EITHER)
    assert (yard.reason, [closure.street for closure in yard.closures]) == (Reason.CUT_OFF, ["bridge"])


@pytest.mark.parametrize("seed", range(4))
def test_what_is_named_is_enough_and_all_of_it_is_needed(seed):
    """On two-way streets: without these conditions the street is served, without any one less it is not."""
    rng = np.random.default_rng(seed)
    frame = lattice(5, rng, one_way_share=0.0)
    ids = [f"s{n}" for n in rng.choice(len(frame), 22, replace=False)]

    def lost(shut):
        network = build_network(
            frame, conditions=conditions(*({"street": s, "kind": "closed"} for s in shut)), when=SHIFT
        )
        return {miss.id: miss for miss in kerbside_tasks(network, frame)[1]}

    cut = [miss for miss in lost(ids).values() if miss.reason is Reason.CUT_OFF]
    assert cut
    for miss in cut:
        named = [closure.street for closure in miss.closures]
        assert miss.id not in lost([id for id in ids if id not in named])
        assert all(miss.id in lost([id for id in ids if id == kept or id not in named]) for kept in named)
