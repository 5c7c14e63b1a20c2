"""A collection as it was at a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from shapely.geometry import Point

from gis_core.actors import PUBLIC
from layers.policy import access_to
from layers.queries.items import ItemsQuery, items_sql
from layers.queries.versions import state_at_sql
from layers.registry import get_collection
from layers.services.edit import Delete, Undelete, apply_edits
from layers.services.load import load_features
from tests.conftest import frame
from tests.layers.history.conftest import STEWARD, at, run

pytestmark = pytest.mark.django_db


def plant(names: str, species: str) -> None:
    places = [Point(-7.6 + n / 1000, 33.5) for n in range(len(names))]
    load_features("trees", frame(external_id=list(names), species=[species] * len(names), geom=places))


@pytest.fixture
def grove() -> int:
    """Tree a: planted on 1 March, changed on 2 March, felled on 3 March, back on 4 March; b and c from 2 March."""
    with at("2026-03-01T08:00:00Z"):
        plant("a", "Ficus")
    with at("2026-03-02T08:00:00Z"):
        plant("abc", "Palm")
    (tree,) = run("SELECT id FROM layers_tree WHERE external_id = 'a'")[0]
    with at("2026-03-03T08:00:00Z"):
        apply_edits(STEWARD, [Delete("trees", tree, 2)])
    with at("2026-03-04T08:00:00Z"):
        apply_edits(STEWARD, [Undelete("trees", tree, 1)])
    return tree


def seen(client, moment: str, rest: str = "") -> list[tuple[str, str, int]]:
    page = client.get(f"/collections/trees/items?asOf={moment}{rest}").json()
    found = [feature["properties"] for feature in page["features"]]
    return sorted((p["external_id"], p["species"], p["version"]) for p in found)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-01T07:59:59Z", []),
        ("2026-03-01T08:00:00Z", [("a", "Ficus", 1)]),
        ("2026-03-01T09:00:00%2B01:00", [("a", "Ficus", 1)]),
        ("2026-03-02T07:59:59.999999Z", [("a", "Ficus", 1)]),
        ("2026-03-02T08:00:00Z", [("a", "Palm", 2), ("b", "Palm", 1), ("c", "Palm", 1)]),
        ("2026-03-03T12:00:00Z", [("b", "Palm", 1), ("c", "Palm", 1)]),
        ("2026-03-04T12:00:00Z", [("a", "Ficus", 4), ("b", "Palm", 1), ("c", "Palm", 1)]),
    ],
)
def test_collection_is_what_it_was_at_the_moment(client, grove, moment, expected):
    assert seen(client, moment) == expected


def test_pages_of_a_moment_visit_every_feature_once(client, grove):
    url, found = "/collections/trees/items?asOf=2026-03-02T08:00:00Z&limit=2", []
    while url:
        page = client.get(url).json()
        found += [feature["properties"]["external_id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sorted(found) == ["a", "b", "c"]


def test_filters_look_at_the_values_of_the_moment(client, grove):
    assert seen(client, "2026-03-01T12:00:00Z", "&species=Palm") == []
    assert seen(client, "2026-03-01T12:00:00Z", "&species=Ficus") == [("a", "Ficus", 1)]
    assert seen(client, "2026-03-02T12:00:00Z", "&bbox=-7.6005,33.4,-7.5995,33.6") == [("a", "Palm", 2)]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-03-01T07:00:00Z", 410),
        ("2026-03-01T12:00:00Z", 200),
        ("2026-03-03T12:00:00Z", 410),
        ("2026-03-05T00:00:00Z", 200),
        ("yesterday", 400),
        ("2026-03-05", 400),
        ("2026-03-05T00:00:00", 400),
    ],
)
def test_one_feature_at_a_moment(client, grove, moment, status):
    answer = client.get(f"/collections/trees/items/{grove}?asOf={moment}")
    assert answer.status_code == status
    if status == 410:
        latest = f"http://testserver/collections/trees/items/{grove}/versions/4"
        assert answer.json()["latest-version"] == latest
    if status == 400:
        assert "asOf" in answer.json()["detail"]


def test_feature_that_never_was_is_404_at_every_moment(client, grove):
    assert client.get("/collections/trees/items/999999?asOf=2026-03-01T12:00:00Z").status_code == 404


def test_page_of_a_moment_stops_at_its_limit_in_the_index_of_20000_features():
    """Read by id from the index (id, pgh_id descending); the rows of the other features are not touched."""
    run(
        "INSERT INTO layers_tree (external_id, geom) SELECT 't' || n, ST_Point(-7.7 + n / 100000.0, 33.5, 4326)"
        " FROM generate_series(1, 20000) AS n"
    )
    run("UPDATE layers_tree SET species = 'Ficus'")
    run("ANALYZE layers_treeevent")
    access = access_to(PUBLIC, get_collection("trees"))
    query = ItemsQuery(limit=100, as_of=datetime.now(UTC))
    text, params = items_sql(access, query)
    with connection.cursor() as cursor:
        cursor.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + text.as_bytes(cursor), params)
        (plan,) = cursor.fetchone()
    (plan,) = json.loads(plan) if isinstance(plan, str) else plan
    nodes = list(_nodes(plan["Plan"]))
    scan = next(node for node in nodes if node.get("Relation Name") == "layers_treeevent")
    assert scan.get("Index Name") == "treeevent_id"
    assert scan["Actual Rows"] < 1000
    assert not any(node["Node Type"].startswith("Sort") for node in nodes)


def test_feature_at_a_moment_is_found_by_the_index():
    plant("a", "Ficus")
    text, params = state_at_sql(access_to(PUBLIC, get_collection("trees")), 1, datetime.now(UTC))
    run("SET LOCAL enable_seqscan = off")
    with connection.cursor() as cursor:
        cursor.execute(b"EXPLAIN (FORMAT JSON) " + text.as_bytes(cursor), params)
        (plan,) = cursor.fetchone()
    (plan,) = json.loads(plan) if isinstance(plan, str) else plan
    assert "treeevent_id" in {node.get("Index Name") for node in _nodes(plan["Plan"])}


def _nodes(node: dict) -> list[dict]:
    return [node, *(found for child in node.get("Plans", []) for found in _nodes(child))]
