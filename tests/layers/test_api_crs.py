"""OGC API Features Part 2: coordinates in every CRS that is offered, in its authority's axis order, in and out."""

from __future__ import annotations

from dataclasses import replace

import pyproj
import pytest
from django.conf import settings
from shapely.geometry import LineString, Point

from gis_core.city import load_city
from layers.queries.frames import read_frame
from layers.services.load import load_features
from tests.conftest import frame, square

pytestmark = pytest.mark.django_db

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
PLACE = (-7.62, 33.58)
CASABLANCA = [26191, 26192, 32629, 4326, 3857]


def epsg(code: int) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{code}"


def expected(code: int, lon: float, lat: float) -> tuple[float, ...]:
    """In the authority's axis order: pyproj keeps to it unless told otherwise."""
    return pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}").transform(lon, lat)


@pytest.fixture
def tree():
    load_features("trees", frame(external_id=["t"], geom=[Point(*PLACE)]))
    return int(read_frame("trees").id.iloc[0])


def items(client, **query) -> list[dict]:
    answer = client.get("/collections/trees/items", query)
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


@pytest.mark.parametrize("code", CASABLANCA)
@pytest.mark.parametrize("path", ["items", "item"])
def test_coordinates_are_in_the_asked_crs_and_its_axis_order(client, tree, code, path):
    url = "/collections/trees/items" + (f"/{tree}" if path == "item" else "")
    answer = client.get(url, {"crs": epsg(code)})
    assert answer["Content-Crs"] == f"<{epsg(code)}>"
    body = answer.json()
    feature = body if path == "item" else body["features"][0]
    tolerance = 1e-6 if code == 4326 else 0.01
    assert feature["geometry"]["coordinates"] == pytest.approx(expected(code, *PLACE), abs=tolerance)
    assert "crs" not in body


def test_a_metric_coordinate_has_three_decimals_and_a_degree_seven(client, tree):
    metric = items(client, crs=epsg(26191))[0]["geometry"]["coordinates"]
    assert all(round(n, 3) == n for n in metric)
    assert items(client, crs=epsg(4326))[0]["geometry"]["coordinates"] == [33.58, -7.62]


@pytest.mark.parametrize("path", ["items", "items/{id}"])
def test_content_crs_is_always_there(client, tree, path):
    answer = client.get(f"/collections/trees/{path.format(id=tree)}")
    assert answer["Content-Crs"] == f"<{CRS84}>"
    assert client.get("/collections/vehicles/items", {"crs": epsg(32629)}).status_code in {200, 401}


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::26191", "[EPSG:26191]"])
def test_urn_and_safe_curie_name_the_same_crs(client, tree, name):
    answer = client.get("/collections/trees/items", {"crs": name})
    assert answer["Content-Crs"] == f"<{epsg(26191)}>"


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs", "filter-crs"])
@pytest.mark.parametrize("name", ["http://www.opengis.net/def/crs/0/unsupported", epsg(2154), "", "26191"])
def test_a_crs_that_is_not_offered_is_refused_by_name(client, tree, parameter, name):
    answer = client.get("/collections/trees/items", {parameter: name, "bbox": "-8,33,-7,34"})
    assert answer.status_code == 400
    assert parameter in answer.json()["detail"] and epsg(26191) in answer.json()["detail"]


def test_a_crs_that_is_not_offered_is_refused_on_one_feature(client, tree):
    url = f"/collections/trees/items/{tree}"
    assert client.get(url, {"crs": "http://www.opengis.net/def/crs/0/unsupported"}).status_code == 400


@pytest.mark.parametrize("code", CASABLANCA)
def test_bbox_is_read_in_its_crs_and_axis_order(client, tree, code):
    around = 0.001 if code == 4326 else 50
    a, b = expected(code, *PLACE)
    box = f"{a - around},{b - around},{a + around},{b + around}"
    assert len(items(client, bbox=box, **{"bbox-crs": epsg(code)})) == 1
    beside = f"{a + around},{b - around},{a + 3 * around},{b + around}"
    assert items(client, bbox=beside, **{"bbox-crs": epsg(code)}) == []


def test_bbox_in_the_default_crs_named_is_bbox_without(client, tree):
    box = "-7.63,33.57,-7.61,33.59"
    assert items(client, bbox=box, **{"bbox-crs": CRS84}) == items(client, bbox=box)


