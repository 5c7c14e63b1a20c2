"""What OWSLib, GDAL and QGIS really ask, in their order, and that they read the right things in the right places."""

from __future__ import annotations

import re
import shutil
import subprocess

import pyogrio
import pyproj
import pytest
from owslib.ogcapi.features import Features

from tests.conformance.service import FEATURES, GEOJSON, PARCELS, SOUTH, STEP, STREETS, TREES, WEST, Site

pytestmark = pytest.mark.django_db  # the tests' database is copied; nothing is written into it
BASE = "http://www.opengis.net/def/crs"
CRS84 = f"{BASE}/OGC/1.3/CRS84"
CODES = [26191, 26192, 32629, 3857, 4326]
CONF = "http://www.opengis.net/spec"


# OWSLib


def test_owslib_lists_and_pages_and_filters(iut: Site):
    client = Features(iut.url)
    assert {"trees", "parcels", "streets"} <= set(client.feature_collections())
    assert client.collection("trees")["id"] == "trees"
    page = client.collection_items("trees", limit=10)
    assert page["numberReturned"] == 10
    item = client.collection_item("trees", page["features"][3]["id"])
    assert item["properties"]["external_id"] == "tree-3"
    assert client.collection_queryables("trees")["properties"]["species"]["type"] == "string"
    filtered = client.collection_items("trees", filter="species = 'Olea' AND planted_year < 1992", limit=100)
    assert {f["properties"]["planted_year"] for f in filtered["features"]} == {1990, 1991}
    assert (
        len(client.collection_items("trees", bbox=[WEST, SOUTH, WEST + 2.5 * STEP, SOUTH])["features"]) == 3
    )
    assert client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")


# GDAL


