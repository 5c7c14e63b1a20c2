"""What a crew is told, on streets small enough to drive in the head."""

import json

import pytest

from analysis.roadbook import Roadbook, RoadbookError, Side, StepKind, Turn
from tests.analysis.network.streets import streets
from tests.analysis.roadbook.trips import START_S, Trip, cross, named, point_m


def told(book: Roadbook) -> list[tuple]:
    """Kind, turn, name of the street."""
    return [
        (
            s.kind.value,
            s.turn and s.turn.value,
            s.street and (s.street.names.get("fr") or s.street.street_class),
        )
        for s in book.steps
    ]


def at_cross(arcs: str) -> Roadbook:
    return Trip(cross()).start().drive(arcs).end().book()


@pytest.mark.parametrize(
    ("arcs", "turn"),
    [("+w +n", Turn.LEFT), ("+w -s", Turn.RIGHT), ("-e +n", Turn.RIGHT), ("-n -w", Turn.RIGHT)],
)
def test_turns_at_a_cross_are_told_from_the_drivers_seat(arcs, turn):
    depart, go, end = at_cross(arcs).steps
    assert (depart.kind, go.kind, end.kind) == (StepKind.DEPART, StepKind.GO, StepKind.END)
    assert (go.turn, go.at_m, go.to_next_m, end.at_m) == (turn, 100.0, 100.0, 200.0)


def test_straight_on_in_the_same_street_says_nothing_and_into_another_name_says_so():
    assert told(at_cross("+w +e")) == [("depart", None, "Rue A"), ("end", None, "Rue A")]
    assert told(at_cross("-n -s"))[1][:2] == ("go", "straight")


def test_a_street_without_a_name_is_told_by_its_class_when_one_turns_into_it():
    steps = Trip(cross()).start().drive("-w +lane").end().book().steps
    assert (steps[1].turn, steps[1].street.names, steps[1].street.street_class) == (Turn.RIGHT, {}, "service")


def test_a_dead_end_is_a_u_turn():
    book = at_cross("+w +n -n -w")
    assert [(s.kind, s.turn) for s in book.steps[1:4]] == [
        (StepKind.GO, Turn.LEFT),
        (StepKind.GO, Turn.U_TURN),
        (StepKind.GO, Turn.RIGHT),
    ]


def test_a_one_way_loop_is_followed_without_a_word_where_it_only_bends():
    loop = streets(
        named("in", [(-100, 0), (0, 0)], "Rue A"),
        named("l1", [(0, 0), (50, 50)], "Rue B", one_way="forward"),
        named("l2", [(50, 50), (50, -50)], "Rue B", one_way="forward"),
        named("l3", [(50, -50), (0, 0)], "Rue B", one_way="forward"),
    )
    book = Trip(loop).start().drive("+in +l1 +l2 +l3 -in").end().book()
    assert told(book)[1:] == [
        ("go", "slight-left", "Rue B"),
        ("go", "slight-left", "Rue A"),
        ("end", None, "Rue A"),
    ]


def test_a_street_that_turns_off_at_a_junction_under_its_own_name_is_told():
    bend = streets(
        named("a1", [(-100, 0), (0, 0)], "Rue A"),
        named("a2", [(0, 0), (0, 100)], "Rue A"),
        named("b", [(0, 0), (100, 0)], "Rue B"),
    )
    assert told(Trip(bend).start().drive("+a1 +a2").end().book())[1] == ("go", "left", "Rue A")
    corner = bend[bend["external_id"] != "b"]
    assert len(Trip(corner).start().drive("+a1 +a2").end().book().steps) == 2


def test_containers_in_a_row_on_one_side_are_one_step_and_the_side_is_the_drivers():
    trip = (
        Trip(cross()).start().drive("-e", 0, 10).empty("c1", "left").drive("-e", 10, 30).empty("c2", "left")
    )
    trip.drive("-e", 30, 40).empty("c3", "right").drive("-e -w", 40, 20).empty("c4", "on").drive(
        "-w", 20
    ).end()
    steps = [s for s in trip.book().steps if s.kind is StepKind.EMPTY]
    assert [(s.ids, s.side) for s in steps] == [
        (("c1", "c2"), Side.RIGHT),
        (("c3",), Side.LEFT),
        (("c4",), None),
    ]
    assert (steps[0].length_m, steps[0].duration_s, steps[0].load_kg, steps[2].load_kg) == (
        20.0,
        120.0,
        200.0,
        400.0,
    )


