import pytest

from importers.osm import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", 50.0), ("30 mph", 48.28), ("30mph", 48.28), ("walk", 5.0), ("FI:urban", 50.0), ("MA:motorway", 120.0),
        ("DE:zone:30", 30.0), ("FI:zone40", 40.0), ("GB:rural", 96.56), ("60;40", 40.0),
        ("none", None), ("signals", None), (None, None), ("fast", None), ("", None),
    ],
)  # fmt: skip
def test_speed_kmh_of_tag(text, expected):
    assert (
        values.speed_kmh(text) == pytest.approx(expected, abs=0.01)
        if expected
        else values.speed_kmh(text) is None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", 3.5),
        ("3,5 m", 3.5),
        ("350 cm", 3.5),
        ("10 ft", 3.048),
        ("12'6\"", 3.81),
        ("default", None),
        ("3 bananas", None),
    ],
)
def test_metres_of_tag(text, expected):
    assert values.metres(text) == expected


def test_tonnes_of_tag():
    assert [values.tonnes(t) for t in ("7.5", "3500 kg", "10 st", "unsigned")] == [7.5, 3.5, 9.072, None]


@pytest.mark.parametrize(
    ("oneway", "junction", "highway", "expected"),
    [
        ("yes", None, "residential", "forward"), ("-1", None, "residential", "backward"),
        ("no", "roundabout", "primary", "no"),
        (None, "roundabout", "primary", "forward"), (None, None, "motorway", "forward"), ("no", None, "motorway", "no"),
        ("reversible", None, "primary", "forward"),
        ("alternating", None, "primary", "no"), (None, None, "primary", "no"),
    ],
)  # fmt: skip
def test_one_way_of_tags(oneway, junction, highway, expected):
    assert values.one_way(oneway, junction, highway) == expected


@pytest.mark.parametrize(
    ("motorcar", "motor_vehicle", "vehicle", "access", "highway", "expected"),
    [
        (None, None, None, None, "residential", "yes"),
        (None, None, None, "no", "residential", "no"),
        (None, "yes", None, "no", "residential", "yes"),
        ("no", "yes", None, "yes", "residential", "no"),
        (None, None, "destination", "yes", "residential", "destination"),
        (None, None, None, "customers", "service", "destination"),
        (None, None, None, "private", "service", "private"),
        (None, None, None, "unknown", "service", "yes"),
        (None, None, None, "yes", "footway", "no"),
        (None, "yes", None, None, "pedestrian", "yes"),
        (None, "destination", None, None, "pedestrian", "destination"),
        (None, None, None, None, "steps", "no"),
    ],
)
def test_motor_access_of_tags(motorcar, motor_vehicle, vehicle, access, highway, expected):
    assert values.motor_access(motorcar, motor_vehicle, vehicle, access, highway) == expected


@pytest.mark.parametrize(
    ("layer", "bridge", "tunnel", "expected"),
    [("2", "yes", None, 2), (None, "viaduct", None, 1), (None, None, "yes", -1), ("-2", None, "yes", -2),
     (None, "no", "building_passage", 0), ("high", None, None, 0)],
)  # fmt: skip
def test_bridge_level_of_tags(layer, bridge, tunnel, expected):
    assert values.bridge_level(layer, bridge, tunnel) == expected


def test_counts_and_years_ignore_nonsense():
    assert [values.count(t) for t in ("4", "2;3", "many", "99999999", "-1")] == [4, 2, None, None, None]
    assert [values.year(t) for t in ("1998", "2004-11-02", "~1920", "C19", "12345")] == [
        1998,
        2004,
        1920,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10%", 10.0),
        ("-8 %", -8.0),
        ("+4,5%", 4.5),
        ("5°", 8.75),
        ("-45°", None),
        ("up", None),
        ("80%", None),
        ("", None),
        (None, None),
    ],
)
def test_slope_pct_of_tag(text, expected):
    assert values.slope_pct(text) == expected
