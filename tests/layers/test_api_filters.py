"""Property parameters, CQL2, and what says which properties there are (Parts 3 and 5)."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from shapely.geometry import Point

from layers.models import CollectionRight
from layers.policy import forget_rights
from layers.registry import COLLECTIONS
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db
every_collection = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)
SCHEMAS = ("schema", "queryables", "sortables")


@pytest.fixture
def containers():
    load_features(
        "waste-containers",
        frame(
            external_id=["a", "b", "c"],
            fraction=["glass", "paper", "glass"],
            capacity_l=[660, 1100, 660],
            fill_pct=[12.5, None, 80.0],
            fill_observed_at=["2026-01-01T00:00:00Z", None, "2026-01-02T00:00:00Z"],
            collection_days=[[1, 3], [2], []],
            geom=[Point(-7.6 + n / 100, 33.55) for n in range(3)],
        ),
    )


def found(client, **query) -> list[str]:
    answer = client.get("/collections/waste-containers/items", query)
    assert answer.status_code == 200, answer.text
    return [f["properties"]["external_id"] for f in answer.json()["features"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"fraction": "glass"}, ["a", "c"]),
        ({"fraction": "GLASS"}, []),
        ({"capacity_l": "1100"}, ["b"]),
        ({"fill_pct": "12.50"}, ["a"]),
        ({"fill_observed_at": "2026-01-01T01:00:00+01:00"}, ["a"]),
        ({"collection_days": "3"}, ["a"]),
        ({"fraction": "glass", "capacity_l": "660", "external_id": "c"}, ["c"]),
        ({"filter": "fill_pct > 50 OR fraction = 'paper'"}, ["b", "c"]),
        ({"filter": "fill_pct < 50 OR fill_pct >= 50"}, ["a", "c"]),
        ({"filter": "fill_pct IS NULL"}, ["b"]),
        ({"filter": "fraction = 'glass'", "capacity_l": "660", "bbox": "-7.605,33.5,-7.595,33.6"}, ["a"]),
        ({"filter": "S_INTERSECTS(geometry, POINT(-7.59 33.55))"}, ["b"]),
        ({"filter": "T_AFTER(fill_observed_at, TIMESTAMP('2026-01-01T12:00:00Z'))"}, ["c"]),
    ],
)
def test_conditions_are_joined_by_and(client, containers, query, expected):
    assert found(client, **query) == expected


def test_filter_in_json_is_the_filter_in_text(client, containers):
    tree = {"op": "=", "args": [{"property": "fraction"}, "paper"]}
    assert found(client, filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == ["b"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"capacity_l": "much"}, "whole number"),
        ({"fill_pct": "50%"}, "write a number"),
        ({"fill_observed_at": "yesterday"}, "YYYY-MM-DD"),
        ({"colour": "red"}, "Unknown query parameter colour. Known here: limit"),
        ({"filter": "colour = 'red'"}, "no property 'colour'"),
        ({"filter": "fraction ="}, "not CQL2"),
        ({"filter": ""}, "CQL2"),
        ({"filter": "fraction = 'glass'", "filter-lang": "cql-text"}, "cql2-text"),
        ({"filter-lang": "x"}, "cql2-text"),
        ({"filter": "fraction = 'a\x00'"}, "NUL"),
        ({"external_id": "a\x00"}, "NUL"),
    ],
)
def test_wrong_condition_is_refused_with_the_cure(client, query, words):
    answer = client.get("/collections/waste-containers/items", query)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_a_hidden_property_can_neither_be_asked_nor_sorted_nor_seen(client):
    load_features("parcels", frame(external_id=["p"], owner_kind=["state"], geom=[square(-7.6, 33.55)]))
    CollectionRight.objects.create(
        collection="parcels", role="public", read="city", write="none", hidden=["owner_kind"], locked=[]
    )
    forget_rights()
    url = "/collections/parcels/items"
    for query in (
        {"owner_kind": "state"},
        {"filter": "owner_kind = 'state'"},
        {"filter": "fraction = 'x' OR owner_kind = 'state'"},
        {"sortby": "owner_kind"},
        {"properties": "owner_kind"},
    ):
        answer = client.get(url, query)
        assert answer.status_code == 400, query
        assert "Known" in answer.json()["detail"]
        assert "owner_kind" not in answer.json()["detail"].partition("Known")[2]
    for form in ("json", "html", "csv", "geojson", "geojsonseq", "kml", "georss"):
        answer = client.get(url, {"f": form})
        text = answer.getvalue().decode()
        assert "owner_kind" not in text and "state" not in text.lower().replace("status", ""), form
    assert "owner_kind" not in client.get(f"{url}").json()["features"][0]["properties"]
    for name in SCHEMAS:
        assert "owner_kind" not in client.get(f"/collections/parcels/{name}").json()["properties"]
    parameters = client.get("/api").json()["paths"]["/collections/parcels/items"]["get"]["parameters"]
    assert {"reference"} == {p["name"] for p in parameters} & {"reference", "owner_kind"}


def test_a_name_that_is_hidden_is_not_found_by_its_words(client):
    load_features("depots", frame(external_id=["d"], name_fr=["Secret"], geom=[Point(-7.6, 33.55)]))
    url = "/collections/depots/items?q=secret"
    assert client.get(url).json()["numberReturned"] == 1
    CollectionRight.objects.create(
        collection="depots", role="public", read="city", write="none", hidden=["name_fr"], locked=[]
    )
    forget_rights()
    assert client.get(url).json()["numberReturned"] == 0


@every_collection
@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_says_what_it_is(collection, name, admin_client):
    links = admin_client.get(f"/collections/{collection.id}").json()["links"]
    relation = f"http://www.opengis.net/def/rel/ogc/1.0/{name}"
    (link,) = [link for link in links if link["rel"] == relation]
    answer = admin_client.get(link["href"])
    assert answer["Content-Type"] == link["type"] == "application/schema+json"
    document = answer.json()
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (document["$id"], document["type"]) == (link["href"], "object")
    roles = [p.get("x-ogc-role") for p in document["properties"].values()]
    assert roles.count("id") == 1
    for key, described in document["properties"].items():
        if key == "geometry":
            assert "type" not in described and described["format"].startswith("geometry-")
        else:
            assert isinstance(described["type"], str)
            assert name != "sortables" or described["type"] not in {"array", "object"}
    assert ("geometry" in document["properties"]) == (
        name != "sortables" and collection.geometry_type is not None
    )


@every_collection
def test_every_queryable_is_a_query_parameter_with_its_type(collection, admin_client):
    queryables = admin_client.get(f"/collections/{collection.id}/queryables").json()
    assert queryables["additionalProperties"] is False
    path = admin_client.get("/api").json()["paths"][f"/collections/{collection.id}/items"]
    parameters = {p["name"]: p["schema"] for p in path["get"]["parameters"]}
    for name, described in queryables["properties"].items():
        if described["type"] if name != "geometry" else None:
            held = described["type"] if described["type"] != "array" else "string"
            assert name == "id" or parameters[name]["type"] == held, name


def test_schema_tells_roles_units_codes_and_what_is_only_read(client):
    properties = client.get("/collections/collection-routes/schema?lang=en").json()["properties"]
    assert properties["service_date"]["x-ogc-role"] == "primary-instant"
    assert properties["geometry"]["x-ogc-role"] == "primary-geometry"
    distance = properties["distance_km"]
    assert (distance["x-ogc-unit"], distance["x-ogc-unitLang"]) == ("km", "UCUM")
    assert {"const": "glass", "title": "Glass"} in properties["fraction"]["oneOf"]
    read_only = {name for name, described in properties.items() if described.get("readOnly")}
    assert read_only == {"id", "version", "created_at", "updated_at", "length_m"}
    order = [p["x-ogc-propertySeq"] for p in properties.values() if "x-ogc-propertySeq" in p]
    assert order == sorted(set(order))
    days = client.get("/collections/waste-containers/schema").json()["properties"]["collection_days"]
    assert (days["type"], days["items"]) == ("array", {"type": "integer"})
    air = client.get("/collections/air-observations/schema").json()["properties"]["value_ug_m3"]
    assert (air["x-ogc-unit"], air["x-unit-label"]) == ("ug/m3", "µg/m³")


def test_a_table_can_be_filtered_without_geometry(client):
    rows = pd.DataFrame(
        {
            "external_id": ["a", "b"],
            "station": ["s", "t"],
            "pollutant": "no2",
            "observed_at": "2026-01-01T00:00:00Z",
            "value_ug_m3": [1.0, 2.0],
        }
    )
    load_features("air-observations", rows)
    page = client.get("/collections/air-observations/items", {"filter": "value_ug_m3 > 1", "bbox": "0,0,1,1"})
    assert [f["properties"]["external_id"] for f in page.json()["features"]] == ["b"]
    refused = client.get(
        "/collections/air-observations/items", {"filter": "S_INTERSECTS(geometry, POINT(0 0))"}
    )
    assert refused.status_code == 400
