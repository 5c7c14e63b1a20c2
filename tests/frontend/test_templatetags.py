"""Values, outputs and inputs as the pages show them."""

from __future__ import annotations

from django.template import engines
from django.utils import translation

from frontend.templatetags import pages
from gis_core.jobs.models import Job
from gis_core.jobs.process import Input
from layers.registry import get_collection


def rendered(value: object, language: str = "en") -> str:
    template = engines["django"].from_string('{% include "pages/output.html" with value=value %}')
    with translation.override(language):
        return template.render({"value": value})


def test_numbers_by_language() -> None:
    with translation.override("fr"):
        assert pages.number(12345.678).replace("\u202f", " ").replace("\xa0", " ") == "12 346"
    with translation.override("ar"):
        assert pages.number(12345.678) == "12.346"
        assert pages.number(3.14159) == "3,1"
    with translation.override("en"):
        assert pages.number(0.01234) == "0.012"
        assert pages.number(5) == pages.number(5.0) == "5"
    assert pages.number("L1") == "L1"


def test_values_in_words() -> None:
    with translation.override("fr"):
        assert pages.text_of(True) == "Oui"
        assert pages.text_of([1, 3]) == "1, 3"
        assert pages.text_of("2026-11-23T08:05:00+00:00").startswith("23 novembre 2026")
    assert pages.text_of(None) == "–"
    assert pages.text_of("not-a-dateT") == "not-a-dateT"


def test_property_gets_its_unit() -> None:
    streets = get_collection("streets")
    assert pages.property_text(30.0, streets.field("speed_kmh")) == "30\u00a0km/h"
    assert pages.property_text(None, streets.field("speed_kmh")) == ""


def test_columns_start_with_names_and_leave_stamps_out() -> None:
    fields = get_collection("green-spaces").fields
    names = [fields[place].name for place in pages.reading_order(fields)]
    assert names[:3] == ["name_fr", "name_ar", "name_en"]
    assert names[-2:] == ["external_id", "source"]
    assert "version" not in names


def test_rows_of_an_output_become_a_table() -> None:
    page = rendered(
        {"rejected": [{"row": 3, "field": "geom", "rule": "is empty"}, {"row": 9, "cure": "Fill it in."}]}
    )
    assert page.count("<tr>") == 3
    assert all(title in page for title in ("Row", "Field", "Rule", "Cure"))


def test_facts_and_named_rows_become_tables() -> None:
    page = rendered({"distance_km": 12.34, "vehicles": 4}, "fr")
    assert "Distance (km)" in page and "12,3" in page and "Véhicules" in page
    page = rendered({"green-spaces": {"features": 4, "revision": 2}, "trees": {"features": 1200}})
    assert page.count("<tr>") == 3 and "Green spaces" in page and "1,200" in page and "–" in page


def test_nested_outputs_become_definitions_and_a_key_named_items_hides_nothing() -> None:
    page = rendered({"items": {"before_km": 12.34, "notes": ["a", "b"]}})
    assert "<dt>Items</dt>" in page and "Before (km)" in page and "<li" in page


def test_file_is_offered_with_its_size() -> None:
    link = {"href": "/jobs/1/files/a.pmtiles", "rel": "enclosure", "title": "a.pmtiles", "length": 3_500_000}
    page = rendered(link)
    assert '<a class="button" href="/jobs/1/files/a.pmtiles" download>' in page
    assert "<bdi>a.pmtiles</bdi> (3.3\xa0MB)" in page


def test_long_tables_are_cut_and_say_so() -> None:
    page = rendered([{"id": number} for number in range(1, 1301)])
    assert page.count("<tr>") == 101 and "100 of 1,300 rows" in page


def test_outputs_are_escaped() -> None:
    assert "<b>" not in rendered([{"value": "<b>x</b>"}]) + rendered({"<b>": "<b>"}) + rendered(["<b>"])


def test_control_of_each_kind_of_input() -> None:
    kinds = {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "select": {"type": "string", "enum": ["a", "b"]},
        "number": {"type": "integer"},
        "checkbox": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "text": {"type": "string"},
        "textarea": {"type": "string", "contentMediaType": "text/csv"},
    }
    assert {kind: pages.control(Input("x", "X", schema)) for kind, schema in kinds.items()} == {
        kind: kind for kind in kinds
    }


def test_outputs_stand_in_the_order_of_the_process() -> None:
    job = Job(process_id="optimize-routes", outputs={"rule": 1, "extra": 2, "totals": 3})
    with translation.override("en"):
        titles = [title for title, _value in pages.titled(job.outputs, job)]
    assert titles == [
        "Totals, and the comparison with a nearest-neighbour plan",
        "Rules and assumptions",
        "Extra",
    ]


def test_features_among_outputs_are_a_table_of_their_properties() -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [0, 0]},
        "properties": {"rank": 1},
    }
    job = Job(process_id="another", outputs={"sites": {"type": "FeatureCollection", "features": [feature]}})
    [(_title, value)] = pages.titled(job.outputs, job)
    assert (value, pages.shape(value)) == ([{"rank": 1}], "table")
