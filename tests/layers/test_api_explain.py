"""The explain page: the chain from a figure to the features, only as far as the reader may see them."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from django.conf import settings

from layers.catalog.indicators.titles import title_of
from layers.models import CollectionRight, Indicator  # type: ignore[attr-defined]
from layers.policy import forget_rights
from layers.queries.frames import read_frame
from layers.queries.revisions import revision_of
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db


def store(value: float, day: int) -> None:
    inputs = f'{{"green-spaces": {{"features": 2, "revision": {revision_of("green-spaces")}}}}}'
    row = {
        "external_id": "green_share_pct:districts:a", "indicator": "green_share_pct", "value": value, "unit": "%",
        "subject_collection": "districts", "subject": "a", "error": 0.1, "rule": "United first.",
        "parameters": '{"distance_m": 300}', "inputs": inputs, "code_version": "0.1.0+abc",
        "computed_at": datetime(2026, 11, day, tzinfo=UTC), "source": "synthetic",
    }  # fmt: skip
    assert not load_features("indicators", pd.DataFrame([row])).rejected


@pytest.fixture
def address() -> str:
    district = frame(external_id=["a"], name_fr=["Anfa"], name_ar=["أنفا"], geom=[square(-7.6, 33.55)])
    load_features("districts", district)
    greens = frame(
        external_id=["in", "out"], name_fr=["Parc", "Loin"], geom=[square(-7.599, 33.55), square(-7.5, 33.5)]
    )
    load_features("green-spaces", greens)
    store(4.0, 1)
    store(5.5, 2)
    return f"/collections/indicators/items/{Indicator.objects.get().pk}/explain"


def test_chain_goes_down_to_the_features_that_touch_the_subject(client, address):
    told = client.get(address).json()
    assert (told["value"], told["unit"], told["error"]) == (5.5, "%", 0.1)
    assert (told["rule"], told["parameters"]) == ("United first.", {"distance_m": 300})
    assert (told["subject"]["name"], told["code_version"]) == ("Anfa", "0.1.0+abc")
    (greens,) = told["inputs"]
    assert (greens["features"], greens["changed_since"], greens["touching"]) == (2, False, 1)
    assert [feature["name"] for feature in greens["first"]] == ["Parc"]
    assert client.get(greens["first"][0]["href"]).json()["properties"]["external_id"] == "in"


def test_history_has_every_value(client, address):
    assert [(m["value"], m["at"][:10]) for m in client.get(address).json()["history"]] == [
        (4.0, "2026-11-01"),
        (5.5, "2026-11-02"),
    ]


def test_figure_of_the_city_leads_to_those_of_its_districts(client, address):
    row = {
        "external_id": "green_share_pct:city:x:districts", "indicator": "green_share_pct", "variant": "districts",
        "subject_collection": "city", "subject": "x", "value": 5.5, "error": 0.00055, "unit": "%", "rule": "One.",
        "parameters": "{}", "inputs": "{}", "code_version": "1", "source": "city",
        "computed_at": datetime(2026, 11, 2, tzinfo=UTC),
    }  # fmt: skip
    assert not load_features("indicators", pd.DataFrame([row])).rejected
    whole = f"/collections/indicators/items/{Indicator.objects.get(subject='x').pk}/explain"
    (part,) = client.get(whole).json()["parts"]
    assert (part["name"], part["value"]) == ("Anfa", 5.5)
    assert client.get(part["href"]).json()["inputs"][0]["first"][0]["name"] == "Parc"
    page = client.get(f"{whole}?f=html&lang=en").content.decode()
    assert "± 0.00055" in page and settings.CITY.name.en in page and "Anfa" in page
    CollectionRight.objects.create(collection="districts", role="public", read="none", write="none")
    forget_rights()
    assert client.get(whole).json()["parts"][0]["name"] == "a"


def test_figures_of_air_are_named_after_their_pollutant():
    assert title_of("exposure_no2_ug_m3") == "What inhabitants breathe, mean: Nitrogen dioxide (NO₂)"
    assert title_of("above_pm25_limit_pct").startswith("Inhabitants above the limit: Fine")
    assert title_of("ags_district_pct") != "ags_district_pct" and title_of("unheard_of") == "unheard_of"


def test_input_that_changed_since_is_told(client, address):
    load_features("green-spaces", frame(external_id=["new"], name_fr=["Neuf"], geom=[square(-7.5, 33.5)]))
    assert client.get(address).json()["inputs"][0]["changed_since"] is True


@pytest.mark.parametrize(
    ("language", "text"), [("en", "From what"), ("fr", "À partir de quoi"), ("ar", "من ماذا")]
)
def test_page_shows_the_same_in_three_languages(client, address, language, text):
    page = client.get(f"{address}?f=html&lang={language}").content.decode()
    assert text in page
    assert '<svg role="img" aria-label="2 ' in page or 'role="img"' in page
    assert "Parc" in page and "United first." in page
    assert ("أنفا" if language == "ar" else "Anfa") in page


def test_what_the_reader_may_not_see_is_not_shown(client, address):
    CollectionRight.objects.create(collection="green-spaces", role="public", read="none", write="none")
    forget_rights()
    (greens,) = client.get(address).json()["inputs"]
    assert "first" not in greens and "href" not in greens
    CollectionRight.objects.create(collection="indicators", role="public", read="none", write="none")
    forget_rights()
    assert client.get(address).status_code == 401


def test_unknown_indicator_is_not_found(client, address):
    assert client.get("/collections/indicators/items/999999/explain").status_code == 404
    assert client.get(f"{address}?colour=red").status_code == 400


def test_subject_that_is_gone_leaves_the_figure(client, address):
    from layers.models import District  # type: ignore[attr-defined]  # noqa: PLC0415

    District.objects.all().delete()
    told = client.get(address).json()
    assert told["subject"] == {"collection": "districts", "external_id": "a"}
    assert len(read_frame("indicators")) == 1
