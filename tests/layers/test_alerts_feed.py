"""The feed of air alerts: valid by RFC 4287, in three languages, and no more than the reader may see."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from layers.models import AirAlert, CollectionRight  # type: ignore[attr-defined]
from layers.policy import forget_rights
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db
ADDRESS = "/collections/air-alerts/feed"
ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def store(**changes: list) -> None:
    """One that is over and one that goes on, of a district and of the whole city."""
    rows = {
        "external_id": ["who-no2-day:a:20261120T00", "own-pm10:city:20261121T00"],
        "district": ["a", ""],
        "pollutant": ["no2", "pm10"],
        "limit_id": ["who-no2-day", "own-pm10"],
        "averaging": ["day", "hour"],
        "limit_ug_m3": [25.0, 45.0],
        "value_ug_m3": [31.25, 61.0],
        "station": ["s<1>", "s2"],
        "started_at": [datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)],
        "ended_at": [datetime(2026, 11, 20, 6, tzinfo=UTC), None],
        "limit_source": ["WHO & co. 2021", "Decree of the city"],
        "source": ["synthetic", "computed"],
        "geom": [square(-7.6, 33.55)] * 2,
    }
    assert not load_features("air-alerts", frame(**{**rows, **changes})).rejected


@pytest.fixture
def alerts() -> None:
    load_features(
        "districts",
        frame(external_id=["a"], name_fr=["Aïn Chock"], name_ar=["عين الشق"], geom=[square(-7.6, 33.55)]),
    )
    store()


def read(client, query: str = "?lang=en", **headers: str) -> etree._Element:
    answer = client.get(ADDRESS + query, headers=headers)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False))


def texts(feed: etree._Element, name: str) -> list[str]:
    return [entry.findtext(f"{ATOM}{name}") for entry in feed.iter(f"{ATOM}entry")]


def links(element: etree._Element, rel: str) -> list[str]:
    return [link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]


def check_rules(feed: etree._Element) -> None:
    """What RFC 4287 demands of a feed (4.1.1) and of its entries (4.1.2); dates as in RFC 3339, ids without equal."""
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert re.match(r"urn:uuid:[0-9a-f-]{36}$", element.findtext(f"{ATOM}id"))
        assert RFC_3339.fullmatch(element.findtext(f"{ATOM}updated"))
        assert len(links(element, "alternate")) >= 1
        assert all(address.startswith("http") for address in links(element, "alternate"))
    alternates = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    kinds = [(link.get("type"), link.get("hreflang")) for link in alternates]
    assert len(set(kinds)) == len(kinds) == 3
    assert feed.findtext(f"{ATOM}author/{ATOM}name") and len(links(feed, "self")) == 1
    ids = [feed.findtext(f"{ATOM}id"), *texts(feed, "id")]
    assert len(set(ids)) == len(ids)
    assert all(RFC_3339.fullmatch(told) for told in texts(feed, "published"))
    assert all(told <= feed.findtext(f"{ATOM}updated") for told in texts(feed, "updated"))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_feed_keeps_the_rules_of_atom(client, alerts, language):
    feed = read(client, f"?lang={language}")
    check_rules(feed)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert links(feed, "self") == [f"http://testserver{ADDRESS}?lang={language}"]
    others = [link.get("hreflang") for link in feed.findall(f"{ATOM}link") if link.get("hreflang")]
    assert sorted([*others, language]) == ["ar", "en", "fr"]


def test_feed_without_alerts_keeps_them_too(client):
    check_rules(read(client))


def test_alert_is_told_in_words(client, alerts):
    feed = read(client)
    told = dict(zip(texts(feed, "title"), texts(feed, "summary"), strict=True))
    assert told.keys() == {
        "Casablanca: Particulate matter PM10 above the limit",
        "Aïn Chock: Nitrogen dioxide (NO₂) below the limit again",
    }
    over = told["Aïn Chock: Nitrogen dioxide (NO₂) below the limit again"]
    assert (
        "Highest mean over a day: 31.2 µg/m³. Limit: 25 µg/m³ (WHO &amp; co. 2021). Station: s&lt;1&gt;."
        in over
    )
    assert over.startswith("From 20 November 2026 01:00 until") and over.endswith("Demo data, made up.")
    assert told["Casablanca: Particulate matter PM10 above the limit"].startswith(
        "Since 21 November 2026 01:00."
    )


def test_alert_is_told_in_french_and_arabic(client, alerts):
    assert any(
        title.endswith("de nouveau sous la limite") for title in texts(read(client, "?lang=fr"), "title")
    )
    assert any(title.startswith("عين الشق") for title in texts(read(client, "?lang=ar"), "title"))


def test_names_are_of_the_alert_and_language_not_of_the_address(client, alerts):
    ids = texts(read(client), "id")
    assert texts(read(client, host="localhost"), "id") == ids
    assert not set(texts(read(client, "?lang=fr"), "id")) & set(ids)


@pytest.mark.django_db(transaction=True)  # within one transaction all changes have one moment
def test_end_of_an_alert_comes_first_under_the_same_name(client, alerts):
    before = read(client)
    ids = dict(zip(texts(before, "title"), texts(before, "id"), strict=True))
    AirAlert.objects.filter(district="").update(ended_at=datetime(2026, 11, 21, 9, tzinfo=UTC))
    after = read(client)
    assert texts(after, "title")[0] == "Casablanca: Particulate matter PM10 below the limit again"
    assert texts(after, "id")[0] == ids["Casablanca: Particulate matter PM10 above the limit"]


def test_alert_taken_back_leaves_a_feed_that_changed(client, alerts):
    before = read(client).findtext(f"{ATOM}updated")
    AirAlert.objects.filter(district="").delete()
    feed = read(client)
    assert len(texts(feed, "id")) == 1 and feed.findtext(f"{ATOM}updated") >= before
    etag = client.get(f"{ADDRESS}?lang=en")["ETag"]
    assert client.get(f"{ADDRESS}?lang=en", headers={"If-None-Match": etag}).status_code == 304
    store()
    assert client.get(f"{ADDRESS}?lang=en", headers={"If-None-Match": etag}).status_code == 200


def restrict(collection: str, read_: str, hidden: list[str]) -> None:
    CollectionRight.objects.create(
        collection=collection, role="public", read=read_, write="none", hidden=hidden
    )
    forget_rights()


def test_hidden_fields_are_left_unsaid(client, alerts):
    restrict("air-alerts", "city", ["station", "value_ug_m3", "pollutant"])
    feed = read(client)
    check_rules(feed)
    whole = etree.tostring(feed, encoding="unicode")
    assert "Station" not in whole and "Highest mean" not in whole and "no2" not in whole
    assert "Aïn Chock: Air quality below the limit again" in texts(feed, "title")


def test_names_of_closed_districts_are_left_unsaid(client, alerts):
    restrict("districts", "none", [])
    assert "a: Nitrogen dioxide (NO₂) below the limit again" in texts(read(client), "title")


def test_closed_collection_has_no_feed(client, alerts):
    restrict("air-alerts", "none", [])
    assert client.get(ADDRESS).status_code == 401


def feeds_of(client, collection: str) -> list[str]:
    told = client.get(f"/collections/{collection}?f=json").json()["links"]
    return [x["href"] for x in told if (x["rel"], x["type"]) == ("alternate", "application/atom+xml")]


def test_feed_is_linked_where_the_alerts_are(client, alerts):
    assert feeds_of(client, "air-alerts") == [f"http://testserver{ADDRESS}"]
    assert feeds_of(client, "districts") == []
    page = client.get("/collections/air-alerts?f=html&lang=fr").content.decode()
    assert page.count(f'href="{ADDRESS}?lang=fr"') == 2  # for programs and for people
    layer = next(x for x in client.get("/layers").json() if x["id"] == "air-alerts")
    assert layer["feed"] == ADDRESS
