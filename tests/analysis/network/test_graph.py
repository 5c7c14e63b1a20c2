import numpy as np
import pytest

from analysis.network import DriveRules, NetworkError, build_network
from tests.analysis.network.streets import restrictions, streets

# A crossing at (0, 0) with four arms of 100 m.
CROSSING = (
    {"external_id": "west", "geom": [(-100, 0), (0, 0)]},
    {"external_id": "east", "geom": [(0, 0), (100, 0)]},
    {"external_id": "north", "geom": [(0, 0), (0, 100)]},
    {"external_id": "south", "geom": [(0, 0), (0, -100)]},
)


def turns(network, start: str, *, backward: bool = False) -> dict[str, float]:
    """Seconds of each turn out of a street, by the street turned into."""
    (arc,) = np.flatnonzero((network.street_ids[network.section] == start) & (network.backward == backward))
    row = network.links[[arc]]
    return {
        str(network.street_ids[network.section[b]]): round(float(s - network.time_s[b]), 6)
        for b, s in zip(row.indices, row.data, strict=True)
    }


def test_turns_at_a_crossing_cost_by_side():
    network = build_network(streets(*CROSSING))
    assert turns(network, "west") == {"east": 0.0, "north": 6.0, "south": 3.0}


def test_turns_swap_where_traffic_drives_on_the_left():
    network = build_network(streets(*CROSSING), DriveRules(drives_on_right=False))
    assert turns(network, "west") == {"east": 0.0, "north": 3.0, "south": 6.0}


def test_dead_end_is_where_a_truck_turns_round():
    network = build_network(streets(*CROSSING))
    assert turns(network, "east") == {"east": 40.0}


def test_u_turns_are_priced_where_the_rules_allow_them():
    network = build_network(streets(*CROSSING), DriveRules(u_turns_everywhere=True, u_turn_s=25))
    assert turns(network, "west")["west"] == 25.0


def test_bend_between_two_streets_costs_nothing():
    network = build_network(streets(CROSSING[0], CROSSING[2]))
    assert turns(network, "west") == {"north": 0.0}


def test_forbidden_turn_is_dropped():
    rule = restrictions(("no_left_turn", "west", "north", (0.3, 0)))
    assert set(turns(build_network(streets(*CROSSING), restrictions=rule), "west")) == {"east", "south"}


def test_only_rule_drops_every_other_turn():
    rule = restrictions(("only_straight_on", "west", "east", (0, 0)))
    assert set(turns(build_network(streets(*CROSSING), restrictions=rule), "west")) == {"east"}


def test_two_only_rules_of_one_arm_leave_both_exits():
    rules = restrictions(
        ("only_straight_on", "west", "east", (0, 0)), ("only_right_turn", "west", "south", (0, 0))
    )
    assert set(turns(build_network(streets(*CROSSING), restrictions=rules), "west")) == {"east", "south"}


def test_forbidden_u_turn_closes_a_dead_end():
    rule = restrictions(("no_u_turn", "east", "east", (100, 0)))
    assert turns(build_network(streets(*CROSSING), restrictions=rule), "east") == {}


def test_restriction_far_from_the_junction_is_named():
    rule = restrictions(("no_left_turn", "west", "north", (50, 0)))
    network = build_network(streets(*CROSSING), restrictions=rule)
    assert network.unmatched_restrictions == ("r0",)
    assert "north" in turns(network, "west")


def test_one_way_street_has_one_arc_in_its_direction():
    backward = {**CROSSING[1], "one_way": "backward"}
    network = build_network(streets(CROSSING[0], backward, *CROSSING[2:]))
    assert set(turns(network, "west")) == {"north", "south"}
    assert set(turns(network, "north", backward=True)) == {"west", "south"}


@pytest.mark.parametrize(
    "closed",
    [
        {"street_class": "footway"},
        {"street_class": "steps"},
        {"street_class": "cycleway"},
        {"street_class": "pedestrian"},
        {"access": "private"},
        {"access": "no"},
        {"max_height_m": 3.4},
        {"max_weight_t": 7.5},
    ],
)
def test_street_closed_to_the_truck_has_no_arc(closed: dict):
    network = build_network(
        streets(*CROSSING[:3], {**CROSSING[3], **closed}), DriveRules(height_m=3.5, weight_t=19)
    )
    assert "south" not in network.street_ids
    assert len(network.street_ids) == 3


def test_limits_above_the_truck_leave_the_street_open():
    high = {**CROSSING[3], "max_height_m": 3.5, "max_weight_t": 19.0, "access": "destination"}
    network = build_network(streets(*CROSSING[:3], high), DriveRules(height_m=3.5, weight_t=19))
    assert "south" in network.street_ids


def test_speed_comes_from_the_class_where_none_is_signed():
    signed = {"external_id": "signed", "geom": [(0, 0), (100, 0)], "speed_kmh": 36.0}
    unsigned = {"external_id": "unsigned", "geom": [(100, 0), (200, 0)], "speed_kmh": np.nan}
    network = build_network(streets(signed, unsigned))
    seconds = dict(zip(network.street_ids[network.section], network.time_s, strict=True))
    assert seconds["signed"] == pytest.approx(10.0)
    assert seconds["unsigned"] == pytest.approx(100 / (25 / 3.6))


def test_ends_within_a_centimetre_are_joined_and_a_decimetre_apart_are_not():
    near = build_network(streets(CROSSING[0], {"external_id": "near", "geom": [(0.004, 0), (100, 0)]}))
    apart = build_network(streets(CROSSING[0], {"external_id": "apart", "geom": [(0.1, 0), (100, 0)]}))
    assert set(turns(near, "west")) == {"near"}
    assert set(turns(apart, "west")) == {"west"}


def test_degrees_are_refused_with_the_cure():
    with pytest.raises(NetworkError, match="metric CRS"):
        build_network(streets(*CROSSING).to_crs(4326))


def test_streets_all_closed_are_refused():
    with pytest.raises(NetworkError, match="none of the 1 streets"):
        build_network(streets({**CROSSING[0], "access": "no"}))