def test_containers_far_apart_are_steps_of_their_own():
    trip = (
        Trip(cross())
        .start()
        .drive("+w", 0, 10)
        .empty("c1")
        .drive("+w", 10, 61)
        .empty("c2")
        .drive("+w", 61)
        .end()
    )
    assert [s.ids for s in trip.book().steps if s.kind is StepKind.EMPTY] == [("c1",), ("c2",)]


def test_streets_collected_one_after_the_other_are_one_step_that_begins_with_the_turn():
    trip = Trip(cross()).start().drive("-n -w", 0, 0).collect("w", "-w").drive("-w +lane", 100, 0)
    book = trip.collect("lane", "+lane", "left").drive("+lane", 80).end().book()
    assert told(book) == [
        ("depart", None, "Avenue B"),
        ("collect", "right", "Rue A"),
        ("collect", "right", "service"),
        ("end", None, "service"),
    ]
    first, second = book.steps[1:3]
    assert (first.side, first.length_m, first.to_next_m, first.ids) == (Side.BOTH, 100.0, 100.0, ("w",))
    assert (second.side, second.length_m, second.load_kg) == (Side.LEFT, 80.0, 400.0)


def test_two_sections_of_one_street_are_collected_in_one_step():
    trip = (
        Trip(cross()).start().drive("+w", 0, 0).collect("w", "+w").drive("+w +e", 100, 0).collect("e", "+e")
    )
    _, collect, end = trip.drive("+e", 100).end().book().steps
    assert (collect.ids, collect.length_m, collect.load_kg, end.at_m) == (("w", "e"), 200.0, 400.0, 200.0)


def test_tip_and_rest_are_told_and_the_way_out_of_the_site_after_them():
    trip = Trip(cross()).start().drive("+w", 0, 50).empty("c1").rest(START_S + 3600).drive("+w +n", 50).tip()
    book = trip.drive("-n -w").end().book()
    assert [s.kind.value for s in book.steps] == ["depart", "empty", "rest", "go", "tip", "go", "go", "end"]
    rest, tip, out = book.steps[2], book.steps[4], book.steps[5]
    assert (rest.wait_s, rest.duration_s) == (3600 - 65, 1800)
    assert (tip.load_kg, tip.names["ar"], tip.duration_s) == (0.0, "مطرح", 600.0)
    assert (out.turn, out.street.names["fr"], out.at_m) == (None, "Avenue B", 200.0)


def test_clock_metres_and_place_of_each_step():
    book = Trip(cross()).start().drive("+w +n", 0, 40).empty("c1").drive("+n", 40).end().book()
    assert [s.at_m for s in book.steps] == [0, 100, 140, 200]
    assert [s.clock_s - START_S for s in book.steps] == [0, 10, 14, 80]
    for step, (x, y) in zip(book.steps, [(-100, 0), (0, 0), (0, 40), (0, 100)], strict=True):
        assert (step.lon, step.lat) == pytest.approx((point_m(x, y).x, point_m(x, y).y), abs=6e-7)
    assert (book.totals.distance_m, book.totals.tasks, book.totals.load_kg) == (200.0, 1, 100.0)


def test_json_says_the_same_again():
    trip = Trip(cross(), load_kg=5.0).start().drive("+w", 0, 50).empty("c1").drive("+w -s", 50).tip()
    book = trip.drive("+s +n").end().book()
    text = json.dumps(book.as_json(), ensure_ascii=False)
    assert Roadbook.from_json(json.loads(text)) == book
    assert "null" not in text


@pytest.mark.parametrize("document", [{}, {"format": 2}, {"format": 1, "steps": [{"kind": "fly"}]}, [], None])
def test_what_is_no_roadbook_is_refused(document):
    with pytest.raises(RoadbookError):
        Roadbook.from_json(document)
