"""The network of real cities: Helsinki's centre and Monaco from OpenStreetMap."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely

from analysis.network import (
    DriveRules,
    Reason,
    build_network,
    check_drive,
    drive_steps,
    kerbside_tasks,
    measure_travel,
    snap,
)
from gis_core.city import load_city
from gis_core.geometry import BBox
from importers.osm.frames import read_osm
from tests.analysis.network.test_conditions import conditions

TRUCK = DriveRules(height_m=3.2, width_m=2.5, weight_t=16)
LIVED_ALONG = ["residential", "living_street", "unclassified", "tertiary", "secondary", "primary"]
MONACO = replace(load_city("helsinki"), bbox=BBox(7.40, 43.72, 7.44, 43.76), metric_crs=32632)


@pytest.fixture
def helsinki(shared_data):
    city = load_city("helsinki")
    frames = read_osm(shared_data / "helsinki" / "Helsinki.osm.pbf", city).frames
    streets = frames["streets"].to_crs(city.metric_crs)
    return build_network(streets, DriveRules(height_m=3.2, weight_t=16), frames["turn-restrictions"])


def test_nearly_all_of_the_centre_is_connected_and_every_restriction_has_its_turn(helsinki):
    assert 1800 < np.count_nonzero(helsinki.component == helsinki.main_component) < helsinki.arc_count
    assert helsinki.unmatched_restrictions == ()


def test_drives_between_real_kerbs_exist_and_are_never_shorter_than_the_straight_line(helsinki):
    rng = np.random.default_rng(3)
    lines = rng.choice(helsinki.lines, 40, replace=False)
    points = shapely.line_interpolate_point(lines, rng.random(40), normalized=True)
    positions, _ = snap(helsinki, [str(n) for n in range(40)], points)
    travel = measure_travel(helsinki, positions)
    assert np.isfinite(travel.time_s).all()
    for i, j in pairwise(range(len(positions))):
        path = travel.path(i, j)
        xy = path.coordinates(helsinki)
        assert path.length_m == pytest.approx(travel.length_m[i, j], abs=0.005 * len(path.arcs))
        assert shapely.LineString(xy).length == pytest.approx(path.length_m, abs=1e-6)
        assert np.hypot(*(xy[-1] - xy[0])) <= path.length_m + 1e-6
        assert all(helsinki.links[a, b] > 0 for a, b in pairwise(path.arcs))


@pytest.mark.parametrize(
    ("file", "city", "reasons"),
    [
        ("helsinki/Helsinki.osm.pbf", load_city("helsinki"), {Reason.TOO_WEAK, Reason.NO_ACCESS}),
        ("monaco/monaco.osm.pbf", MONACO, {Reason.TOO_WEAK, Reason.NO_ACCESS, Reason.TOO_NARROW}),
    ],
)
def test_every_kerb_is_a_task_or_listed_and_drives_between_them_are_legal(shared_data, file, city, reasons):
    frames = read_osm(shared_data / file, city).frames
    streets = frames["streets"].to_crs(city.metric_crs)
    kerbs = streets[streets["street_class"].isin(LIVED_ALONG)]
    network = build_network(streets, TRUCK, frames["turn-restrictions"])
    tasks, missed = kerbside_tasks(network, kerbs)
    named = {task.street for task in tasks} | {
        miss.id.rsplit(":left")[0].rsplit(":right")[0] for miss in missed
    }
    assert named == set(kerbs["external_id"])
    assert len(tasks) > 5 * len(missed)
    assert {miss.reason for miss in missed} == reasons | {Reason.NOT_CONNECTED, Reason.CUT_OFF}
    some = np.random.default_rng(1).choice(len(tasks), 25, replace=False)
    travel = measure_travel(network, [tasks[n].stretches[0] for n in some])
    steps = drive_steps(network, [travel.path(i, j) for i, j in pairwise(range(25))])
    assert len(steps) > 300
    drives, none = {"truck": steps}, conditions({}).iloc[:0]
    assert check_drive(streets, frames["turn-restrictions"], none, TRUCK, drives, date(2026, 11, 30)) == ()
