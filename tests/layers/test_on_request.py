"""A field that is on request (the roadbook of a route) is in no answer that did not name it, and no door loses it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import LineString
from django.test import Client

from gis_core.actors import PUBLIC
from layers.catalog.collection_routes.model import CollectionRoute
from layers.policy import access_to
from layers.registry import LAYERS, get_collection
from tiles.raster.features import place_sql

pytestmark = pytest.mark.django_db
ITEMS = "/collections/collection-routes/items"
BOOK = {"steps": [{"kind": "depart", "mark": "LONG"}]}
MERGE = "application/merge-patch+json"


@pytest.fixture
def steward(client: Client) -> Client:
    user = User.objects.create(username="omar")
    user.groups.add(Group.objects.get_or_create(name="steward")[0])
    client.force_login(user)
    return client


@pytest.fixture
def route() -> CollectionRoute:
    values = {"vehicle": "v1", "plan": "p", "service_date": "2026-11-23", "stops": 2}
    figures = {"distance_km": 0.4, "duration_min": 20.0, "load_kg": 300.0}
    line = LineString((-7.6, 33.5), (-7.59, 33.5), srid=4326)
    return CollectionRoute.objects.create(external_id="r", geom=line, roadbook=BOOK, **values, **figures)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def patch(client: Client, route: CollectionRoute, version: int, **headers: str) -> Any:
    headers = {"if-match": f'"{version}"', **headers}
    return client.patch(f"{ITEMS}/{route.pk}", {"properties": {"stops": 3}}, MERGE, headers=headers)


@pytest.mark.django_db(transaction=True)  # files are read by a connection of their own
def test_no_format_carries_it_but_where_the_request_names_it(client, route):
    for form in ("json", "html", "csv", "geojsonseq", "parquet", "fgb", "gpkg", "kml"):
        for address in (f"{ITEMS}?f={form}", f"{ITEMS}/{route.pk}?f={form}"):
            told = body(client.get(address))
            assert b"v1" in told
            assert b"roadbook" not in told.replace(b"/roadbook", b""), form  # which is the link
            assert b"roadbook" in body(client.get(f"{address}&properties=roadbook,vehicle"))


def test_who_names_it_gets_it_also_as_it_was(client, route):
    for more in ("", "&asOf=2999-01-01T00:00:00Z"):
        told = client.get(f"{ITEMS}/{route.pk}?f=json&properties=roadbook{more}").json()
        assert told["properties"] == {"roadbook": BOOK}


def test_the_schema_says_so_and_no_filter_names_it(client, route):
    schema = client.get("/collections/collection-routes/schema?lang=en").json()["properties"]
    assert schema["roadbook"]["x-on-request"] is True
    assert "properties=roadbook" in schema["roadbook"]["description"]
    assert [name for name, said in schema.items() if "x-on-request" in said] == ["roadbook"]
    assert "roadbook" not in client.get("/collections/collection-routes/queryables").json()["properties"]


def test_no_picture_and_no_tile_reads_it(route):
    access = access_to(PUBLIC, get_collection("collection-routes"))
    statement, _ = place_sql(access, (0.0, 0.0), 1.0, 1)
    assert "roadbook" not in statement.as_string()
    assert [layer.id for layer in LAYERS.values() if {*layer.tile_fields} & layer.collection.on_request] == []


def test_neither_a_patch_nor_a_put_loses_it(steward, route):
    answer = patch(steward, route, 1, prefer="return=representation")
    assert (answer.json()["properties"]["stops"], "roadbook" in answer.json()["properties"]) == (3, False)
    whole = steward.get(f"{ITEMS}/{route.pk}?f=json").json()
    whole["properties"]["stops"] = 4
    headers = {"if-match": '"2"'}
    assert (
        steward.put(f"{ITEMS}/{route.pk}", whole, "application/geo+json", headers=headers).status_code == 204
    )
    route.refresh_from_db()
    assert (route.stops, route.version, route.roadbook) == (4, 3, BOOK)


def test_it_is_written_by_who_names_it_and_the_same_again_is_no_new_version(steward, route):
    def send(value: Any, version: int) -> str:
        headers = {"if-match": f'"{version}"'}
        change = {"properties": {"roadbook": value}}
        return str(steward.patch(f"{ITEMS}/{route.pk}", change, MERGE, headers=headers)["ETag"])

    assert send(BOOK, 1) == '"1"'
    assert send({"steps": []}, 1) == '"2"'
    assert send(None, 2) == '"3"'
    route.refresh_from_db()
    assert route.roadbook is None


def test_a_conflict_is_told_without_it(steward, route):
    patch(steward, route, 1)
    told = patch(steward, route, 1).json()
    assert (told["theirs"]["properties"]["stops"], told["base"]["properties"]["stops"]) == (3, 2)
    assert "LONG" not in json.dumps(told)


def test_history_keeps_it_tells_it_by_its_digest_and_brings_it_back(steward, route):
    CollectionRoute.objects.filter(pk=route.pk).update(roadbook={"steps": []})
    versions = f"{ITEMS}/{route.pk}/versions"
    assert "roadbook" not in steward.get(f"{versions}/1").json()["properties"]
    (changed,) = steward.get(f"{versions}/2/diff").json()["fields"]
    assert changed["name"] == "roadbook"
    assert changed["before"].startswith("sha256:")
    assert changed["after"] not in (changed["before"], None)
    assert steward.post(f"{versions}/1/restore", headers={"if-match": '"2"'}).status_code == 204
    route.refresh_from_db()
    assert (route.version, route.roadbook) == (3, BOOK)
    assert steward.get(f"{versions}/3/diff?from=1").json()["fields"] == []


@pytest.mark.django_db(transaction=True)  # as above
def test_the_audit_names_a_change_of_it_by_its_digest(steward, route):
    CollectionRoute.objects.filter(pk=route.pk).update(roadbook={"steps": []})
    text = b"".join(steward.get("/audit.csv?collection=collection-routes").streaming_content).decode(
        "utf-8-sig"
    )
    *_, last = csv.DictReader(io.StringIO(text))
    before, after = json.loads(last["changed"])["roadbook"]
    assert before.startswith("sha256:")
    assert after.startswith("sha256:")
    assert before != after
