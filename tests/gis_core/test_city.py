from __future__ import annotations

import tomllib
from datetime import date

import pytest

from gis_core.city import CITIES, load_city, parse_city
from gis_core.errors import InvalidInput

CASABLANCA = (CITIES / "casablanca.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", [path.stem for path in CITIES.glob("*.toml")])
def test_city_file_is_complete(slug):
    city = load_city(slug)
    west, south, east, north = city.bbox.as_tuple()
    assert all((city.name.fr, city.name.ar, city.name.en))
    assert set(city.languages) == {"fr", "ar", "en"}
    for site in city.depots + city.disposal_sites:
        assert west < site.lon_lat[0] < east and south < site.lon_lat[1] < north
    assert {fleet.depot for fleet in city.fleets} <= {depot.id for depot in city.depots}
    assert city.threshold("green_access_m").value == 300


def test_name_falls_back_to_another_language():
    assert load_city("casablanca").name.in_language("ar") == "الدار البيضاء"
    assert load_city("casablanca").name.in_language("de") == "Casablanca"


def test_threshold_keeps_its_source_and_date():
    limit = load_city("casablanca").threshold("no2_annual_ug_m3")
    assert (limit.value, limit.unit, limit.valid_from) == (10, "µg/m³", date(2021, 9, 22))
    assert "WHO" in limit.source


def test_threshold_without_a_source_cannot_be_made():
    data = tomllib.loads(CASABLANCA)
    del data["thresholds"]["green_access_m"]["source"]
    with pytest.raises(TypeError, match="source"):
        parse_city("x", data)


def test_unknown_city_names_the_known_ones():
    with pytest.raises(InvalidInput, match="known: casablanca, helsinki"):
        load_city("atlantis")


def test_broken_city_file_names_file_and_fault(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text(CASABLANCA.replace("metric_crs", "metric"), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"broken\.toml.*metric_crs"):
        load_city(str(path))


def test_missing_threshold_names_the_cure():
    with pytest.raises(InvalidInput, match="city file"):
        load_city("casablanca").threshold("noise")


def test_own_tiles_are_in_the_metric_crs_unless_the_file_says_otherwise():
    assert load_city("casablanca").grid_crs == 26191
    assert load_city("helsinki").grid_crs == load_city("helsinki").metric_crs == 3067


def test_currency_is_the_city_file_s_or_none(tmp_path):
    assert load_city("casablanca").currency == "MAD"
    path = tmp_path / "bare.toml"
    path.write_text(CASABLANCA.replace('currency = "MAD"', ""), encoding="utf-8")
    assert load_city(str(path)).currency == ""
