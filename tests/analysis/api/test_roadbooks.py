"""The door to a roadbook: every format, who may read it, and what is refused how."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from analysis.roadbook import Roadbook
from tests.analysis.api.routes import make_route
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
built = pytest.mark.skipif(
    not (ROOT / "frontend/static/build/roadbook.css").is_file(), reason="the web pages are not built"
)


@pytest.fixture
def url() -> str:
    return f"/collections/collection-routes/items/{make_route().pk}/roadbook"


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("json", "application/json", b'{"vehicle"'),
        ("geojson", "application/geo+json", b'{"type": "FeatureCollection"'),
        ("gpx", "application/gpx+xml", b"<?xml"),
        ("ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
    ],
)
def test_files_have_their_type_a_name_and_a_tag(client, url, form, media_type, begins):
    answer = client.get(f"{url}?f={form}&lang=fr")
    assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
    assert answer.content.startswith(begins)
    assert f'filename="roadbook-2026-11-23-v1-fr.{form}"' in answer["Content-Disposition"]
    again = client.get(f"{url}?f={form}&lang=fr", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{url}?f={form}&lang=ar")["ETag"] != answer["ETag"]


def instructions(collection: dict) -> list[str]:
    return [feature["properties"].get("instruction") for feature in collection["features"]]


def test_json_is_the_stored_roadbook_and_words_are_in_the_language_asked_for(client, url):
    assert Roadbook.from_json(client.get(f"{url}?f=json").json()).totals.tasks == 2
    told = {
        code: [
            f["properties"].get("instruction")
            for f in client.get(f"{url}?f=geojson&lang={code}").json()["features"]
        ]
        for code in ("en", "fr", "ar")
    }
    assert told["en"][2:5] == [
        "Empty the container on the right.",
        "Turn left into Avenue B.",
        "Tip at Décharge.",
    ]
    assert told["fr"][3] == "Tournez à gauche sur Avenue B."
    assert told["ar"][4] == "أفرغ الشاحنة في مطرح."
    assert told["fr"][6] == "Tournez à gauche sur Rue A. Collectez le côté droit sur 100 m."


def test_accept_chooses_as_f_does(client, url):
    assert client.get(url, headers={"accept": "text/calendar"})["Content-Type"].startswith("text/calendar")
    root = ET.fromstring(client.get(url, headers={"accept": "application/gpx+xml"}).content)  # noqa: S314  our own
    assert root.find("{*}metadata/{*}link").get("href").endswith("/roadbook?f=html&lang=fr")


@built
def test_pdf_is_printed(client, url):
    answer = client.get(f"{url}?f=pdf&lang=ar")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert 'inline; filename="roadbook-2026-11-23-v1-ar.pdf"' in answer["Content-Disposition"]


@pytest.mark.parametrize(("form", "known"), [("docx", "pdf"), ("csv", "ics")])
def test_an_unknown_format_names_those_that_there_are(client, url, form, known):
    answer = client.get(f"{url}?f={form}", headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert f"f={known}" in answer.json()["detail"]


def test_an_unknown_parameter_is_refused(client, url):
    assert client.get(f"{url}?f=json&page=2").status_code == 400


def test_no_such_route_and_a_route_without_a_roadbook_are_told_apart(client):
    missing = client.get("/collections/collection-routes/items/999/roadbook?f=json")
    assert (missing.status_code, "no feature 999" in missing.json()["detail"]) == (404, True)
    bare = make_route(roadbook=None)
    answer = client.get(f"/collections/collection-routes/items/{bare.pk}/roadbook?f=gpx")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert "optimize-routes" in answer.json()["detail"]


def test_a_draft_is_for_planners(client, admin_client):
    draft = make_route(published=False)
    url = f"/collections/collection-routes/items/{draft.pk}/roadbook?f=json"
    assert client.get(url).status_code == 404
    answer = admin_client.get(url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_routes_page_and_links_lead_to_it(client, url):
    item = url.removesuffix("/roadbook")
    links = {link["rel"]: link["href"] for link in client.get(f"{item}?f=json").json()["links"]}
    assert links["related"].endswith(f"{url}?f=html")
    definition = client.get("/api?f=json").json()
    path = definition["paths"]["/collections/collection-routes/items/{featureId}/roadbook"]["get"]
    assert set(path["responses"]["200"]["content"]) >= {
        "application/pdf",
        "text/calendar",
        "application/gpx+xml",
    }


@built
def test_the_page_tells_every_step_from_right_to_left_in_arabic(client, url):
    page = client.get(f"{url}?f=html&lang=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert page.count('<li id="step-') == len(json.loads(client.get(f"{url}?f=json").content)["steps"])
    for text in (
        "انعطف يسارًا إلى",
        "أفرغ الحاوية على اليمين",
        "<bdi>0012</bdi>",
        "#sign-left",
        "#side-right",
        "?f=pdf&amp;lang=ar",
    ):
        assert text in page


def test_reading_roadbooks_loads_no_network_and_no_type():
    """The server's memory: only who plans needs the one, only who prints the other."""
    heavy = "scipy", "numba", "fpdf", "fontTools"
    code = f"import sys, django; django.setup(); import analysis.urls; print([n for n in {heavy} if n in sys.modules])"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