@pytest.mark.parametrize("code", CASABLANCA)
@pytest.mark.parametrize(
    "box", ["-180,-90,180,90", "-1e30,-1e30,1e30,1e30", "1e8,1e8,2e8,2e8", "0,0,0,0", "-.5,.0,.5,1"]
)
def test_a_box_beyond_every_bound_is_answered(client, tree, code, box):
    answer = client.get("/collections/trees/items", {"bbox": box, "bbox-crs": epsg(code)})
    assert answer.status_code == 200
    everything = "1e30" in box or (code == 4326 and "180" in box)
    assert len(answer.json()["features"]) == int(everything)


def test_a_metric_box_upside_down_is_refused(client, tree):
    answer = client.get("/collections/trees/items", {"bbox": "10,0,5,1", "bbox-crs": epsg(26191)})
    assert (answer.status_code, "lower left" in answer.json()["detail"]) == (400, True)


def test_the_edge_of_a_metric_box_is_straight_in_its_own_crs(client):
    """Halfway along a side of 20 km the straight line in degrees lies metres away from the one in metres."""
    forward = pyproj.Transformer.from_crs(4326, 32629, always_xy=True)
    back = pyproj.Transformer.from_crs(32629, 4326, always_xy=True)
    west, south = forward.transform(-7.72, 33.50)
    box = west, south, west + 20_000, south + 10_000
    inside, outside = (back.transform(west + 10_000, south + 10_000 + d) for d in (-0.5, 0.5))
    load_features("trees", frame(external_id=["in", "out"], geom=[Point(*inside), Point(*outside)]))
    found = items(client, bbox=",".join(map(str, box)), **{"bbox-crs": epsg(32629)})
    assert [f["properties"]["external_id"] for f in found] == ["in"]


@pytest.mark.parametrize("code", CASABLANCA)
def test_a_geometry_in_a_filter_is_read_in_its_crs_and_axis_order(client, tree, code):
    around = 0.001 if code == 4326 else 50
    a, b = expected(code, *PLACE)
    condition = f"S_INTERSECTS(geometry, BBOX({a - around},{b - around},{a + around},{b + around}))"
    assert len(items(client, filter=condition, **{"filter-crs": epsg(code)})) == 1


def test_lines_and_areas_keep_every_corner_in_place(client):
    load_features(
        "streets", frame(external_id=["s"], geom=[LineString([PLACE, (-7.61, 33.59), (-7.6, 33.57)])])
    )
    load_features("parcels", frame(external_id=["p"], geom=[square(*PLACE, 0.001)]))
    line = client.get("/collections/streets/items", {"crs": epsg(4326)}).json()["features"][0]["geometry"]
    assert line["coordinates"] == [[33.58, -7.62], [33.59, -7.61], [33.57, -7.6]]
    area = client.get("/collections/parcels/items", {"crs": epsg(26191)}).json()["features"][0]["geometry"]
    plain = client.get("/collections/parcels/items").json()["features"][0]["geometry"]
    for given, corner in zip(area["coordinates"][0][0], plain["coordinates"][0][0], strict=True):
        assert given == pytest.approx(expected(26191, *corner), abs=0.01)


def test_collections_list_their_crs_in_both_places(client):
    one = client.get("/collections/trees").json()
    every = {c["id"]: c for c in client.get("/collections").json()["collections"]}
    assert one["crs"] == every["trees"]["crs"] == [CRS84, *map(epsg, CASABLANCA)]
    assert one["storageCrs"] == every["trees"]["storageCrs"] == CRS84
    assert "crs" not in every["air-observations"]


def test_another_city_has_its_own_crs_in_their_own_axis_order(client, settings):
    """EPSG:3879 of Helsinki puts north first, EPSG:3067 east."""
    settings.CITY = replace(load_city("helsinki"), bbox=settings.CITY.bbox)
    load_features("trees", frame(external_id=["t"], geom=[Point(*PLACE)]))
    for code in (3879, 3067):
        assert items(client, crs=epsg(code))[0]["geometry"]["coordinates"] == pytest.approx(
            expected(code, *PLACE), abs=0.05
        )
    assert client.get("/collections/trees/items", {"crs": epsg(26191)}).status_code == 400


def test_the_city_of_these_tests_offers_what_they_ask_for():
    assert set(settings.CITY.import_crs) == set(CASABLANCA)
