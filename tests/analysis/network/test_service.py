"""Which streets are one pass and which two, along which arcs; and why some cannot be served."""

from datetime import date

import numpy as np
import pytest

from analysis.network import (
    DriveRules,
    KerbRules,
    Reason,
    build_network,
    collected_on,
    kerbside_tasks,
    measure_travel,
)
from tests.analysis.network.streets import streets

MONDAY = date(2026, 11, 30)
RING = (
    {"external_id": "a", "geom": [(0, 0), (100, 0)]},
    {"external_id": "b", "geom": [(100, 0), (100, 100)]},
    {"external_id": "c", "geom": [(100, 100), (0, 0)]},
    {"external_id": "tail", "geom": [(0, 0), (-50, 0)]},  # where a truck turns round
)


def tasks_of(*rows: dict, rules: DriveRules | None = None, kerb: KerbRules | None = None):
    frame = streets(*rows)
    network = build_network(frame, rules)
    return network, *kerbside_tasks(network, frame, kerb)


def backward(network, task) -> list[bool]:
    return network.backward[list(task.arcs)].tolist()


def test_narrow_two_way_street_is_one_task_with_two_ways():
    network, tasks, missed = tasks_of({**RING[0], "width_m": 6.0}, *RING[1:])
    assert next((t.id, t.side, backward(network, t)) for t in tasks) == ("a", "both", [False, True])
    assert missed == ()


def test_wide_two_way_street_is_two_tasks_each_along_its_kerb():
    network, tasks, _ = tasks_of({**RING[0], "width_m": 9.0}, *RING[1:])
    assert [(t.id, t.side, backward(network, t)) for t in tasks][:2] == [
        ("a:left", "left", [True]),
        ("a:right", "right", [False]),
    ]


def test_kerbs_swap_where_traffic_drives_on_the_left():
    network, tasks, _ = tasks_of(
        {**RING[0], "width_m": 9.0}, *RING[1:], rules=DriveRules(drives_on_right=False)
    )
    assert [(t.id, backward(network, t)) for t in tasks][:2] == [("a:left", [False]), ("a:right", [True])]


def test_one_way_street_is_one_pass_where_narrow_and_two_from_the_same_end_where_wide():
    ring = [{**row, "one_way": "forward"} for row in RING[:3]]
    network, tasks, _ = tasks_of({**ring[0], "width_m": 5.0}, {**ring[1], "width_m": 11.0}, ring[2])
    assert [(t.id, backward(network, t)) for t in tasks] == [
        ("a", [False]), ("b:left", [False]), ("b:right", [False]), ("c", [False]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("street", "one_pass"),
    [
        ({"width_m": 7.5}, True),
        ({"width_m": 7.6}, False),
        ({"width_m": 20.0, "collection_side": "both"}, True),
        ({"width_m": 4.0, "collection_side": "left_right"}, False),
        ({"width_m": 4.0, "collection_side": "auto"}, True),
        ({"lanes": 2.0}, True),
        ({"lanes": 4.0}, False),
        ({"width_m": 12.0, "lanes": 1.0}, False),
        ({"street_class": "residential"}, True),
        ({"street_class": "secondary"}, False),
    ],
)
def test_what_is_said_wins_then_width_then_lanes_then_class(street, one_pass):
    _, tasks, _ = tasks_of({**RING[0], **street}, *RING[1:])
    assert ("a" in {t.id for t in tasks}) == one_pass


def test_service_takes_its_own_speed():
    _, tasks, _ = tasks_of({**RING[0], "width_m": 9.0}, {**RING[1], "width_m": 5.0}, *RING[2:])
    seconds = {t.id: t.service_s for t in tasks}
    assert seconds["a:left"] == pytest.approx(100 / (6 / 3.6))
    assert seconds["b"] == pytest.approx(100 / (4 / 3.6))


def test_streets_of_the_weekday_are_chosen():
    frame = streets(
        *({**row, "collection_days": days} for row, days in zip(RING, ([1, 4], [], None, [2]), strict=True))
    )
    assert collected_on(frame, MONDAY)["external_id"].tolist() == ["a"]
    assert collected_on(frame, date(2026, 12, 1))["external_id"].tolist() == ["tail"]
    assert collected_on(frame, date(2026, 12, 2)).empty


@pytest.mark.parametrize(
    ("street", "reason"),
    [
        ({"width_m": 2.8}, Reason.TOO_NARROW),
        ({"max_width_m": 2.0}, Reason.TOO_NARROW),
        ({"max_height_m": 3.0}, Reason.TOO_LOW),
        ({"max_weight_t": 3.5}, Reason.TOO_WEAK),
        ({"slope_pct": -25.0}, Reason.TOO_STEEP),
        ({"access": "private"}, Reason.NO_ACCESS),
        ({"street_class": "steps"}, Reason.NOT_DRIVABLE),
    ],
)
def test_street_closed_to_the_truck_is_listed_with_the_reason(street, reason):
    spur = {"external_id": "spur", "geom": [(100, 0), (180, 0)], **street}
    _, tasks, missed = tasks_of(*RING, spur, rules=DriveRules(width_m=2.5, height_m=3.5, weight_t=19))
    assert [(m.id, m.reason, m.nearest_m) for m in missed] == [("spur", reason, 0.0)]
    assert {t.street for t in tasks} == {"a", "b", "c", "tail"}


def test_dead_end_without_room_to_turn_is_listed():
    spur = {"external_id": "spur", "geom": [(100, 0), (180, 0)], "width_m": 4.0}
    assert tasks_of(*RING, spur)[2] == ()
    (missed,) = tasks_of(*RING, spur, rules=DriveRules(turning_width_m=8.0))[2]
    assert (missed.id, missed.reason) == ("spur", Reason.NO_TURNING)


def test_island_is_listed_with_its_distance():
    island = {"external_id": "island", "geom": [(0, 300), (50, 300)]}
    (missed,) = tasks_of(*RING, island)[2]
    assert (missed.id, missed.reason) == ("island", Reason.NOT_CONNECTED)
    assert missed.nearest_m == pytest.approx(np.hypot(50, 200) - 0, abs=60)


def test_one_way_street_that_cannot_be_left_is_listed():
    trap = {"external_id": "trap", "geom": [(100, 0), (180, 0)], "one_way": "forward"}
    (missed,) = tasks_of(*RING, trap)[2]
    assert (missed.id, missed.reason) == ("trap", Reason.NOT_CONNECTED)


def test_tasks_are_measured_as_stretches():
    network, tasks, _ = tasks_of(*RING)
    places = [stretch for task in tasks for stretch in task.stretches]
    travel = measure_travel(network, places)
    assert travel.time_s.shape == (8, 8)
    assert np.isfinite(travel.time_s).all()


def test_laden_truck_climbs_slowly_and_goes_down_at_its_speed():
    level, steep = ({**RING[0], "speed_kmh": 50.0, "slope_pct": slope} for slope in (0.0, 10.0))
    times = [build_network(streets(row, *RING[1:])).time_s[[0, 4]] for row in (level, steep)]
    assert times[0].tolist() == pytest.approx([7.2, 7.2])
    assert times[1].tolist() == pytest.approx([100 / (6.8 / (9.81 * 0.112)), 7.2])
