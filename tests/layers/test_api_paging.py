"""Sorting, keyset paging through ties and NULLs, selection of properties, and counts."""

from __future__ import annotations

import random
import re

import pytest
from django.db import connection
from shapely.geometry import Point

from layers.services.load import load_features
from tests.conftest import frame

pytestmark = pytest.mark.django_db
SPECIES = ["Ficus", "palmier", "Été", "", "شجرة", "a,b", 'q"uote']
TEXTS, NUMBERS = [None, 1.5, 2.25, 1e-7], [None, 1990, 2000, 2010]


@pytest.fixture
def trees():
    chance = random.Random(7)  # noqa: S311
    rows = [
        {
            "external_id": f"t{n}",
            "species": chance.choice(SPECIES),
            "height_m": chance.choice(TEXTS),
            "planted_year": chance.choice(NUMBERS),
        }
        for n in range(60)
    ]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    load_features("trees", frame(**columns, geom=[Point(-7.7 + n / 1000, 33.5) for n in range(60)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, external_id, species, height_m, planted_year FROM layers_tree ORDER BY id")
        return cursor.fetchall()


def walk(client, query: str) -> list[dict]:
    """All features, page by page by the link `next`."""
    url, seen = f"/collections/trees/items?{query}", []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += page["features"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return seen


@pytest.mark.parametrize(
    ("sortby", "columns"),
    [
        ("height_m", [(3, False)]),
        ("-height_m", [(3, True)]),
        ("%2Bplanted_year,-height_m", [(4, False), (3, True)]),
        ("-planted_year,height_m,-id", [(4, True), (3, False), (0, True)]),
        ("-id", [(0, True)]),
    ],
)
@pytest.mark.parametrize("limit", [1, 7, 60, 100])
def test_pages_visit_every_feature_once_in_order_with_ties_and_nulls(client, trees, sortby, columns, limit):
    ordered = list(trees)
    for place, descending in reversed(columns):
        known = sorted(
            (r for r in ordered if r[place] is not None), key=lambda r: r[place], reverse=descending
        )
        ordered = known + [r for r in ordered if r[place] is None]
    assert [f["id"] for f in walk(client, f"sortby={sortby}&limit={limit}")] == [r[0] for r in ordered]


@pytest.mark.parametrize("sortby", ["species", "-species", "updated_at,species", "external_id"])
def test_pages_by_text_and_time_are_the_whole_in_order(client, trees, sortby):
    whole = [f["id"] for f in walk(client, f"sortby={sortby}&limit=100")]
    assert len(set(whole)) == 60
    assert [f["id"] for f in walk(client, f"sortby={sortby}&limit=7")] == whole


def test_a_plus_that_was_not_encoded_still_means_upwards(client, trees):
    assert walk(client, "sortby=+height_m") == walk(client, "sortby=%2Bheight_m")


def test_next_link_keeps_every_parameter_and_has_a_value_for_each(client, trees):
    query = "sortby=%2Bheight_m,-id&limit=5&properties=height_m&bbox=-8,33,-7,34&count=exact&lang=fr"
    page = client.get(f"/collections/trees/items?{query}").json()
    href = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert href.startswith("http://testserver/collections/trees/items?")
    pairs = dict(pair.split("=", 1) for pair in href.partition("?")[2].split("&"))
    assert pairs["sortby"] == "%2Bheight_m%2C-id" and pairs["limit"] == "5" and pairs["f"] == "json"
    assert {"properties", "bbox", "count", "lang", "after"} <= set(pairs) and all(pairs.values())


def test_the_same_parameter_twice_is_taken_once(client, trees):
    assert client.get("/collections/trees/items?limit=3&limit=3&f=json&f=json").json()["numberReturned"] == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sortby=colour", "Known: id, external_id"),
        ("sortby=", "sort by"),
        ("sortby=species&after=5", "not a place"),
        ("sortby=species&after=WyJhIiwgMV0x", "not a place"),
        ("sortby=height_m&after=WyJhIiwgMV0", "not a place"),
        ("sortby=species&after=WyJcdTAwMDAiLDFd", "not a place"),
        ("after=-1", "not a place"),
        ("after=99999999999999999999", "not a place"),
        ("after=%00", "not a place"),
        ("properties=colour", "there is no colour"),
        ("count=maybe", "none, exact, estimate"),
    ],
)
def test_wrong_question_is_refused_with_the_cure(client, trees, query, words):
    answer = client.get(f"/collections/trees/items?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert words in answer.json()["detail"]


def test_properties_are_only_the_asked_ones_in_the_order_of_the_collection(client, trees):
    page = client.get("/collections/trees/items?properties=height_m,external_id").json()
    assert {tuple(f["properties"]) for f in page["features"]} == {("external_id", "height_m")}
    fid = page["features"][0]["id"]
    assert client.get(f"/collections/trees/items/{fid}?properties=species").json()["properties"].keys() == {
        "species"
    }
    assert client.get("/collections/trees/items?properties=").json()["features"][0]["properties"] == {}
    assert "Ficus" in client.get("/collections/trees/items?properties=species&f=html").text


def test_number_matched_is_given_only_when_asked_for(client, trees):
    assert "numberMatched" not in client.get("/collections/trees/items").json()
    exact = client.get("/collections/trees/items?count=exact&limit=3&planted_year=2000").json()
    assert exact["numberMatched"] == sum(row[4] == 2000 for row in trees)
    assert exact["numberReturned"] == 3
    following = next(link["href"] for link in exact["links"] if link["rel"] == "next")
    assert client.get(following).json()["numberMatched"] == exact["numberMatched"]


def test_estimate_is_the_planners(client, trees):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE layers_tree")
    assert client.get("/collections/trees/items?count=estimate&limit=1").json()["numberMatched"] == 60


def test_page_for_a_browser_keeps_the_question_on_its_way(client):
    names = [f"Parc {n}" for n in range(5)]
    points = [Point(-7.6 + n / 100, 33.55) for n in range(5)]
    load_features("depots", frame(external_id=names, name_fr=names, geom=points))
    page = client.get("/collections/depots/items?f=html&limit=2&sortby=-name_fr&lang=en").text
    assert '<input type="hidden" name="sortby" value="-name_fr">' in page
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = client.get(following).text
    assert "Parc 2" in second and "Parc 4" not in second
    first = re.search(r'href="([^"]+)">First page', second)[1].replace("&amp;", "&")
    assert "sortby=-name_fr" in first and "after" not in first
