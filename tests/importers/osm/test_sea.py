import pytest
import shapely

from gis_core.geometry import BBox
from importers.osm.extract import Way
from importers.osm.sea import Sea, close_sea

BOX = BBox(0, 0, 1, 1)


def coast(*places, number=1):
    return Way(number, {}, tuple(range(len(places))), places)


def area(sea):
    return shapely.union_all(sea.faces).area


def test_sea_lies_on_the_right_of_the_coast():
    northward = close_sea([coast((0.3, -1), (0.3, 2))], BOX)
    southward = close_sea([coast((0.3, 2), (0.3, -1))], BOX)
    assert (area(northward), area(southward)) == (pytest.approx(0.7), pytest.approx(0.3))


def test_ways_are_joined_whatever_their_order():
    parts = [coast((0.5, 0.5), (2, 0.5), number=2), coast((-1, 0.5), (0.5, 0.5))]
    assert close_sea(parts, BOX).faces[0].equals(shapely.box(0, 0, 1, 0.5))


def test_island_alone_makes_all_around_it_sea():
    island = coast((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4))  # land on the left
    sea = close_sea([island], BOX)
    assert area(sea) == pytest.approx(0.96)
    assert not sea.faces[0].contains(shapely.Point(0.5, 0.5))


def test_bay_with_island_and_two_coasts():
    shore = [coast((-1, 0.8), (2, 0.8)), coast((2, 0.2), (-1, 0.2), number=2)]
    island = coast((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4), number=3)
    assert area(close_sea([*shore, island], BOX)) == pytest.approx(0.6 - 0.04)


def test_coast_cut_just_inside_the_box_is_drawn_on_to_the_edge():
    sea = close_sea([coast((0.002, 0.5), (0.998, 0.5))], BOX)
    assert (area(sea), sea.open_ends) == (pytest.approx(0.5), 0)


def test_coast_that_ends_far_inside_is_reported_and_makes_no_sea():
    assert close_sea([coast((-1, 0.5), (0.5, 0.5))], BOX) == Sea((), open_ends=1)


def test_missing_nodes_break_the_line_but_not_the_reader():
    sea = close_sea([coast((-0.1, 0.5), (0.5, 0.5), None, (0.5, 0.9), (0.6, 0.9))], BOX)
    assert (sea.faces, sea.open_ends) == ((), 3)


def test_no_coast_no_sea():
    assert close_sea([], BOX).faces == ()
