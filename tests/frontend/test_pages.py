"""The pages as a browser gets them, in three languages, with what their policy promises."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from shapely.geometry import LineString, Point

from layers.services.load import load_features
from tests.conftest import frame

pytestmark = pytest.mark.django_db

HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
HOLE = "نافورة & <script>alert(1)</script>"


def get(client: Client, path: str, language: str = "en", status: int = 200) -> str:
    response = client.get(path, {"lang": language}, **HTML)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    return response.content.decode()


def settings_of(page: str) -> dict:
    return json.loads(re.search(r'id="page-settings" type="application/json">(.*?)</script>', page)[1])


@pytest.mark.parametrize(
    ("language", "direction", "word"),
    [("fr", "ltr", "Couches"), ("ar", "rtl", "الطبقات"), ("en", "ltr", "Layers")],
)
def test_map_page_in_each_language(client: Client, language: str, direction: str, word: str) -> None:
    page = get(client, "/", language)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert word in page
    assert all(name in page for name in ("Français", "العربية", "English"))
    assert settings_of(page)["language"] == language
    assert '<div dir="ltr" class="map-holder"' in page


def test_root_is_the_landing_page_for_a_program(client: Client) -> None:
    document = client.get("/", HTTP_ACCEPT="application/json").json()
    assert {"data", "conformance"} <= {link["rel"] for link in document["links"]}


def test_map_page_policy_allows_only_its_own_scripts_and_styles(client: Client) -> None:
    response = client.get("/", **HTML)
    page = response.content.decode()
    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert (
            'src="/static/' in attributes
            or 'type="application/json"' in attributes
            or f'nonce="{nonce}"' in attributes
        )
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_map_starts_where_the_streets_are(client: Client) -> None:
    assert 'data-extent="-7' in get(client, "/")
    streets = frame(external_id=["s"], geom=[LineString([(-7.62, 33.58), (-7.61, 33.59)])])
    load_features("streets", streets)
    assert 'data-extent="-7.62,33.58,-7.61,33.59"' in get(client, "/")


def test_language_links_keep_the_rest_of_the_address(client: Client) -> None:
    page = client.get("/collections/streets/items", {"limit": "7", "f": "html"}).content.decode()
    assert "limit=7&amp;f=html&amp;lang=ar" in page


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize(
    "path", ["/collections", "/collections/streets", "/collections/trees/items", "/login"]
)
def test_pages_render(client: Client, path: str, language: str) -> None:
    assert f'lang="{language}"' in get(client, path, language)


def test_feature_page_shows_values_as_people_read_them(client: Client) -> None:
    load_features(
        "street-furniture",
        frame(external_id=["b"], kind=["bench"], material=[HOLE], geom=[Point(-7.6, 33.6)]),
        source="synthetic",
    )
    identifier = client.get("/collections/street-furniture/items").json()["features"][0]["id"]
    page = get(client, f"/collections/street-furniture/items/{identifier}", "fr")
    assert "Banc" in page and "Données de démonstration" in page
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert f"/?show=street-furniture/{identifier}" in page


def test_items_page_leads_on(client: Client) -> None:
    load_features(
        "trees",
        frame(
            external_id=list("abc"),
            height_m=[1234.5, 2.0, None],
            geom=[Point(-7.6, 33.6 + i / 1000) for i in range(3)],
        ),
    )
    page = client.get("/collections/trees/items", {"f": "html", "limit": "2", "lang": "fr"}).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = client.get(following, **HTML).content.decode()
    assert "Page suivante" in page and "Page suivante" not in second
    assert second.count("<tr>") == 2


def test_page_of_best_sites_is_for_planners(client: Client) -> None:
    get(client, "/scenarios/sites", status=401)
    planner = User.objects.create_user("nadia")
    planner.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(planner)
    page = get(client, "/scenarios/sites", "fr")
    assert 'data-currency="MAD"' in page and "300 m au plus d’un espace vert public d’au moins 0,5 ha" in page


def test_unknown_address_is_a_page_in_words(client: Client) -> None:
    page = get(client, "/collections/nothing", "fr", status=404)
    assert "Rien ici" in page and "nothing" in page


def test_sign_in_and_out(client: Client) -> None:
    User.objects.create_user("amina", password="secret-words")
    wrong = client.post("/login", {"username": "amina", "password": "no"}, **HTML)
    assert wrong.status_code == 200 and 'role="alert"' in wrong.content.decode()
    right = client.post("/login", {"username": "amina", "password": "secret-words", "next": "/jobs"}, **HTML)
    assert (right.status_code, right.headers["Location"]) == (302, "/jobs")
    assert "amina" in get(client, "/")
    assert client.post("/logout").status_code == 302
    assert "amina" not in get(client, "/")


def test_sign_in_does_not_lead_to_another_site(client: Client) -> None:
    User.objects.create_user("amina", password="secret-words")
    answer = client.post(
        "/login",
        {"username": "amina", "password": "secret-words", "next": "https://elsewhere.example/"},
        **HTML,
    )
    assert answer.headers["Location"] == "/"
