"""A draft shows at no door to the public and to crews; planners see it; its history stays shut once it is published."""

from __future__ import annotations

import pytest

from gis_core.permissions import Role
from layers.queries.frames import read_frame
from layers.registry import COLLECTIONS
from layers.services.load import load_features
from tests.contracts.samples import sample_frame
from tests.contracts.test_rights import READING, WRITING, client_of, refused

pytestmark = pytest.mark.django_db
WITH_DRAFTS = sorted(id for id, collection in COLLECTIONS.items() if collection.published)
READERS = {
    "collection-routes": (Role.PUBLIC, Role.CREW),
    "route-stops": (Role.CREW,),
    "route-streets": (Role.CREW,),
}
every_draft = pytest.mark.parametrize("collection", WITH_DRAFTS)
OF_ONE = {"item", "versions", "version", "diff"}


def load_pair(collection: str) -> tuple[int, int]:
    """The ids of a published feature and of a draft, each with two versions."""
    rows = sample_frame(COLLECTIONS[collection], 2).assign(external_id=["shown", "draft"])
    load_features(collection, rows.assign(published=[True, False]))
    load_features(collection, rows[["external_id"]].assign(plan="other"))
    shown, draft = read_frame(collection, []).set_index("external_id").loc[["shown", "draft"], "id"]
    return int(shown), int(draft)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@every_draft
def test_who_sees_no_drafts_sees_them_at_no_door(collection):
    shown, draft = load_pair(collection)
    for role in READERS[collection]:
        client = client_of(role)
        for door, path in READING.items():
            answer = client.get(path(collection, draft))
            assert answer.status_code == (404 if door in OF_ONE else 200), (role, door)
            if door in {
                "items",
                "items counted",
                "items of a moment",
            }:  # files are read past this transaction
                assert b"shown" in body_of(answer), (role, door)
                assert b"draft" not in body_of(client.get(path(collection, draft))), (role, door)
            assert client.get(path(collection, shown)).status_code == 200
        page = client.get(f"/collections/{collection}/items?count=exact").json()
        assert page["numberMatched"] == 1


@every_draft
@pytest.mark.parametrize("role", [Role.PLANNER, Role.STEWARD, Role.AUDITOR, Role.ADMIN])
def test_planners_see_drafts_and_no_shared_cache_keeps_them(collection, role):
    _, draft = load_pair(collection)
    client = client_of(role)
    answer = client.get(f"/collections/{collection}/items")
    assert {f["properties"]["external_id"] for f in answer.json()["features"]} == {"shown", "draft"}
    assert "private" in answer.headers["Cache-Control"]
    assert client.get(f"/collections/{collection}/items/{draft}").status_code == 200


@every_draft
def test_what_was_a_draft_stays_shut_after_publication(collection):
    _, draft = load_pair(collection)
    rows = read_frame(collection, [], equals={"external_id": "draft"})[["external_id"]]
    load_features(collection, rows.assign(published=True))
    client = client_of(READERS[collection][0])
    assert client.get(f"/collections/{collection}/items/{draft}").status_code == 200
    assert client.get(f"/collections/{collection}/items/{draft}/versions/3").status_code == 200
    assert client.get(f"/collections/{collection}/items/{draft}/versions/1").status_code == 404


@every_draft
def test_a_planner_publishes_through_the_process_only(collection):
    """By hand nobody but a steward says what is published: the plan has been checked."""
    _, draft = load_pair(collection)
    planner = client_of(Role.PLANNER)
    path = f"/collections/{collection}/items/{draft}"
    answer = planner.patch(
        path, {"properties": {"published": True}}, "application/json", headers={"If-Match": '"2"'}
    )
    assert answer.status_code == 422
    assert WRITING["delete"](client_of(Role.CREW), collection, draft).status_code == refused(Role.CREW)
