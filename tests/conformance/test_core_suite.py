"""The checks of the OGC's executable suite for Features Part 1 (ets-ogcapi-features10), asked over plain HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR
from shapely.geometry import box, shape

from tests.conformance.service import FEATURES, GEOJSON, Answer, Site

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
every_collection = pytest.mark.parametrize("collection", FEATURES)
# What the suite sends: numbers without their leading nought, the antimeridian, the poles.
BOXES = ["-1.5,50.0,1.5,53.0", "-80.0,-5.0,-70.0,5.0", "177.0,65.0,-177.0,70.0", "-180.0,85.0,180.0,90.0",
         "-180.0,-90.0,180.0,-85.0", "-.5000000,.0000000,.5000000,1.0000000", "-7.63,33.54,-7.60,33.56"]  # fmt: skip


def of_rel(document: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [link for link in document["links"] if link["rel"] == rel]


def items_of(iut: Site, collection: str, **query: Any) -> Answer:
    entry = iut.ask(f"/collections/{collection}").document
    (link,) = [link for link in of_rel(entry, "items") if link["type"] == GEOJSON]
    return iut.ask(link["href"], query, Accept=GEOJSON)


def assert_page(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    page = answer.document
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"])
    assert datetime.fromisoformat(page["timeStamp"]).tzinfo is not None
    assert len(of_rel(page, "self")) == 1
    assert {link["type"] for rel in ("self", "alternate") for link in of_rel(page, rel)} == {
        GEOJSON,
        "text/html",
    }
    assert all(link.get("type") and link["href"].startswith("http://") for link in page["links"])
    for feature in page["features"]:
        west, south, east, north = shape(feature["geometry"]).bounds
        assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return page


def test_http_1_1(iut: Site):
    assert iut.ask("/").version == 11


def test_landing_page_leads_on(iut: Site):
    answer = iut.ask("/", Accept="application/json")
    assert answer.status == 200
    assert {"conformance", "data", "service-desc"} <= {link["rel"] for link in answer.document["links"]}


def test_api_definition_is_openapi_3_0(iut: Site):
    (link,) = of_rel(iut.ask("/").document, "service-desc")
    assert link["type"].replace(" ", "") == OPENAPI
    answer = iut.ask(link["href"], Accept=OPENAPI)
    assert (answer.status, answer.headers["content-type"].replace(" ", "")) == (200, OPENAPI)
    OPENAPI_30_VALIDATOR.validate(answer.document)
    assert answer.document["servers"] == [{"url": iut.url}]


def test_conformance_contains_core(iut: Site):
    declared = iut.ask("/conformance").document["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in declared
    assert all(isinstance(name, str) for name in declared)


def test_collections_have_links_of_each_encoding(iut: Site):
    document = iut.ask("/collections").document
    (self_link,) = of_rel(document, "self")
    assert self_link["type"] == "application/json"
    assert [link["type"] for link in of_rel(document, "alternate")] == ["text/html"]
    assert all(entry["links"] and entry["itemType"] == "feature" for entry in document["collections"])


def test_collection_is_its_entry_in_the_list(iut: Site):
    for entry in iut.ask("/collections").document["collections"]:
        one = iut.ask(f"/collections/{entry['id']}").document
        for key in ("id", "title", "description", "extent", "crs", "storageCrs"):
            assert one.get(key) == entry.get(key)
        for box_of_four in one.get("extent", {}).get("spatial", {}).get("bbox", []):
            assert len(box_of_four) == 4 and [round(n, 7) for n in box_of_four] == box_of_four


@every_collection
def test_items_are_a_page(iut: Site, collection: str):
    assert assert_page(items_of(iut, collection))["features"]


@every_collection
def test_html_is_an_encoding_of_everything(iut: Site, collection: str):
    feature = items_of(iut, collection, limit=1).document["features"][0]["id"]
    for path in (
        "/collections",
        *(f"/collections/{collection}{rest}" for rest in ("", "/items", f"/items/{feature}")),
    ):
        answer = iut.ask(path, Accept="text/html")
        assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")


@every_collection
def test_pages_sum_up_to_number_matched(iut: Site, collection: str):
    answer, total = items_of(iut, collection, limit=5, count="exact"), 0
    matched = answer.document["numberMatched"]
    while True:
        page = assert_page(answer)
        total += page["numberReturned"]
        following = of_rel(page, "next")
        if not following:
            break
        href = following[0]["href"]
        pairs = parse_qsl(urlsplit(href).query, keep_blank_values=True)
        assert pairs and all(value for _, value in pairs)
        # The suite sends the parameters once more behind the address.
        answer = iut.ask(href, dict(pairs), Accept=GEOJSON)
    assert total == matched == len(FEATURES[collection])


@every_collection
@pytest.mark.parametrize("limit", [1, 50, 100])
def test_limit_is_kept(iut: Site, collection: str, limit: int):
    page = assert_page(items_of(iut, collection, limit=limit))
    assert page["numberReturned"] == min(limit, len(FEATURES[collection]))


@pytest.mark.parametrize("limit", [10_001, 1_000_000, 10**30])
def test_limit_above_the_maximum_is_clamped(iut: Site, limit: int):
    assert items_of(iut, "trees", limit=limit).status == 200


@pytest.mark.parametrize(
    "query", [{"limit": "unlimited"}, {"unknownQueryParameter31415": "1"}, {"limit": "0"}]
)
def test_invalid_and_unknown_parameters_are_refused(iut: Site, query: dict[str, str]):
    answer = items_of(iut, "trees", **query)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


@every_collection
@pytest.mark.parametrize("asked", BOXES)
def test_bbox_gives_what_it_meets(iut: Site, collection: str, asked: str):
    page = assert_page(items_of(iut, collection, bbox=asked, limit=100))
    west, south, east, north = map(float, asked.split(","))
    met = (
        []
        if west > east
        else [f for f in page["features"] if shape(f["geometry"]).intersects(box(west, south, east, north))]
    )
    assert len(met) == len(page["features"])
    assert bool(met) == asked.startswith("-7.63")


@every_collection
def test_bbox_of_the_extent_is_everything(iut: Site, collection: str):
    bounds = iut.ask(f"/collections/{collection}").document["extent"]["spatial"]["bbox"][0]
    page = assert_page(items_of(iut, collection, bbox=",".join(map(str, bounds)), limit=100))
    assert len(page["features"]) == len(FEATURES[collection])
    with_heights = [*bounds[:2], -10, *bounds[2:], 1000]
    page = assert_page(items_of(iut, collection, bbox=",".join(map(str, with_heights)), limit=100))
    assert len(page["features"]) == len(FEATURES[collection])


@every_collection
def test_feature_has_its_links(iut: Site, collection: str):
    listed = items_of(iut, collection).document["features"][0]
    answer = iut.ask(f"/collections/{collection}/items/{listed['id']}", Accept=GEOJSON)
    assert (answer.status, answer.headers["content-type"]) == (200, GEOJSON)
    one = answer.document
    assert {
        rel: [link["type"] for link in of_rel(one, rel)] for rel in ("self", "alternate", "collection")
    } == {
        "self": [GEOJSON],
        "alternate": ["text/html"],
        "collection": ["application/json"],
    }
    assert (one["id"], one["geometry"], one["properties"]) == (
        listed["id"],
        listed["geometry"],
        listed["properties"],
    )


# Part 2


@every_collection
def test_every_listed_crs_is_given_on_items_and_feature(iut: Site, collection: str):
    entry = iut.ask(f"/collections/{collection}").document
    assert entry["storageCrs"] in entry["crs"]
    feature = items_of(iut, collection, limit=1).document["features"][0]["id"]
    for path in (f"/collections/{collection}/items", f"/collections/{collection}/items/{feature}"):
        assert iut.ask(path).headers["content-crs"] == f"<{entry['storageCrs']}>"
        for crs in entry["crs"]:
            answer = iut.ask(path, {"crs": crs}, Accept=GEOJSON)
            assert (answer.status, answer.headers["content-crs"]) == (200, f"<{crs}>")
        assert iut.ask(path, {"crs": "http://www.opengis.net/def/crs/0/unsupported"}).status == 400


@every_collection
def test_bbox_crs_is_listed_or_refused(iut: Site, collection: str):
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    default = items_of(iut, collection, bbox=BOXES[-1], limit=100).document["features"]
    assert (
        items_of(iut, collection, bbox=BOXES[-1], limit=100, **{"bbox-crs": crs84}).document["features"]
        == default
    )
    ids = {f["id"] for f in default}
    for crs in iut.ask(f"/collections/{collection}").document["crs"]:
        # The suite turns no axes: of EPSG:4326 it sends longitude first, and must not be refused.
        answer = items_of(iut, collection, bbox=BOXES[-1], limit=100, **{"bbox-crs": crs})
        assert answer.status == 200
        assert {f["id"] for f in answer.document["features"]} <= ids
    unknown = {"bbox-crs": "http://www.opengis.net/def/crs/0/unsupported"}
    assert items_of(iut, collection, bbox=BOXES[-1], **unknown).status == 400
