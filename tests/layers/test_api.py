from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import Point

from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees():
    load_features(
        "trees",
        frame(
            external_id=[f"t{n}" for n in range(25)], geom=[Point(-7.7 + n / 100, 33.5) for n in range(25)]
        ),
    )


def ids(page: dict) -> list[str]:
    return [f["properties"]["external_id"] for f in page["features"]]


def test_paging_by_link_visits_every_feature_once(client, trees):
    url, seen = "/collections/trees/items?limit=10", []
    while url:
        page = client.get(url).json()
        assert page["numberReturned"] == len(page["features"])
        seen += ids(page)
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == [f"t{n}" for n in range(25)]


def test_last_full_page_has_no_next_link(client, trees):
    page = client.get("/collections/trees/items?limit=25").json()
    assert "next" not in {link["rel"] for link in page["links"]}


def test_bbox_gives_what_it_touches(client, trees):
    assert ids(client.get("/collections/trees/items?bbox=-7.701,33.4,-7.679,33.6").json()) == [
        "t0",
        "t1",
        "t2",
    ]


def test_limit_above_the_maximum_is_clamped(client, trees):
    assert client.get("/collections/trees/items?limit=1000000").json()["numberReturned"] == 25


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bbox=1,2,3,4,5", "5 numbers"),
        ("limit=unlimited", "limit='unlimited'"),
        ("limit=0", "at least 1"),
        ("limit=99999999999999999999999", "whole number"),
        ("after=x", "after"),
        ("colour=red", "Unknown query parameter colour"),
        ("f=xml", "f='xml'"),
    ],
)
def test_bad_parameter_is_a_problem_that_names_it(client, query, words):
    answer = client.get(f"/collections/trees/items?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/collections/moon", "no collection 'moon'"),
        ("/collections/moon/items", "no collection 'moon'"),
        ("/collections/trees/items/999999", "no feature 999999"),
        ("/nowhere", "nothing at /nowhere"),
    ],
)
def test_missing_thing_is_a_problem_that_names_it(client, path, words):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert words in answer.json()["detail"]


def test_coordinates_are_longitude_latitude_with_seven_digits(client):
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.623456789, 33.5)]))
    assert client.get("/collections/trees/items").json()["features"][0]["geometry"]["coordinates"] == [
        -7.6234568,
        33.5,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_items_cost_two_queries_whatever_the_page(client, trees, count):
    client.get("/collections/trees/items?limit=1")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/collections/trees/items?limit={count}")
    assert len(queries) == 2, "the revision for the ETag, and the page"


def test_page_for_a_browser_is_html_and_tells_the_json(client, trees):
    answer = client.get("/collections/trees/items?limit=2", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer["Content-Type"].startswith("text/html")
    assert "t0" in answer.text and "f=json" in answer.text


def test_links_of_a_feature_lead_back_to_it(client, trees):
    fid = int(read_frame("trees").id.iloc[0])
    feature = client.get(f"/collections/trees/items/{fid}").json()
    links = {link["rel"]: link["href"] for link in feature["links"]}
    assert client.get(links["self"]).json()["id"] == fid
    assert client.get(links["collection"]).json()["id"] == "trees"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("ain sebaa", "Aïn Sebaâ"),
        ("AÏN-SEBAÂ", "Aïn Sebaâ"),
        ("ain sbaa", "Aïn Sebaâ"),
        ("عين السبع", "Aïn Sebaâ"),
        ("عَيْن السَّبع", "Aïn Sebaâ"),
        ("اسفي", "Rue de Safi"),
        ("100%", "Parc 100% vert"),
    ],
)
def test_search_finds_names_in_any_script_and_spelling(client, asked, found):
    names = [
        ("Aïn Sebaâ", "عين السبع"),
        ("Rue de Safi", "زنقة آسفي"),
        ("Parc 100% vert", "منتزه"),
        ("Parc 100 ans", ""),
    ]
    load_features(
        "green-spaces",
        frame(
            external_id=[str(n) for n in range(4)],
            name_fr=[fr for fr, _ar in names],
            name_ar=[ar for _fr, ar in names],
            geom=[square(-7.6 + n / 50, 33.5) for n in range(4)],
        ),
    )
    best = client.get("/search", {"q": asked}).json()["features"][0]
    assert best["properties"]["name_fr"] == found
    assert best["properties"]["collection"] == "green-spaces"
    assert len(best["bbox"]) == 4


def test_search_for_nothing_or_nonsense_is_empty(client):
    assert client.get("/search?q=").json()["features"] == []
    assert client.get("/search", {"q": "'; DROP TABLE layers_tree; --\x00"}).json()["features"] == []


def test_healthz_tells_city_and_postgis(client):
    body = client.get("/healthz").json()
    assert (body["status"], body["city"]) == ("pass", "casablanca")


def test_api_definition_is_what_ogc_clients_look_for(client):
    links = {
        link["rel"]: link for link in client.get("/", headers={"Accept": "application/json"}).json()["links"]
    }
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    answer = client.get(links["service-desc"]["href"])
    assert answer["Content-Type"] == links["service-desc"]["type"]
    document = answer.json()
    assert document["openapi"].startswith("3.0")
    assert document["servers"] == [{"url": "http://testserver"}]
    parameters = document["paths"]["/collections/{collectionId}/items"]["get"]["parameters"]
    by_name = {p["name"]: p for p in parameters}
    assert by_name["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}
    assert (by_name["bbox"]["schema"]["minItems"], by_name["bbox"]["explode"]) == (4, False)


def test_every_described_parameter_is_accepted(client, trees):
    document = client.get("/api").json()
    parameters = document["paths"]["/collections/{collectionId}/items"]["get"]["parameters"]
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    values = {
        "bbox": "-8,33,-7,34", "bbox-crs": crs84, "crs": crs84, "datetime": "2026-01-01T00:00:00Z/..",
        "limit": "1", "after": "0", "q": "x", "f": "json", "lang": "fr", "sortby": "", "count": "exact",
        "filter": "id > 1", "filter-lang": "cql2-text", "filter-crs": crs84, "properties": "species",
        "profile": "rel-as-link", "asOf": "2030-01-01T00:00:00Z",
    }  # fmt: skip
    assert {p["name"] for p in parameters if p["in"] == "query"} == set(values)
    values["sortby"], values["after"] = "-species", ""
    assert client.get("/collections/trees/items", values).status_code == 200


@pytest.mark.parametrize("path", ["/collections/districts/items", "/collections/districts/items/{id}"])
def test_year_is_written_without_a_thousands_separator(client, path):
    load_features("districts", frame(external_id=["d"], census_year=[2024], geom=[square(-7.6, 33.5)]))
    page = client.get(path.format(id=read_frame("districts").id[0]), {"f": "html", "lang": "fr"}).text
    assert "2024" in page
    assert "2\u202f024" not in page and "2\xa0024" not in page
