"""The way back: one version, a deleted feature, a whole batch; by the same rights and rules as every change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from shapely.geometry import Point, box, mapping, shape

from gis_core.errors import NotAllowed
from gis_core.history import standing_reason
from gis_core.permissions import Role
from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.queries.batches import BatchKey
from layers.queries.frames import read_frame
from layers.services.edit import Create, Delete, Patch, apply_edits
from layers.services.load import load_features
from layers.services.restore import revert_batch
from tests.conftest import frame, square
from tests.layers.history.conftest import PLANNER, STEWARD, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> int:
    load_features(
        "parcels",
        frame(external_id=["p"], owner_kind=["city"], land_use=["vacant"], geom=[square(-7.6, 33.5)]),
    )
    (parcel,) = read_frame("parcels").id.tolist()
    half = mapping(box(-7.6, 33.5, -7.595, 33.51))
    change = {"properties": {"land_use": "green"}, "geometry": half}
    apply_edits(PLANNER, [Patch("parcels", parcel, change, 1)], comment="Cut")
    return parcel


def restore(client: Client, parcel: int, number: int, **headers: str) -> Any:
    return client.post(f"/collections/parcels/items/{parcel}/versions/{number}/restore", headers=headers)


def events(table: str = "layers_parcelevent") -> list[tuple]:
    rows = run(
        f"SELECT e.pgh_label, e.version, c.metadata FROM {table} e LEFT JOIN pghistory_context c"
        " ON c.id = e.pgh_context_id ORDER BY e.pgh_id"
    )
    return [(label, version, json.loads(reason)) for label, version, reason in rows]


def test_restore_makes_a_new_version_with_the_values_and_the_shape_of_the_old_one(signed_in, parcel):
    client = signed_in(Role.PLANNER, "nadia")
    wishes = {
        "If-Match": '"2"',
        "Prefer": "return=representation",
        "Change-Comment": "Not%20cut%20after%20all",
    }
    answer = restore(client, parcel, 1, **wishes)
    assert (answer.status_code, answer["ETag"]) == (200, '"3"')
    assert answer.json()["properties"]["land_use"] == "vacant"
    assert shape(answer.json()["geometry"]).equals(square(-7.6, 33.5))
    told = {"actor": "nadia", "comment": "Not cut after all", "door": "restore", "restores": {"version": 1}}
    assert events()[-1] == ("update", 3, told)


def test_restore_without_representation_answers_204_with_the_etag(signed_in, parcel):
    answer = restore(signed_in(Role.PLANNER), parcel, 1, **{"If-Match": '"2"'})
    assert (answer.status_code, answer["ETag"], answer.content) == (204, '"3"', b"")


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"If-Match": '"1"'}, 412)])
def test_restore_needs_the_version_that_its_maker_saw(signed_in, parcel, headers, status):
    assert restore(signed_in(Role.PLANNER), parcel, 1, **headers).status_code == status
    assert read_frame("parcels", ["version"]).version.tolist() == [2]


@pytest.mark.parametrize(("number", "status"), [(9, 404), (3, 410)])
def test_restore_of_what_has_no_state(signed_in, parcel, number, status):
    apply_edits(STEWARD, [Delete("parcels", parcel, 2)])
    assert restore(signed_in(Role.PLANNER), parcel, number).status_code == status


def test_deleted_feature_comes_back_under_its_id_without_a_precondition(signed_in, parcel):
    apply_edits(STEWARD, [Delete("parcels", parcel, 2)])
    answer = restore(signed_in(Role.PLANNER), parcel, 2)
    assert (answer.status_code, answer["ETag"]) == (204, '"4"')
    rows = read_frame("parcels", ["land_use", "owner_kind", "external_id"])
    assert rows[["id", "land_use", "owner_kind", "external_id"]].to_numpy().tolist() == [
        [parcel, "green", "city", "p"]
    ]


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.CREW, 403), (Role.AUDITOR, 403)])
def test_who_may_not_write_may_not_restore(client, signed_in, parcel, role, status):
    asking = signed_in(role) if role else client
    assert restore(asking, parcel, 1, **{"If-Match": '"2"'}).status_code == status
    assert len(events()) == 2


def test_restore_keeps_what_its_maker_may_not_write(signed_in, parcel):
    """A planner does not write `source`: it stays as it is, and so does a hidden field."""
    apply_edits(
        STEWARD, [Patch("parcels", parcel, {"properties": {"source": "census", "owner_kind": "state"}}, 2)]
    )
    CollectionRight.objects.create(
        collection="parcels",
        role="planner",
        read="city",
        write="city",
        hidden=["owner_kind"],
        locked=["source"],
    )
    forget_rights()
    answer = restore(
        signed_in(Role.PLANNER), parcel, 1, **{"If-Match": '"3"', "Prefer": "return=representation"}
    )
    assert "owner_kind" not in answer.text
    (row,) = run("SELECT source, owner_kind, land_use FROM layers_parcel")
    assert row == ("census", "state", "vacant")


def batch_of(table: str = "layers_parcelevent") -> str:
    return str(run(f"SELECT pgh_context_id FROM {table} ORDER BY pgh_id DESC LIMIT 1")[0][0])


def revert(client: Client, batch: str, **headers: str) -> Any:
    return client.post(f"/batches/{batch}/revert", headers=headers)


@pytest.fixture
def mixed(parcel: int) -> str:
    """One batch: a parcel changed, one made, one deleted; a tree made."""
    load_features("parcels", frame(external_id=["q"], land_use=["public"], geom=[square(-7.58, 33.5)]))
    gone = run("SELECT id FROM layers_parcel WHERE external_id = 'q'")[0][0]
    made = {"type": "Feature", "geometry": mapping(square(-7.56, 33.5)), "properties": {"external_id": "r"}}
    tree = {"type": "Feature", "geometry": mapping(Point(-7.6, 33.5)), "properties": {"external_id": "t"}}
    applied = apply_edits(
        STEWARD,
        [
            Patch("parcels", parcel, {"properties": {"land_use": "industrial"}}, 2),
            Delete("parcels", gone, 1),
            Create("parcels", made),
            Create("trees", tree),
        ],
        comment="Land reform",
    )
    return str(applied.batch)


def test_revert_takes_the_whole_batch_back_over_all_its_collections(signed_in, mixed):
    answer = revert(signed_in(Role.STEWARD, "omar"), mixed, **{"Change-Comment": "Too%20early"})
    assert answer.status_code == 200
    assert sorted((e["collection"], e["action"]) for e in answer.json()["edits"]) == [
        ("parcels", "delete"),
        ("parcels", "patch"),
        ("parcels", "undelete"),
        ("trees", "delete"),
    ]
    rows = run("SELECT external_id, land_use, version FROM layers_parcel ORDER BY 1")
    assert rows == [("p", "green", 4), ("q", "public", 3)]
    assert read_frame("trees").empty
    told = {"actor": "omar", "comment": "Too early", "door": "restore", "reverts": mixed}
    assert [reason for *_, reason in events()[-3:]] == [told] * 3
    assert batch_of() == answer.json()["batch"]


def test_revert_of_a_revert_brings_the_batch_back(signed_in, mixed):
    client = signed_in(Role.STEWARD)
    first = revert(client, mixed).json()["batch"]
    assert revert(client, first).status_code == 200
    rows = run("SELECT external_id, land_use FROM layers_parcel ORDER BY 1")
    assert rows == [("p", "industrial"), ("r", "other")]
    assert read_frame("trees").external_id.tolist() == ["t"]


def test_revert_frees_an_identifier_before_it_is_needed_again(signed_in, parcel):
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.6, 33.5)]))
    (old,) = read_frame("trees").id.tolist()
    tree = {"type": "Feature", "geometry": mapping(Point(-7.61, 33.5)), "properties": {"external_id": "t"}}
    batch = apply_edits(STEWARD, [Delete("trees", old, 1), Create("trees", tree)]).batch
    revert_batch(STEWARD, BatchKey(batch=batch))
    assert read_frame("trees").id.tolist() == [old]


def test_feature_changed_since_refuses_the_whole_revert_and_is_named(signed_in, mixed, parcel):
    apply_edits(PLANNER, [Patch("parcels", parcel, {"properties": {"land_use": "vacant"}}, 3)])
    answer = revert(signed_in(Role.STEWARD), mixed)
    assert answer.status_code == 409
    assert answer.json()["changed"] == [
        {"collection": "parcels", "id": parcel, "version": 4, "changed_by": "nadia"}
    ]
    assert f"parcels {parcel}" in answer.json()["detail"]
    assert len(read_frame("trees")) == 1 and len(read_frame("parcels")) == 2


def test_revert_of_a_job_of_several_transactions_is_one(signed_in):
    with standing_reason(PLANNER, comment="Inventory") as batch:
        load_features("trees", frame(external_id=["a"], species=["Ficus"], geom=[Point(-7.6, 33.5)]))
        load_features("trees", frame(external_id=["a"], species=["Palm"], geom=[Point(-7.6, 33.5)]))
    assert revert(signed_in(Role.STEWARD), str(batch)).status_code == 200
    assert read_frame("trees").empty


def test_revert_of_what_was_written_past_the_application(signed_in, parcel):
    run("UPDATE layers_parcel SET land_use = 'vacant'")
    (number,) = run("SELECT transaction_id FROM layers_parcelevent WHERE pgh_context_id IS NULL")[0]
    assert revert(signed_in(Role.STEWARD), f"transaction-{number}").status_code == 200
    assert run("SELECT land_use, version FROM layers_parcel") == [("green", 4)]


def test_revert_keeps_the_full_precision_of_a_shape_that_the_batch_did_not_touch(signed_in):
    run("INSERT INTO layers_tree (geom) VALUES (ST_SetSRID(ST_MakePoint(-7.600000012345, 33.5), 4326))")
    (tree,) = read_frame("trees").id.tolist()
    batch = apply_edits(STEWARD, [Patch("trees", tree, {"properties": {"species": "Palm"}}, 1)]).batch
    revert_batch(STEWARD, BatchKey(batch=batch))
    assert run("SELECT ST_X(geom), species, version FROM layers_tree") == [(-7.600000012345, "", 3)]


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.CREW, 403), (Role.AUDITOR, 403)])
def test_who_may_not_write_may_not_revert(client, signed_in, mixed, role, status):
    asking = signed_in(role) if role else client
    assert revert(asking, mixed).status_code == status
    assert len(read_frame("trees")) == 1


def test_field_that_is_not_the_actors_to_write_refuses_the_revert_without_telling_a_hidden_one(parcel):
    batch = apply_edits(STEWARD, [Patch("parcels", parcel, {"properties": {"source": "census"}}, 2)]).batch
    with pytest.raises(NotAllowed, match="source of parcels"):
        revert_batch(PLANNER, BatchKey(batch=batch))
    batch = apply_edits(STEWARD, [Patch("parcels", parcel, {"properties": {"owner_kind": "state"}}, 3)]).batch
    CollectionRight.objects.create(
        collection="parcels", role="planner", read="city", write="city", hidden=["owner_kind"]
    )
    forget_rights()
    with pytest.raises(NotAllowed, match="fields that you do not see") as refused:
        revert_batch(PLANNER, BatchKey(batch=batch))
    assert "owner_kind" not in refused.value.detail


def test_batch_outside_the_work_area_is_not_reverted(parcel):
    load_features("districts", frame(external_id=["far"], geom=[square(-7.7, 33.6, 0.02)]))
    batch = apply_edits(STEWARD, [Patch("parcels", parcel, {"properties": {"land_use": "vacant"}}, 2)]).batch
    with pytest.raises(NotAllowed, match="outside the areas"):
        revert_batch(replace(PLANNER, areas=("far",)), BatchKey(batch=batch))


@pytest.mark.parametrize(
    "key", ["5", "transaction-", "transaction-x", "00000000-0000-0000-0000-000000000000"]
)
def test_unknown_batch_is_404(signed_in, key):
    client = signed_in(Role.STEWARD)
    assert client.get(f"/batches/{key}").status_code == 404
    assert revert(client, key).status_code == 404
