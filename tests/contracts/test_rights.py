"""One policy, every door: role × collection × door, every cell said here and asked for over HTTP.

The tables below are written by hand, apart from the code that decides, so that a slip there shows here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.utils.http import urlencode

from gis_core.permissions import Role
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.queries.frames import read_frame
from layers.registry import COLLECTIONS, LAYERS
from layers.services.load import load_features
from tests.conftest import frame, square
from tests.contracts.samples import sample_frame

pytestmark = pytest.mark.django_db

INTERNAL = {"vehicles", "route-stops", "route-streets", "road-conditions"}  # not for the public
PLANNING = {"route-plans"}  # not for crews either; what planners see here, processes have written
PLANNERS_ONLY = {"scenarios"}
COMPUTED = {"indicators"}  # what processes found out; nobody corrects it by hand
WRITERS = {Role.PLANNER, Role.STEWARD, Role.ADMIN}
PROPOSED = {"road-conditions"}  # crews write here, too, until it is reviewed
HISTORIANS = {Role.AUDITOR, Role.STEWARD, Role.ADMIN}  # who may take the audit away
HIDDEN_FIELD = b"owner_kind"  # of parcels
HIDDEN_FROM = {Role.PUBLIC, Role.CREW}
NAMELESS = {"collection", "items page", "versions", "diff"}  # show titles, or nothing of it
every_role = pytest.mark.parametrize("role", list(Role))
READING: dict[str, Callable[[str, int], str]] = {
    "collection": lambda c, i: f"/collections/{c}",
    "schema": lambda c, i: f"/collections/{c}/schema",
    "queryables": lambda c, i: f"/collections/{c}/queryables",
    "sortables": lambda c, i: f"/collections/{c}/sortables",
    "items": lambda c, i: f"/collections/{c}/items",
    "items page": lambda c, i: f"/collections/{c}/items?f=html",
    "items counted": lambda c, i: f"/collections/{c}/items?count=exact",
    "items of a moment": lambda c, i: f"/collections/{c}/items?asOf=2999-01-01T00:00:00Z",
    "item": lambda c, i: f"/collections/{c}/items/{i}",
    "csv": lambda c, i: f"/collections/{c}/items?f=csv",
    "geopackage": lambda c, i: f"/collections/{c}/items?f=gpkg",
    "versions": lambda c, i: f"/collections/{c}/items/{i}/versions",
    "version": lambda c, i: f"/collections/{c}/items/{i}/versions/1",
    "diff": lambda c, i: f"/collections/{c}/items/{i}/versions/2/diff",
}
WRITING: dict[str, Callable[[Client, str, int], Any]] = {
    "post": lambda client, c, i: _send(
        client, "post", f"/collections/{c}/items", {"type": "Feature", "properties": {}}
    ),
    "put": lambda client, c, i: _send(client, "put", f"/collections/{c}/items/{i}", {"type": "Feature"}),
    "patch": lambda client, c, i: _send(client, "patch", f"/collections/{c}/items/{i}", {"properties": {}}),
    "delete": lambda client, c, i: client.delete(f"/collections/{c}/items/{i}", headers={"If-Match": '"9"'}),
    "restore": lambda client, c, i: _send(
        client, "post", f"/collections/{c}/items/{i}/versions/1/restore", {}
    ),
    "transaction": lambda client, c, i: _send(
        client,
        "post",
        "/transactions",
        {"edits": [{"action": "patch", "collection": c, "id": i, "version": 9, "patch": {}}]},
    ),
}


def _send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return getattr(client, method)(path, json.dumps(body), "application/json", headers={"If-Match": '"9"'})


@pytest.fixture
def ids() -> dict[str, int]:
    """One feature of each collection with two versions."""
    return {collection_id: feature_of(collection_id) for collection_id in COLLECTIONS}


@pytest.fixture
def parcel() -> int:
    return feature_of("parcels")


def feature_of(collection_id: str) -> int:
    """The id of a new feature with two versions."""
    collection = COLLECTIONS[collection_id]
    load_features(collection_id, sample_frame(collection, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {collection.table} SET source = 'city'")
    return int(read_frame(collection_id, []).id[0])


def client_of(role: Role, *, staff: bool = False) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    if role is not Role.PUBLIC:
        user = User.objects.create(username=f"some-{role}", is_staff=staff)
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        client.force_login(user)
    return client


def refused(role: Role) -> int:
    return 401 if role is Role.PUBLIC else 403


def may_write(role: Role, collection: str) -> bool:
    if collection in COMPUTED:
        return role is Role.ADMIN
    if collection in PLANNING:
        return role in WRITERS - {Role.PLANNER}
    return role in WRITERS or (role is Role.CREW and collection in PROPOSED)


def may_read(role: Role, collection: str) -> bool:
    if collection in PLANNING | PLANNERS_ONLY:
        return role not in {Role.PUBLIC, Role.CREW}
    return role is not Role.PUBLIC or collection not in INTERNAL


@every_role
def test_reading_doors_are_open_or_shut_alike(role, ids):
    client = client_of(role)
    cells = {
        (door, c): client.get(path(c, i)).status_code
        for door, path in READING.items()
        for c, i in ids.items()
    }
    assert cells == {(door, c): 200 if may_read(role, c) else refused(role) for door, c in cells}


@every_role
def test_writing_doors_are_open_or_shut_alike(role, ids):
    """Open means: as far as the version or the rules, which these requests then fail."""
    client = client_of(role)
    cells = {
        (door, c): send(client, c, i).status_code for door, send in WRITING.items() for c, i in ids.items()
    }
    for (door, collection), status in cells.items():
        opened = status in {200, 201, 204, 400, 412, 422}
        assert opened == may_write(role, collection), (door, collection, status)
        assert opened or status == refused(role), (door, collection, status)


@every_role
def test_lists_show_what_the_doors_would(role):
    client = client_of(role)
    listed = {document["id"] for document in client.get("/collections?f=json").json()["collections"]}
    assert listed == {c for c in COLLECTIONS if may_read(role, c)}
    layers = {document["id"] for document in client.get("/layers").json()}
    assert layers == {layer.id for layer in LAYERS.values() if may_read(role, layer.collection.id)}
    for layer in LAYERS.values():
        wanted = 200 if may_read(role, layer.collection.id) else refused(role)
        for door in ("legend", "style"):
            assert client.get(f"/layers/{layer.id}/{door}").status_code == wanted, (door, layer.id)


@every_role
def test_history_of_everybody_is_for_who_answers_for_it(role):
    client = client_of(role)
    assert client.get("/audit.csv").status_code == (200 if role in HISTORIANS else refused(role))
    batches = client.get("/batches").status_code
    assert batches == (200 if role in WRITERS | HISTORIANS else refused(role))


@every_role
def test_admin_shows_what_the_doors_would(role):
    client = client_of(role, staff=True)
    for collection in COLLECTIONS.values():
        status = client.get(f"/admin/layers/{collection.model._meta.model_name}/").status_code
        wanted = 302 if role is Role.PUBLIC else 200 if may_read(role, collection.id) else 403
        assert status == wanted, (collection.id, status)


@every_role
def test_hidden_fields_show_at_no_door(role, parcel):
    client = client_of(role)
    for door, path in READING.items():
        answer = client.get(path("parcels", parcel))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if role in HIDDEN_FROM:
            assert HIDDEN_FIELD not in body, door
        elif door not in NAMELESS:
            assert HIDDEN_FIELD in body, door


@every_role
def test_hidden_fields_answer_no_question(role, parcel):
    client = client_of(role)
    hidden = role in HIDDEN_FROM
    for question in (
        {"owner_kind": "city"},
        {"filter": "owner_kind = 'city'"},
        {
            "filter": json.dumps({"op": "=", "args": [{"property": "owner_kind"}, "city"]}),
            "filter-lang": "cql2-json",
        },
        {"sortby": "owner_kind"},
        {"properties": "owner_kind"},
    ):
        status = client.get(f"/collections/parcels/items?{urlencode(question)}").status_code
        assert status == (400 if hidden else 200), question


def test_a_right_of_this_installation_replaces_the_catalogues():
    tree_id = feature_of("trees")
    CollectionRight.objects.create(collection="trees", role=Role.PUBLIC, read="none", write="none")
    CollectionRight.objects.create(
        collection="trees", role=Role.CREW, read="city", write="city", hidden=["species"]
    )
    forget_rights()
    public, crew = client_of(Role.PUBLIC), client_of(Role.CREW)
    assert public.get("/collections/trees/items").status_code == 401
    assert "species" not in crew.get(f"/collections/trees/items/{tree_id}").json()["properties"]
    tree = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-7.6, 33.5]}, "properties": {}}
    assert _send(crew, "post", "/collections/trees/items", tree).status_code == 201
    named = {**tree, "properties": {"species": "Ficus"}}
    assert _send(crew, "post", "/collections/trees/items", named).status_code == 422


def test_a_right_to_an_area_holds_at_every_reading_door():
    load_features(
        "districts",
        frame(external_id=["west", "east"], geom=[square(-7.6, 33.5), square(-7.55, 33.5)]),
        source="city",
    )
    stops = sample_frame(COLLECTIONS["route-stops"], 2)
    stops["geom"] = [square(-7.6, 33.5).centroid, square(-7.55, 33.5).centroid]
    load_features("route-stops", stops)
    client = client_of(Role.CREW)
    User.objects.get(username="some-crew").work_areas.create(area="west")
    inside, outside = read_frame("route-stops", []).id
    page = client.get("/collections/route-stops/items?count=exact").json()
    assert ([f["id"] for f in page["features"]], page["numberMatched"]) == ([inside], 1)
    for door in ("items/{}", "items/{}/versions", "items/{}/versions/1"):
        assert client.get(f"/collections/route-stops/{door.format(inside)}").status_code == 200
        assert client.get(f"/collections/route-stops/{door.format(outside)}").status_code == 404
    past = client.get("/collections/route-stops/items?asOf=2999-01-01T00:00:00Z").json()
    assert [f["id"] for f in past["features"]] == [inside]
