"""ETags and 304, Last-Modified, caching, file formats by `f=` and Accept, and their paging by header."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest
from django.db import connection
from shapely.geometry import Point

from layers.formats.catalog import FORMATS
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db
# A file is read over a connection of its own, which sees only what is committed.
committed = pytest.mark.django_db(transaction=True)
ITEMS = "/collections/trees/items"


@pytest.fixture
def trees():
    names = [f"t{n:02d}" for n in range(25)]
    load_features("trees", frame(external_id=names, geom=[Point(-7.7 + n / 100, 33.5) for n in range(25)]))


def change() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE layers_tree SET species = 'x' WHERE external_id = 't03'")


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_a_page_that_did_not_change_is_304_until_any_row_changes(client, trees, form):
    url = f"{ITEMS}?f={form}&limit=2"
    first = client.get(url)
    assert first["ETag"].startswith('W/"')
    same = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.getvalue()) == (304, b"")
    assert (same["ETag"], same["Content-Crs"]) == (first["ETag"], first["Content-Crs"])
    change()
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_etags_differ_by_question_format_and_reader(client, admin_client, trees):
    urls = [
        ITEMS,
        f"{ITEMS}?limit=3",
        f"{ITEMS}?f=csv",
        f"{ITEMS}?crs=http://www.opengis.net/def/crs/EPSG/0/3857",
    ]
    assert len({client.get(url)["ETag"] for url in urls}) == len(urls)
    load_features("districts", frame(external_id=["d"], geom=[square(-7.6, 33.5)]))
    assert client.get(ITEMS)["Cache-Control"] == "no-cache"
    assert admin_client.get("/collections/vehicles/items")["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization", "Accept"} <= set(client.get(ITEMS)["Vary"].split(", "))


def test_a_feature_has_a_strong_etag_of_its_version_and_a_date(client, trees):
    fid = int(read_frame("trees", ["external_id"]).set_index("external_id").id["t03"])
    first = client.get(f"{ITEMS}/{fid}")
    assert (first["ETag"], first["Last-Modified"].endswith("GMT")) == ('"1"', True)
    assert client.get(f"{ITEMS}/{fid}", headers={"If-None-Match": '"1"'}).status_code == 304
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(f"{ITEMS}/{fid}", headers=since).status_code == 304
    change()
    assert client.get(f"{ITEMS}/{fid}", headers={"If-None-Match": '"1"'})["ETag"] == '"2"'
    assert client.get(f"{ITEMS}/{fid}?f=csv")["ETag"] == '"2-csv"'
    assert client.get(f"{ITEMS}/{fid}?crs=http://www.opengis.net/def/crs/EPSG/0/26191")["ETag"] == '"2-26191"'
    assert client.get(f"{ITEMS}/{fid}?properties=species")["ETag"].startswith('"2-p')
    assert client.head(f"{ITEMS}/{fid}")["ETag"] == '"2"'


@committed
def test_every_format_is_offered_by_name_and_by_accept(client, trees):
    links = client.get("/collections/trees").json()["links"]
    hrefs = {link["href"].partition("f=")[2]: link["href"] for link in links if link["rel"] == "enclosure"}
    assert set(hrefs) == set(FORMATS)
    for form in FORMATS.values():
        answer = client.get(hrefs[form.id])
        assert (answer.status_code, answer["Content-Type"].startswith(form.media_type)) == (200, True)
        assert answer["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
        assert len(answer.getvalue()) > 100, form.id
        if form.negotiated:
            asked = client.get(ITEMS, headers={"Accept": form.media_type})
            assert asked["Content-Type"].startswith(form.media_type)
            asked.getvalue()


@committed
def test_a_file_without_limit_is_the_whole_and_with_one_a_page(client, trees):
    def rows(answer) -> list[str]:
        return [
            json.loads(line)["properties"]["external_id"]
            for line in answer.getvalue().decode().split("\x1e")[1:]
        ]

    assert rows(client.get(f"{ITEMS}?f=geojsonseq")) == [f"t{n:02d}" for n in range(25)]
    url, seen, pages = f"{ITEMS}?f=geojsonseq&limit=10&sortby=-external_id", [], 0
    while url:
        answer = client.get(url)
        seen += rows(answer)
        pages += 1
        link = answer.headers.get("Link", "")
        assert not link or 'rel="next"' in link
        url = link[1:].partition(">")[0]
    assert (seen, pages) == ([f"t{n:02d}" for n in reversed(range(25))], 3)


@committed
def test_a_file_holds_what_was_asked_for(client, trees):
    query = {"f": "csv", "external_id": "t03", "properties": "external_id"}
    text = client.get(ITEMS, query).getvalue().decode("utf-8-sig")
    assert "t03" in text and "t04" not in text and "species" not in text.splitlines()[0]
    shapes = client.get(ITEMS, {"f": "shp", "bbox": "-7.701,33.4,-7.679,33.6"}).getvalue()
    assert any(name.endswith(".shp") for name in zipfile.ZipFile(BytesIO(shapes)).namelist())


@committed
def test_one_feature_as_a_file(client, trees):
    fid = int(read_frame("trees").id.iloc[0])
    text = client.get(f"{ITEMS}/{fid}?f=geojsonseq").getvalue().decode()
    assert text.count("\x1e") == 1 and json.loads(text[1:])["id"] == fid
    assert client.get(f"{ITEMS}/999999?f=csv").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{ITEMS}?f=kml&crs=http://www.opengis.net/def/crs/EPSG/0/26191", "longitude and latitude"),
        (f"{ITEMS}?f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/4326", "x before y"),
        (f"{ITEMS}?f=csv&limit=none", "limit"),
        ("/collections/air-observations/items?f=fgb", "no geometry"),
        (f"{ITEMS}?f=gml", "f=gpkg"),
    ],
)
def test_a_file_that_cannot_be_is_refused(client, trees, path, words):
    answer = client.get(path)
    assert answer.status_code == 400, answer.getvalue()[:200]
    assert words in answer.json()["detail"]


@committed
def test_coordinates_of_a_file_in_another_crs(client, trees):
    query = {"f": "geojsonseq", "limit": 1, "crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}
    answer = client.get(ITEMS, query)
    point = json.loads(answer.getvalue().decode()[1:])["geometry"]["coordinates"]
    assert point == pytest.approx([-857160.08, 3960439.0], abs=30_000)
    assert answer["Content-Crs"] == "<http://www.opengis.net/def/crs/EPSG/0/3857>"


def test_page_for_a_browser_offers_every_format(client, trees):
    page = client.get("/collections/trees?f=html").text
    assert all(f"f={form}" in page for form in FORMATS)
