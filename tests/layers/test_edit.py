"""The door that changes single features: versions, rights, rules, all or nothing, and one history row each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from pyproj import Transformer
from shapely.geometry import Polygon, box, mapping

from gis_core.actors import PUBLIC, Actor
from gis_core.errors import (
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RulesBroken,
)
from gis_core.permissions import Role, Scope, with_implied
from layers.queries.frames import read_frame
from layers.services.edit import Create, Delete, Edited, Patch, Replace, Undelete, apply_edits
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db
PLANNER = Actor(name="nadia", roles=with_implied({Role.PLANNER}))
STEWARD = Actor(name="omar", roles=with_implied({Role.STEWARD}))
QGIS = Actor(name="nadia", roles=with_implied({Role.PLANNER}), unconditional=True, token="qgis")


@pytest.fixture
def parcels() -> list[int]:
    """Two parcels that share a border; their ids."""
    load_features(
        "parcels",
        frame(
            external_id=["a", "b"],
            owner_kind=["city", "private"],
            geom=[square(-7.6, 33.5), square(-7.59, 33.5)],
        ),
        source="city",
    )
    return read_frame("parcels").id.tolist()


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": mapping(shape), "properties": properties}


def edit(*edits: Any, actor: Actor = PLANNER, **options: Any) -> tuple[Edited, ...]:
    return apply_edits(actor, edits, **options).edits


def events(feature_id: int, table: str = "layers_parcelevent") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pgh_label, version, metadata FROM {table} LEFT JOIN pghistory_context c ON c.id = pgh_context_id"
            f" WHERE {table}.id = %s ORDER BY pgh_id",
            [feature_id],
        )
        return [
            (label, version, reason and json.loads(reason)) for label, version, reason in cursor.fetchall()
        ]


def test_patch_changes_what_it_names_and_nothing_else(parcels):
    (done,) = edit(Patch("parcels", parcels[0], {"properties": {"land_use": "public"}}, 1), comment="Plan 12")
    assert (done.version, done.action, json.loads(done.feature)["properties"]["land_use"]) == (
        2,
        "patch",
        "public",
    )
    rows = read_frame("parcels", ["land_use", "owner_kind", "version"])
    assert rows.land_use.tolist() == ["public", "other"]
    assert (rows.owner_kind.tolist(), rows.version.tolist()) == (["city", "private"], [2, 1])
    assert events(parcels[0])[1] == ("update", 2, {"actor": "nadia", "comment": "Plan 12", "door": "api"})


def test_patch_with_null_empties_and_a_required_one_refuses(parcels):
    with pytest.raises(RulesBroken) as refused:
        edit(Patch("parcels", parcels[0], {"properties": {"land_use": None}}, 1))
    assert [(e["field"], e["rule"]) for e in refused.value.extra["errors"]] == [("land_use", "is missing")]
    edit(Patch("parcels", parcels[0], {"properties": {"external_id": None}}, 1))
    assert read_frame("parcels").external_id.isna().tolist() == [True, False]


def test_replace_puts_back_defaults_but_keeps_what_is_not_the_planners(parcels):
    edit(Patch("parcels", parcels[0], {"properties": {"reference": "R1", "land_use": "public"}}, 1))
    (done,) = edit(Replace("parcels", parcels[0], feature(box(-7.6, 33.5, -7.59, 33.51), external_id="a"), 2))
    properties = json.loads(done.feature)["properties"]
    assert (properties["reference"], properties["land_use"], properties["source"]) == ("", "other", "city")


def test_sending_back_what_was_read_makes_no_version(parcels):
    (read,) = edit(Patch("parcels", parcels[0], {"properties": {}}, 1))
    (again,) = edit(Patch("parcels", parcels[0], json.loads(read.feature), 1))
    assert (again.version, len(events(parcels[0]))) == (1, 1)


def test_create_delete_and_undelete_keep_the_id_and_count_on(parcels):
    (made,) = edit(Create("trees", feature(box(-7.6, 33.5, -7.59, 33.51).centroid, species="Ficus")))
    assert made.version == 1
    edit(Delete("trees", made.id, 1))
    assert read_frame("trees").empty
    (back,) = edit(Undelete("trees", made.id, 1))
    assert (back.id, back.version, json.loads(back.feature)["properties"]["species"]) == (made.id, 3, "Ficus")
    assert [label for label, *_ in events(made.id, "layers_treeevent")] == ["insert", "delete", "insert"]
    with pytest.raises(NotFound, match="no deleted feature"):
        edit(Undelete("trees", made.id, 1))


def test_what_comes_back_must_not_take_what_belongs_to_another(parcels):
    edit(Delete("parcels", parcels[0], 1))
    edit(Patch("parcels", parcels[1], {"properties": {"external_id": "a"}}, 1))
    with pytest.raises(RulesBroken, match="belongs to another feature"):
        edit(Undelete("parcels", parcels[0], 1))


def test_no_edit_without_the_version_it_was_made_from(parcels):
    with pytest.raises(PreconditionRequired):
        edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}))
    edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}), actor=QGIS)
    assert events(parcels[0])[-1][2] == {
        "actor": "nadia",
        "door": "api",
        "token": "qgis",
        "unconditional": True,
    }


def test_conflict_carries_base_theirs_and_yours(parcels):
    edit(
        Patch("parcels", parcels[0], {"properties": {"reference": "theirs"}}, 1),
        actor=STEWARD,
        comment="survey",
    )
    with pytest.raises(PreconditionFailed) as refused:
        edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1))
    told = refused.value.extra
    assert [told[side]["properties"]["reference"] for side in ("base", "theirs", "yours")] == [
        "",
        "theirs",
        "",
    ]
    assert [told[side]["properties"]["land_use"] for side in ("base", "theirs", "yours")] == ["other"] * 2 + [
        "green"
    ]
    assert (told["changed_by"], told["comment"], told["version"]) == ("omar", "survey", 2)


def test_conflict_with_a_deletion_has_no_theirs(parcels):
    edit(Delete("parcels", parcels[0], 1), actor=STEWARD)
    with pytest.raises(PreconditionFailed) as refused:
        edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1))
    assert (refused.value.extra["theirs"], refused.value.extra["base"]["id"]) == (None, parcels[0])
    with pytest.raises(NotFound):
        edit(Patch("parcels", 10**9, {"properties": {}}, 1))


def test_a_batch_is_all_or_nothing(parcels):
    with pytest.raises(RulesBroken):
        edit(
            Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1),
            Patch("parcels", parcels[1], {"properties": {"land_use": "palace"}}, 1),
        )
    assert read_frame("parcels", ["land_use"]).land_use.tolist() == ["other", "other"]
    assert [len(events(number)) for number in parcels] == [1, 1]


def test_dry_run_answers_and_changes_nothing(parcels):
    (done,) = edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1), dry_run=True)
    assert (done.version, read_frame("parcels", ["land_use"]).land_use[0]) == (2, "other")


def test_a_shared_border_moves_in_one_batch_but_not_alone(parcels):
    wider, narrower = box(-7.6, 33.5, -7.588, 33.51), box(-7.588, 33.5, -7.58, 33.51)
    with pytest.raises(RulesBroken) as refused:
        edit(Patch("parcels", parcels[0], {"geometry": mapping(wider)}, 1))
    (told,) = refused.value.extra["errors"]
    assert (told["field"], told["location"]["type"]) == ("geometry", "Point")
    assert f"of feature {parcels[1]}" in told["rule"]
    edit(
        Patch("parcels", parcels[0], {"geometry": mapping(wider)}, 1),
        Patch("parcels", parcels[1], {"geometry": mapping(narrower)}, 1),
    )
    assert read_frame("parcels", ["version"]).version.tolist() == [2, 2]


@pytest.mark.parametrize(
    ("properties", "field", "rule"),
    [
        ({"land_use": 5}, "land_use", "has the wrong type"),
        ({"reference": "x" * 61}, "reference", "is too long"),
        ({"colour": "red"}, "colour", "is not a field here"),
        ({"area_m2": 1.0}, "area_m2", "is kept by the service"),
        ({"source": "synthetic"}, "source", "is not yours to set"),
        ({"external_id": "b"}, "external_id", "belongs to another feature"),
    ],
)
def test_a_broken_rule_names_field_rule_and_value(parcels, properties, field, rule):
    with pytest.raises(RulesBroken) as refused:
        edit(Patch("parcels", parcels[0], {"properties": properties}, 1))
    (told,) = refused.value.extra["errors"]
    assert (told["field"], told["rule"], told["id"]) == (field, rule, parcels[0])
    assert told["value"] in (*properties.values(),) and told["cure"]


def test_an_invalid_ring_is_located_and_repaired(parcels):
    bow = Polygon([(-7.5, 33.6), (-7.49, 33.61), (-7.49, 33.6), (-7.5, 33.61)])
    with pytest.raises(RulesBroken) as refused:
        edit(Create("parcels", feature(bow)))
    (told,) = refused.value.extra["errors"]
    assert told["location"] == {"type": "Point", "coordinates": [-7.495, 33.605]}
    edit(Create("parcels", {"type": "Feature", "geometry": told["proposal"], "properties": {}}))


def test_a_spike_is_found_and_taken_off(parcels):
    spiked = Polygon(
        [(-7.5, 33.6), (-7.49, 33.6), (-7.49, 33.605), (-7.48, 33.605), (-7.49, 33.60501), (-7.5, 33.61)]
    )
    with pytest.raises(RulesBroken) as refused:
        edit(Create("parcels", feature(spiked)))
    (told,) = refused.value.extra["errors"]
    assert told["location"]["coordinates"] == [-7.48, 33.605]
    assert (-7.48, 33.605) not in {tuple(xy) for xy in told["proposal"]["coordinates"][0][0]}


def test_a_container_stands_near_a_street_when_there_are_streets():
    (lone,) = edit(Create("waste-containers", {**feature(box(0, 0, 1, 1)), "geometry": point(-7.6, 33.5)}))
    street = {"type": "LineString", "coordinates": [[-7.6, 33.5], [-7.59, 33.5]]}
    edit(
        Create(
            "streets", {"type": "Feature", "geometry": street, "properties": {"street_class": "residential"}}
        )
    )
    edit(Patch("waste-containers", lone.id, {"geometry": point(-7.595, 33.5002)}, 1))
    with pytest.raises(RulesBroken, match="farther than 30"):
        edit(Patch("waste-containers", lone.id, {"geometry": point(-7.595, 33.501)}, 2))


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_latitude_first_and_metres_are_read_as_asked():
    (flipped,) = edit(
        Create("trees", {"type": "Feature", "geometry": point(33.5, -7.6), "properties": {}}), flips_axes=True
    )
    east, north = Transformer.from_crs(4326, 26191, always_xy=True).transform(-7.6, 33.5)
    metric = {"type": "Feature", "geometry": point(east, north), "properties": {}}
    (projected,) = edit(Create("trees", metric), srid=26191)
    for made in (flipped, projected):
        assert json.loads(made.feature)["geometry"]["coordinates"] == [-7.6, 33.5]


def test_who_may_not_write_is_told_why(parcels):
    change = Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1)
    with pytest.raises(NotAuthenticated):
        edit(change, actor=PUBLIC)
    with pytest.raises(NotAllowed, match="right to write"):
        edit(change, actor=Actor(name="crew", roles=with_implied({Role.CREW})))
    with pytest.raises(NotAllowed, match="token may only read"):
        edit(change, actor=Actor(name="nadia", roles=PLANNER.roles, scopes=frozenset({Scope.READ})))


def test_a_planner_of_one_area_neither_takes_nor_gives_beyond_it(parcels):
    load_features(
        "districts",
        frame(external_id=["west", "east"], geom=[square(-7.6, 33.5), square(-7.59, 33.5)]),
        source="city",
    )
    west = Actor(name="nadia", roles=PLANNER.roles, areas=("west",))
    edit(Patch("parcels", parcels[0], {"properties": {"land_use": "green"}}, 1), actor=west)
    with pytest.raises(NotAllowed, match="outside the areas"):
        edit(Patch("parcels", parcels[1], {"properties": {"land_use": "green"}}, 1), actor=west)
    with pytest.raises(NotAllowed, match="part of the city"):
        edit(Patch("parcels", parcels[0], {"geometry": mapping(square(-7.57, 33.5))}, 2), actor=west)
    with pytest.raises(NotAllowed, match="part of the city"):
        edit(Create("parcels", feature(square(-7.57, 33.5))), actor=west)


def test_a_body_that_is_no_feature_is_refused(parcels):
    for wrong in ({"type": "Point"}, {"type": "Feature", "properties": []}):
        with pytest.raises(InvalidInput):
            edit(Replace("parcels", parcels[0], wrong, 1))
    with pytest.raises(InvalidInput, match="keeps its id"):
        edit(Patch("parcels", parcels[0], {"id": parcels[1]}, 1))
