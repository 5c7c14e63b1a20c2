"""Every collection and layer of the catalogue goes through the same checks; a new one needs no new test."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.utils import translation

from layers.queries.frames import read_frame
from layers.registry import COLLECTIONS, LAYERS
from layers.services.load import load_features
from tests.contracts.samples import sample_frame

pytestmark = pytest.mark.django_db
every_collection = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@every_collection
def test_rows_survive_the_round_trip_through_load_and_read(collection):
    rows = sample_frame(collection)
    report = load_features(collection.id, rows)
    assert (report.added, report.rejected) == (3, ())
    again = read_frame(collection.id, list(rows.columns.drop("geom", errors="ignore")))
    assert again.external_id.tolist() == ["sample-0", "sample-1", "sample-2"]
    assert load_features(collection.id, rows).unchanged == 3


@every_collection
def test_collection_is_described_and_its_items_are_geojson(collection, admin_client):
    load_features(collection.id, sample_frame(collection))
    document = admin_client.get(f"/collections/{collection.id}").json()
    assert (document["id"], document["itemType"]) == (collection.id, "feature")
    page = admin_client.get(f"/collections/{collection.id}/items?limit=2").json()
    assert page["numberReturned"] == 2
    feature = page["features"][0]
    kind = feature["geometry"]["type"] if feature["geometry"] else None
    assert kind == collection.geometry_type
    assert feature["properties"]["external_id"] == "sample-0"
    assert feature["properties"]["source"] == "synthetic"
    one = admin_client.get(f"/collections/{collection.id}/items/{feature['id']}").json()
    assert (one["properties"], one["geometry"]) == (feature["properties"], feature["geometry"])


@every_collection
def test_schema_names_every_property_with_its_unit(collection, admin_client):
    load_features(collection.id, sample_frame(collection, 1))
    schema = admin_client.get(f"/collections/{collection.id}/schema").json()
    feature = admin_client.get(f"/collections/{collection.id}/items").json()["features"][0]
    long = {name for name, described in schema["properties"].items() if "x-on-request" in described}
    assert set(schema["properties"]) - {"id", "geometry"} - long == set(feature["properties"])
    for name, described in schema["properties"].items():
        if name.endswith("_m2"):
            assert (described["x-ogc-unit"], described["x-unit-label"]) == ("m2", "m²")


@every_collection
def test_every_write_raises_version_and_revision(collection):
    load_features(collection.id, sample_frame(collection, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {collection.table} SET source = 'city' RETURNING version")
        assert cursor.fetchone() == (2,)
        cursor.execute("SELECT revision FROM layers_revision WHERE collection = %s", [collection.id])
        assert cursor.fetchone() == (2,)


@every_collection
def test_collection_speaks_three_languages(collection):
    titles = {}
    for language in ("fr", "ar", "en"):
        with translation.override(language):
            titles[language] = str(collection.title)
    assert any("\u0600" <= letter <= "\u06ff" for letter in titles["ar"]), titles


@every_layer
def test_layer_tile_fields_and_style_speak_of_known_fields(layer):
    known = {f.name for f in layer.collection.fields}
    assert set(layer.tile_fields) <= known
    used = set(_fields_of(json.loads(json.dumps(layer.style.layers))))
    assert used - {"name"} <= set(layer.tile_fields)
    assert "name" not in used or layer.collection.named


def _fields_of(expression: object) -> list[str]:
    if isinstance(expression, list) and len(expression) == 2 and expression[0] == "get":
        return [expression[1]]
    parts = (
        expression.values()
        if isinstance(expression, dict)
        else expression
        if isinstance(expression, list)
        else []
    )
    return [name for part in parts for name in _fields_of(part)]
