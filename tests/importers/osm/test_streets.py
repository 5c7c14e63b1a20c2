import pytest
import shapely

from gis_core.geometry import BBox
from tests.importers.osm.written import city, node, read_lines, relation, way

NODES = [
    node(1, 24.01, 60.01), node(2, 24.02, 60.01), node(3, 24.03, 60.01), node(4, 24.02, 60.02), node(5, 24.02, 60.03),
    node(6, 24.04, 60.01),
]  # fmt: skip


def streets(folder, *lines, of=None):
    return read_lines(folder, *lines, of=of).frames["streets"].set_index("external_id")


def test_streets_are_split_where_two_ways_share_a_node(tmp_path):
    found = streets(
        tmp_path, *NODES, way(10, [1, 2, 3], highway="residential"), way(11, [2, 4, 5], highway="residential")
    )
    assert list(found.index) == ["osm:way/10:0", "osm:way/10:1", "osm:way/11:0"]
    assert found.geom["osm:way/10:0"].equals_exact(shapely.LineString([(24.01, 60.01), (24.02, 60.01)]), 1e-9)
    assert found.geom["osm:way/10:0"].coords[-1] == found.geom["osm:way/11:0"].coords[0]


def test_bridge_without_shared_node_is_no_junction(tmp_path):
    over = [node(7, 24.015, 60.0), node(8, 24.015, 60.02)]
    found = streets(
        tmp_path,
        *NODES,
        *over,
        way(10, [1, 2], highway="primary"),
        way(11, [7, 8], highway="primary", bridge="yes"),
    )
    assert list(found.index) == ["osm:way/10:0", "osm:way/11:0"]
    assert found.bridge_level.tolist() == [0, 1]


def test_end_of_a_way_inside_another_splits_it(tmp_path):
    found = streets(
        tmp_path, *NODES, way(10, [1, 2, 3, 6], highway="residential"), way(11, [5, 3], highway="service")
    )
    assert found.index.tolist() == ["osm:way/10:0", "osm:way/10:1", "osm:way/11:0"]


def test_way_that_meets_itself_is_split_there(tmp_path):
    found = streets(tmp_path, *NODES, way(10, [1, 2, 3, 4, 2], highway="residential"))
    assert [len(line.coords) for line in found.geom] == [2, 4]


def test_node_repeated_by_mistake_makes_no_section(tmp_path):
    found = streets(tmp_path, *NODES, way(10, [1, 2, 2, 3], highway="residential"))
    assert [len(line.coords) for line in found.geom] == [3]


def test_railway_or_platform_splits_nothing_and_is_counted(tmp_path):
    lines = [*NODES, way(10, [1, 2, 3], highway="residential"), way(11, [2, 4], highway="platform")]
    read = read_lines(tmp_path, *lines)
    assert read.frames["streets"].external_id.tolist() == ["osm:way/10:0"]
    assert read.report.skipped["streets"] == {"highway=platform is no street": 1}


def test_fields_are_read(tmp_path):
    tags = {
        "oneway": "-1", "maxspeed": "30 mph", "lanes": "2", "width": "5,5 m", "surface": "sett", "maxheight": "3.2",
        "maxweight": "3500 kg", "maxwidth": "2.2 m", "incline": "-6 %",
        "layer": "-1", "tunnel": "yes", "motor_vehicle": "destination", "name": "Tunnelgatan",
        "name__fr": "Rue du Tunnel",
    }  # fmt: skip
    row = streets(tmp_path, *NODES, way(10, [1, 2], highway="tertiary_link", **tags)).loc["osm:way/10:0"]
    assert (row.street_class, row.one_way, row.access, row.source) == (
        "tertiary",
        "backward",
        "destination",
        "openstreetmap",
    )
    assert (row.speed_kmh, row.lanes, row.width_m, row.surface) == (
        pytest.approx(48.28, abs=0.01),
        2,
        5.5,
        "sett",
    )
    assert (row.max_height_m, row.max_weight_t, row.bridge_level) == (3.2, 3.5, -1)
    assert (row.max_width_m, row.slope_pct) == (2.2, -6.0)
    assert (row.name_fr, row.name_ar, row.name_en) == ("Rue du Tunnel", "", "Tunnelgatan")


def test_line_cut_twice_by_the_box_keeps_direction_and_numbers(tmp_path):
    box = BBox(24.0, 60.0, 24.03, 60.015)
    out_and_in = [
        node(1, 24.01, 60.01),
        node(2, 24.05, 60.01),
        node(3, 24.05, 60.005),
        node(4, 24.01, 60.005),
    ]
    found = streets(
        tmp_path, *out_and_in, way(10, [1, 2, 3, 4], highway="residential", oneway="yes"), of=city(box)
    )
    assert [list(map(tuple, line.coords)) for line in found.geom] == [
        [(24.01, 60.01), (24.03, 60.01)],
        [(24.03, 60.005), (24.01, 60.005)],
    ]
    assert found.index.tolist() == ["osm:way/10:0", "osm:way/10:1"]


def test_missing_node_ends_a_section_and_is_no_error(tmp_path):
    found = streets(tmp_path, *NODES, way(10, [1, 2, 99, 3, 6], highway="residential"))
    assert [len(line.coords) for line in found.geom] == [2, 2]


def restricted(folder, *relations, extra=()):
    ways = [
        way(10, [1, 2], highway="residential", oneway="yes"),
        way(11, [2, 3, 6], highway="residential"),
        way(12, [2, 4, 5], highway="residential"),
        way(13, [3, 5], highway="residential"),
    ]
    return read_lines(folder, *NODES, *ways, *extra, *relations)


def test_restriction_names_the_sections_at_the_node(tmp_path):
    rule = relation(20, ["w10@from", "n2@via", "w11@to"], type="restriction", restriction="no_straight_on")
    (row,) = restricted(tmp_path, rule).frames["turn-restrictions"].itertuples()
    assert (row.external_id, row.kind) == ("osm:relation/20", "no_straight_on")
    assert (row.from_street, row.to_street) == ("osm:way/10:0", "osm:way/11:0")
    assert (row.geom.x, row.geom.y) == (24.02, 60.01)


APART = "its streets do not meet at the node, or lie outside the box"


@pytest.mark.parametrize(
    ("members", "tags", "reason"),
    [
        (["w10@from", "w11@via", "w13@to"], {"restriction": "no_u_turn"}, "goes via a way"),
        (["w10@from", "n2@via"], {"restriction": "no_left_turn"}, "has not one from, one via and one to"),
        (["w10@from", "n2@via", "w12@to"], {"restriction": "no_entry"}, "restriction=no_entry is not one of ours"),
        (["w10@from", "n2@via", "w12@to"], {"restriction": "no_left_turn", "except": "bus;motorcar"},
         "excepts motor vehicles"),
        (["w10@from", "n2@via", "w12@to"], {"restriction__conditional": "no_left_turn @ (07:00-09:00)"},
         "only at certain times, or for other vehicles"),
        (["w11@from", "n2@via", "w10@to"], {"restriction": "no_u_turn"}, APART),
        (["w10@from", "n99@via", "w12@to"], {"restriction": "no_u_turn"}, APART),
        (["w13@from", "n3@via", "w11@to"], {"restriction": "no_left_turn"},
         "its street passes through the node instead of ending there"),
    ],
)  # fmt: skip
def test_restriction_that_cannot_be_kept_is_counted_with_its_reason(tmp_path, members, tags, reason):
    read = restricted(tmp_path, relation(20, members, type="restriction", **tags))
    assert len(read.frames["turn-restrictions"]) == 0
    assert read.report.skipped["turn-restrictions"] == {reason: 1}