def ogrinfo(*arguments: str) -> tuple[str, str]:
    if not shutil.which("ogrinfo"):
        pytest.skip("no ogrinfo: apt-get install gdal-bin")
    done = subprocess.run(["ogrinfo", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    ("layer", "count", "kind"),
    [("trees", TREES, "Point"), ("parcels", PARCELS, "MultiPolygon"), ("streets", STREETS, "LineString")],
)
def test_gdal_reads_every_feature_where_it_is(iut: Site, layer: str, count: int, kind: str):
    frame = pyogrio.read_dataframe(f"OAPIF:{iut.url}", layer=layer)
    assert (len(frame), set(frame.geometry.geom_type)) == (count, {kind})
    assert frame.crs.to_epsg() == 4326 or frame.crs.to_authority() == ("OGC", "CRS84")
    west, south, east, _ = frame.total_bounds
    assert (west, south) == pytest.approx((WEST, SOUTH), abs=1e-7)
    assert east < -7.5


@pytest.mark.parametrize("code", CODES)
def test_gdal_reads_the_right_place_in_each_crs(iut: Site, code: int):
    """GDAL takes the authority's axis order for granted and puts x first itself."""
    frame = pyogrio.read_dataframe(f"OAPIF:{iut.url}", layer="trees", CRS=f"EPSG:{code}")
    assert len(frame) == TREES
    assert frame.crs.equals(pyproj.CRS(code), ignore_axis_order=True)
    transform = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform
    for n, point in enumerate(frame.geometry):
        expected = transform(WEST + n * STEP, SOUTH)
        assert (point.x, point.y) == pytest.approx(expected, abs=1e-6 if code == 4326 else 0.02)


def test_gdal_lets_the_service_choose_by_box_and_property(iut: Site):
    told, debug = ogrinfo(
        "--debug", "ON", "-so", f"OAPIF:{iut.url}", "trees", "-where", "species = 'Olea'",
        "-spat", str(WEST), str(SOUTH), str(WEST + 9.5 * STEP), str(SOUTH),
    )  # fmt: skip
    assert "Feature Count: 5" in told
    assert re.search(r"bbox=", debug) and re.search(r"species=Olea", debug), debug[-2000:]


def test_gdal_follows_pages(iut: Site):
    told, _ = ogrinfo("-oo", "PAGE_SIZE=10", "-al", "-q", f"OAPIF:{iut.url}", "trees")
    assert len(set(re.findall(r"OGRFeature\(trees\):(\d+)", told))) == TREES


# QGIS


def test_qgis_finds_its_way_from_the_landing_page(iut: Site):
    landing = iut.ask("/", Accept="application/json").document
    links = {link["rel"]: link for link in landing["links"]}
    assert {"service-desc", "data", "conformance"} <= set(links)
    definition = iut.ask(links["service-desc"]["href"], Accept=links["service-desc"]["type"])
    assert definition.document["components"]["parameters"]["limit"]["schema"]["maximum"] >= 1000
    declared = set(iut.ask(links["conformance"]["href"]).document["conformsTo"])
    for name in (
        "ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/cql2-text", "cql2/1.0/conf/basic-cql2", "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison", "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-operators", "ogcapi-features-5/1.0/conf/schemas",
    ):  # fmt: skip
        assert f"{CONF}/{name}" in declared
    collection = iut.ask(links["data"]["href"] + "/trees").document
    assert collection["storageCrs"] in collection["crs"]
    rels = {link["rel"] for link in collection["links"]}
    assert "http://www.opengis.net/def/rel/ogc/1.0/schema" in rels
    first = iut.ask(
        "/collections/trees/items", {"limit": 10, "crs": collection["storageCrs"]}, Accept=GEOJSON
    )
    assert first.headers["content-type"] == GEOJSON and len(first.document["features"]) == 10
    assert iut.ask("/collections/trees/queryables").document["properties"]["species"]


def test_qgis_pages_a_view_in_the_citys_grid_with_a_filter(iut: Site):
    transform = pyproj.Transformer.from_crs(4326, 26191, always_xy=True).transform
    x, y = transform(WEST, SOUTH)
    query = {
        "limit": 4,
        "crs": f"{BASE}/EPSG/0/26191",
        "bbox-crs": f"{BASE}/EPSG/0/26191",
        "bbox": f"{x - 10},{y - 200},{x + 10_000},{y + 200}",
        "filter": "CASEI(species) = CASEI('OLEA')",
        "filter-lang": "cql2-text",
    }
    answer, seen = iut.ask("/collections/trees/items", query, Accept=GEOJSON), []
    while True:
        assert answer.headers["content-crs"] == f"<{BASE}/EPSG/0/26191>"
        seen += answer.document["features"]
        following = [link["href"] for link in answer.document["links"] if link["rel"] == "next"]
        if not following:
            break
        answer = iut.ask(following[0], Accept=GEOJSON)
    assert len(seen) == TREES // 2
    assert seen[0]["geometry"]["coordinates"] == pytest.approx(transform(WEST + STEP, SOUTH), abs=0.02)


def test_qgis_asks_lat_lon_with_swapped_axes(iut: Site):
    """For EPSG:4326 it sends and expects latitude first."""
    crs = f"{BASE}/EPSG/0/4326"
    box = f"{SOUTH - 0.001},{WEST - 0.001},{SOUTH + 0.001},{WEST + 0.001}"
    answer = iut.ask("/collections/trees/items", {"crs": crs, "bbox-crs": crs, "bbox": box}, Accept=GEOJSON)
    (feature,) = answer.document["features"]
    assert feature["geometry"]["coordinates"] == [SOUTH, WEST]


def test_qgis_edits_without_preconditions_and_with_a_bare_content_crs(iut: Site):
    signed = {"Authorization": f"Bearer {iut.token}", "Accept": GEOJSON}
    typed = {**signed, "Content_Type": GEOJSON, "Content_Crs": CRS84}
    assert "POST" in iut.ask("/collections/trees/items", method="OPTIONS", **signed).headers["allow"]
    allowed = iut.ask("/collections/trees/items/unknown_id", method="OPTIONS", **signed)
    assert (allowed.status, {"PUT", "PATCH", "DELETE"} <= set(allowed.headers["allow"].split(", "))) == (
        200,
        True,
    )
    # It posts all fields that the schema shows, the read-only ones as null.
    fields = iut.ask("/collections/trees/schema", **signed).document["properties"]
    empty = {name: None for name, told in fields.items() if told.get("readOnly") and name != "id"}
    new = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [WEST, SOUTH + 0.01]},
        "properties": {**empty, "species": "Phoenix", "height_m": None},
    }
    made = iut.ask("/collections/trees/items", method="POST", body=new, **typed)
    assert made.status == 201, made.body
    new_id = made.headers["location"].rpartition("/items/")[2]
    assert new_id.isdigit()
    path = f"/collections/trees/items/{new_id}"
    try:
        moved = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [WEST, SOUTH + 0.011]}}
        patched = iut.ask(
            path, method="PATCH", body=moved, **{**typed, "Content_Type": "application/merge-patch+json"}
        )
        assert patched.status in {200, 204}, patched.body
        whole = iut.ask(path, **signed).document
        whole["properties"]["species"] = "Washingtonia"
        replaced = iut.ask(path, method="PUT", body=whole, **typed)
        assert replaced.status in {200, 204}, replaced.body
        after = iut.ask(path, **signed).document
        assert after["properties"]["species"] == "Washingtonia"
        assert after["geometry"]["coordinates"] == [WEST, SOUTH + 0.011]
    finally:
        assert iut.ask(path, method="DELETE", **signed).status in {200, 204}
    assert iut.ask(path, **signed).status in {404, 410}


def test_the_sample_is_what_the_tests_count_on():
    assert [len(rows) for rows in FEATURES.values()] == [TREES, PARCELS, STREETS]
