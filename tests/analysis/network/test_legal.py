"""The legality checker: planned drives pass, and every kind of illegal drive is found."""

from datetime import date, time
from itertools import pairwise

import numpy as np
import pytest
from shapely.geometry import Point

from analysis.network import (
    DriveRules,
    Step,
    Stretch,
    When,
    build_network,
    check_drive,
    drive_steps,
    measure_travel,
)
from tests.analysis.network.streets import lattice, restrictions, streets
from tests.analysis.network.test_conditions import MONDAY, conditions

CROSSING = (
    {"external_id": "west", "geom": [(-100, 0), (0, 0)]},
    {"external_id": "east", "geom": [(0, 0), (100, 0)]},
    {"external_id": "north", "geom": [(0, 0), (0, 100)]},
)
NO_RULE, NO_CONDITION = restrictions(("no_u_turn", "x", "x", (0, 0))).iloc[:0], conditions({}).iloc[:0]


def faults(
    *steps: Step, frame=None, turns=NO_RULE, known=NO_CONDITION, rules=None, day: date = MONDAY
) -> list[str]:
    frame = streets(*CROSSING) if frame is None else frame
    found = check_drive(frame, turns, known, rules or DriveRules(), {"truck": steps}, day)
    return [f"{fault.step} {fault.street}: {fault.text}" for fault in found]


IN, OUT = Step("west", backward=False), Step("north", backward=False)


def test_drive_through_the_crossing_is_legal():
    assert faults(IN, OUT) == []


def test_planned_drives_are_legal_on_a_town_with_everything():
    rng = np.random.default_rng(12)
    frame = lattice(8, rng)
    frame["width_m"] = rng.choice([2.6, 5.0, 9.0], len(frame))
    frame["slope_pct"] = rng.choice([0.0, 8.0, 25.0], len(frame), p=[0.6, 0.3, 0.1])
    corners = [line.coords[-1] for line in frame.geometry]
    others = rng.choice(frame["external_id"], 40)
    turns = restrictions(
        *(("no_left_turn", f"s{n}", others[n], corners[n]) for n in range(30)),
        *(("only_straight_on", f"s{n}", others[n], corners[n]) for n in range(30, 34)),
    )
    known = conditions(
        {"street": "s3", "kind": "market", "weekdays": [1]},
        {"street": "s50", "kind": "gate", "from_time": time(7)},
        {"street": "s20", "kind": "no_turn", "to_street": "s21", "geom": Point(corners[20])},
    )
    rules = DriveRules(width_m=2.5)
    network = build_network(frame, rules, turns, known, When(MONDAY, 6 * 3600.0, 14 * 3600.0))
    inside = np.flatnonzero(network.component == network.main_component)
    arcs = rng.choice(inside, 60)
    travel = measure_travel(network, [Stretch(str(arc), int(arc)) for arc in arcs])
    paths = [travel.path(i, j) for i, j in pairwise(range(len(arcs)))]
    steps = drive_steps(network, paths, np.linspace(6.2 * 3600, 13 * 3600, len(paths)))
    assert len(steps) > 300
    assert check_drive(frame, turns, known, rules, {"truck": steps}, MONDAY) == ()


@pytest.mark.parametrize(
    ("street", "text"),
    [
        ({"street_class": "steps"}, "1 north: a steps is not for trucks"),
        ({"access": "no"}, "1 north: its access is no"),
        ({"max_height_m": 3.0}, "1 north: its max_height_m of 3 is below the vehicle's 3.5"),
        ({"max_width_m": 2.0}, "1 north: its max_width_m of 2 is below the vehicle's 2.5"),
        ({"max_weight_t": 7.5}, "1 north: its max_weight_t of 7.5 is below the vehicle's 19"),
        ({"width_m": 2.8}, "1 north: its width of 2.8 m is too narrow for the vehicle"),
        ({"slope_pct": -22.0}, "1 north: its slope of -22 % is too steep"),
        ({"one_way": "backward"}, "1 north: it is driven against its one way"),
    ],
)
def test_street_closed_to_the_vehicle_is_found(street, text):
    frame = streets(*CROSSING[:2], {**CROSSING[2], **street})
    assert faults(IN, OUT, frame=frame, rules=DriveRules(height_m=3.5, width_m=2.5, weight_t=19)) == [text]


def test_pieces_that_do_not_join_are_found():
    assert faults(IN, Step("north", backward=True)) == ["1 north: it does not begin where west ends"]
    assert faults(IN, IN) == ["1 west: it does not begin where west ends"]


def test_unknown_street_is_found():
    assert faults(IN, Step("moon", backward=False)) == ["1 moon: is not a street of the network"]


def test_u_turn_is_for_dead_ends_with_room_only():
    (found,) = faults(IN, Step("west", backward=True))
    assert "only do at dead ends" in found
    back = Step("north", backward=True)
    assert faults(IN, OUT, back) == []
    narrow = streets(*CROSSING[:2], {**CROSSING[2], "width_m": 4.0})
    (found,) = faults(IN, OUT, back, frame=narrow, rules=DriveRules(turning_width_m=8.0))
    assert "too narrow for it" in found
    assert faults(IN, Step("west", backward=True), rules=DriveRules(u_turns_everywhere=True)) == []


def test_truck_may_turn_in_a_yard():
    assert faults(IN, Step("west", backward=True, yard=True)) == []


def test_forbidden_turns_are_found():
    (found,) = faults(IN, OUT, turns=restrictions(("no_left_turn", "west", "north", (0.2, 0))))
    assert "forbidden (no_left_turn)" in found
    (found,) = faults(IN, OUT, turns=restrictions(("only_straight_on", "west", "east", (0, 0))))
    assert "must go into east" in found
    assert faults(IN, OUT, turns=restrictions(("no_left_turn", "west", "north", (50, 0)))) == []


def test_turn_that_crews_know_of_is_found():
    known = conditions({"street": "west", "kind": "no_turn", "to_street": "north", "geom": Point(-9, 3)})
    assert faults(IN, OUT, known=known) == ["1 north: trucks cannot make this turn from west (condition c0)"]
    assert faults(IN, OUT, known=known.assign(status="proposed")) == []


def test_street_is_shut_at_its_hours_and_open_at_others():
    known = conditions({"street": "north", "kind": "market", "from_time": time(8), "until_time": time(13)})
    at = {
        hour: faults(IN, Step("north", False, at_s=hour * 3600.0), known=known) for hour in (7, 8, 12.9, 13)
    }
    assert {hour: len(found) for hour, found in at.items()} == {7: 0, 8: 1, 12.9: 1, 13: 0}
    assert len(faults(IN, OUT, known=known)) == 1  # at no known time


def test_gate_is_open_in_its_hours():
    known = conditions({"street": "north", "kind": "gate", "from_time": time(7)})
    assert len(faults(IN, Step("north", False, at_s=6.5 * 3600), known=known)) == 1
    assert faults(IN, Step("north", False, at_s=7 * 3600.0), known=known) == []


def test_steps_join_at_places_and_know_when_each_street_is_entered():
    network = build_network(streets(*CROSSING))
    travel = measure_travel(network, [Stretch("west", 0), Stretch("north", 2), Stretch("east", 4)])
    steps = drive_steps(network, [travel.path(0, 1), travel.path(1, 2)], [100.0, 200.0])
    assert [(s.street, s.backward) for s in steps] == [
        ("west", False), ("north", False), ("north", True), ("east", False), ("east", True),
    ]  # fmt: skip
    assert [s.at_s for s in steps][:3] == [100.0, pytest.approx(106.0), pytest.approx(240.0)]
