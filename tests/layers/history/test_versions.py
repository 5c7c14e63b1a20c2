"""What a reader is told of a feature's history: every version, what lies between two, never more than may be seen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import MultiPolygon, Point, box, mapping, shape

from gis_core.errors import Gone, NotFound
from gis_core.permissions import Role
from layers.models import CollectionRight
from layers.policy import access_to, forget_rights
from layers.queries.frames import read_frame
from layers.queries.versions import state_at, state_of, versions_of
from layers.registry import get_collection
from layers.services.edit import Delete, Patch, Undelete, apply_edits
from layers.services.load import load_features
from tests.conftest import frame, square
from tests.layers.history.conftest import CREW, PLANNER, STEWARD, at, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> int:
    """A parcel of three versions: made on 1 March, sold on 2 March, cut in half on 3 March 2026."""
    with at("2026-03-01T08:00:00Z"):
        load_features(
            "parcels",
            frame(external_id=["p"], owner_kind=["city"], land_use=["vacant"], geom=[square(-7.6, 33.5)]),
        )
    (parcel,) = read_frame("parcels").id.tolist()
    with at("2026-03-02T09:00:00Z"):
        change = {"properties": {"owner_kind": "private", "land_use": "residential"}}
        apply_edits(PLANNER, [Patch("parcels", parcel, change, 1)], comment="Sold to Mr. Alami", door="map")
    with at("2026-03-03T10:00:00Z"):
        half = mapping(box(-7.6, 33.5, -7.595, 33.51))
        apply_edits(STEWARD, [Patch("parcels", parcel, {"geometry": half}, 2)], comment="Survey", door="api")
    return parcel


def address(parcel: int, rest: str = "") -> str:
    return f"/collections/parcels/items/{parcel}/versions{rest}"


def told(answer: Any, *names: str) -> list[tuple]:
    return [tuple(version[name] for name in names) for version in answer.json()["versions"]]


def test_planner_reads_who_changed_what_when_and_why_newest_first(signed_in, parcel):
    answer = signed_in(Role.PLANNER).get(address(parcel))
    assert told(answer, "version", "operation", "at", "actor", "comment", "door", "unconditional") == [
        (3, "update", "2026-03-03T10:00:00+00:00", "omar", "Survey", "api", False),
        (2, "update", "2026-03-02T09:00:00+00:00", "nadia", "Sold to Mr. Alami", "map", False),
        (1, "create", "2026-03-01T08:00:00+00:00", "system", "", "import", False),
    ]
    assert answer.json()["versions"][0]["href"] == f"http://testserver{address(parcel, '/3')}"
    batch = run("SELECT pgh_context_id FROM layers_parcelevent ORDER BY pgh_id DESC LIMIT 1")[0][0]
    assert answer.json()["versions"][0]["batch"] == str(batch)


@pytest.mark.parametrize("role", [None, Role.CREW])
def test_public_and_crews_read_when_and_what_but_not_who_and_why(client, signed_in, parcel, role):
    reader = signed_in(role) if role else client
    answer = reader.get(address(parcel))
    assert told(answer, "version", "operation", "actor", "comment", "batch") == [
        (3, "update", "", "", None),
        (2, "update", "", "", None),
        (1, "create", "", "", None),
    ]
    assert "Alami" not in answer.text and "nadia" not in answer.text


def test_list_comes_page_by_page(client, parcel):
    url, seen = address(parcel) + "?limit=2", []
    while url:
        page = client.get(url).json()
        seen.append([version["version"] for version in page["versions"]])
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == [[3, 2], [1]]


def test_time_map_in_link_format_names_each_state_with_its_moment(client, parcel):
    answer = client.get(address(parcel), headers={"Accept": "application/link-format"})
    lines = answer.text.strip().split(",\n")
    assert answer["Content-Type"] == "application/link-format"
    assert lines[0] == f'<http://testserver/collections/parcels/items/{parcel}>; rel="original"'
    first = (
        f'<http://testserver{address(parcel, "/1")}>; rel="memento"; datetime="Sun, 01 Mar 2026 08:00:00 GMT"'
    )
    assert lines[2] == first and len(lines) == 5


def test_version_is_the_feature_as_it_was_with_its_moment_and_neighbours(signed_in, parcel):
    answer = signed_in(Role.PLANNER).get(address(parcel, "/2"))
    feature = answer.json()
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Memento-Datetime"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert (feature["id"], feature["properties"]["version"], feature["properties"]["owner_kind"]) == (
        parcel,
        2,
        "private",
    )
    assert shape(feature["geometry"]).equals(square(-7.6, 33.5))
    links = {link["rel"]: link["href"].removeprefix("http://testserver") for link in feature["links"]}
    item = f"/collections/parcels/items/{parcel}"
    assert links == {
        "self": address(parcel, "/2"),
        "canonical": item,
        "original": item,
        "timemap": address(parcel),
        "version-history": address(parcel),
        "predecessor-version": address(parcel, "/1"),
        "successor-version": address(parcel, "/3"),
        "latest-version": address(parcel, "/3"),
    }
    assert f'<http://testserver{address(parcel, "/3")}>; rel="successor-version"' in answer["Link"]


@pytest.mark.parametrize("path", ["/9", "/0", "/99999999999999999999", "/9/diff", "/2/diff?from=8"])
def test_version_that_never_was_is_404(client, parcel, path):
    assert client.get(address(parcel, path)).status_code == 404


def test_feature_that_never_was_has_no_versions(client, parcel):
    assert client.get("/collections/parcels/items/999999/versions").status_code == 404


def test_deletion_is_a_version_of_its_own_and_410_that_tells_the_latest(client, parcel):
    apply_edits(STEWARD, [Delete("parcels", parcel, 3)])
    assert told(client.get(address(parcel)), "version", "operation")[0] == (4, "delete")
    gone = client.get(address(parcel, "/4"))
    assert (gone.status_code, gone["Content-Type"]) == (410, "application/problem+json")
    assert gone.json()["latest-version"] == f"http://testserver{address(parcel, '/3')}"
    assert client.get(address(parcel, "/3")).json()["properties"]["version"] == 3


def test_undeleted_feature_goes_on_counting(client, parcel):
    apply_edits(STEWARD, [Delete("parcels", parcel, 3)])
    apply_edits(STEWARD, [Undelete("parcels", parcel, 2)])
    assert told(client.get(address(parcel)), "version", "operation")[:3] == [
        (5, "create"),
        (4, "delete"),
        (3, "update"),
    ]
    assert client.get(address(parcel, "/4")).status_code == 410
    assert client.get(address(parcel, "/5")).json()["properties"]["land_use"] == "residential"


def test_diff_tells_fields_in_the_readers_language_with_their_choices(signed_in, parcel):
    document = signed_in(Role.PLANNER).get(address(parcel, "/2/diff?lang=fr")).json()
    assert (document["from"], document["to"], document["geometry"]) == (1, 2, None)
    fields = {field["name"]: field for field in document["fields"]}
    assert set(fields) == {"owner_kind", "land_use"}
    assert (fields["land_use"]["before"], fields["land_use"]["after"]) == ("vacant", "residential")
    assert (fields["land_use"]["title"], fields["land_use"]["after_label"]) == (
        "Occupation du sol",
        "Habitat",
    )


def test_diff_of_geometry_tells_what_was_added_and_removed_and_both_areas(client, parcel):
    geometry = client.get(address(parcel, "/3/diff")).json()["geometry"]
    assert geometry["added"] is None
    assert shape(geometry["removed"]).equals(MultiPolygon([box(-7.595, 33.5, -7.59, 33.51)]))
    assert shape(geometry["before"]).equals(square(-7.6, 33.5))
    before, after = geometry["area_m2"]["before"], geometry["area_m2"]["after"]
    assert before == pytest.approx(1_030_000, rel=0.01) and after == pytest.approx(before / 2, rel=1e-3)


def test_diff_over_several_versions_and_backwards(client, parcel):
    there = client.get(address(parcel, "/3/diff?from=1")).json()
    back = client.get(address(parcel, "/1/diff?from=3")).json()
    assert [(f["name"], f["before"], f["after"]) for f in there["fields"]] == [
        ("land_use", "vacant", "residential")
    ]
    assert [(f["name"], f["before"], f["after"]) for f in back["fields"]] == [
        ("land_use", "residential", "vacant")
    ]
    assert back["geometry"]["added"] == there["geometry"]["removed"]


def test_diff_of_the_first_version_and_of_the_deletion_stand_against_nothing(client, parcel):
    first = client.get(address(parcel, "/1/diff")).json()
    assert first["from"] is None
    assert first["geometry"]["before"] is None and first["geometry"]["removed"] is None
    assert first["geometry"]["added"] == first["geometry"]["after"]
    apply_edits(STEWARD, [Delete("parcels", parcel, 3)])
    last = client.get(address(parcel, "/4/diff")).json()
    assert (last["from"], last["geometry"]["after"]) == (3, None)
    assert ("land_use", "residential", None) in [(f["name"], f["before"], f["after"]) for f in last["fields"]]


def test_diff_of_a_moved_point(client):
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.6, 33.5)]))
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.61, 33.5)]))
    (tree,) = read_frame("trees").id.tolist()
    geometry = client.get(f"/collections/trees/items/{tree}/versions/2/diff").json()["geometry"]
    assert geometry["removed"]["coordinates"] == [-7.6, 33.5] and geometry["added"]["coordinates"] == [
        -7.61,
        33.5,
    ]
    assert set(geometry) == {"before", "after", "added", "removed"}


def test_hidden_field_is_in_no_version_and_no_diff_for_whom_it_is_hidden(client, parcel):
    """owner_kind is not for the public: neither its values nor that it changed."""
    for path in ("/1", "/2", "/1/diff", "/2/diff", "/3/diff?from=1"):
        answer = client.get(address(parcel, path))
        assert answer.status_code == 200
        assert "owner_kind" not in answer.text and "private" not in answer.text


def test_hidden_field_follows_the_rights_of_today(signed_in, parcel):
    planner = signed_in(Role.PLANNER)
    assert "private" in planner.get(address(parcel, "/2")).text
    CollectionRight.objects.create(
        collection="parcels", role="planner", read="city", write="city", hidden=["owner_kind", "reference"]
    )
    forget_rights()
    assert "private" not in planner.get(address(parcel, "/2")).text
    assert "owner_kind" not in planner.get(address(parcel, "/2/diff")).text


@pytest.fixture
def moved_tree() -> int:
    """A tree that moved from the area `west` into `east`."""
    load_features(
        "districts",
        frame(external_id=["west", "east"], geom=[square(-7.7, 33.5, 0.1), square(-7.6, 33.5, 0.1)]),
    )
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.65, 33.55)]))
    load_features("trees", frame(external_id=["t"], geom=[Point(-7.55, 33.55)]))
    CollectionRight.objects.create(collection="trees", role="public", read="none", write="none")
    CollectionRight.objects.create(collection="trees", role="crew", read="area", write="none")
    forget_rights()
    return read_frame("trees").id.tolist()[0]


def test_reader_of_an_area_sees_the_versions_that_lay_in_it(moved_tree):
    west, east = (
        access_to(replace(CREW, areas=(area,)), get_collection("trees")) for area in ("west", "east")
    )
    assert [v.number for v in versions_of(west, moved_tree, limit=10)] == [1]
    assert [v.number for v in versions_of(east, moved_tree, limit=10)] == [2]
    with pytest.raises(NotFound):
        state_of(west, moved_tree, 2)
    with pytest.raises(Gone):
        state_at(west, moved_tree, datetime.now(UTC))
    assert json.loads(state_at(east, moved_tree, datetime.now(UTC)).feature)["id"] == moved_tree


def test_versions_of_a_closed_collection_are_closed(client):
    load_features("vehicles", _vehicles())
    ((vehicle,),) = run("SELECT id FROM layers_vehicle")
    for path in ("versions", "versions/1", "versions/1/diff"):
        assert client.get(f"/collections/vehicles/items/{vehicle}/{path}").status_code == 401


def _vehicles() -> Any:
    return pd.DataFrame(
        {
            "external_id": ["v"], "depot": ["d"], "capacity_kg": [1000.0], "capacity_m3": [8.0],
            "shift_start": ["06:00"], "shift_end": ["14:00"],
        }
    )  # fmt: skip


def test_versions_of_a_table_have_no_geometry(signed_in):
    load_features("vehicles", _vehicles())
    load_features("vehicles", _vehicles().assign(capacity_kg=2000.0))
    ((vehicle,),) = run("SELECT id FROM layers_vehicle")
    document = (
        signed_in(Role.PLANNER).get(f"/collections/vehicles/items/{vehicle}/versions/2/diff?lang=en").json()
    )
    assert document["geometry"] is None
    assert document["fields"] == [
        {"name": "capacity_kg", "title": "Payload", "before": 1000, "after": 2000, "unit": "kg"}
    ]
