"""The API definition: valid OpenAPI 3.0, what the OGC suite and the clients look for in it, and nothing untrue."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR

from layers.api.urls import urlpatterns
from layers.registry import COLLECTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client) -> dict:
    return client.get("/api").json()


def operations(document: dict):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid_openapi_3_0(document):
    OPENAPI_30_VALIDATOR.validate(document)


def test_operation_ids_are_unique_and_references_resolve(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for name in re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(document)):
        assert name in document["components"]["schemas"]


def test_path_parameters_are_described_and_parameters_unique(document):
    for path, method, operation in operations(document):
        names = [(p["in"], p["name"]) for p in operation["parameters"]] if "parameters" in operation else []
        assert len(names) == len(set(names)), (path, method)
        assert {n for where, n in names if where == "path"} == set(re.findall(r"{(\w+)}", path)), (
            path,
            method,
        )


def test_the_items_parameters_are_written_as_the_suite_reads_them(document):
    paths = [path for path in document["paths"] if re.fullmatch(r"/collections/[^/]*/items", path)]
    assert len(paths) > 10
    for path in paths:
        found = {p["name"]: p for p in document["paths"][path]["get"]["parameters"]}
        for name in ("limit", "bbox", "datetime"):
            parameter = found[name]
            assert (parameter["in"], parameter["required"]) == ("query", False)
            assert (parameter["style"], parameter["explode"]) == ("form", False)
        limit, bbox = found["limit"]["schema"], found["bbox"]["schema"]
        assert (limit["type"], limit["minimum"], limit["default"]) == ("integer", 1, 100)
        assert limit["maximum"] >= 2500
        assert (bbox["type"], bbox["minItems"], bbox["maxItems"], bbox["items"]["type"]) == (
            "array",
            4,
            6,
            "number",
        )
        assert found["datetime"]["schema"]["type"] == "string"
        assert found["filter-lang"]["schema"]["enum"] == ["cql2-text", "cql2-json"]
        assert "additionalProperties" not in str([p["schema"] for p in found.values()])


def test_server_url_has_no_slash_at_its_end(document):
    assert document["servers"] == [{"url": "http://testserver"}]


def test_every_address_of_the_api_is_described_with_its_methods(document):
    described = {re.sub(r"{\w+}", "*", path).lstrip("/") for path in document["paths"]}
    for pattern in urlpatterns:
        route = re.sub(r"<\w+:\w+>", "*", str(pattern.pattern))
        assert route in described, route


def test_every_described_address_leads_somewhere(document, settings):
    values = {"collectionId": "trees", "featureId": "1", "version": "1", "batch": "x"}
    values |= {"tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "0", "tileRow": "0", "tileCol": "0"}
    for path in document["paths"]:
        asked = path.format(**values)
        beside_django = any(re.match(begin, asked) for begin in settings.ASGI_MOUNTS)
        assert beside_django or resolve(asked).func is not None


def test_writing_is_described_with_its_refusals_and_ways_to_sign_in(document):
    one = document["paths"]["/collections/{collectionId}/items/{featureId}"]
    assert set(one) == {"get", "put", "patch", "delete", "options"}
    for method in ("put", "patch", "delete"):
        assert {"412", "428", "401", "403", "404", "410"} <= set(one[method]["responses"])
        assert one[method]["security"]
        assert "If-Match" in {p["name"] for p in one[method]["parameters"]}
    assert list(one["patch"]["requestBody"]["content"]) == ["application/merge-patch+json"]
    assert set(document["components"]["securitySchemes"]) == {"token", "basic", "session"}
    assert set(document["paths"]["/collections/trees/items"]) == {"get", "post", "options"}


def test_it_names_only_the_collections_and_properties_of_who_asks(client, admin_client):
    public, admin = (c.get("/api").json()["paths"] for c in (client, admin_client))
    assert {f"/collections/{name}/items" for name in COLLECTIONS} <= set(admin)
    assert "/collections/vehicles/items" not in public
    (parameter,) = [
        p for p in public["/collections/{collectionId}"]["get"]["parameters"] if p["in"] == "path"
    ]
    assert "vehicles" not in parameter["schema"]["enum"] and "trees" in parameter["schema"]["enum"]


def test_conformance_declares_both_generations_of_what_moved(client):
    declared = client.get("/conformance").json()["conformsTo"]
    assert len(declared) == len(set(declared))
    base = "http://www.opengis.net/spec"
    for name in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/features-filter",
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        "ogcapi-common-5/1.0/conf/create-replace-delete",
        "ogcapi-features-5/1.0/conf/schemas",
        "ogcapi-common-3/1.0/conf/schemas",
        "cql2/1.0/conf/basic-spatial-operators",
        "cql2/1.0/conf/basic-spatial-functions",
    ):
        assert f"{base}/{name}" in declared
