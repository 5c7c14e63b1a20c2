"""The network of a real city: Helsinki's centre from OpenStreetMap."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from analysis.network import DriveRules, build_network, measure_travel, snap
from gis_core.city import load_city
from importers.osm.frames import read_osm


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
