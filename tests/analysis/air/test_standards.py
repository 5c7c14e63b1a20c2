"""Limits and indices: WHO's values are pinned, and nothing without a source is used."""

from datetime import date

import pytest

from analysis.air.standards import NoStandard, load_standards

WHO_2021 = {
    "who-pm25-year": 5,
    "who-pm25-day": 15,
    "who-pm10-year": 15,
    "who-pm10-day": 45,
    "who-no2-year": 10,
    "who-no2-day": 25,
    "who-o3-8h": 100,
    "who-so2-day": 40,
}
OWN = {
    "sources": {"city": {"text": "Decree of the city, 1 March 2026", "valid_from": date(2026, 3, 1)}},
    "limits": [
        {"id": "city-no2-day", "source": "city", "pollutant": "no2", "averaging": "day", "value_ug_m3": 30}
    ],
}


def test_values_of_who_2021():
    limits = load_standards().limits
    assert {id: limit.value_ug_m3 for id, limit in limits.items() if id.startswith("who-")} == WHO_2021
    assert {limits[id].source.id for id in WHO_2021} == {"who-2021"}


def test_every_standard_has_a_source_with_a_day():
    standards = load_standards()
    sources = [s.source for s in (*standards.limits.values(), *standards.indices.values())]
    assert all(source.text and source.checked and source.valid_from for source in sources)


def test_city_adds_its_own():
    standards = load_standards(OWN)
    assert standards.limit("city-no2-day").value_ug_m3 == 30
    found = standards.limits_of("no2", "day", date(2026, 6, 1))
    assert [limit.id for limit in found] == ["who-no2-day", "city-no2-day"]


@pytest.mark.parametrize(("day", "ids"), [("2020-01-01", ["ma-no2-year"]), ("2025-01-01", ["who-no2-year"])])
def test_only_what_is_in_force_on_the_day(day, ids):
    found = load_standards().limits_of("no2", "year", date.fromisoformat(day))
    assert [limit.id for limit in found] == ids


def test_limit_without_a_source_is_refused():
    own = {"limits": [{**OWN["limits"][0], "source": ""}]}
    with pytest.raises(NoStandard, match="'city-no2-day' has no source"):
        load_standards(own)


def test_source_without_a_day_is_refused():
    with pytest.raises(NoStandard, match="Source 'city'"):
        load_standards({"sources": {"city": {"text": "somewhere"}}})


def test_limit_of_nothing_is_refused():
    with pytest.raises(NoStandard, match="value_ug_m3 above 0"):
        load_standards({**OWN, "limits": [{**OWN["limits"][0], "value_ug_m3": 0}]})


def test_index_with_too_few_bounds_is_refused():
    index = {"id": "own", "source": "city", "levels": ["good", "bad"], "hours": {"no2": 1}}
    with pytest.raises(NoStandard, match="give 1 rising bounds"):
        load_standards({**OWN, "indices": [{**index, "bounds_ug_m3": {"no2": [40, 80]}}]})


def test_unknown_limit_names_those_there_are():
    with pytest.raises(NoStandard, match="Known: ma-no2-hour"):
        load_standards().limit("who")


def test_source_that_ends_before_it_begins_is_refused():
    source = {**OWN["sources"]["city"], "valid_until": date(2025, 1, 1)}
    with pytest.raises(NoStandard, match="ends before it begins"):
        load_standards({"sources": {"city": source}})
