"""Steps in words, and numbers as people write them."""

import pytest

from analysis.roadbook import Street
from analysis.roadbook.telling import Teller, clock, short_id
from tests.analysis.roadbook.plain_words import PlainWords
from tests.analysis.roadbook.trips import START_S, Trip, cross


def tell(language: str = "en") -> Teller:
    return Teller(PlainWords(language))


def test_the_way_comes_first_then_the_work_then_the_waiting():
    trip = Trip(cross()).start().drive("+w -s", 0, 0).collect("s", "-s", "right").rest(START_S + 3600)
    depart, collect, rest, _ = trip.drive("-s", 100).end().book().steps
    assert tell("fr").sentences(depart) == ("depart Dépôt Nord Rue A",)
    assert tell("fr").sentences(collect) == ("turn.right شارع ج", "collect.left metres 100")
    assert tell().sentences(rest) == ("rest minutes 30", "wait 07:00")
    assert tell("fr").sentence(collect) == "turn.right شارع ج. collect.left metres 100."


@pytest.mark.parametrize(("language", "name"), [("ar", "زنقة أ"), ("fr", "Rue A"), ("en", "Rue A")])
def test_a_name_in_another_language_before_none(language, name):
    street = Street({"fr": "Rue A", "ar": "زنقة أ"}, "residential")
    assert tell(language).street(street) == name
    assert tell(language).street(Street({}, "service")) == "unnamed.service"


def test_distances_and_loads_are_rounded_as_people_say_them():
    assert [tell("fr").distance(m) for m in (4.2, 14, 994, 996, 12_340)] == [
        "metres 4", "metres 10", "metres 990", "kilometres 1,0", "kilometres 12,3",
    ]  # fmt: skip
    assert [tell("en").load(kg) for kg in (110.4, 9940)] == ["kilograms 110", "tonnes 9.9"]
    assert tell("ar").number(12345.6, 1) == "12\N{NARROW NO-BREAK SPACE}345,6"
    assert [tell().duration(s) for s in (1500, 13_440)] == ["minutes 25", "hours 3 44"]


def test_clock_goes_round_at_midnight():
    assert [clock(s) for s in (0, 21_599.9, 86_400 + 1800)] == ["00:00", "05:59", "00:30"]


def test_an_identifier_is_told_by_its_last_part():
    assert [short_id(id) for id in ("casa:container/000012", "v1", "a/")] == ["000012", "v1", "a/"]
