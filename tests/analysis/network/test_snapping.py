import numpy as np
import pytest
from shapely.geometry import Point

from analysis.network import Approach, DriveRules, Reason, build_network, snap
from tests.analysis.network.streets import streets

ROAD = {"external_id": "road", "geom": [(0, 0), (200, 0)]}
NETWORK = build_network(streets(ROAD))


def snap_one(x: float, y: float, **options):
    positions, missed = snap(options.pop("network", NETWORK), ["c"], np.array([Point(x, y)]), **options)
    return positions[0] if positions else missed[0]


def test_offset_side_and_distance_are_kept():
    left, right = snap_one(50, 7), snap_one(50, -7)
    assert (left.offset_m, left.side, left.distance_m) == (pytest.approx(50), "left", pytest.approx(7))
    assert (right.offset_m, right.side) == (pytest.approx(50), "right")


def test_kerb_approach_takes_the_direction_on_whose_side_it_stands():
    left, right = snap_one(50, 7), snap_one(50, -7)
    assert NETWORK.backward[list(left.arcs)].tolist() == [True]
    assert NETWORK.backward[list(right.arcs)].tolist() == [False]


def test_kerb_is_the_other_one_where_traffic_drives_on_the_left():
    network = build_network(streets(ROAD), DriveRules(drives_on_right=False))
    assert network.backward[list(snap_one(50, 7, network=network).arcs)].tolist() == [False]


def test_yard_may_be_entered_and_left_in_both_directions():
    assert len(snap_one(50, 7, approach=Approach.EITHER).arcs) == 2


def test_one_way_street_is_served_on_either_side():
    loop = streets(
        {"external_id": "out", "geom": [(0, 0), (200, 0)], "one_way": "forward"},
        {"external_id": "back", "geom": [(200, 0), (100, 90), (0, 0)], "one_way": "forward"},
    )
    position = snap_one(50, 7, network=build_network(loop))
    assert position.side == "left"
    assert len(position.arcs) == 1


def test_container_too_far_is_listed_with_its_distance():
    missed = snap_one(50, 130)
    assert (missed.id, missed.reason, missed.nearest_m) == ("c", Reason.TOO_FAR, pytest.approx(130))


def test_container_beside_a_street_that_is_too_weak_says_so():
    lane = {"external_id": "lane", "geom": [(50, 0), (50, 200)], "max_weight_t": 3.5}
    network = build_network(streets(ROAD, lane), DriveRules(weight_t=19.0))
    missed = snap_one(60, 150, network=network)
    assert (missed.reason, missed.nearest_m) == (Reason.TOO_WEAK, pytest.approx(150))
    assert snap_one(250, 150, network=network).reason is Reason.TOO_FAR


def test_container_on_an_island_is_listed_as_not_connected():
    island = {"external_id": "island", "geom": [(0, 300), (20, 300)]}
    more = {"external_id": "more", "geom": [(200, 0), (300, 0)]}
    missed = snap_one(10, 305, network=build_network(streets(ROAD, more, island)))
    assert missed.reason is Reason.NOT_CONNECTED


def test_container_by_an_island_near_the_network_goes_to_the_network():
    island = {"external_id": "island", "geom": [(0, 40), (20, 40)]}
    more = {"external_id": "more", "geom": [(200, 0), (300, 0)]}
    network = build_network(streets(ROAD, more, island))
    assert network.street_ids[snap_one(10, 35, network=network).section] == "road"


def test_order_and_ids_survive_a_missed_point():
    points = np.array([Point(10, 1), Point(10, 900), Point(90, 1)])
    positions, missed = snap(NETWORK, ["a", "b", "c"], points)
    assert [p.id for p in positions] == ["a", "c"]
    assert [m.id for m in missed] == ["b"]
