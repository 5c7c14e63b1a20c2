"""Part 4 over HTTP: methods, headers and problems, as clients of every kind send and read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from shapely.geometry import box, mapping

from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db
PATCH = "application/merge-patch+json"
TREE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-7.6, 33.5]},
    "properties": {"species": "Ficus"},
}


@pytest.fixture
def planner(client: Client) -> Client:
    user = User.objects.create(username="nadia")
    user.groups.add(Group.objects.get_or_create(name="planner")[0])
    client.force_login(user)
    return client


@pytest.fixture
def parcel(planner: Client) -> str:
    load_features("parcels", frame(external_id=["a"], geom=[square(-7.6, 33.5)]), source="city")
    return f"/collections/parcels/items/{read_frame('parcels').id[0]}"


def post(client: Client, feature: Any, path: str = "/collections/trees/items", **headers: str) -> Any:
    return client.post(path, json.dumps(feature), "application/geo+json", headers=headers)


def patch(client: Client, path: str, body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(path, json.dumps(body), PATCH, headers=named)


def test_post_tells_where_the_new_feature_is(planner):
    made = post(planner, TREE)
    assert (made.status_code, made["ETag"], made.content) == (201, '"1"', b"")
    read = planner.get(made["Location"]).json()
    assert (read["geometry"], read["properties"]["species"]) == (TREE["geometry"], "Ficus")
    whole = post(planner, TREE, Prefer="return=representation")
    assert (whole.json()["properties"]["species"], whole["Preference-Applied"]) == (
        "Ficus",
        "return=representation",
    )


def test_a_collection_is_posted_whole_or_not_at_all(planner):
    bad = {**TREE, "geometry": {"type": "Point", "coordinates": [2.3, 48.8]}}
    refused = post(planner, {"type": "FeatureCollection", "features": [TREE, bad]})
    assert (refused.status_code, read_frame("trees").empty) == (422, True)
    assert (
        refused.json()["errors"][0]["rule"] == "se trouve hors du cadre de la ville"
    )  # the city's first language
    made = post(planner, {"type": "FeatureCollection", "features": [TREE, TREE]})
    assert (made.status_code, len(made.json()["edits"]), len(read_frame("trees"))) == (201, 2, 2)


def test_patch_needs_the_etag_and_changes_it(planner, parcel):
    body = {"properties": {"land_use": "green"}}
    assert patch(planner, parcel, body).status_code == 428
    done = patch(planner, parcel, body, If_Match='"1"', Change_Comment="Plan%20d%E2%80%99am%C3%A9nagement")
    assert (done.status_code, done["ETag"], done.content) == (204, '"2"', b"")
    assert planner.get(parcel).json()["properties"]["land_use"] == "green"
    for wrong in ('"1"', '"0"', 'W/"2"', '"x"'):
        assert patch(planner, parcel, body, If_Match=wrong).status_code == 412


def test_conflict_is_a_problem_that_a_page_can_merge(planner, parcel):
    patch(planner, parcel, {"properties": {"reference": "R1"}}, If_Match='"1"', Change_Comment="survey")
    late = patch(planner, parcel, {"properties": {"land_use": "green"}}, If_Match='"1"')
    told = late.json()
    assert (late.status_code, late["Content-Type"]) == (412, "application/problem+json")
    assert (told["base"]["properties"]["reference"], told["theirs"]["properties"]["reference"]) == ("", "R1")
    assert (told["yours"]["properties"]["land_use"], told["changed_by"], told["comment"]) == (
        "green",
        "nadia",
        "survey",
    )


def test_a_time_serves_as_precondition_too(planner, parcel):
    at = planner.get(parcel).json()["properties"]["updated_at"]
    since = post(planner, TREE)["Last-Modified"]
    assert at.startswith("20")
    done = patch(planner, parcel, {"properties": {"land_use": "green"}}, If_Unmodified_Since=since)
    assert done.status_code == 204
    old = patch(planner, parcel, {"properties": {}}, If_Unmodified_Since="Sat, 01 Jan 2000 00:00:00 GMT")
    assert old.status_code == 412


def test_put_and_delete(planner, parcel):
    feature = {
        "type": "Feature",
        "geometry": mapping(box(-7.6, 33.5, -7.59, 33.52)),
        "properties": {"land_use": "vacant"},
    }
    done = planner.put(parcel, json.dumps(feature), "application/geo+json", headers={"If-Match": '"1"'})
    assert (done.status_code, done["ETag"]) == (204, '"2"')
    assert planner.delete(parcel, headers={"If-Match": '"1"'}).status_code == 412
    assert planner.delete(parcel, headers={"If-Match": '"2"'}).status_code == 204
    assert planner.get(parcel).status_code == 404


def test_the_same_key_creates_nothing_twice(planner):
    first = post(planner, TREE, **{"Idempotency-Key": "7f1"})
    again = post(planner, TREE, **{"Idempotency-Key": "7f1"})
    assert (again.status_code, again["Location"], again["Idempotent-Replay"]) == (
        201,
        first["Location"],
        "true",
    )
    assert len(read_frame("trees")) == 1
    other = post(planner, {**TREE, "properties": {}}, **{"Idempotency-Key": "7f1"})
    assert other.status_code == 409


def test_a_refused_request_leaves_its_key_free(planner):
    bad = {**TREE, "properties": {"species": 5}}
    assert post(planner, bad, **{"Idempotency-Key": "7f2"}).status_code == 422
    assert post(planner, TREE, **{"Idempotency-Key": "7f2"}).status_code == 201


def test_a_transaction_spans_collections(planner, parcel):
    number = int(parcel.rpartition("/")[2])
    edits = [
        {"action": "create", "collection": "trees", "feature": TREE},
        {
            "action": "patch",
            "collection": "parcels",
            "id": number,
            "version": 1,
            "patch": {"properties": {"land_use": "green"}},
        },
    ]
    stale = [edits[0], {**edits[1], "version": 9}]
    send = lambda **body: planner.post("/transactions", json.dumps(body), "application/json")  # noqa: E731
    assert (send(edits=stale).status_code, read_frame("trees").empty) == (412, True)
    rehearsed = send(edits=edits, dry_run=True)
    assert (rehearsed.json()["edits"][1]["version"], read_frame("trees").empty) == (2, True)
    done = send(edits=edits, comment="A tree and its parcel").json()
    assert [(e["collection"], e["version"]) for e in done["edits"]] == [("trees", 1), ("parcels", 2)]
    wrong = send(edits=[{"action": "paint", "collection": "trees"}])
    assert (wrong.status_code, "edits[0]" in wrong.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/geo+json", 400),
        (b"[]", "application/geo+json", 400),
        (
            b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [NaN, 1]}}',
            "application/json",
            400,
        ),
        (b"[" * 100_000, "application/json", 400),
        (b"<feature/>", "text/xml", 415),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(planner, body, media_type, status):
    assert planner.post("/collections/trees/items", body, media_type).status_code == status


def test_options_tell_each_what_they_may(planner, parcel, db):
    assert "POST" in planner.options("/collections/trees/items")["Allow"]
    assert planner.options(parcel)["Accept-Patch"] == PATCH
    assert "PUT" in planner.options("/collections/trees/items/unknown_id")["Allow"]
    assert Client().options("/collections/trees/items")["Allow"] == "GET, HEAD, OPTIONS"
    assert planner.post(parcel).status_code == 405


def test_the_public_and_a_page_without_its_token_write_nothing(planner):
    assert post(Client(), TREE).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="nadia"))
    assert post(strict, TREE).status_code == 403


def test_coordinates_in_the_citys_grid_are_read_as_their_crs_says(planner):
    northing_first = {**TREE, "geometry": {"type": "Point", "coordinates": [33.5, -7.6]}}
    for crs in ("<http://www.opengis.net/def/crs/EPSG/0/4326>", "http://www.opengis.net/def/crs/EPSG/0/4326"):
        made = post(planner, northing_first, **{"Content-Crs": crs})
        assert planner.get(made["Location"]).json()["geometry"]["coordinates"] == [-7.6, 33.5]
    assert (
        post(planner, TREE, **{"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/1>"}).status_code == 400
    )
